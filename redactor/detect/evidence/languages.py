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
# Articles, prepositions, conjunctions, pronouns and forms of "to be" that English does not have, a
# paragraph for each language or group.
_FOREIGN = frozenset(
    """
    und der das dem den des mit von für ist nicht ein eine einen einem einer auf aus bei nach zu zum
    zur im wird werden wurde sind auch sich oder wir sie als wie nur noch aber bis dass hat durch
    vor

    het een van voor niet wordt heeft uw naar bij ook deze zijn op te dat om nog onze

    og er det som på til av ikke har med men vi och är att inte från för den ett et ved eller
    kan skal ska blir blev vara där om

    ja ei että hän ovat sekä kun se oli mutta niin kuin tai joka myös ole olla mukaan jälkeen kanssa
    ennen tämä vain sitä

    le la les des du une est dans pour avec sur par au aux qui que nous vous son sa
    chez lui cette ces leur mais

    el los las una del por con para como su se al es lo não uma pelo dos das em com os ao pela na

    il gli di della delle dei che per con nel sono alla dal una più si

    nie się że jest oraz na do przez dla który która które tego tej przed przy czy był była są
    będzie tylko jego jej ich już może lub od po za

    je jsem že pro ve se si nebo jsou byl byla bylo při podle který která které také bude budou není
    ze jako ale aby alebo sú bol bola

    nije ili kao što koji koja koje iz će biti ako kod prema uz su od kako

    és az egy hogy nem vagy csak mint volt van már még lesz után előtt kell szerint

    și este sunt pentru din cu în pe să care prin sau mai fost lui ale după fără

    ve bir için ile bu da olarak olan gibi daha çok kadar sonra ama her var değil ise

    được và là của không có các một những trong cho với

    και το του της την τη στο στη στην στον για είναι με οι τα των από που δεν θα να σε ένα μια ως

    в на не что как и по из за для от до при или так но был была были его их который будет все
    только также это

    і що та це як від або був була були його її який буде всі тільки також про є
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
