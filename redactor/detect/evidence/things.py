"""Which spans of the name model are days, places, species, reports and short forms.

The model knows them less well in other languages than English, and in lines of few words.
"""

from __future__ import annotations

import re

from redactor.detect.checks.words import is_common
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.evidence.surroundings import Surroundings
from redactor.detect.evidence.vocabulary import DAYS, MONTHS
from redactor.model import Finding

__all__ = ["is_dated", "is_thing"]

_LIKELY = 0.9  # "Julio Domingo"
# What leads to a day: "kommt am Freitag", "il prossimo lunedì", "bis Montag".
_LED = re.compile(
    r"\b(?:am|vom|bis|ab|jeden|seit|zum|nächsten|kommenden|letzten|diesen|le|ce|chaque|dès|el|este"
    r"|próximo|il|ogni|prossimo|op|elke|vanaf|tot|w|we|od|do|på|den|na|em|v|ve|til)[ ]$"
)
# A day or year beside a month: "10. Mai", "Mai 2024"; no telephone ("Julio 212-555-0198"), no age
# ("Julio, 12, ...").
_NUMBER_BEFORE = re.compile(r"(?<![\d-])\d{1,2}[.)]?[ ]$")
_NUMBER_AFTER = re.compile(r"(?:[ ]\d{1,2}|,?[ ](?:18|19|20)\d\d)(?![\d-])")
# A birth, the date, and what leads to the place: "född den 4 maj 1961 i Lund", "né à Melun".
_BORN = (
    r"\b(?:née?|nacid[oa]|nat[oa]|nascid[oa]|geb(?:oren|\.)|född|født|fødd|urodzon[ya]|narozena?"
    r"|rođena?|syntynyt|született|născută?)\b"
)
# English names families so: "born a Brandt".
_BORN_IN = re.compile(
    rf"(?i:\bborn\b)[^;:\n]{{0,40}}?[ ](?:in|at)[ ]$"
    rf"|(?i:{_BORN})[^;:\n]{{0,40}}?[ ](?:in|i|à|a|en|em|te|w|we|v|ve|u|în)[ ]$"
)
# The same in a field: "Born: Thursday, 4 May 1961, Linz".
_BORN_FIELD = re.compile(rf"(?i:\bborn|{_BORN})[ ]?:[^;:\n]{{4,40}},[ ]$")
# An arrival, and what leads to where: "arriva a Ferrara", "fährt nach Melun". "A" leads to people
# behind most verbs. Or the beginning of a place.
_TO = re.compile(
    r"\b(?:(?:arriv\w+|llega\w*|chega\w*)[ ](?:a|à)"
    r"|(?:kommt|kam|fährt|fuhr|reist\w*|zieht|zog|ging|geht|flog|fliegt)[ ]nach"
    r"|(?:reist|reisde|vertrok|verhuisde)[ ]naar"
    r"|(?:komm?er|reise[rt]|rejse[rt]|flytte[rt]|flyttar|reser|drar)[ ]till?"
    r"|Place|Piazza|Plaza|Praça|Loch|Lough|Wheal|Mont"  # with capitals: "Place Carnot"
    r"|[Tt]he[ ]\d{1,2}[:.]\d\d(?:[ ]?[ap]\.?m\.?)?[ ](?:from|to|for))[ ]$"  # a train
)
# Species: "Quercus robur", and one whose name no surname ends as, on the line of the others.
_SPECIES = re.compile(r"[A-Z][a-z]{2,15} [a-z]{3,20}(?:,? L\.?,?)?")
_LATIN = re.compile(
    r"\b[A-Z][a-z]{2,15}[ ](?:[a-z]{2,18}(?:us|um|ii|ensis|oides)|[a-z]{3,20}[ ]L\.)(?![a-z])"
)
# The scheme before a number of a library: "Dewey 025.431".
_SCHEME = re.compile(r"Dewey (?=\d{3}(?:\.\d|[;,]|$))|Hansard(?=,? H[CL]\b)|ERIC (?=document|ED\b)")
# Labels of numbers, times of day and states, shortened: "D.N.I.", "A.M.", "U.S.A.".
_SHORT_FORM = re.compile(
    r"(?:C\.F|D\.N\.I|N\.I\.[FE]|C\.P\.F|R\.G|S\.S\.N|D\.O\.B|C\.U\.I\.[LT])\."
    r"|[AP]\.M\.|U\.(?:S\.(?:A\.)?|K\.|N\.|A\.E\.)|R\.S\.V\.P\."
)
# The sign of a report of judgments, which no vowel makes a word, before volume and page.
_REPORTER = re.compile(r"[B-DF-HJ-NP-TV-XZ]{3,5}")
_VOLUME = re.compile(r"[ ]\d{1,4}(?:,[ ]\d|[ ]\()")


def is_dated(around: Surroundings, mention: Mention, forms: tuple[str, ...]) -> bool:
    """Tell whether words are days or months, a day that a word leads to, or a place."""
    likely = mention.finding.score >= _LIKELY
    if len(forms) > 1 and (DAYS | MONTHS).issuperset(forms):
        return not likely
    if len(forms) == 1 and not mention.has_title and (DAYS | MONTHS).issuperset(forms):
        return not likely and _is_day_here(around, mention.finding, forms)
    return not likely and _is_place(around, mention.finding)


def _is_day_here(around: Surroundings, finding: Finding, forms: tuple[str, ...]) -> bool:
    """Tell whether a word for a day or month is one where it is, and nobody's name."""
    before, after = around.before(finding), around.after(finding)
    numbered = _NUMBER_BEFORE.search(before) or _NUMBER_AFTER.match(after)
    led = DAYS.issuperset(forms) and _LED.search(before)
    return bool(numbered or led)


def _is_place(around: Surroundings, finding: Finding) -> bool:
    """Tell whether a span is the place of a birth, behind the date, or of an arrival."""
    before, after = around.before(finding), around.after(finding)
    if _TO.search(before):
        return True
    alone = not after.strip() or after.startswith(("\n", ".\n", ";", ")"))
    return bool(_BORN_IN.search(before)) or (alone and bool(_BORN_FIELD.search(before)))


def is_thing(around: Surroundings, finding: Finding) -> bool:
    """Tell whether a span is a usual short form, a species, or a report before its volume."""
    said = around.said(finding)
    if _SHORT_FORM.fullmatch(said + around.after(finding)[:1].strip(" ,;:)\n")):
        return True
    after = around.after(finding)
    if _SCHEME.match(said + after):
        return True
    if _SPECIES.fullmatch(said) and _names_species(around.line(finding)):
        return True
    return _VOLUME.match(after) is not None and _REPORTER.fullmatch(said) is not None


def _names_species(line: str) -> bool:
    """Tell whether a line has a Latin name of no ordinary words: not "The famous"."""
    names = (one[0].casefold().split() for one in _LATIN.finditer(line))
    return any(not any(map(is_common, words)) for words in names)
