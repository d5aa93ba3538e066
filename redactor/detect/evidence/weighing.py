"""The people of a document, each mention with a score that the whole document speaks for.

A detector judges a place; what stands elsewhere in the document may speak against it. "Stansford
Airport (@stansford_air)" is signed like a person's post, but the model reads a place in "stranded
in Stansford". `Token` is read as a name once, and called as a function ten times. A mention that
much speaks against is dropped; one in doubt is redacted where it stands, its other places are not
searched for, and a reviewer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from redactor.detect.checks.names import not_organisation, plain_place
from redactor.detect.checks.words import is_common
from redactor.detect.coreference.name_parser import words_of
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.evidence.capitals import writes_capitals
from redactor.detect.evidence.places import Places
from redactor.detect.evidence.programs import LABELLED, Program
from redactor.detect.evidence.readings import SURE, Readings
from redactor.detect.evidence.surroundings import Surroundings
from redactor.detect.evidence.vocabulary import (
    LIST_WORDS,
    NOT_NAMES,
    ORGANISATION_SIGNS,
    SURNAMES_OF_PLACES,
)
from redactor.detect.evidence.wording import LIKELY, Wording
from redactor.model import Finding

__all__ = ["weighed"]

REJECTED = 0.05  # below the threshold and the near misses of every shipped policy
DOUBT = 0.01  # how far below `review` a mention in doubt is put

# Rules that know a name by what stands beside it alone, and so take any display name for one.
_DISPLAYED = ("rule:person/attribution", "rule:person/before_handle")
# Labels before what somebody says, rather than before who it is.
_SPEAKER = re.compile(
    r"(?:interviewer|interviewee|speaker|witness|counsel|respondent|applicant|claimant|defendant"
    r"|moderator|[QA])[ \t]*:[ \t]*$",
    re.IGNORECASE,
)
# What follows a word in capitals that labels a field: "VETERAN'S NAME".
_FIELD = re.compile(
    r"['’]S\s+(?:[A-Z]+\s+){0,3}(?:NAME|NUMBER|ADDRESS|SIGNATURE|DATE|INITIALS|AGE)\b"
)
# Words with capitals behind a span: of "Marlin Kernel Mailing List", " Mailing List".
_MORE = re.compile(r"(?:[ ][A-Z][a-z]+){1,3}(?=[ ]*[<,\n]|$)")
# What people do, and places do not: "Maren Park approved".
_ACTS = re.compile(
    r"(?:,? who)?\s+(?:says?|said|tells?|told|asks?|asked|writes?|wrote|repl(?:ies|ied)|answered"
    r"|added"
    r"|approved|signed|agreed|refused|resigned|thanked|called|rang|phoned|e?-?mailed|explained|noted"
    r"|argued|testified|recalled|joined|married|died|born|lives|lived|works|worked|moved|seconded"
    r"|proposed|voted|apologi[sz]ed)\b"
)


def weighed(
    places: Places,
    mentions: Sequence[Mention],
    others: Iterable[Mention],
    *,
    review: float,
    file: str = "",
) -> list[Mention]:
    """Return the mentions of a unit, people with the scores that the document speaks for.

    `places` are the text and what is read at each place of it, `others` the places and
    organisations that the model has read, `file` the file's name. A score of `review` or more lets
    a person's other places be searched for.
    """
    elsewhere = list(others)
    named = [one for one in elsewhere if _is_named(places.text, one)]
    mentions = [*mentions, *(_as_person(one) for one in named)]
    people = [one for one in mentions if _is_judged(one.finding) and not one.reading]
    if not people:
        return mentions
    readings = Readings(people, (one for one in elsewhere if one not in named))
    document = _Document(places, readings, file, capitals=writes_capitals(people))
    scores = {one.finding: document.score(one, review) for one in people}
    return [
        replace(one, finding=replace(one.finding, score=score))
        if (score := scores.get(one.finding, one.finding.score)) != one.finding.score
        else one
        for one in mentions
    ]


def _is_named(text: str, place: Mention) -> bool:
    """Tell whether what the model reads as a place acts like a person: "Maren Park approved"."""
    forms = words_of(place.text)
    return (
        2 <= len(forms) <= 3
        and place.finding.entity == "LOCATION"
        and forms[-1] in SURNAMES_OF_PLACES
        and place.text.istitle()
        and not is_common(forms[0])
        and _ACTS.match(text, place.finding.end) is not None
    )


def _as_person(place: Mention) -> Mention:
    """Return a place as a person, likely enough to be searched for."""
    return replace(place, finding=replace(place.finding, entity="PERSON", score=SURE))


def _is_judged(finding: Finding) -> bool:
    """Tell whether a finding is a person whom the model or a shipped rule has found."""
    return finding.entity == "PERSON" and finding.source.startswith(("model:", "rule:person/"))


class _Document:
    """A text, and what the model reads in its places."""

    def __init__(self, places: Places, readings: Readings, file: str, *, capitals: bool) -> None:
        self._places, self._readings = places, readings
        self._around = Surroundings(places.text)
        self._wording = Wording(self._around, readings, capitals=capitals)
        self._program = Program(self._around, file)

    def score(self, mention: Mention, review: float) -> float:
        """Return the score of a mention of a person."""
        score = mention.finding.score
        forms = words_of(mention.text)
        if self._is_rejected(mention, forms) or self._places.rejects(mention, review):
            return min(score, REJECTED)
        if self._is_doubtful(mention, forms) or self._places.doubts(mention):
            return min(score, review - DOUBT)
        return score

    def _is_rejected(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether the document says that a mention is no person."""
        return (
            all(form in NOT_NAMES for form in forms)
            or self._is_label(mention, forms)
            or self._is_organisation(mention, forms)
            or (_is_of_model(mention) and self._wording.is_no_name(mention, forms))
            or self._program.holds(mention, forms)
        )

    def _is_label(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a "name" is an answer of ordinary words, or labels a field of a form."""
        finding = mention.finding
        if finding.source == LABELLED:
            spoken = _SPEAKER.search(self._around.before(finding)) is not None
            return spoken and all(len(form) < 2 or is_common(form) for form in forms)
        return mention.text.isupper() and _FIELD.match(self._around.after(finding)) is not None

    def _is_organisation(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a display name is that of a place, a list or an organisation.

        Where rules know it by its place alone, the model's readings of its words decide.
        """
        source = mention.finding.source
        if self._is_list(mention, forms):
            return True
        if source not in _DISPLAYED:
            return False
        if plain_place(mention.text) or not not_organisation(mention.text):
            return True
        parts = [forms, *((form,) for form in forms)]
        against = max(self._readings.against(part) for part in parts)
        return against >= SURE and against > max(self._readings.as_person(part) for part in parts)

    def _is_list(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a display name, with the words after it, is that of a list or company."""
        if mention.finding.source.startswith("rule:"):
            return len(forms) > 1 and forms[-1] in ORGANISATION_SIGNS
        more = _MORE.match(self._around.after(mention.finding))
        return more is not None and words_of(more[0])[-1] in LIST_WORDS

    def _is_doubtful(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a mention may be redacted, but not searched for elsewhere."""
        near = self._program.is_near(mention.finding)
        if mention.finding.source == LABELLED and near:
            return True
        if len(forms) != 1 or mention.has_title or not _is_of_model(mention):
            return False
        if near or (mention.finding.score < LIKELY and self._wording.is_acronym(mention.finding)):
            return True
        return self._readings.against(forms) >= max(SURE, mention.finding.score)


def _is_of_model(mention: Mention) -> bool:
    """Tell whether the name model has found a mention."""
    return mention.finding.source.startswith("model:")
