"""A scanner of scripts and JSON: strings, templates, regular expressions, comments, and code.

It checks no grammar: what is no literal is code. Literals and code are both examined, so a mistake
changes how a text is escaped and not whether it is examined. An unterminated string ends with its
line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.formats.html.escapes import CODE, SCRIPT_COMMENT, Escapes, Expression, Number, Syntax
from redactor.model import Kind, Slot


@dataclass(frozen=True, slots=True)
class ScriptPart:
    """A part of a script. Without a syntax it is punctuation and blanks."""

    start: int
    end: int
    syntax: Syntax | None = None
    kind: Kind = Kind.SCRIPT
    slot: Slot = Slot.TEXT
    label: str = field(default="", repr=False)
    joins: bool = False


# The literals by how they begin; group 1 is the content. Each matches in any case: an unterminated
# one ends with its line, a comment with the script.
_LITERALS = {
    '"': re.compile(r'"((?:[^"\\\r\n]|\\(?:\r\n|[\s\S]))*+)("|\\?(?=[\r\n]|\Z))'),
    "'": re.compile(r"'((?:[^'\\\r\n]|\\(?:\r\n|[\s\S]))*+)('|\\?(?=[\r\n]|\Z))"),
    "`": re.compile(r"[`}]((?:[^`\\$]|\\[\s\S]|\$(?!\{))*+)(`|\$\{|\\?\Z)"),
    "/*": re.compile(r"/\*((?:[^*]|\*(?!/))*+)(\*/|\Z)"),
    "//": re.compile(r"//([^\r\n\u2028\u2029]*+)()"),
    "/": re.compile(
        r"/((?:[^\\/\[\r\n]|\\[^\r\n]|\[(?:[^\]\\\r\n]|\\[^\r\n])*+(?:\]|\\?(?=[\r\n]|\Z)))*+)"
        r"(/|\\?(?=[\r\n]|\Z))"
    ),
}
# How the content of each literal is escaped.
_SYNTAXES: dict[str, Syntax] = {
    **{quote: Escapes(quote) for quote in "\"'`"},
    "/": Expression(),
    "/*": SCRIPT_COMMENT,
    "//": SCRIPT_COMMENT,
}

# An escape of a regular expression, or a bracket that is none.
_BRACKET = re.compile(r"\\[\s\S]|[\[\]]")

# What may begin a literal. Within `${...}` of a template, braces are counted to find its end.
_BEGINS = re.compile("[\"'`/]")
_BEGINS_IN_TEMPLATE = re.compile("[\"'`/{}]")
_BEGINS_IN_JSON = re.compile('"|/[/*]')

# Behind a value a slash divides; behind these keywords, and anywhere else, it begins a regular
# expression.
_VALUE = re.compile(r"[\w$)\]}\"'`]\s{0,200}\Z")
_BEFORE_VALUE = re.compile(
    r"(?:^|[^\w$.])"
    r"(?:await|case|delete|do|else|in|instanceof|new|of|return|throw|typeof|void|yield)\s{0,200}\Z"
)
# Characters before a slash in which they are looked for: 200 blanks and the longest keyword.
_LOOK_BACK = 220

_END_TAG = "</"
"""An end tag begins: the markup of a page whose script never ends, or of JSX. It must not part the
texts around it, as an expression would; code has a blank between a comparison and an expression.
What follows may be removed, and does not count."""

_SCRIPT_TAG = re.compile(r"</?script(?!\w)", re.IGNORECASE)
"""The tag of a script within a script decides where the outer one ends: it is no text."""

# A letter or digit. Code without one holds no name and no number.
_WORDS = re.compile(r"[^\W_]")
# Between the contents of two literals: `"Kevin " + "Marsh"` is one text.
_CONCATENATION = re.compile(r"[\"'`]\s*\+\s*[\"'`]")
# Between a key and its value, and behind a key: in both, the key is the value's label.
_AFTER_KEY = re.compile(r"[\"'`]\s{0,20}:\s{0,20}[\"'`]")
_COLON = re.compile(r"\s{0,100}:")
# The end of code before a literal that is assigned to a name: `author = "`, `author: ["`.
_NAMED = re.compile(r"([A-Za-z_$][\w$-]{0,60})[\"']?\s{0,20}[:=]\s{0,20}[\"'`\[]{1,2}\Z")
# A number of JSON, and what looks like one: the grammar is not checked. No part of a word is one,
# nor of what is put in its place.
_NUMBER = re.compile(r"(?:(?<=[\s:,\[])|\A)-?\d[\d.eE+-]*+")


def has_tags(code: str) -> bool:
    """Tell whether code is markup: it has an end tag."""
    return _END_TAG in code


def parts(text: str, *, json: bool = False) -> Iterator[ScriptPart]:
    """Yield the parts of a script, which tile it."""
    return _Scanner(text, json=json).parts()


class _Scanner:
    """The state of a scan: the position, the depth of templates, the label of the next string."""

    def __init__(self, text: str, *, json: bool) -> None:
        self._text, self._json = text, json
        self._done = 0
        self._depths: list[int] = []
        self._key = ""
        self._string_before = False

    def parts(self) -> Iterator[ScriptPart]:
        at = 0
        while begins := self._begins.search(self._text, at):
            at = begins.start()
            kind = self._kind(at)
            if not kind:
                at += 1
                continue
            found = _LITERALS[kind].match(self._text, at)
            if not found:
                at += 1
                continue
            yield from self._literal(kind, found)
            at = found.end()
        yield from self._code(len(self._text))

    @property
    def _begins(self) -> re.Pattern[str]:
        if self._json:
            return _BEGINS_IN_JSON
        return _BEGINS_IN_TEMPLATE if self._depths else _BEGINS

    def _kind(self, at: int) -> str:
        """Return the key in `_LITERALS` of what begins at a position; empty for none."""
        sign = self._text[at]
        if sign == "{":
            self._depths[-1] += 1
            return ""
        if sign == "}":
            self._depths[-1] -= 1
            if self._depths[-1] >= 0:
                return ""
            self._depths.pop()
            return "`"
        return self._of_slash(at) if sign == "/" else sign

    def _of_slash(self, at: int) -> str:
        """Return which literal a slash begins: a comment, an expression, or none."""
        two = self._text[at : at + 2]
        in_tag = at and self._text.startswith(_END_TAG, at - 1)
        if two == "//" or (two == "/*" and not in_tag):
            return two
        before = self._text[max(0, at - _LOOK_BACK) : at]
        divides = _VALUE.search(before) and not _BEFORE_VALUE.search(before)
        return "" if divides or in_tag else "/"

    def _literal(self, kind: str, found: re.Match[str]) -> Iterator[ScriptPart]:
        """Yield the code before a literal, with its quote, and the content of the literal."""
        start, end = found.span(1)
        between = self._text[self._done : start]
        joins = self._string_before and _CONCATENATION.fullmatch(between) is not None
        if found[2] == "${":
            self._depths.append(0)
        is_key = self._json and kind == '"' and _COLON.match(self._text, found.end()) is not None
        label = "" if is_key or joins else self._label(between)
        yield from self._code(start)
        syntax = _SYNTAXES[kind]
        named = Kind.KEY if is_key else Kind.SCRIPT
        if kind == "/" and _WORDS.search(self._text, start, end):
            yield from self._expression(start, end)
        elif _WORDS.search(self._text, start, end) or (joins and start < end):
            yield ScriptPart(start, end, syntax, named, label=label, joins=joins)
        elif start < end:
            yield ScriptPart(start, end)
        self._done = end
        self._string_before = kind in "\"'`"
        if is_key or (self._string_before and not self._json):
            self._key = self._text[start:end][:60]

    def _expression(self, start: int, end: int) -> Iterator[ScriptPart]:
        """Yield the parts of a regular expression. The brackets of its classes are punctuation.

        What replaces a text that reaches over one would otherwise leave a class open, and with it
        the expression.
        """
        done, joins = start, False
        brackets = (one for one in _BRACKET.finditer(self._text, start, end) if len(one[0]) == 1)
        for low, high in (*(one.span() for one in brackets), (end, end)):
            if done < low:
                yield ScriptPart(done, low, _SYNTAXES["/"], joins=joins)
                joins = True
            if low < high:
                yield ScriptPart(low, high)
            done = high

    def _label(self, between: str) -> str:
        """Return the label of a value: the key before it, or the name it is assigned to."""
        if self._json:
            if "{" in between or "}" in between:
                self._key = "" if ":" not in between else self._key
            return self._key
        if _AFTER_KEY.fullmatch(between):
            return self._key
        named = _NAMED.search(between[-120:])
        return named[1] if named else ""

    def _code(self, end: int) -> Iterator[ScriptPart]:
        """Yield the code up to a position."""
        start, self._done = self._done, end
        if self._json:
            yield from self._numbers(start, end)
            return
        for tag in _SCRIPT_TAG.finditer(self._text, start, end):
            yield from self._words(start, tag.start())
            yield ScriptPart(*tag.span())
            start = tag.end()
        yield from self._words(start, end)

    def _words(self, start: int, end: int) -> Iterator[ScriptPart]:
        """Yield code without the signs around it; code without a word is no text.

        The sign before a slash tells that it begins an expression: an edit must not take it along.
        """
        code = self._text[start:end]
        first = start + len(code) - len(code.lstrip(_AROUND_CODE))
        last = first + len(code.strip(_AROUND_CODE))
        if code.endswith("/"):
            last = first + len(_NO_VALUE.sub("", self._text[first:last]))
        if not _WORDS.search(code):
            first = last = end
        found = (ScriptPart(start, first), ScriptPart(first, last, CODE), ScriptPart(last, end))
        yield from (one for one in found if one.start < one.end)

    def _numbers(self, start: int, end: int) -> Iterator[ScriptPart]:
        """Yield the parts between the strings of JSON: numbers, and text that JSON has not."""
        for found in _NUMBER.finditer(self._text, start, end):
            yield from self._rest(start, found.start())
            start = found.end()
            yield ScriptPart(*found.span(), Number(), slot=Slot.NUMBER, label=self._key)
        yield from self._rest(start, end)

    def _rest(self, start: int, end: int) -> Iterator[ScriptPart]:
        if _WORDS.search(_JSON_WORDS.sub("", self._text[start:end])):
            yield from self._words(start, end)
        elif start < end:
            yield ScriptPart(start, end)


# Quotes, comment marks and blanks, which are markup at the ends of a stretch of code.
_AROUND_CODE = "\"'`/* \t\r\n"
# The signs at the end of code behind the last that a value can end with.
_NO_VALUE = re.compile(r"(?<![^\w$)\]}])[^\w$)\]}]*+\Z")
# The literal names of JSON: no personal data.
_JSON_WORDS = re.compile(r"\b(?:true|false|null)\b")
