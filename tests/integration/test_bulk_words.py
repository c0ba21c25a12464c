"""The faster segmenter gives the words of underthesea, on everything; where it cannot be sure of that, there is none."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.language import bulk_words
from bot.language.bulk_words import load_bulk_segmenter
from bot.language.normalize import clean_text
from bot.language.tokens import tokenize
from bot.language.words import segment_words

ROOT = Path(__file__).resolve().parents[2]
NAME = "underthesea.pipeline.word_tokenize"
Cut = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def cut() -> Cut:
    found = load_bulk_segmenter()
    assert found is not None, "underthesea is not built as expected any more: analysis works, but slowly"
    return found


@pytest.fixture(scope="module")
def reference() -> Cut:
    return import_module(NAME).word_tokenize


LINES = sorted(
    {
        line
        for folder in ("seeds", "tests/layouts")
        for path in sorted((ROOT / folder).glob("*.txt"))
        for line in path.read_text("utf-8-sig").splitlines()
    }
)


def test_on_every_line_of_the_articles(cut: Cut, reference: Cut) -> None:
    assert len(LINES) > 300
    words = 0
    for line in LINES:
        for text in (line, clean_text(line)):
            expected = reference(text)
            assert cut(text) == expected
            words += sum(" " in word for word in expected)
    assert words > 2_000


def test_on_the_articles_in_capitals_and_without_diacritics(cut: Cut, reference: Cut) -> None:
    from bot.language.normalize import fold

    for line in LINES[::4]:
        for text in (line.upper(), line.title(), fold(line)):
            assert cut(text) == reference(text)


def test_the_second_time_it_gives_the_same(cut: Cut) -> None:
    text = "Ban Thường vụ Thành ủy TP. Bạc Liêu ban hành Nghị quyết số 05-NQ/TU ngày 9-3-2021."
    assert cut(text) == cut(text)
    assert "Thường vụ" in cut(text)


def test_when_it_begins_anew_it_gives_the_same(cut: Cut, reference: Cut, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_words, "_MOST_RUNS", 3)
    for line in LINES[:40]:
        assert cut(line) == reference(line)


SYLLABLES = st.sampled_from(
    "đảng viên Đảng ủy ban nhân dân TP Bạc Liêu thành phố Thành ủy xã huyện học sinh công tác xây dựng của và là có "
    "không Hà Nội Việt Nam hòa hoà uỷ quý kỳ kì ĐẢNG BỘ VỮNG MẠNH phát triển kinh tế xã hội một hai nghìn TP. Q. UBND T.Ư "
    "H'Mông N’Thôn e-mail v.v... Th.S dang vien bac lieu".split()
)
NUMBERS = st.one_of(
    st.integers(0, 99_999).map(str),
    st.sampled_from("1.234,5 60.542.000 05-NQ/TU 9-3-2021 21/05/2025 16:26 10:20:50 1/2 5-10 4K 43H-0530 42m 3x4 I".split()),
)  # fmt: skip
PUNCTUATION = st.sampled_from(
    ". , ; : ! ? … ... ( ) [ ] “ ” \" ' - – — / + × = => -> & @ # * ° °C % _ | ~ $ € < > :D :)) ♥".split()
)
ODD = st.one_of(
    st.text(max_size=4),
    st.sampled_from(
        ["\u0300", "a\u0301\u0323", "ậ\u0309", "\u200b", "\ufeff", "İ", "ß", "ǅ", "ﬁ", "Σ", "ΑΣ", "ς", "１２", "²", "Ⅻ", "中文",
         "🇻🇳", "👩‍🌾", "\ud800", "http://bao.vn/a?b=(c)", "toa.soan@bao.vn", "bao.vn", "BOS", "EOS", "T[0]=", "\x1c", "\u2028"]
    ),
)  # fmt: skip
SPACES = st.sampled_from([" ", " ", " ", "", "  ", "\t", "\n", "\xa0", "\u3000"])
TEXTS = st.lists(
    st.tuples(st.one_of(SYLLABLES, SYLLABLES, SYLLABLES, NUMBERS, PUNCTUATION, ODD), SPACES).map("".join), max_size=30
).map("".join)


@given(TEXTS)
@example("")
@example(" ")
@example("Đảng")
@example("đảng viên")
@example("Bạc Liêu Bạc")
@example("\u0301")
def test_on_any_text(cut: Cut, reference: Cut, text: str) -> None:
    """What underthesea refuses is refused, too."""
    try:
        expected = reference(text)
    except Exception as error:  # noqa: BLE001
        with pytest.raises(type(error)):
            cut(text)
        return
    assert cut(text) == expected


def test_on_a_tie_underthesea_decides(cut: Cut, reference: Cut, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "II 1.234,5 1.234,5 1.234,5 1.234,5 0"
    assert cut(text) == reference(text)
    monkeypatch.setattr(cut, "_exact", lambda _: ["chính nó"])
    assert cut(text) == ["chính nó"]
    assert cut("Đảng bộ huyện") == reference("Đảng bộ huyện")


@pytest.mark.parametrize("tie", [1e9, 0.5])
def test_with_ties_everywhere_it_gives_the_same(cut: Cut, reference: Cut, monkeypatch: pytest.MonkeyPatch, tie: float) -> None:
    monkeypatch.setattr(bulk_words, "_TIE", tie)
    for line in LINES[:40]:
        assert cut(line) == reference(line)


def test_any_white_space_between_is_as_good(cut: Cut, reference: Cut) -> None:
    for space in ("\n", " \n", "\t", "\u2000", "\x1c", "\n\n "):
        for text in ("TP.", "ông A.", ":D", "T.Ư", "Bạc Liêu (Cà Mau).", "v.v..."):
            for whole in (text + space, space + text, text + space + text, text + space + text + space):
                assert cut(whole) == reference(whole)


@given(TEXTS)
def test_positions_of_words_are_the_same(cut: Cut, text: str) -> None:
    text = clean_text(text)
    tokens = tokenize(text)
    assert segment_words(text, tokens, cut) == segment_words(text, tokens)


# Where underthesea is another


def fake(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Put a module in the place of underthesea's, the same but for *changes*; None takes away."""
    real = import_module(NAME)
    real.word_tokenize("tải mô hình")
    module = ModuleType(NAME)
    module.__dict__.update({name: value for name, value in {**vars(real), **changes}.items() if value is not None})
    monkeypatch.setitem(sys.modules, NAME, module)
    monkeypatch.setattr(bulk_words, "import_module", lambda name: sys.modules[name])


