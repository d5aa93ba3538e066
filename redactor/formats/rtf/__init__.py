"""RTF documents: text across groups, properties, comments, authors of revisions, fields."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from striprtf.striprtf import rtf_to_text

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.formats.rtf.codec import PIECE, RtfCodec
from redactor.model import Kind, Location

__all__ = ["Rtf"]

_MARK = b"{\\rtf"

# Destinations whose text is no text of the document: names of fonts, numbers of lists, pictures and
# data in hexadecimal digits.
_KEPT = frozenset(
    b"fonttbl colortbl pict themedata colorschememapping datastore latentstyles listtable "
    b"listoverridetable rsidtbl mmathPr pgptbl blipuid panose falt picprop wgrffmtfilter".split()
)
_KINDS = {
    Kind.METADATA: b"info title subject author manager company operator category keywords comment "
    b"doccomm hlinkbase userprops propname staticval revtbl stylesheet generator template docvar",
    Kind.HEADER: b"header headerl headerr headerf footer footerl footerr footerf",
    Kind.COMMENT: b"footnote annotation atnauthor atnid atndate atnref ftnsep ftnsepc",
    Kind.SCRIPT: b"fldinst ffname ffdeftext ffhelptext ffstattext ffentrymcr ffexitmcr ffl",
    Kind.ATTRIBUTE: b"bkmkstart bkmkend xe rxe tc txe sn sv objclass objname objalias shptxt "
    b"windowcaption listname listpicture filetbl file",
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_LABELS = {
    b"author": "Author",
    b"operator": "Author",
    b"manager": "Manager",
    b"company": "Company",
    b"atnauthor": "Author",
    b"revtbl": "Author",
}
# Behind them a text does not go on: the ends of cells, rows, sections and pages.
_BORDERS = frozenset(b"cell nestcell row nestrow sect page column trowd".split())

# Character sets of fonts (RTF 1.9.1, \fcharset) as code pages.
_CHARSETS = {0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5"} | {
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_PAGES = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}
_FONT = re.compile(rb"\\f([0-9]{1,6})(?:\\[a-z]+[0-9-]*|\s|\{\\\*[^{}]*\})*?\\fcharset([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds in a group: its destination, the kind and label of its text, its characters."""

    kind: Kind = Kind.BODY
    label: str = ""
    kept: bool = False
    refused: bool = False
    codec: RtfCodec = field(default_factory=RtfCodec)
    fresh: bool = False
    starred: bool = False


class Rtf(Tokenized):
    """RTF documents."""

    name = "rtf"
    title = "RTF documents"
    suffixes = frozenset({".rtf"})
    examined = (
        "text across groups, headers, notes, comments, properties, authors, fields, bookmarks"
    )
    not_examined = "embedded objects (refused); pictures, themes, data stores, names of fonts"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of an RTF document. Raises DamagedDocument, UnsupportedFormat."""
        del hints
        source.seek(0)
        if not source.read(len(_MARK)) == _MARK:
            raise DamagedDocument("it is no RTF document")
        for _ in self.tokens(source, Layout(self.name)):
            pass
        return Layout(self.name)

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins with the first group of RTF."""
        return head.startswith(_MARK)

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield characters in a row as texts, all else as markup. Raises InputError."""
        del layout
        source.seek(0)
        return _Lexer(source.read()).tokens()

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the text as striprtf reads it. Raises DamagedDocument."""
        del layout
        source.seek(0)
        try:
            # Bytes that no code page is named for are of this one (`ansi`).
            yield str(rtf_to_text(source.read().decode("cp1252", "replace"), errors="replace"))
        except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise DamagedDocument(f"striprtf cannot read it: {type(error).__name__}") from None


