"""Whatever is typed, the engine answers or refuses; it never raises, and what it says holds together."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.console.json_lines import answer_row
from bot.console.rendering import render_answer, terminal
from bot.model import Answer, Status

LONG = 1_000_000
WORDLESS = {
    "empty": "",
    "spaces": " \t\r\n\u00a0\u3000\u2003",
    "punctuation": string.punctuation + "…“”‘’–—·•»«¿¡",
    "question marks": "?" * 5000,
    "emoji": "😀👍🏽👩‍👩‍👧‍👦🇻🇳✊",
    "control": "".join(map(chr, [*range(32), *range(0x7F, 0xA0)])),
    "invisible": "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202e",
    "lone surrogates": "\ud800\udfff\udc00",
    "combining": "\u0301\u0300\u0323\u0309\u0303" * 50,
    "1 MB of spaces": " " * LONG,
    "1 MB of dots": "." * LONG,
}
UNANSWERABLE = {
    "English": "What is the capital of France and who won the football match?",
    "Chinese": "今天天气怎么样？北京有多少人口？",
    "Arabic": "ما هي عاصمة فرنسا؟",
    "Russian": "Какая сегодня погода?",
    "Thai": "วันนี้อากาศเป็นอย่างไร",
    "SQL": "'; DROP TABLE passages; --",
    "a very long word": "a" * 5000,
    "1 MB in one word": "x" * LONG,
    "digits": "9876543210987654321",
    "code": "for (;;) { std::cout << '\\0'; } /* %s %n {0} */",
}
ANYTHING = {
    "stop words": "và của là thì mà có những các được bị",
    "question words": "ai gì nào đâu khi nào bao nhiêu tại sao như thế nào",
    "HTML": "<script>alert('bí thư')</script><b>đảng viên</b>&nbsp;&lt;",
    "a word 5,000 times": "đảng viên " * 5000,
    "a question 1 MB long": "Ai là bí thư thành ủy Bạc Liêu? " * (LONG // 32),
    "numbers": "1 2 3 05 144 4.704 102,85% 9-3-2021 XII khóa 12",
    "NFD": "Bi\u0301 thu\u031b tha\u0300nh u\u0309y la\u0300 ai?",
    "marks on everything": "".join(letter + "\u0301\u0323\u0302" for letter in "bi thu thanh uy"),
    "surrogates inside": "bí\ud800 th\udfffư thành ủy",
    "control inside": "bí\x00thư\x07thành\x1bủy",
    "backslashes": "\\d+(.*)[a-z]{3,}$^ \\u0111",
    "slashes": "/nguon /bai 2 ../../etc/passwd",
    "many signs": "năm 2024??? !!! :))) =)) <3 @admin #tag",
    "lines": "bí thư\nthành ủy\r\n\r\nlà ai\u2028?\u0085",
    "upper case": "AI LÀ BÍ THƯ THÀNH ỦY?",
    "full width": "Ｂí thư ２０２４",
    "mathematical": "𝐛í 𝐭𝐡ư ½ ² Ⅻ ①",
    "ligatures": "ﬁ ﬃ ß İ ı ŉ ǰ",
}


def check(answer: Answer, question: str, k: int) -> None:
    assert answer.question == question
    assert len(answer.hits) <= k
    assert answer.hits or answer.status is Status.NOT_FOUND
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    for hit in answer.hits:
        size = len(hit.passage.text)
        assert 0 <= hit.answer[0] < hit.answer[1] <= size
        edges = [0, *(edge for span in hit.highlights for edge in span), size]
        assert edges == sorted(edges)
        assert all(start < end for start, end in hit.highlights)
        assert all(hit.missing)
    assert all(answer.suggestions)
    if answer.understood_as is not None:
        answer.understood_as.encode("utf-8")
    for term in answer.missing:
        term.encode("utf-8")
    answer_row(answer)


@pytest.mark.parametrize("question", WORDLESS.values(), ids=WORDLESS.keys())
def test_without_a_word_there_is_nothing_to_find(seeds_engine: Engine, question: str):
    answer = seeds_engine.answer(question)
    check(answer, question, 3)
    assert answer.status is Status.NOT_FOUND
    assert answer.hits == ()
    assert answer.understood_as is None


@pytest.mark.parametrize("question", UNANSWERABLE.values(), ids=UNANSWERABLE.keys())
def test_what_no_article_can_answer_is_refused(seeds_engine: Engine, question: str):
    answer = seeds_engine.answer(question)
    check(answer, question, 3)
    assert answer.status is Status.NOT_FOUND


@pytest.mark.parametrize("question", ANYTHING.values(), ids=ANYTHING.keys())
def test_anything_else_gets_an_answer_that_holds_together(seeds_engine: Engine, question: str):
    for k in (1, 50):
        check(seeds_engine.answer(question, k=k, explain=True), question, k)


def test_stop_words_alone_are_no_question(seeds_engine: Engine):
    assert seeds_engine.answer(ANYTHING["stop words"]).status is Status.NOT_FOUND


@pytest.mark.parametrize("k", [0, -1])
def test_no_passages_cannot_be_asked_for(seeds_engine: Engine, k: int):
    with pytest.raises(ValueError, match="at least 1"):
        seeds_engine.answer("Ai là bí thư?", k=k)


@given(st.text(st.characters(codec=None), max_size=300))
@example("\ud800")
@example("ǰ\u0323" * 20)
def test_any_text_at_all(seeds_engine: Engine, question: str):
    check(seeds_engine.answer(question), question, 3)


_PIECES = ("bí thư", "Bạc Liêu", "bac lieu", "năm 2024", "đ/c", "UBND", "bao nhiêu", "ai", "thế còn", "2024", "NQ", "hok")


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(st.characters(codec=None), max_size=8)), max_size=30))
def test_words_of_the_articles_among_anything(seeds_engine: Engine, pieces: list[str]):
    question = " ".join(pieces)
    check(seeds_engine.answer(question), question, 3)


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=20)), min_size=1, max_size=5))
def test_any_conversation(seeds_engine: Engine, questions: list[str]):
    conversation = Conversation()
    for question in questions:
        answer, conversation = seeds_engine.converse(question, conversation, k=2)
        check(answer, question, 2)


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_answer_can_be_shown(seeds_engine: Engine, question: str):
    answer = seeds_engine.answer(f"Ai là {question}?", k=1)
    out = terminal()
    with out.capture() as captured:
        out.print(render_answer(answer, colour=False, explain=True))
    assert captured.get()
