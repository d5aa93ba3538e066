"""The objects of a PDF: every stream and every string, with what it is for.

A walk from the trailer meets each object once, in an order that does not depend on the numbers of
objects: so the texts of a copy come in the order of those of its source. What is of no known use
is refused, not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from redactor.errors import EncryptedDocument, UnsupportedFormat
from redactor.formats.pdf.xmp import drop_thumbnails
from redactor.model import Kind, Location, Slot

__all__ = ["INHERITED", "Attached", "Content", "Text", "Xml", "drop", "is_date", "walk"]


@dataclass(frozen=True, slots=True)
class Content:
    """A content stream, its resources, and the page that it belongs to, 0 if it is of none.

    `obj` is the page, or the stream of a form or a pattern.
    """

    obj: pikepdf.Object = field(repr=False)
    resources: pikepdf.Object | None = field(repr=False)
    page: int
    is_page: bool
    is_glyph: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A string that is examined: where it is held, and what it is."""

    holder: pikepdf.Object = field(repr=False)
    key: str | int
    text: str = field(repr=False)
    location: Location
    slot: Slot
    label: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Xml:
    """A stream of XMP metadata."""

    stream: pikepdf.Object = field(repr=False)
    page: int


@dataclass(frozen=True, slots=True)
class Attached:
    """The specification of a file that is in the document."""

    specification: pikepdf.Object = field(repr=False)


Item = Content | Text | Xml | Attached

_DROPPED = frozenset(
    {"/PieceInfo", "/Thumb", "/JS", "/RC", "/RV", "/SpiderInfo", "/LegalAttestation"}
)
"""What no copy has: private data of programs, thumbnails, scripts, rich text (which says once more
what `Contents` and `V` say), what was crawled."""


_PRIVATE = re.compile("/(?:AAPL:AK|PDFpen)")
"""Names of entries in which Apple's Preview and PDFpen keep for themselves what they have drawn."""

_SIGNED = "it is digitally signed, and a copy would break the signature"
_XFA = "the form is written in XFA, which is not examined"
_OF_SIGNATURES = ("/Perms", "/DSS")
"""Of the catalogue: what signatures allow, and what proves them."""


_VALUES = frozenset({"/V", "/DV"})
"""Values of fields, which may be streams (ISO 32000-2, 12.7.5.3); they are strings in a copy."""


def drop(pdf: pikepdf.Pdf) -> list[str]:
    """Take out what no copy has; return what of it is a part that was not examined, in words.

    Permissions of a maker of programs (`UR3`) are signatures, but say nothing of the document.
    """
    root, found = pdf.Root, []
    for key in _OF_SIGNATURES:
        if key in root:
            del root[key]
    signed = [_drop_below(obj) for obj in pdf.objects]
    for obj in pdf.objects:
        if isinstance(obj, pikepdf.Stream) and obj.get("/Subtype") == "/XML":
            drop_thumbnails(obj)
    if any(signed):
        found.append(_SIGNED)
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        if "/SigFlags" in form:
            del form["/SigFlags"]
        if "/XFA" in form:
            del form["/XFA"]
            found.append(_XFA)
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names:
        del names["/JavaScript"]
    return found


def _drop_below(obj: Any) -> bool:
    """Take out what no copy has of an object; tell whether a signature was among it."""
    stack, signed = [obj], False
    while stack:
        one = stack.pop()
        if isinstance(one, pikepdf.Array):
            stack += [x for x in one if _is_nested(x)]
            continue
        if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            continue
        for key in list(one.keys()):
            value = one[key]
            if key in _DROPPED or _is_script(value) or _is_private(key, value):
                del one[key]
            elif _is_signature(value):
                signed = True
                del one[key]
            elif key in _VALUES and isinstance(value, pikepdf.Stream):
                one[key] = pikepdf.String(value.read_bytes())
            elif _is_nested(value):
                stack.append(value)
    return signed


def _is_signature(value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value and "/Contents" in value


def _is_nested(value: Any) -> bool:
    return isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect


def _is_private(key: str, value: Any) -> bool:
    """Tell whether an entry is data of a program for itself, and not what is drawn: no form."""
    return (
        _PRIVATE.match(key) is not None
        and isinstance(value, pikepdf.Stream)
        and not (_is_drawn(value) or _is_known(value, ""))
    )


def _is_script(value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary) and value.get("/S") in (
        "/JavaScript",
        "/Rendition",
    )


@dataclass(frozen=True, slots=True)
class _At:
    """Where the walk is: the page, the resources that hold, the key, and what the object is for."""

    page: int = 0
    resources: pikepdf.Object | None = None
    key: str = ""
    label: str = ""
    kind: Kind = Kind.ATTRIBUTE
    glyph: bool = False


def walk(pdf: pikepdf.Pdf) -> Iterator[Item]:
    """Yield the content streams, strings and metadata of a document, pages first."""
    seen: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages, 1):
        resources = _inherited(page.obj, "/Resources")
        if "/Contents" in page.obj:
            yield Content(page.obj, resources, number, is_page=True)
        at = _At(number, resources)
        if resources is not None:  # before the page's other objects, wherever they are stated
            yield from _below(resources, _At(number, resources, "/Resources"), seen)
        yield from _below(page.obj, at, seen)
    for key, kind in (("/Root", Kind.ATTRIBUTE), ("/Info", Kind.METADATA)):
        if key in pdf.trailer:
            yield from _below(pdf.trailer[key], _At(key=key, kind=kind), seen)


