"""Whatever the text: nothing is lost, nothing raises, and one text has one form."""

import unicodedata
from itertools import pairwise

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.corpus.layout import parse_article
from bot.corpus.passages import MAX_CHARACTERS, split_passages
from bot.corpus.tables import load_layout_tables
from bot.language.normalize import clean_text, fold, syllable_key
from bot.language.sentences import lines_of, split_sentences
from bot.language.tokens import tokenize
from bot.model import Article, Kind, Paragraph

TABLES = load_layout_tables()
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
SYLLABLES = st.text(VIETNAMESE, min_size=1, max_size=7)
# Text as it comes: every character, and more of those that mean something to the parser.
ANYTHING = st.text(
    st.one_of(st.sampled_from(' .!?…:;,-–()"“”/\n\r\u00a0AĐT19205'), st.sampled_from(VIETNAMESE), st.characters())
)
ONE_LINE = ANYTHING.map(clean_text)
WORDS = st.lists(SYLLABLES, min_size=3, max_size=40).map(lambda words: " ".join(words).capitalize() + ".")
OLD_AND_NEW = [("òa", "oà"), ("óe", "oé"), ("ủy", "uỷ"), ("úy", "uý"), ("ọe", "oẹ"), ("õa", "oã")]


def ink(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


# Characters


@given(st.text())
def test_clean_text_is_idempotent(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_clean_text_is_the_same_for_every_unicode_form(text: str) -> None:
    assert clean_text(unicodedata.normalize("NFD", text)) == clean_text(unicodedata.normalize("NFC", text)) == clean_text(text)


@given(st.text())
def test_clean_text_is_one_line_that_can_be_encoded(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert cleaned == cleaned.strip()
    assert len(cleaned.splitlines()) <= 1


@given(SYLLABLES)
def test_a_syllable_has_one_key_in_every_case_and_form(syllable: str) -> None:
    key = syllable_key(syllable)
    assert syllable_key(syllable.upper()) == key
    assert syllable_key(syllable.title()) == key
    assert syllable_key(unicodedata.normalize("NFD", syllable)) == key


@given(st.sampled_from(["b", "h", "kh", "l", "th", "t", "ng", "ch"]), st.sampled_from(OLD_AND_NEW))
def test_a_syllable_has_one_key_under_both_tone_placements(onset: str, ending: tuple[str, str]) -> None:
    old, new = ending
    assert syllable_key(onset + old) == syllable_key(onset + new)


@given(SYLLABLES)
def test_a_key_is_its_own_key_and_folds_as_the_syllable_does(syllable: str) -> None:
    key = syllable_key(syllable)
    assert syllable_key(key) == key
    assert fold(key).replace("y", "i") == fold(syllable).replace("y", "i")
    assert fold(fold(syllable)) == fold(syllable)


# Tokens and sentences


@given(ONE_LINE)
@example("ngày 13 tháng 9 năm 2021, 13/9/2021")
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert end <= token.start < token.end <= len(text)
        assert token.key
        assert not token.key.isspace()
        end = token.end


@given(st.lists(SYLLABLES, max_size=10))
def test_every_syllable_is_a_token(syllables: list[str]) -> None:
    text = " ".join(syllables)
    assert [text[token.start : token.end] for token in tokenize(text)] == syllables


@given(ANYTHING)
def test_sentences_lose_no_ink(text: str) -> None:
    spans = split_sentences(text)
    assert ink("".join(text[start:end] for start, end in spans)) == ink(text)
    assert all(start < end for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


@given(ANYTHING)
def test_lines_are_the_text(text: str) -> None:
    assert "\n".join(text[start:end] for start, end in lines_of(text)) == text


# Articles and passages


@given(ANYTHING)
@example("Ảnh: A\nẢnh: A")
@example("12/03/2024\n12/03/2024")
@example("Bình luận")
def test_parsing_never_raises(text: str) -> None:
    article = parse_article("a.txt", text, TABLES)
    assert article.file == "a.txt"
    assert article.title or not article.paragraphs
    for passage in split_passages(article):
        assert passage.text or passage.kind is Kind.METADATA


@given(WORDS, st.lists(WORDS, min_size=1, max_size=12), st.booleans())
def test_an_article_without_furniture_loses_no_letter(title: str, lines: list[str], dated: bool) -> None:
    assume(len({title, *lines}) == len(lines) + 1)
    parts = [title.rstrip("."), *(["12/03/2024 - 08:15"] if dated else []), *lines]
    article = parse_article("a.txt", "\n\n".join(parts), TABLES)
    assert article.title == parts[0]
    assert [text for text in (article.lead, *(paragraph.text for paragraph in article.paragraphs)) if text] == lines


LINES = st.one_of(
    WORDS,
    WORDS.map(lambda words: words.rstrip(".")),
    WORDS.map(lambda words: f"- {words}"),
    WORDS.map(lambda words: f"{words} Ảnh: T.A"),
    st.sampled_from(
        [
            "Minh Khang",
            "Bài, ảnh: Ánh Nguyệt",
            "12/03/2024 - 08:15",
            "Ảnh: Lê An",
            "Theo TTXVN",
            "Hỏi và đáp?",
            "Theo đó.",
        ]
    ),
)


@given(st.lists(LINES, min_size=2, max_size=9, unique=True))
def test_every_line_is_somewhere_in_the_article(lines: list[str]) -> None:
    article = parse_article("a.txt", "\n\n".join(lines), TABLES)
    parts = [
        article.title,
        article.kicker,
        article.lead,
        article.byline,
        article.date_line,
        article.source_tag,
        *article.sections,
    ]
    parts += [part.text for part in (*article.paragraphs, *article.captions)]
    whole = "\n".join(part for part in parts if part)
    assert [line for line in lines if line.removeprefix("Theo ") not in whole] == []


@given(ONE_LINE, st.lists(ONE_LINE.filter(bool), max_size=6))
def test_an_article_is_the_same_in_every_unicode_form(title: str, lines: list[str]) -> None:
    text = "\n\n".join([title, *lines])
    assert parse_article("a.txt", unicodedata.normalize("NFD", text), TABLES) == parse_article("a.txt", text, TABLES)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Articles whose paragraphs have any length, in up to three sections."""
    sections: tuple[str, ...] = tuple(draw(st.lists(WORDS, max_size=2, unique=True)))
    texts = draw(st.lists(st.tuples(WORDS, st.sampled_from([1, 1, 1, 30, 200])), max_size=8))
    places = sorted(draw(st.lists(st.integers(0, len(sections)), min_size=len(texts), max_size=len(texts))))
    paragraphs = tuple(
        Paragraph(number, " ".join([text] * times), (None, *sections)[place])
        for number, ((text, times), place) in enumerate(zip(texts, places, strict=True), start=1)
    )
    return Article("a.txt", "Một tựa đề", sections=sections, paragraphs=paragraphs)


@given(articles())
def test_passages_lose_nothing(article: Article) -> None:
    passages = split_passages(article)
    shown = [passage for passage in passages if passage.kind is Kind.PARAGRAPH]
    assert " ".join(passage.text for passage in shown) == " ".join(paragraph.text for paragraph in article.paragraphs)
    for section in (None, *article.sections):
        of_section = [passage.text for passage in shown if passage.section == section]
        assert " ".join(of_section) == " ".join(p.text for p in article.paragraphs if p.section == section)
    assert all(passage.paragraph is not None for passage in shown)
    assert sorted(passage.text for passage in passages if passage.kind is Kind.HEADING) == sorted(article.sections)


@given(articles())
def test_no_passage_is_much_over_the_limit(article: Article) -> None:
    joined = MAX_CHARACTERS + 41  # a short paragraph may join one that is just below the limit
    assert all(len(passage.text) <= joined for passage in split_passages(article))