def test_beside_the_same_underthesea_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch)
    assert load_bulk_segmenter() is not None


class Model:
    """A model that lacks what is looked for."""

    featurizer = None


@pytest.mark.parametrize(
    "changes",
    [
        {"word_tokenize": None},
        {"word_tokenize_model": None},
        {"word_tokenize_model": Model()},
        {"tokenize": None},
        {"tokenize": str.split},  # cuts punctuation another way
        {"word_tokenize": str.split},  # gives other words for the sample
        {"__file__": "/nonexistent/__init__.py"},
    ],
)
def test_without_what_it_expects_there_is_none(monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]) -> None:
    fake(monkeypatch, **changes)
    assert load_bulk_segmenter() is None


def test_without_underthesea_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, NAME, None)
    assert load_bulk_segmenter() is None


def copied_models(tmp_path: Path) -> Path:
    """A folder like underthesea's with links to its model files."""
    (real,) = Path(str(import_module(NAME).__file__)).parent.joinpath("models").glob("ws_crf_*")
    folder = tmp_path / "models" / real.name
    folder.mkdir(parents=True)
    for path in real.iterdir():
        (folder / path.name).symlink_to(path)
    return folder


@pytest.mark.parametrize("file", ["features.bin", "dictionary.bin", "models.bin"])
def test_without_a_file_of_the_model_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str) -> None:
    folder = copied_models(tmp_path)
    fake(monkeypatch, __file__=str(tmp_path / "__init__.py"))
    assert load_bulk_segmenter() is not None
    (folder / file).unlink()
    assert load_bulk_segmenter() is None


@pytest.mark.parametrize("part", [slice(40), slice(100_000), slice(4, None), slice(0)])
def test_with_a_model_of_another_form_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: slice) -> None:
    path = copied_models(tmp_path) / "models.bin"
    model = path.read_bytes()
    path.unlink()
    path.write_bytes(model[part])
    fake(monkeypatch, __file__=str(tmp_path / "__init__.py"))
    assert load_bulk_segmenter() is None


def test_with_two_models_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copied_models(tmp_path)
    (tmp_path / "models" / "ws_crf_moi").mkdir()
    fake(monkeypatch, __file__=str(tmp_path / "__init__.py"))
    assert load_bulk_segmenter() is None


@pytest.mark.parametrize("templates", [["T[0].stem"], ["T[-1,2]"], ["word.lower"], ["T[0,1].isdigit"], ["T[0"]])
def test_with_a_template_of_another_form_there_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, templates: list[str]
) -> None:
    import joblib

    folder = copied_models(tmp_path)
    (folder / "features.bin").unlink()
    joblib.dump(templates, folder / "features.bin")
    fake(monkeypatch, __file__=str(tmp_path / "__init__.py"))
    assert load_bulk_segmenter() is None