@dataclass(slots=True)
class _Lexer:
    """Cuts a document into tokens."""

    data: bytes = field(repr=False)
    at: int = 0
    page: str = "cp1252"
    groups: list[_Group] = field(default_factory=lambda: [_Group()], repr=False)
    ended: set[Kind] = field(default_factory=lambda: set(Kind))
    picture: tuple[int, int] | None = None
    """Of an open picture the number of open groups, and where what it consists of begins."""

    def tokens(self) -> Iterator[Token]:
        """Yield the tokens. Raises DamagedDocument, UnsupportedFormat."""
        fonts = {int(one[1]): _CHARSETS.get(int(one[2]), "") for one in _FONT.finditer(self.data)}
        start = 0
        while self.at < len(self.data):
            group = self.groups[-1]
            end, text = self._run(group)
            if end > self.at:
                yield from self._markup(start)
                start = end
                yield self._text(group, end, text)
                continue
            self._step(fonts)
            if self.picture and len(self.groups) < self.picture[0]:
                first, last = self.picture[1], self.at - 1
                yield Token(self.data[start:first])
                yield Token(self.data[first:last], medium="pixels", blank=b"")
                start, self.picture = last, None
        yield from self._markup(start)
        if len(self.groups) > 1:
            raise DamagedDocument("groups without an end")

    def _markup(self, start: int) -> Iterator[Token]:
        if self.at > start:
            yield Token(self.data[start : self.at])

    def _run(self, group: _Group) -> tuple[int, str]:
        """Return the end and the text of the characters at the position."""
        units = [] if group.kept else list(group.codec.units(self.data, self.at))
        end = units[-1][0] if units else self.at
        whole = "".join(text for _, text in units)
        if whole and group.refused:
            raise UnsupportedFormat("an embedded object is not examined")
        return (end, whole) if whole else (self.at, "")

    def _text(self, group: _Group, end: int, text: str) -> Token:
        raw, self.at = self.data[self.at : end], end
        if group.fresh and group.starred:  # without the text, a word behind it would be the name
            raise DamagedDocument("a destination without a name")
        if group.fresh:
            self.groups[-1] = replace(group, fresh=False)
        joins = group.kind not in self.ended
        self.ended.discard(group.kind)
        where = Location(group.kind)
        return Token(raw, text, group.codec, where, label=group.label, joins=joins)

    def _step(self, fonts: dict[int, str]) -> None:
        """Pass over what is no text: a brace, a control word, a sign, bytes."""
        found = PIECE.match(self.data, self.at)
        if found is None:
            raise DamagedDocument("it ends within a control word")
        self.at = found.end()
        group = self.groups[-1]
        if found["open"]:
            self.groups.append(replace(group, fresh=True, starred=False))
        elif found["close"]:
            self._close()
        elif found["sign"] == b"*":
            self.groups[-1] = replace(group, starred=True)
        elif found["word"]:
            self._word(found["word"], found["number"], fonts)

    def _close(self) -> None:
        group = self.groups.pop()
        if not self.groups:
            raise DamagedDocument("more groups end than begin")
        if group.fresh:  # an empty group, which may be put before or in place of a text
            return
        if group.kind is not self.groups[-1].kind or group.kind is Kind.METADATA:
            self.ended.add(group.kind)

    def _word(self, word: bytes, number: bytes | None, fonts: dict[int, str]) -> None:
        group = self.groups[-1]
        value = int(number) if number else 0
        if group.fresh and (group.starred or word in _KIND_OF or word in _KEPT):
            group = _destination(group, word)
            self.ended.add(group.kind)
        if word == b"pict" and group.kept and self.picture is None:
            self.picture = len(self.groups), self.at
        if word == b"objdata":
            group = replace(group, refused=True, kept=False)
        if word == b"bin":
            self.at += max(0, value)
            if self.at > len(self.data):
                raise DamagedDocument("it ends within binary data")
            if not group.kept:
                raise UnsupportedFormat("binary data are not examined")
        group = replace(group, fresh=False, codec=self._codec(group.codec, word, value, fonts))
        if word in _BORDERS:
            self.ended.add(group.kind)
        self.groups[-1] = group

    def _codec(self, codec: RtfCodec, word: bytes, value: int, fonts: dict[int, str]) -> RtfCodec:
        """Return the characters that hold behind a control word."""
        if word == b"ansicpg":
            self.page = _known(f"cp{value}", self.page)
            return replace(codec, page=self.page)
        if word in _PAGES:
            self.page = _PAGES[word]
            return replace(codec, page=self.page)
        if word in {b"f", b"af"}:
            page = fonts.get(value, "")
            return replace(codec, page=self.page if page in {"", "cp1252"} else page)
        if word == b"plain":
            return replace(codec, page=self.page)
        if word == b"uc" and 0 <= value <= 8:
            return replace(codec, fallback=value)
        return codec


def _destination(group: _Group, word: bytes) -> _Group:
    """Return what holds in a destination. Those that are not known are texts as well."""
    kind = _KIND_OF.get(word, Kind.ATTRIBUTE)
    return replace(group, kind=kind, label=_LABELS.get(word, ""), kept=word in _KEPT or group.kept)


def _known(page: str, default: str) -> str:
    try:
        codecs.lookup(page)
    except LookupError:
        return default
    return "utf-8" if page == "cp65001" else page
