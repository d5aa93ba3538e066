"""Parameters of `Content-Type` and `Content-Disposition` (RFC 2045, RFC 2231)."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace

from redactor.formats.html.escapes import Syntax
from redactor.formats.mail import charsets
from redactor.formats.mail.header.kept import is_kept, is_known
from redactor.formats.mail.header.parts import Part, labelled, text
from redactor.formats.mail.header.syntaxes import FOLDED, QUOTED, Percent
from redactor.model import Kind, Slot

# The value before the parameters: a type, a disposition.
_TYPE = re.compile(
    r"(?:text|multipart|message|application|image|audio|video|font|model|chemical|x-[\w-]{1,40})"
    r"/[^\s;@()]{0,120}|inline|attachment|form-data|text|plain",
    re.ASCII | re.IGNORECASE,
)
# Blanks around a plain value are its own: what is left of it by an edit may begin with one.
_PARAMETER = re.compile(
    r"(?P<name>[^\s=;\"<>]{1,80})\s*="
    r"(?:\s*\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<plain>[^;\"]*)(?=;|\Z))",
    re.DOTALL,
)
_BREAKS = re.compile(r"(\s*;[\s;]*)")
_EXTENDED = re.compile(r"\s*(?P<charset>[^'\s]{0,60})'[^']{0,40}'")
_SECTION = re.compile(r"(?P<name>[^*]+)(?:\*(?P<number>\d{1,4}))?(?P<coded>\*)?")

_NAMES = frozenset({"name", "filename"})


def parameters(value: str, end: str) -> Iterator[Part]:
    """Yield the parts of a value with parameters, which tile it."""
    head, semicolon, _ = value.partition(";")
    if _TYPE.fullmatch(head.split("(")[0].strip()) and "(" not in head:
        yield Part(head)
    else:
        yield from labelled(text(head, end), "")
    done = len(head)
    charset, last = "", ""
    while done < len(value):
        found = _PARAMETER.search(value, done) if semicolon else None
        if found is None:
            yield from _junk(value[done:], end)
            return
        yield from _junk(value[done : found.start()], end)
        charset, last = yield from _parameter(found, charset, last, end)
        done = found.end()


def _junk(source: str, end: str) -> Iterator[Part]:
    """Yield what is between parameters: markup, or what is no parameter."""
    for piece in _BREAKS.split(source):
        if piece.strip(" \t\r\n;"):
            yield from labelled(text(piece, end), "")
        elif piece:
            yield Part(piece)


def _parameter(
    found: re.Match[str], charset: str, last: str, end: str
) -> Generator[Part, None, tuple[str, str]]:
    """Yield the parts of a parameter; return its charset and name, for the next section of it."""
    section = _SECTION.fullmatch(found["name"])
    name = (section["name"] if section else found["name"]).lower()
    goes_on = bool(section and section["number"] and int(section["number"]) and name == last)
    quoted = found["quoted"]
    group = "plain" if quoted is None else "quoted"
    start, stop = found.span(group)
    source = found[group]
    yield from _name_of(found, name, end)
    yield Part(found.string[found.end("name") : start])
    syntax: Syntax = FOLDED if quoted is None else QUOTED
    if section and section["coded"]:
        extended = None if goes_on else _EXTENDED.match(source)
        if extended:
            charset = charsets.python_codec(extended["charset"].lower()) or "utf-8"
            yield Part(extended[0])
            source = source[extended.end() :]
        syntax = Percent(charset or "utf-8")
    if is_kept(name, source):
        yield Part(source)
    else:
        slot = Slot.FILE_NAME if name in _NAMES else Slot.TEXT
        parts = text(source, end, syntax, slot)
        yield from _attributes(parts if goes_on else labelled(parts, name))
    yield Part(found.string[stop : found.end()])
    return charset, name


def _name_of(found: re.Match[str], name: str, end: str) -> Iterator[Part]:
    """Yield the name of a parameter, a text unless it is known; its section, `*0*`, is markup."""
    before = found.string[found.start() : found.start("name")]
    if before:
        yield Part(before)
    own = len(name) if found["name"][: len(name)].lower() == name else len(found["name"])
    if is_known(name):
        yield Part(found["name"][:own])
    else:
        yield from _keys(labelled(text(found["name"][:own], end, slot=Slot.IDENTIFIER), ""))
    if own < len(found["name"]):
        yield Part(found["name"][own:])


def _keys(parts: Iterator[Part]) -> Iterator[Part]:
    return (replace(part, kind=Kind.KEY) for part in parts)


def _attributes(parts: Iterator[Part]) -> Iterator[Part]:
    return (replace(part, kind=Kind.ATTRIBUTE) for part in parts)
