"""The people of a document, each mention with a score that the whole document speaks for.

A detector judges a place; what stands elsewhere in the document may speak against it. "Stansford
Airport (@stansford_air)" is signed like a person's post, but the model reads a place in "stranded
in Stansford". `Token` is read as a name once, and called as a function ten times. A mention that
much speaks against is dropped; one in doubt is redacted where it stands, its other places are not
searched for, and a reviewer is asked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from redactor.detect.checks.names import not_organisation, plain_place
from redactor.detect.checks.words import is_common
from redactor.detect.coreference.name_parser import words_of
from redactor.detect.coreference.nicknames import is_given
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.evidence.code import CodeLines
from redactor.detect.evidence.places import Places
from redactor.detect.evidence.vocabulary import (
    DAYS,
    FONTS,
    FORMULAS,
    LIST_WORDS,
    METHODS,
    NOT_NAMES,
    ORGANISATION_SIGNS,
    STAGES,
    STAGES_ALONE,
    SURNAMES_OF_PLACES,
)
from redactor.model import Finding

__all__ = ["Reading", "Readings", "weighed"]

REJECTED = 0.05  # below the threshold and the near misses of every shipped policy
DOUBT = 0.01  # how far below `review` a mention in doubt is put
_LIKELY = 0.9  # a word is a name from here on, whatever it may be misread for
SURE = 0.6  # a model that reads a place or an organisation with this probability is believed
# The word with a capital right before a mention, and the last of a way of ringing bells behind it.
_WORD_BEFORE = re.compile(r"^.*?([A-Z]\w*[ ])?$", re.DOTALL)
_STAGE_AFTER = re.compile(rf"[ ](?:{'|'.join(sorted(STAGES))})\b", re.IGNORECASE)
_NUMBER_BEFORE = re.compile(r"\d[ \t]*\($")
_NEAR = 64  # characters on either side of a mention

# Rules that know a name by what stands beside it alone, and so take any display name for one.
_DISPLAYED = ("rule:person/attribution", "rule:person/before_handle")
_LABELLED = "rule:person/labelled"
# Labels before what somebody says, rather than before who it is.
_SPEAKER = re.compile(
    r"(?:interviewer|interviewee|speaker|witness|counsel|respondent|applicant|claimant|defendant"
    r"|moderator|[QA])[ \t]*:[ \t]*$",
    re.IGNORECASE,
)
# A sign that glues a word to an identifier, a call or a path: `.Token`, `Token(`, `$self->name`.
_GLUED_BEFORE = re.compile(r"(?:[$@%&\\_.#/]|::|->|\bdef |\bsub |\bclass |\bpackage |\bimport )$")
_GLUED_AFTER = re.compile(r"\(|::|->|[_\[\\]|\.(?=[\w*])|\s*[+*|:-]?=(?![=\"'])|/|-\w")
# What no name has inside: operators, brackets, sigils, and an identifier of two words in one.
_CODE_SIGN = re.compile(r"::|->|=>|[$%{}<>|=\\()\[\]_;/#@*]|[a-z][A-Z]")
_CAMEL = re.compile(r"[a-z]{2}[A-Z]|[A-Z]{2,}[a-z]")
# A name as it is usually written: two words or more with capitals, initials among them.
_WRITTEN = re.compile(
    r"[^\W\d_a-z][\w'’-]*\.?"
    r"(?:[ \u00a0]+(?:(?:van|von|de|der|den|da|di|du|la|le|el|bin|al)[ ]+){0,2}"
    r"[^\W\d_a-z][\w'’-]*\.?){1,4}"
)
# A string of a program that holds a word and nothing else: `"Kevin"`.
_QUOTE = "\"'`"
# What stands before a variable of a shell or a macro: "unset CDPATH".
_VARIABLE = re.compile(r"\b(?:unset|export|setenv|getenv|env|undef|ifdef|ifndef|define)[ (]+$")
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
# Letters that machines take for others.
_MISREAD = (
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("ii", "u"),
    ("li", "h"),
    ("tb", "th"),
    ("fh", "th"),
)
# Words that are written small in a sentence and with a capital in a headline: "Is Set To".
_HEADLINE = re.compile(
    r"\b(?:Is|Are|Was|To|Of|The|And|For|In|On|At|With|From|By|Will|Be|As|A|An)\b"
)
_FONT = re.compile(r"\b(?:fonts?|typefaces?|typeset|serif|font-family)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the name model reads in a place: an entity and its probability."""

    start: int
    end: int
    entity: str
    score: float


class Readings:
    """What the name model reads in the places of a document, by the words that stand there."""

    def __init__(self, people: Iterable[Mention], others: Iterable[Mention]) -> None:
        """Take the people, and the places and organisations, that the model has found."""
        self._people = _by_words(people)
        self._others = _by_words(others)

    def against(self, forms: Sequence[str]) -> float:
        """Return the highest probability with which some words are read as no person."""
        return max(self._others.get(tuple(forms), ()), default=0.0)

    def as_person(self, forms: Sequence[str]) -> float:
        """Return the highest probability with which some words are read as a person."""
        return max(self._people.get(tuple(forms), ()), default=0.0)


