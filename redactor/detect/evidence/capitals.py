"""Whether a text writes the names of its people with capitals."""

from __future__ import annotations

from collections.abc import Iterable

from redactor.detect.coreference.search_terms import Mention

__all__ = ["writes_capitals"]

# On the dev parts, in texts with so many sure names in capitals and none in small letters, 16 lone
# words in small letters that are no given names were wrongly taken for people, and two rightly.
ENOUGH = 3
_SURE = 0.9


def writes_capitals(people: Iterable[Mention]) -> bool:
    """Tell whether sure names of several words have capitals, and no sure name has none.

    So it is in a report or a change log, and not in a chat.
    """
    sure = [one.text for one in people if one.finding.score >= _SURE]
    capitals = sum(" " in text and text.istitle() for text in sure)
    return capitals >= ENOUGH and not any(map(str.islower, sure))
