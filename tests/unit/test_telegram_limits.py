"""How much a person may ask, and who may ask at all."""

from bot.telegram_app.limits import Admission, PersonLimits, Verdict


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_questions_of_a_minute_are_counted() -> None:
    clock = Clock()
    limits = PersonLimits(2, clock)
    assert [limits.ask("lan") for _ in range(4)] == [
        Verdict.ALLOWED,
        Verdict.ALLOWED,
        Verdict.REFUSED,
        Verdict.REFUSED_ALREADY_TOLD,
    ]
    assert limits.ask("minh") is Verdict.ALLOWED
    assert limits.wait("lan") == 60
    clock.now += 59.5
    assert limits.wait("lan") == 1
    assert limits.ask("lan") is Verdict.REFUSED_ALREADY_TOLD
    clock.now += 0.5
    assert limits.wait("minh") == limits.wait("nobody") == 0
    assert [limits.ask("lan") for _ in range(3)] == [Verdict.ALLOWED, Verdict.ALLOWED, Verdict.REFUSED]


def test_refused_questions_do_not_make_the_wait_longer() -> None:
    clock = Clock()
    limits = PersonLimits(1, clock)
    for _ in range(30):
        limits.ask("lan")
        clock.now += 1
    clock.now += 30
    assert limits.ask("lan") is Verdict.ALLOWED


def test_no_limit() -> None:
    limits = PersonLimits(0, Clock())
    assert {limits.ask("lan") for _ in range(1000)} == {Verdict.ALLOWED}


def test_being_forgotten_lifts_no_limit() -> None:
    limits = PersonLimits(1, Clock())
    limits.ask("lan")
    limits.forget("lan")
    limits.forget("nobody")
    assert limits.ask("lan") is Verdict.REFUSED


def test_people_are_bounded() -> None:
    limits = PersonLimits(1, Clock())
    for number in range(20_000):
        limits.ask(str(number))
    assert len(limits._people) <= 10_000


def test_admission() -> None:
    assert Admission(frozenset(), frozenset()).admits(1, 2)
    some = Admission(frozenset({5, -100}), frozenset({9}))
    assert some.admits(-100, 1)
    assert some.admits(-200, 5)
    assert some.admits(7, 9)
    assert not some.admits(7, 7)
    assert not some.admits(None, None)
