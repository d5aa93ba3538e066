"""Whether a text is English where something stands, by the small words around it."""

from __future__ import annotations

import re

__all__ = ["is_foreign"]

_AROUND = 160  # characters on either side
_LEAST = 2  # one small word may be a quotation, or part of a name
_SMALL_WORD = re.compile(r"(?<![^\W_])[^\W\d_A-Z]{2,}(?![^\W_])")

_ENGLISH = frozenset(
    """
    the of and to is was that for it with on as are at by this from have not be which or were had
    but they she his her their been has will would there we you
    """.split()
)
# Articles, prepositions, conjunctions and verbs that English does not have: German, Dutch,
# Scandinavian and Finnish; French, Spanish, Portuguese and Italian; Polish, Czech, Croatian,
# Hungarian, Romanian and Turkish; Greek and Russian.
_FOREIGN = frozenset(
    """
    und der das dem den des mit von für ist nicht ein eine einen einem einer auf aus bei nach zu zum
    zur im wird werden wurde sind auch sich oder wir sie
    het een van voor niet wordt heeft uw naar bij ook deze zijn
    og er det som på til av ikke har med men vi och är att inte från för den ett ja ei että hän ovat
    sekä kun
    le la les des du une est dans pour avec sur par au aux qui que nous vous son sa
    chez lui cette ces leur mais
    chez lui cette ces leur mais
    el los las una del por con para como su se al es lo não uma pelo dos das em com os ao
    il gli di della delle dei che per con nel sono alla
    nie się że jest oraz na do je jsem že pro ve se si na su nije kako za od
    és az egy hogy nem vagy este și sunt pentru din cu la ve bir için ile
    được và là của không có các một những trong cho với
    και το του της την στο στη για είναι με в на не что как и по
    """.split()
)


def is_foreign(text: str, start: int, end: int) -> bool:
    """Tell whether more small words around a span are of another language than of English.

    >>> text = "Die Klopse in Brühe ziehen lassen und mit Kapern servieren."
    >>> is_foreign(text, 4, 10), is_foreign("The soup of the day and bread", 4, 8)
    (True, False)
    """
    around = text[max(0, start - _AROUND) : end + _AROUND]
    words = [word.casefold() for word in _SMALL_WORD.findall(around)]
    foreign = sum(word in _FOREIGN for word in words)
    return foreign >= _LEAST and foreign > sum(word in _ENGLISH for word in words)
