"""The journal: bounded, expiring, and forgetting whom it is told to."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from bot.errors import JournalError
from bot.journal import journal as module
from bot.journal.journal import ANSWER_DAYS, CONVERSATION_HOURS, Forgotten, Journal, KeptAnswer, KeptConversation, Votes


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> Iterator[Journal]:
    opened = Journal(tmp_path / "state" / "journal.sqlite", clock)
    yield opened
    opened.close()


def kept(number: int, person: str = "lan", **more: object) -> KeptAnswer:
    facts = {"chat": 1, "message": 100 + number, "asked_in": 50 + number, "question": f"Câu {number}?", "only": None}
    return KeptAnswer(id=number, person=person, before="{}", after="{}", **(facts | more))


def test_answers_are_found_by_number_message_and_question(journal: Journal) -> None:
    answer = kept(journal.reserve_id(), only="a.txt")
    journal.keep([answer])
    assert journal.answer(answer.id) == journal.answer_shown_in(1, 101) == journal.answer_to(1, 51) == answer
    assert journal.answer(2) is journal.answer_shown_in(2, 101) is journal.answer_to(1, 0) is None


def test_an_answer_asked_again_keeps_its_votes(journal: Journal) -> None:
    journal.keep([kept(1)])
    journal.vote(1, "lan", good=True)
    journal.keep([kept(1, question="Sửa lại?")])
    assert journal.answer(1).question == "Sửa lại?"
    assert journal.votes(1) == Votes(1, 0)


def test_votes(journal: Journal) -> None:
    journal.keep([kept(1)])
    assert journal.vote(1, "lan", good=True) == Votes(1, 0)
    assert journal.vote(1, "lan", good=True) == Votes(1, 0)
    assert journal.vote(1, "lan", good=False) == Votes(0, 1)
    assert journal.vote(1, "minh", good=True) == Votes(1, 1)
    assert journal.totals() == (1, Votes(1, 1))
    with pytest.raises(JournalError):
        journal.vote(2, "lan", good=True)  # an answer that is not there any more


def test_what_is_old_is_not_found_and_then_deleted(journal: Journal, clock: Clock) -> None:
    journal.keep([kept(1)], {(1, "lan", 0): KeptConversation("{}", "a.txt")})
    journal.vote(1, "lan", good=True)
    assert journal.conversation((1, "lan", 0)) == KeptConversation("{}", "a.txt")
    clock.now += CONVERSATION_HOURS * 3600 + 1
    assert journal.conversation((1, "lan", 0)) is None
    assert journal.answer(1) is not None
    clock.now += ANSWER_DAYS * 86400
    assert journal.answer(1) is None
    journal.sweep()
    assert journal.totals() == (0, Votes())


def test_answers_are_bounded(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ANSWERS", 10)
    journal.keep([kept(number) for number in range(1, 26)])
    journal.sweep()
    assert [number for number in range(1, 26) if journal.answer(number)] == list(range(16, 26))


def test_a_person_is_forgotten_everywhere(journal: Journal, tmp_path: Path) -> None:
    secret = "một câu hỏi rất riêng"
    journal.keep(
        [kept(1, question=secret), kept(2, "minh"), kept(3, chat=-5)],
        {(1, "lan", 0): KeptConversation(secret, None), (-5, "lan", 7): KeptConversation("{}", None)},
    )
    journal.vote(2, "lan", good=True)
    journal.vote(1, "minh", good=True)
    assert journal.forget_person("lan") == Forgotten(2, 1, 2)
    assert journal.forget_person("lan") == Forgotten(0, 0, 0)
    assert journal.answer(2) is not None
    assert journal.votes(2) == Votes()
    for path in (tmp_path / "state").iterdir():
        assert secret.encode() not in path.read_bytes()


def test_a_conversation_is_forgotten(journal: Journal) -> None:
    journal.keep([], {(1, "lan", 0): KeptConversation("{}", None), (1, "lan", 3): KeptConversation("{}", None)})
    journal.forget_conversation((1, "lan", 0))
    assert journal.conversation((1, "lan", 0)) is None
    assert journal.conversation((1, "lan", 3)) is not None


def test_opened_again(journal: Journal, tmp_path: Path, clock: Clock) -> None:
    numbers = [journal.reserve_id() for _ in range(3)]
    assert numbers == [1, 2, 3]
    journal.keep([kept(3)])
    key = journal.person_key(12345)
    assert len(key) == 16 and "12345" not in key
    journal.forget_person("lan")
    journal.close()
    again = Journal(tmp_path / "state" / "journal.sqlite", clock)
    assert again.reserve_id() == 4  # though answer 3 is deleted: its buttons may still stand somewhere
    assert again.person_key(12345) == key
    again.close()
    other = Journal(tmp_path / "other.sqlite", clock)
    assert other.person_key(12345) != key
    other.close()


def test_all_or_nothing(journal: Journal) -> None:
    with pytest.raises(JournalError):
        journal.keep([kept(1), kept(2, question=None)])
    assert journal.answer(1) is None
    journal.keep([kept(1)])
    assert journal.answer(1) is not None


def test_many_threads(journal: Journal) -> None:
    def work(first: int) -> None:
        for number in range(first, first + 50):
            journal.keep([kept(number)])
            journal.vote(number, "lan", good=True)
            assert journal.answer(number) is not None

    threads = [Thread(target=work, args=(1000 * number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.totals() == (200, Votes(200, 0))


def test_damaged_files_and_folders_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"x" * 5000)
    opened = Journal(path)
    opened.keep([kept(1)])
    opened.close()
    assert path.with_name("journal.sqlite.damaged").read_bytes() == b"x" * 5000
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "file").touch()
    with pytest.raises(JournalError) as caught:
        Journal(tmp_path / "file" / "journal.sqlite")
    assert "HOIBAO_STATE" in caught.value.vietnamese


def test_a_table_that_is_gone(journal: Journal, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state" / "journal.sqlite") as connection:
        connection.execute("DROP TABLE conversations")
    connection.close()
    with pytest.raises(JournalError):
        journal.conversation((1, "lan", 0))
