"""Header blocks of mail: the value of each field is a text, by the grammar of the field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from redactor.formats.base import Codec, Hints, Layout, Token, Tokenized
from redactor.formats.html.escapes import SyntaxCodec, decode
from redactor.formats.mail.header import reading
from redactor.formats.mail.header.fields import parts_of
from redactor.formats.mail.header.parts import Part
from redactor.formats.mail.header.words import WordCodec
from redactor.formats.text import Encoding, decoded, detect_encoding
from redactor.model import Kind, Location, Slot

__all__ = ["MailHeader"]

# A field with its continuations, and its line end.
_LINES = re.compile(r"[^\n]*(?:\n[ \t]+[^\n]*)*(?:\n|\Z)")
_NAME = re.compile(r"([!-9;-~]+)([ \t]*:(?:[ \t]|\r?\n[ \t])*)")
# What names no field before a colon, but would with a placeholder in it: `Head Of Teodor: 1`.
# Folds before the colon may go with what is removed.
_BROKEN = re.compile(
    r"(?!>?From )((?:[^:\n]|\n(?=[ \t]))*[^:\s])((?:[ \t]|\r?\n[ \t])*:(?:[ \t]|\r?\n[ \t])*)"
)
_END = re.compile(r"(?:[ \t]|\r?\n[ \t])*\r?\n?\Z")
# Names of the standards, and what programs add to messages; any other name may say something.
_COMMON = re.compile(
    r"(?:x|list|content|resent|arc|dkim|authentication|received|mail|message|original|reporting"
    r"|final|remote|disposition|return|delivered|delivery|envelope|reply|thread|auto|in|dl|mime"
    r"|errors|apparently|user|feedback|organization|followup|nntp|injection|cancel|control|status"
    r"|action|diagnostic|last|will|arrival)(?:-[\w-]*)?"
    r"|from|to|cc|bcc|sender|subject|date|references|comments|keywords|path|newsgroups|lines|xref"
    r"|approved|expires|distribution|supersedes|summary|importance|priority|sensitivity|precedence"
    r"|encoding|language|accept-language|autocrypt|openpgp|face|domainkey-signature|destinations",
    re.IGNORECASE | re.ASCII,
)


class MailHeader(Tokenized):
    """Header blocks of mail."""

    name = "mail-header"
    listed = False
    title = "Headers of mail"
    suffixes = frozenset({".mail-header"})
    examined = "the values of all fields, encoded words, parameters, names of fields not known"
    not_examined = "dates, queue ids, boundaries, names of `X-` fields"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the encoding as a layout. Raises EncodingError."""
        return Layout(self.name, (("encoding", str(detect_encoding(source, hints.encoding))),))

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield names and line ends as markup, values as texts. Raises EncodingError."""
        encoding = Encoding.parse(layout.setting("encoding"))
        text = "".join(decoded(source, encoding))
        end = "\r\n" if "\r\n" in text else "\n"
        if encoding.mark:
            yield Token(encoding.mark)
        line = 1
        for found in _LINES.finditer(text):
            for part in _field(found[0], end):
                yield _token(part, encoding, line)
                line += part.source.count("\n")

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the values as the standard library's `email` reads them."""
        encoding = Encoding.parse(layout.setting("encoding"))
        source.seek(len(encoding.mark))
        data = source.read()
        if encoding.codec not in {"utf-8", "ascii"}:
            data = data.decode(encoding.codec, "replace").encode()
        yield from reading.values(data)


def _field(source: str, end: str) -> Iterator[Part]:
    """Yield the parts of a field, which tile it."""
    name = _NAME.match(source)
    broken = None if name else _BROKEN.match(source)
    begin = found.end() if (found := name or broken) else 0
    tail = _END.search(source, begin)
    stop = max(begin, tail.start()) if tail else len(source)
    label = ""
    if name:
        label = name[1][:80]
        if _COMMON.fullmatch(name[1]):
            yield Part(name[0])
        else:
            yield Part(name[1], reading.PLAIN, Slot.IDENTIFIER, Kind.KEY)
            yield Part(name[2])
    elif broken:
        yield Part(broken[1], reading.PLAIN)
        yield Part(broken[2])
    yield from parts_of(label, source[begin:stop], end)
    if stop < len(source):
        yield Part(source[stop:])


def _token(part: Part, encoding: Encoding, line: int) -> Token:
    raw = part.source.encode(encoding.codec)
    codec: Codec
    if part.word is not None:
        codec = WordCodec(part.word, encoding)
        text, whole = part.word.text, True
    elif part.syntax is None:
        return Token(raw)
    else:
        codec = SyntaxCodec(part.syntax, encoding)
        text, whole = decode(part.syntax, part.source), False
    where = Location(part.kind, line=line)
    return Token(raw, text, codec, where, part.slot, part.label, part.joins, whole)
