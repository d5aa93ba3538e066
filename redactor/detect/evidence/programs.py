"""Which words of a program are part of it, and no names of people in its comments and strings."""

from __future__ import annotations

import re

from redactor.detect.coreference.search_terms import Mention
from redactor.detect.evidence.code import CodeLines
from redactor.detect.evidence.readings import SURE
from redactor.detect.evidence.surroundings import Surroundings
from redactor.model import Finding

__all__ = ["LABELLED", "Program", "has_camel_case"]

LABELLED = "rule:person/labelled"
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


def has_camel_case(said: str) -> bool:
    """Tell whether capitals join words, as in "fooBar"."""
    return _CAMEL.search(said) is not None


class Program:
    """A text that may be a program, or hold one."""

    def __init__(self, around: Surroundings, file: str) -> None:
        """Take a text, and the name of its file, whose suffix may be that of programs."""
        self._around = around
        self._code = CodeLines(around.text, file)
        self._identifiers: dict[str, bool] = {}

    def is_near(self, finding: Finding) -> bool:
        """Tell whether a finding is inside a program, be it in a comment there."""
        return self._code.is_near_code(finding.start)

    def holds(self, mention: Mention, forms: tuple[str, ...]) -> bool:
        """Tell whether a mention is part of a program, and no name in a comment or a string."""
        finding = mention.finding
        if not self._code.is_near_code(finding.start):
            return False
        said, glued = self._around.said(finding), self._is_glued(finding)
        if _WRITTEN.fullmatch(said) and not glued:
            return False
        if finding.source.startswith("rule:") and finding.source != LABELLED:
            return False
        if glued or _CODE_SIGN.search(said) or has_camel_case(said):
            return True
        return not mention.has_title and self._is_word_of_code(finding, said, forms)

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
        before, after = (
            self._around.text[finding.start - 1 : finding.start],
            self._around.after(finding)[:1],
        )
        return before != "" and before in _QUOTE and before == after

    def _is_glued(self, finding: Finding) -> bool:
        """Tell whether a sign of a program glues a mention to another identifier."""
        after = _GLUED_AFTER.match(self._around.after(finding))
        return after is not None or _GLUED_BEFORE.search(self._around.before(finding)) is not None

    def _is_identifier(self, said: str) -> bool:
        """Tell whether a word is called, or has members, anywhere in a program."""
        if said not in self._identifiers:
            used = re.compile(rf"(?<!\w){re.escape(said)}(?:\(|\.\w|::|->)")
            self._identifiers[said] = used.search(self._around.text) is not None
        return self._identifiers[said]
