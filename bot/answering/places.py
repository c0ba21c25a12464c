"""Questions over several places: each place asked for gets its passage before any gets a second."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.answering.evidence import Inquiry

if TYPE_CHECKING:
    from bot.answering.answers import Examined


def cover_places(inquiry: Inquiry, examined: Sequence["Examined"]) -> list["Examined"]:
    """
    Put the best passage of each place asked for first.

    Args:
        inquiry: Of the question.
        examined: Best first.

    Returns:
        The same passages; in the same order unless the question names two places or more that articles name too.
    """
    places = inquiry.places_asked
    if len(places) < 2:
        return list(examined)
    first: list[Examined] = []
    for place in places:
        own = next((one for one in examined if one not in first and place in one.evidence.places), None)
        if own is not None:
            first.append(own)
    first.sort(key=lambda one: -one.ranked.score)
    return [*first, *(one for one in examined if one not in first)]
