import os
from pathlib import Path

import pytest

from bot.config import Settings, load_settings, settings_table
from bot.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]


def test_without_any_setting():
    assert load_settings({}, None) == Settings(corpus=Path("seeds"), index=None, tables=None, caution=0.5)


def test_each_setting_is_read():
    environ = {
        "HOIBAO_CORPUS": "/bài",
        "HOIBAO_INDEX": "~/chỉ-mục",
        "HOIBAO_TABLES": " bảng ",
        "HOIBAO_CAUTION": "0.75",
        "KHÁC": "x",
    }
    settings = load_settings(environ, None)
    assert settings.corpus == Path("/bài")
    assert settings.index == Path("~/chỉ-mục").expanduser()
    assert settings.tables == Path("bảng")
    assert settings.caution == 0.75


def test_the_environment_wins_over_the_file_and_empty_is_not_set(tmp_path: Path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("HOIBAO_CORPUS=từ-tệp\nHOIBAO_CAUTION=0.9\n# HOIBAO_TABLES=x\n", "utf-8")
    settings = load_settings({"HOIBAO_CAUTION": "0.1"}, dotenv)
    assert (settings.corpus, settings.caution, settings.tables) == (Path("từ-tệp"), 0.1, None)
    assert load_settings({"HOIBAO_CORPUS": "  "}, dotenv).corpus == Path("seeds")
    assert load_settings({}, tmp_path / "none") == Settings()


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOIBAO_CORPUS", "từ-môi-trường")
    before = dict(os.environ)
    assert load_settings(dotenv=None).corpus == Path("từ-môi-trường")
    assert os.environ == before


@pytest.mark.parametrize("written", ["cao", "1.01", "-0.1", "nan", "inf", "0,5", "½"])
def test_a_caution_that_is_none(written: str):
    with pytest.raises(ConfigurationError) as raised:
        load_settings({"HOIBAO_CAUTION": written}, None)
    assert raised.value.vietnamese == f"HOIBAO_CAUTION phải là một số từ 0 đến 1, không phải “{written}”."
    assert "HOIBAO_CAUTION" in str(raised.value)


@pytest.mark.parametrize("written", ["0", "1", "0.5", " 1e-3 "])
def test_a_caution_in_range(written: str):
    assert load_settings({"HOIBAO_CAUTION": written}, None).caution == float(written)


def test_the_readme_and_the_example_know_every_setting():
    rows = settings_table().splitlines()
    assert rows[0].startswith("| Biến |")
    names = [row.split("`")[1] for row in rows[2:]]
    assert names[:4] == ["HOIBAO_CORPUS", "HOIBAO_INDEX", "HOIBAO_TABLES", "HOIBAO_CAUTION"]
    assert "TELEGRAM_BOT_TOKEN" in names
    assert settings_table() in (ROOT / "README.md").read_text("utf-8")
    example = (ROOT / ".env.example").read_text("utf-8")
    assert all(f"\n{name}=" in example for name in names)
