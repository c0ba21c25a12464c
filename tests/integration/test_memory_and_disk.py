"""The index in memory, the one on disk and one that was updated step by step answer all gold questions alike."""

from pathlib import Path

import pytest
from folders import build_folder

from bot.answering.dialogue import Conversation
from bot.answering.engine import Engine
from bot.corpus.folder import list_source_files
from bot.evaluation.gold import load_gold
from bot.indexing.updating import update_index
from bot.language.reading import load_tables
from bot.model import Answer

GOLD = Path(__file__).parent.parent / "gold"


def answers_of(engine: Engine) -> dict[str, Answer]:
    """An answer a question; those of one session are a conversation."""
    found: dict[str, Answer] = {}
    conversations: dict[str, Conversation] = {}
    for one in load_gold([GOLD / "seeds_dev.jsonl"]):
        before = conversations.get(one.session or "", Conversation())
        found[one.id], after = engine.converse(one.question, before, explain=True)
        if one.session is not None:
            conversations[one.session] = after
    return found


@pytest.fixture(scope="module")
def from_memory(seeds: Path) -> dict[str, Answer]:
    tables = load_tables()
    return answers_of(Engine(build_folder(seeds, tables.abbreviations).index, tables))


def assert_alike(found: dict[str, Answer], expected: dict[str, Answer]) -> None:
    assert len(expected) > 250
    assert len({answer.status for answer in expected.values()}) > 1
    for name, answer in expected.items():
        assert found[name].status is answer.status, answer.question
        assert found[name].hits[:1] == answer.hits[:1], answer.question
        assert found[name] == answer, answer.question


def test_from_disk(from_memory: dict[str, Answer], seeds_engine: Engine) -> None:
    assert_alike(answers_of(seeds_engine), from_memory)


def test_updated_file_by_file(from_memory: dict[str, Answer], seeds: Path, tmp_path: Path) -> None:
    """The last article comes first, and a stranger comes and goes: all numbers are others than those of one build."""
    sources = list_source_files(seeds)
    stranger = tmp_path / "bai" / "0.txt"
    stranger.parent.mkdir()
    stranger.write_text("Khánh thành cầu\n\nĐảng bộ xã Tân Lập có 7 đảng viên mới, Thành ủy Đồng Phú cho biết.", "utf-8")
    for some in (sources[4:], [*list_source_files(stranger.parent), *sources[2:]], sources[1:4], sources):
        index, _ = update_index(tmp_path / "chi-muc", "r", some, None)
    assert index.lexicon.order.tolist() != sorted(index.lexicon.order.tolist())
    assert_alike(answers_of(Engine(index, load_tables())), from_memory)