def _by_words(mentions: Iterable[Mention]) -> Mapping[tuple[str, ...], list[float]]:
    """Return the scores of the model's findings by their words."""
    found: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for one in mentions:
        if one.finding.source.startswith("model:"):
            found[words_of(one.text)].append(one.finding.score)
    return found


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
    document = _Document(places, readings, file)
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


def _is_misread(form: str) -> bool:
    """Tell whether a word is an ordinary one as machines misread it: "rnany" for "many"."""
    return any(wrong in form and is_common(form.replace(wrong, right)) for wrong, right in _MISREAD)


def _are_plain(forms: Sequence[str]) -> bool:
    """Tell whether words are ordinary ones, and none of them a given name: "NEEDS BINS"."""
    return all(is_common(form) and not is_given(form) for form in forms)


def _has_title(mention: Mention) -> bool:
    """Tell whether a title or suffix stands beside a mention: "Mr Kernel"."""
    return mention.with_titles != mention.text


def _is_formula(mention: Mention) -> bool:
    """Tell whether words are of a letter's subject, beginning or end, in other languages."""
    words = mention.text.split()
    capitals = [word for word in words if not word.islower()]
    forms = words_of(" ".join(capitals or words[:1]))
    formula = not FORMULAS.isdisjoint(forms) and (FORMULAS | DAYS).issuperset(forms)
    return formula and not _has_title(mention)


def _is_judged(finding: Finding) -> bool:
    """Tell whether a finding is a person whom the model or a shipped rule has found."""
    return finding.entity == "PERSON" and finding.source.startswith(("model:", "rule:person/"))


