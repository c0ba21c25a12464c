"""The floor under the measures of `hoibao eval` on the project's own gold; no question is marked by itself."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.answering.engine import Engine
from bot.evaluation.gold import load_gold
from bot.evaluation.measures import ALL, Report, StyleMeasures, measure


@dataclass(frozen=True)
class Floor:
    """The least of every measure, but the most of wrong refusals."""

    hit1: float
    hit3: float
    sentence: float
    wrongly_refused: float
    off_topic: float
    near: float


# Two points worse than what was measured.
FLOORS = {
    "seeds_dev": Floor(hit1=0.892, hit3=0.938, sentence=0.943, wrongly_refused=0.041, off_topic=0.93, near=0.980),
    "seeds_dev2": Floor(hit1=0.953, hit3=0.973, sentence=0.888, wrongly_refused=0.041, off_topic=0.908, near=0.955),
    "seeds_dev3": Floor(hit1=0.930, hit3=0.972, sentence=0.923, wrongly_refused=0.028, off_topic=0.98, near=0.866),
    "seeds_dev6": Floor(hit1=0.939, hit3=0.970, sentence=0.900, wrongly_refused=0.030, off_topic=0.98, near=0.613),
    "seeds_heldout": Floor(hit1=0.894, hit3=0.953, sentence=0.911, wrongly_refused=0.038, off_topic=0.98, near=0.855),
    "seeds_heldout2": Floor(hit1=0.939, hit3=0.976, sentence=0.919, wrongly_refused=0.028, off_topic=0.98, near=0.913),
    "seeds_heldout4": Floor(hit1=0.913, hit3=0.964, sentence=0.930, wrongly_refused=0.036, off_topic=0.98, near=0.776),
    "seeds_heldout7": Floor(hit1=0.960, hit3=0.973, sentence=0.912, wrongly_refused=0.040, off_topic=0.93, near=0.830),
}


@pytest.fixture(scope="module", params=FLOORS)
def measured(request: pytest.FixtureRequest, seeds_engine: Engine) -> tuple[Floor, Report]:
    file = Path(__file__).parent.parent / "gold" / f"{request.param}.jsonl"
    return FLOORS[request.param], measure(seeds_engine, load_gold([file]))


def style(report: Report, name: str) -> StyleMeasures:
    return next(one for one in report.styles if one.style == name)


@pytest.mark.parametrize("name", ["hit1", "hit3", "sentence"])
def test_over_all_answerable_questions(measured: tuple[Floor, Report], name: str) -> None:
    floor, report = measured
    assert getattr(style(report, ALL), name) >= getattr(floor, name)


def test_wrong_refusals(measured: tuple[Floor, Report]) -> None:
    floor, report = measured
    assert style(report, ALL).wrongly_refused <= floor.wrongly_refused


@pytest.mark.parametrize("name", ["off_topic", "near"])
def test_right_refusals(measured: tuple[Floor, Report], name: str) -> None:
    floor, report = measured
    assert style(report, name).rightly_refused >= getattr(floor, name)
