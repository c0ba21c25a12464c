"""Every weight of the ranking, in one place, with what chose it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """
    Weights of the terms of a query and of the evidence beside BM25.

    Chosen on tests/gold/seeds_dev.jsonl and on xquad-vi-dev together; seeds_heldout.jsonl was never looked at for it. The
    figures beside each are in the README's notes.

    Attributes:
        syllable, word, bigram: Terms with diacritics.
        folded, folded_bigram: Terms without, where the person typed diacritics.
        bare, bare_bigram: Terms without, where the person typed none.
        restored: What the accented reading of bare words adds.
        alike: What another accented reading of a bare word is worth, against the chosen one.
        corrected: Factor for a word guessed from a typo.
        inherited: Factor for a word taken over from the conversation.
        favoured: Factor for a passage of the article that the conversation is about.
        source_said: Factor for a passage of the newspaper that the question names.
        date_said: Factor for a passage of an article published in the year or on the day that the question names.
        name: Factor for numbers and capitalised words: they say which, not what about.
        function, asking: Factors for words that only join, and for words that ask.
        title: What a unit that the passage lacks and its title has adds, in idf.
        context: The same for section heading, shared names and lead.
        sentence: What the best sentence adds, in units of its terms' idf.
        adjacent: What two words of the question side by side add within that sentence, in idf.
        typed: Factor for a sentence that lacks the expected number, date or name.
        counted: What a number right before the word to be counted adds to a sentence, in idf.
        coverage, substance: Powers of e by which a passage gains from the share of the key terms that it has, with and
            without places. With the three below fitted by tests/bench/fit_ranking.py.
        lacking: Factor for a passage, for each year, numbered thing or place of the question that it lacks.
        untyped: Factor for a passage without the number, date or name that is asked for.
        unnamed: The same for "ai", which may ask for a group that has no name.
        strict: A further factor where nothing else answers than what is asked for: a day, a measure, the holder of a post.
        lead, heading, caption, metadata: Factors for passages of these kinds.
        caption_wanted, metadata_wanted: The same when the question asks of a photo, or of an article itself.
    """

    syllable: float = 1.0
    word: float = 0.3
    bigram: float = 0.1
    folded: float = 0.05
    folded_bigram: float = 0.5
    bare: float = 0.6
    bare_bigram: float = 0.8
    restored: float = 0.45
    name: float = 1.5
    alike: float = 0.7
    corrected: float = 0.7
    inherited: float = 0.5
    favoured: float = 1.25
    source_said: float = 1.5
    date_said: float = 1.05
    function: float = 0.7
    asking: float = 0.6
    title: float = 1.0
    context: float = 0.5
    sentence: float = 0.6
    adjacent: float = 3.0
    typed: float = 0.4
    counted: float = 9.0
    coverage: float = 0.37
    substance: float = 0.2
    lacking: float = 0.75
    untyped: float = 0.8
    unnamed: float = 0.87
    strict: float = 0.87
    lead: float = 0.9
    heading: float = 0.7
    caption: float = 0.7
    caption_wanted: float = 1.4
    metadata: float = 0.5
    metadata_wanted: float = 3.0


DEFAULT = Weights()