class _Document:
    """A text, and what the model reads in its places."""

    def __init__(self, places: Places, readings: Readings, file: str) -> None:
        self._places, self._text, self._readings = places, places.text, readings
        self._code = CodeLines(places.text, file)
        self._identifiers: dict[str, bool] = {}

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
            or (mention.finding.source.startswith("model:") and self._is_no_name(mention, forms))
            or self._is_code(mention, forms)
        )

    def _is_label(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a "name" is an answer of ordinary words, or labels a field of a form."""
        finding = mention.finding
        if finding.source == _LABELLED:
            spoken = _SPEAKER.search(self._before(finding)) is not None
            return spoken and all(len(form) < 2 or is_common(form) for form in forms)
        return mention.text.isupper() and _FIELD.match(self._after(finding)) is not None

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
        more = _MORE.match(self._after(mention.finding))
        return more is not None and words_of(more[0])[-1] in LIST_WORDS

    def _is_no_name(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a span of the model is a font, a word of a headline or an abbreviation."""
        finding, said = mention.finding, mention.text
        if self._is_font(finding, forms) or self._is_foreign_word(finding, said):
            return True
        if _is_formula(mention) or self._is_method(finding, forms):
            return True
        if said.isupper() and self._is_plain_in_capitals(finding, forms):
            return True
        if len(forms) > 1:
            return said.split()[0].islower() and said.split()[-1].isupper()
        return len(forms) == 1 and not _has_title(mention) and self._is_plain_word(finding, forms)

    def _is_font(self, finding: Finding, forms: tuple[str, ...]) -> bool:
        """Tell whether words name a family of type, in a line about fonts."""
        named = FONTS.intersection((" ".join(forms), *forms[:1]))
        return bool(named) and _FONT.search(self._line(finding)) is not None

    def _is_method(self, finding: Finding, forms: tuple[str, ...]) -> bool:
        """Tell whether words name a way of ringing bells, or are part of such a name."""
        before = words_of(_WORD_BEFORE.sub(r"\1", self._before(finding)))
        after = _STAGE_AFTER.match(self._after(finding))
        words = (*before, *forms, *(words_of(after[0]) if after else ()))
        named = f" {' '.join(words[:-1])} "
        if STAGES.issuperset(words[-1:]) and any(f" {one} " in named for one in METHODS):
            return True
        return forms != () and forms[-1] in STAGES_ALONE

    def _is_plain_in_capitals(self, finding: Finding, forms: tuple[str, ...]) -> bool:
        """Tell whether words in capitals are ordinary ones, or a variable of a shell."""
        plain = finding.score < _LIKELY and _are_plain(forms)
        return plain or _VARIABLE.search(self._before(finding)) is not None

    def _is_plain_word(self, finding: Finding, forms: tuple[str, ...]) -> bool:
        """Tell whether a lone word is misread, read as something else, or hardly like a name."""
        said = self._text[finding.start : finding.end]
        if finding.score < _LIKELY and _is_misread(forms[0]):
            return True
        if said.isupper() and len(said) > 2 and self._readings.against(forms) >= finding.score:
            return True
        return finding.score < SURE and (
            self._is_headline(finding) or self._is_acronym(finding) or self._is_tag(finding)
        )

    def _is_acronym(self, finding: Finding) -> bool:
        """Tell whether a lone word is in capitals, and the words around it are not."""
        said = self._text[finding.start : finding.end]
        if not said.isupper() or len(said) < 2 or is_given(said.lower()):
            return False
        if _NUMBER_BEFORE.search(self._before(finding)) and self._after(finding).startswith(")"):
            return False  # whose number it is: "555 0143 (MARGIT)"
        line = self._line(finding)
        others = [word for word in re.findall(r"[^\W\d_]{2,}", line) if word != said]
        return len(others) > 2 and 2 * sum(map(str.isupper, others)) < len(others)

    def _is_tag(self, finding: Finding) -> bool:
        """Tell whether a lone word is a hashtag, which is seldom a name unless it joins two."""
        said = self._text[finding.start : finding.end]
        return self._before(finding).endswith("#") and _CAMEL.search(said) is None

    def _is_foreign_word(self, finding: Finding, said: str) -> bool:
        """Tell whether a word of a script that the model was not made for is a label or a verb."""
        if not said[:1].isalpha() or any(char.isascii() and char.isalpha() for char in said):
            return False
        return said.islower() or self._after(finding).startswith((":", "："))

    def _is_headline(self, finding: Finding) -> bool:
        """Tell whether a lone word stands in a line whose words all have capitals."""
        words = re.findall(r"[^\W\d_]+", self._line(finding))
        return (
            len(words) > 4
            and all(word[0].isupper() for word in words)
            and not all(map(str.isupper, words))
            and len(_HEADLINE.findall(self._line(finding))) > 1
        )

    def _is_code(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a mention is part of a program, and no name in a comment or a string."""
        finding = mention.finding
        if not self._code.is_near_code(finding.start):
            return False
        said, glued = self._text[finding.start : finding.end], self._is_glued(finding)
        if _WRITTEN.fullmatch(said) and not glued:
            return False
        if finding.source.startswith("rule:") and finding.source != _LABELLED:
            return False
        if glued or _CODE_SIGN.search(said) or _CAMEL.search(said):
            return True
        return not _has_title(mention) and self._is_word_of_code(finding, said, forms)

    def _is_word_of_code(self, finding: Finding, said: str, forms: tuple[str, ...]) -> bool:
        """Tell whether a word of a program is none of its names of people.

        On a line of code only a string of its own may hold a name, in a comment a likely word.
        """
        if self._code.is_code(finding.start):
            return not self._is_string(finding) or not said.istitle()
        return len(forms) == 1 and (
            finding.score < SURE or not said.istitle() or self._is_identifier(said)
        )

    def _is_string(self, finding: Finding) -> bool:
        """Tell whether a mention is all that a string of a program holds."""
        before, after = self._text[finding.start - 1 : finding.start], self._after(finding)[:1]
        return before != "" and before in _QUOTE and before == after

    def _is_glued(self, finding: Finding) -> bool:
        """Tell whether a sign of a program glues a mention to another identifier."""
        after = _GLUED_AFTER.match(self._after(finding))
        return after is not None or _GLUED_BEFORE.search(self._before(finding)) is not None

    def _is_identifier(self, said: str) -> bool:
        """Tell whether a word is called, or has members, anywhere in a program."""
        if said not in self._identifiers:
            used = re.compile(rf"(?<!\w){re.escape(said)}(?:\(|\.\w|::|->)")
            self._identifiers[said] = used.search(self._text) is not None
        return self._identifiers[said]

    def _is_doubtful(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a mention may be redacted, but not searched for elsewhere."""
        labelled = mention.finding.source == _LABELLED
        if labelled and self._code.is_near_code(mention.finding.start):
            return True
        if (
            len(forms) != 1
            or _has_title(mention)
            or not mention.finding.source.startswith("model:")
        ):
            return False
        if self._code.is_near_code(mention.finding.start):
            return True
        if mention.finding.score < _LIKELY and self._is_acronym(mention.finding):
            return True
        return self._readings.against(forms) >= max(SURE, mention.finding.score)

    def _before(self, finding: Finding) -> str:
        return self._text[max(0, finding.start - _NEAR) : finding.start]

    def _after(self, finding: Finding) -> str:
        return self._text[finding.end : finding.end + _NEAR]

    def _line(self, finding: Finding) -> str:
        """Return the line of a finding, as far as it is near."""
        start = self._text.rfind("\n", max(0, finding.start - 4 * _NEAR), finding.start) + 1
        end = self._text.find("\n", finding.end, finding.end + 4 * _NEAR)
        start = start or max(0, finding.start - 4 * _NEAR)
        return self._text[start : end if end >= 0 else finding.end + 4 * _NEAR]
