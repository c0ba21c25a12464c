"""The use case in one place: a question, in the light of a conversation or alone, → an answer."""

from dataclasses import dataclass, replace

from bot.answering.answers import compose_answer
from bot.answering.dialogue import Conversation, in_the_light_of, remember
from bot.answering.small_talk import small_talk
from bot.answering.suggestions import suggest_questions
from bot.language.normalize import clean_text
from bot.language.reading import Part, Reading, Tables, read_question
from bot.model import EVERYWHERE, Answer, Scope, Status
from bot.retrieval.index import Index
from bot.retrieval.retriever import IndexRetriever, Retriever
from bot.retrieval.weights import DEFAULT, Weights

MAX_QUESTION = 4096
"""Code points of a question that are read: a Telegram message holds no more."""
ALL_PARTS = frozenset(Part)


@dataclass(frozen=True, slots=True)
class Engine:
    """
    Answers questions from one index; holds nothing that changes, so that many threads may ask at once.

    Attributes:
        index: Of the corpus.
        tables: Chat spelling, abbreviations and synonyms.
        caution: See `compose_answer`.
        weights: See `Weights`.
        parts: The steps of reading that are on.
        retriever: Stage one, over the same corpus; the index itself when None.
        saved: Name of the state that the index is in, when it is on disk and another process can open it; else None.
    """

    index: Index
    tables: Tables
    caution: float = 0.5
    weights: Weights = DEFAULT
    parts: frozenset[Part] = ALL_PARTS
    retriever: Retriever | None = None
    saved: str | None = None

    def answer(self, question: str, *, k: int = 3, explain: bool = False, scope: Scope = EVERYWHERE) -> Answer:
        """
        Answer a question that stands alone.

        Args:
            question: Anything a person may type, up to any length; what is over `MAX_QUESTION` is not read.
            k: Most passages to show, at least 1.
            explain: Also say what each word adds to the scores.
            scope: Where to look.

        Returns:
            The answer; `not_found` without hits when the question has no word.

        Raises:
            ValueError: *k* is below 1.
        """
        answer, _ = self.converse(question, Conversation(), k=k, explain=explain, scope=scope)
        return answer

    def converse(
        self,
        question: str,
        conversation: Conversation,
        *,
        k: int = 3,
        explain: bool = False,
        scope: Scope = EVERYWHERE,
    ) -> tuple[Answer, Conversation]:
        """
        Answer a question as the next turn of a conversation.

        Args:
            question: As for `answer`.
            conversation: What the last turn returned; `Conversation()` at the start.
            k: Most passages to show, at least 1.
            explain: Also say what each word adds to the scores.
            scope: Where to look.

        Returns:
            The answer, and the conversation to pass with the next question.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        cleaned = clean_text(question[: 2 * MAX_QUESTION])[:MAX_QUESTION]
        talk = small_talk(cleaned)
        if talk is not None:
            return Answer(question, None, Status.NOT_FOUND, small_talk=talk), conversation
        alone = self._read(cleaned)
        reading = in_the_light_of(conversation, alone, self.index) if Part.DIALOGUE in self.parts else alone
        answer = self._compose(reading, k=k, explain=explain, scope=scope)
        return replace(answer, question=question), remember(conversation, reading, answer, self.index)

    def _read(self, cleaned: str) -> Reading:
        return read_question(cleaned, self.index, self.tables, self.parts)

    def _compose(self, reading: Reading, *, k: int, explain: bool, scope: Scope) -> Answer:
        answer = compose_answer(
            self.index,
            self.retriever or IndexRetriever(self.index),
            reading,
            self.weights,
            k=k,
            caution=self.caution,
            explain=explain,
            scope=scope,
        )
        if answer.status is Status.NOT_FOUND:
            answer = replace(answer, suggestions=suggest_questions(self.index, answer.hits))
        return answer