def _inherited(page: pikepdf.Object, key: str) -> pikepdf.Object | None:
    for _ in range(64):
        if key in page:
            found = page[key]
            return found if isinstance(found, pikepdf.Dictionary) else None
        if "/Parent" not in page:
            return None
        page = page.Parent
    return None


def _below(start: Any, at: _At, seen: set[tuple[int, int]]) -> Iterator[Item]:
    """Yield what is in an object and below it, each indirect object once."""
    stack: list[tuple[Any, _At]] = [(start, at)]
    while stack:
        obj, here = stack.pop()
        if not isinstance(obj, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream):
            continue
        if obj.is_indirect:
            if obj.objgen in seen:
                continue
            seen.add(obj.objgen)
        if isinstance(obj, pikepdf.Stream):
            here = _inside_stream(obj, here)
            yield from _stream(obj, here)
        elif isinstance(obj, pikepdf.Dictionary) and isinstance(obj.get("/EF"), pikepdf.Dictionary):
            yield Attached(obj)
        below: list[tuple[Any, _At]] = []
        for key, value in _rows(obj):
            inner = _inner(obj, key, here)
            if isinstance(value, pikepdf.String):
                if not _is_structural(inner.key, value):
                    yield _text(obj, key, value, inner)
            else:
                below.append((value, inner))
        stack += reversed(below)


def _rows(obj: Any) -> list[tuple[str | int, Any]]:
    """Return the entries of an object in an order of their own. Raises UnsupportedFormat."""
    if isinstance(obj, pikepdf.Array):
        rows: list[tuple[str | int, Any]] = list(enumerate(obj))
        return rows[:2] if rows and obj[0] == "/Indexed" else rows  # a table of colours
    _check_dictionary(obj)
    keys = sorted(key for key in obj.keys() if key not in _SKIPPED)  # noqa: SIM118  # a stream
    if INHERITED in obj:
        return []
    return [(key, obj[key]) for key in keys]


INHERITED = "/RedactorInherited"
"""Marks resources that a form had from its page, and has for itself in a copy."""

_SKIPPED = frozenset({"/Parent", "/CIDSystemInfo", "/Panose", "/CheckSum", "/EF"})


def _inner(obj: Any, key: str | int, here: _At) -> _At:
    """Return where the walk is at a key of an object."""
    if isinstance(key, int):
        return here
    resources = here.resources
    return _At(
        here.page,
        resources,
        key,
        _label(obj, key, here),
        Kind.COMMENT if key in {"/Contents", "/Subj"} else here.kind,
        here.glyph or key == "/CharProcs",
    )


def _label(obj: Any, key: str, here: _At) -> str:
    """Return what the document calls a string: the key of the properties, the name of a field."""
    if here.kind is Kind.METADATA:
        return key[1:]
    if key in {"/V", "/DV"}:
        return _name_of_field(obj)
    if (
        key == "/T"
        and isinstance(obj, pikepdf.Dictionary)
        and "/Subtype" in obj
        and "/FT" not in obj
    ):
        return "Author" if obj["/Subtype"] != "/Widget" else ""
    return ""


def _name_of_field(obj: pikepdf.Object) -> str:
    """Return what a form calls a field: its tooltip, or its name."""
    for name in ("/TU", "/T"):
        for one in (obj, obj.get("/Parent")):
            named = one.get(name) if isinstance(one, pikepdf.Dictionary) else None
            if isinstance(named, pikepdf.String):
                return _decoded(named)
    return ""


def _inside_stream(obj: pikepdf.Stream, here: _At) -> _At:
    own = obj.get("/Resources")
    if isinstance(own, pikepdf.Dictionary):
        return _At(here.page, own, here.key, here.label, here.kind, here.glyph)
    return here


