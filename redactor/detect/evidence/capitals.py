"""Whether a text writes the names of its people with capitals."""

from __future__ import annotations

from collections.abc import Iterable

from redactor.detect.coreference.search_terms import Mention

__all__ = ["writes_capitals"]

# On the dev parts, in texts with so many sure names in capitals and none in small letters, 16 lone
# words in small letters that are no given names were wrongly taken for people, and two rightly.
ENOUGH = 3
# A small name has to be surer than one with capitals: on the dev parts the model gives up to 0.89
# to words such as "dukkha".
_SURE, _SURE_SMALL = 0.8, 0.9


def writes_capitals(people: Iterable[Mention]) -> bool:
    """Tell whether sure names of several words have capitals, and no sure name has none.

    So it is in a report or a change log, and not in a chat.
    """
    sure = [one for one in people if one.finding.score >= _SURE]
    capitals = sum(" " in one.text and one.text.istitle() for one in sure)
    small = any(one.text.islower() and one.finding.score >= _SURE_SMALL for one in sure)
    return capitals >= ENOUGH and not small
