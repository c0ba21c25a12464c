"""Where to look, as it is typed on the command line."""

from datetime import date

import pytest

from bot.answering.engine import Engine
from bot.console.scope import read_scope
from bot.errors import ConfigurationError
from bot.model import Scope


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2/2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("9/3/2021", date(2021, 3, 9), date(2021, 3, 9)),
        ("09-03-2021", date(2021, 3, 9), date(2021, 3, 9)),
        (" 2021-03-09 ", date(2021, 3, 9), date(2021, 3, 9)),
    ],
)
def test_a_year_or_month_counts_from_its_first_day_to_its_last(
    seeds_engine: Engine, written: str, first: date, last: date
) -> None:
    assert read_scope(seeds_engine.index, None, None, written, written) == Scope(since=first, until=last)


@pytest.mark.parametrize("written", ["", "hôm qua", "31/2/2021", "13/2021", "21", "9/3/21", "2021/03/09", "١٢/2021"])
def test_what_is_no_date_is_said(seeds_engine: Engine, written: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_scope(seeds_engine.index, None, None, written, None)
    assert f"“{written}”" in caught.value.vietnamese
    assert "9/3/2021" in caught.value.vietnamese


def test_an_article_goes_by_its_number_or_its_file(seeds_engine: Engine) -> None:
    files = seeds_engine.index.files
    assert read_scope(seeds_engine.index, "2", None, None, None) == Scope(file=files[1])
    assert read_scope(seeds_engine.index, files[3], None, None, None) == Scope(file=files[3])
    for wrong in ("0", "6", "khác.txt", "-1", ""):
        with pytest.raises(ConfigurationError, match="no such article"):
            read_scope(seeds_engine.index, wrong, None, None, None)


def test_a_newspaper_goes_by_a_part_of_its_name_without_accents(seeds_engine: Engine) -> None:
    assert read_scope(seeds_engine.index, None, "dong khoi", None, None) == Scope(source="dong khoi")
    for wrong in ("Báo Mặt Trời", "", "  "):
        with pytest.raises(ConfigurationError) as caught:
            read_scope(seeds_engine.index, None, wrong, None, None)
        assert "Báo Đồng Khởi" in caught.value.vietnamese  # what there is
