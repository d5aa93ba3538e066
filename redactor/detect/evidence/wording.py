"""Which spans of the name model are worded as no names are: fonts, headlines, abbreviations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from redactor.detect.checks.given_names import is_on_list
from redactor.detect.checks.words import is_common
from redactor.detect.coreference.name_parser import words_of
from redactor.detect.coreference.nicknames import is_given
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.evidence.programs import has_camel_case
from redactor.detect.evidence.readings import SURE, Readings
from redactor.detect.evidence.surroundings import Surroundings
from redactor.detect.evidence.things import is_dated, is_thing
from redactor.detect.evidence.vocabulary import (
    DAYS,
    FONTS,
    FORMULAS,
    METHODS,
    STAGES,
    STAGES_ALONE,
)
from redactor.model import Finding

__all__ = ["LIKELY", "Wording"]

LIKELY = 0.9  # a word is a name from here on, whatever it may be misread for
ALMOST_CERTAIN = 0.97  # two words of which the last is in small letters are a name from here on
# Several words of which the last is small, and none a given name, are no name below in any text: on
# the dev parts and held-out blocks five such spans were wrong and none right.
UNLIKELY = 0.5
# The word with a capital right before a mention, and the last of a way of ringing bells behind it.
_WORD_BEFORE = re.compile(r"^.*?([A-Z]\w*[ ])?$", re.DOTALL)
_STAGE_AFTER = re.compile(rf"[ ](?:{'|'.join(sorted(STAGES))})\b", re.IGNORECASE)
_NUMBER_BEFORE = re.compile(r"\d[ \t]*\($")
# What stands before a variable of a shell or a macro: "unset CDPATH".
_VARIABLE = re.compile(r"\b(?:unset|export|setenv|getenv|env|undef|ifdef|ifndef|define)[ (]+$")
# What leads on to something else, at the end of a span.
_PREPOSITIONS = frozenset(
    "von vom sob por par bei für af av fra från door przez od with from by".split()
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


class Wording:
    """The words of a text's spans, and what the model reads in them elsewhere."""

    def __init__(self, around: Surroundings, readings: Readings, *, capitals: bool) -> None:
        """Take a text, and whether it writes its people with capitals (`writes_capitals`)."""
        self._around, self._readings, self._capitals = around, readings, capitals

    def is_no_name(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a span of the model is a font, a word of a headline or an abbreviation."""
        finding, said = mention.finding, mention.text
        if self._is_font(finding, forms) or self._is_foreign_word(finding, said):
            return True
        if _is_formula(mention) or self._is_method(finding, forms):
            return True
        if is_dated(self._around, mention, forms) or is_thing(self._around, finding):
            return True
        in_capitals = said.isupper() and self._is_plain_in_capitals(finding, forms)
        if in_capitals or self._is_small(mention):
            return True
        if len(forms) > 1:
            first, last = said.split()[0], said.split()[-1]
            return (first.islower() and last.isupper()) or _is_led_on(finding, first, last)
        return len(forms) == 1 and not mention.has_title and self._is_plain_word(finding, forms)

    def _is_small(self, mention: Mention) -> bool:
        """Tell whether the last word is small, and none a given name: "Set debhelper"."""
        said, words = mention.text, mention.text.split()
        least = LIKELY if len(words) == 1 else ALMOST_CERTAIN
        if not self._capitals:
            least = UNLIKELY if len(words) > 1 and not said.islower() else 0.0
        return (
            words[-1].islower()
            and not mention.has_title
            and mention.finding.score < least
            and not any(is_given(word.lower()) or is_on_list(word) for word in words)
        )

    def _is_font(self, finding: Finding, forms: tuple[str, ...]) -> bool:
        """Tell whether words name a family of type, in a line about fonts."""
        named = FONTS.intersection((" ".join(forms), *forms[:1]))
        return bool(named) and _FONT.search(self._around.line(finding)) is not None

    def _is_method(self, finding: Finding, forms: tuple[str, ...]) -> bool:
        """Tell whether words name a way of ringing bells, or are part of such a name."""
        before = words_of(_WORD_BEFORE.sub(r"\1", self._around.before(finding)))
        after = _STAGE_AFTER.match(self._around.after(finding))
        words = (*before, *forms, *(words_of(after[0]) if after else ()))
        named = f" {' '.join(words[:-1])} "
        if STAGES.issuperset(words[-1:]) and any(f" {one} " in named for one in METHODS):
            return True
        return forms != () and forms[-1] in STAGES_ALONE

    def _is_plain_in_capitals(self, finding: Finding, forms: tuple[str, ...]) -> bool:
        """Tell whether words in capitals are ordinary ones, or a variable of a shell."""
        plain = finding.score < LIKELY and _are_plain(forms)
        return plain or _VARIABLE.search(self._around.before(finding)) is not None

    def _is_plain_word(self, finding: Finding, forms: tuple[str, ...]) -> bool:
        """Tell whether a lone word is misread, read as something else, or hardly like a name."""
        said = self._around.said(finding)
        if finding.score < LIKELY and _is_misread(forms[0]):
            return True
        if said.isupper() and len(said) > 2 and self._readings.against(forms) >= finding.score:
            return True
        return finding.score < SURE and (
            self._is_headline(finding) or self.is_acronym(finding) or self._is_tag(finding)
        )

    def is_acronym(self, finding: Finding) -> bool:
        """Tell whether a lone word is in capitals, and the words around it are not."""
        said = self._around.said(finding)
        if not said.isupper() or len(said) < 2 or is_given(said.lower()):
            return False
        if _NUMBER_BEFORE.search(self._around.before(finding)) and self._around.after(
            finding
        ).startswith(")"):
            return False  # whose number it is: "555 0143 (MARGIT)"
        line = self._around.line(finding)
        others = [word for word in re.findall(r"[^\W\d_]{2,}", line) if word != said]
        return len(others) > 2 and 2 * sum(map(str.isupper, others)) < len(others)

    def _is_tag(self, finding: Finding) -> bool:
        """Tell whether a lone word is a hashtag, which is seldom a name unless it joins two."""
        said = self._around.said(finding)
        return self._around.before(finding).endswith("#") and not has_camel_case(said)

    def _is_foreign_word(self, finding: Finding, said: str) -> bool:
        """Tell whether a word of a script that the model was not made for is a label or a verb."""
        if not said[:1].isalpha() or any(char.isascii() and char.isalpha() for char in said):
            return False
        return said.islower() or self._around.after(finding).startswith((":", "："))

    def _is_headline(self, finding: Finding) -> bool:
        """Tell whether a lone word stands in a line whose words all have capitals."""
        words = re.findall(r"[^\W\d_]+", self._around.line(finding))
        return (
            len(words) > 4
            and all(word[0].isupper() for word in words)
            and not all(map(str.isupper, words))
            and len(_HEADLINE.findall(self._around.line(finding))) > 1
        )


def _is_led_on(finding: Finding, first: str, last: str) -> bool:
    """Tell whether a span ends in a preposition: "Geschrieben von", of whom no name is part."""
    return last in _PREPOSITIONS and finding.score < LIKELY and not is_given(first.lower())


def _is_misread(form: str) -> bool:
    """Tell whether a word is an ordinary one as machines misread it: "rnany" for "many"."""
    return any(wrong in form and is_common(form.replace(wrong, right)) for wrong, right in _MISREAD)


def _are_plain(forms: Sequence[str]) -> bool:
    """Tell whether words are ordinary ones, and none of them a given name: "NEEDS BINS"."""
    return all(is_common(form) and not is_given(form) for form in forms)


def _is_formula(mention: Mention) -> bool:
    """Tell whether words are of a letter's subject, beginning or end, in other languages."""
    words = mention.text.split()
    capitals = [word for word in words if not word.islower()]
    forms = words_of(" ".join(capitals or words[:1]))
    formula = not FORMULAS.isdisjoint(forms) and (FORMULAS | DAYS).issuperset(forms)
    return formula and not mention.has_title