_KINDS = frozenset({"/Image", "/Form", "/XML", "/Type1C", "/CIDFontType0C", "/OpenType"})
_TYPES = frozenset({"/CMap", "/XRef", "/ObjStm", "/Metadata", "/XObject", "/Pattern"})
_STATED = frozenset({"/FunctionType", "/ShadingType", "/HalftoneType", "/PatternType", "/CMapName"})
_USES = frozenset(
    {"/ToUnicode", "/FontFile", "/FontFile2", "/FontFile3", "/CIDToGIDMap", "/CIDSet", "/Encoding"}
    | {"/UseCMap", "/JBIG2Globals", "/DestOutputProfile", "/Contents", "/SMask", "/Mask"}
    | {"/CharProcs", "/ICCBased", "/ColorSpace", "/DefaultRGB", "/DefaultGray", "/DefaultCMYK"}
)


def _stream(obj: pikepdf.Stream, here: _At) -> Iterator[Item]:
    """Yield what a stream holds. Raises UnsupportedFormat for one of no known use."""
    if _is_drawn(obj):
        yield Content(obj, here.resources, here.page, is_page=False, is_glyph=here.glyph)
    elif here.key == "/Metadata" or obj.get("/Subtype") == "/XML":
        yield Xml(obj, here.page)
    elif here.glyph:
        yield Content(obj, here.resources, here.page, is_page=False, is_glyph=True)
    elif not _is_known(obj, here.key):
        raise UnsupportedFormat("it holds data of an unknown kind, or files")


def _is_drawn(obj: pikepdf.Stream) -> bool:
    """Tell whether a stream is a form or a pattern, be it without a type."""
    unnamed_form = "/Subtype" not in obj and "/BBox" in obj and "/Type" not in obj
    return obj.get("/Subtype") == "/Form" or obj.get("/PatternType") == 1 or unnamed_form


def _is_known(obj: pikepdf.Stream, key: str) -> bool:
    """Tell whether a stream under a key has a use of which it is known that it holds no text."""
    return (
        obj.get("/Subtype") in _KINDS
        or obj.get("/Type") in _TYPES
        or bool(_STATED & set(obj.keys()))
        or key in _USES
        or "/N" in obj  # the components of an ICC profile
        or "/Length1" in obj
    )


def _check_dictionary(obj: Any) -> None:
    """Raise UnsupportedFormat for what is not examined: films, files of no name."""
    if obj.get("/Type") == "/EmbeddedFile":
        raise UnsupportedFormat("it has files that are not attached as others are")
    if obj.get("/Subtype") in ("/RichMedia", "/3D", "/Movie", "/Sound") and "/Rect" in obj:
        raise UnsupportedFormat("it has films, sounds or models, which are not examined")


_DATE = re.compile(rb"(?:D:)?\d{4,14}(?:Z(?:00)?'?(?:00'?)?|[+-]\d\d'?(?:\d\d'?)?)?")
_LANGUAGE = re.compile(rb"(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?")
# Operands and operators of a default appearance: names, numbers, `Tf`, `g` and its like.
_APPEARANCE = re.compile(
    rb"\s*(?:(?:/[A-Za-z0-9+_,-]{1,40}|[-+]?[\d.]+|Tf|Tm|Td|Tz|Tr|Tc|Tw|TL|g|rg|k|G|RG|K)(?:\s+|\Z))*"
)


def is_date(raw: bytes) -> bool:
    """Tell whether a string is a date with the prefix of dates, under whatever key."""
    return raw.startswith(b"D:") and _DATE.fullmatch(raw) is not None


def _is_structural(key: str, value: pikepdf.String) -> bool:
    """Tell whether a string is no text, by its key and its form: a date, a language, operators."""
    raw = bytes(value)
    if is_date(raw):
        return True
    if key in {"/CreationDate", "/ModDate", "/M", "/LastModified"}:
        return _DATE.fullmatch(raw) is not None
    if key == "/Lang":
        return _LANGUAGE.fullmatch(raw.replace(b"\0", b"").removeprefix(b"\xfe\xff")) is not None
    if key == "/DA":
        return _APPEARANCE.fullmatch(raw) is not None
    return not raw


_IDENTIFIERS = frozenset({"/Names", "/Limits", "/D", "/Dest", "/ID", "/NM", "/IDS"})
_FILES = frozenset({"/F", "/UF", "/DOS", "/Unix", "/Mac"})


def _text(obj: Any, key: str | int, value: pikepdf.String, at: _At) -> Text:
    slot = Slot.TEXT
    if at.key in _IDENTIFIERS:
        slot = Slot.IDENTIFIER
    elif at.key == "/URI":
        slot = Slot.URL
    elif at.key in _FILES:
        slot = Slot.FILE_NAME
    where = Location(at.kind, page=at.page)
    return Text(obj, key, _decoded(value), where, slot, at.label)


def _decoded(value: pikepdf.String) -> str:
    try:
        return str(value)
    except (UnicodeError, ValueError):
        return bytes(value).decode("latin-1")


def refuse_password() -> EncryptedDocument:
    """Return the error of a document that needs a password."""
    return EncryptedDocument("needs a password")
