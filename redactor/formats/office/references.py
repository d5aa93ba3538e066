"""References to parts that a copy is without: they are taken out of the lists of parts.

Each part is listed with its type (`[Content_Types].xml`, `META-INF/manifest.xml`), and those that
use it refer to it (`_rels/*.rels`). A program refuses a package with a reference to nothing.
"""

from __future__ import annotations

import codecs
import posixpath
import re
from collections.abc import Set as AbstractSet
from typing import BinaryIO
from urllib.parse import unquote

from redactor.files import CHUNK

_RELATIONSHIP = re.compile(
    r"<(?:\w+:)?Relationship\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?"
    r"(?:/>|>\s*</(?:\w+:)?Relationship\s*>)"
)
_OVERRIDE = re.compile(
    r"<(?:\w+:)?Override\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(?:/>|>\s*</(?:\w+:)?Override\s*>)"
)
_ENTRY = re.compile(
    r"<(?:\w+:)?file-entry\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(?:/>|>\s*</(?:\w+:)?file-entry\s*>)"
)
_TARGET = re.compile(r"\sTarget=(?:\"([^\"]*)\"|'([^']*)')")
_ID = re.compile(r"\sId=(?:\"([^\"]*)\"|'([^']*)')")
# An attribute of a part that refers to one of its relationships, in the namespace of these.
_REFERENCE = re.compile(r"\s[\w.-]+:(?:id|embed|link|pict)=(?:\"([^\"<>]*)\"|'([^'<>]*)')")
_EXTERNAL = re.compile(r"\sTargetMode=[\"']External[\"']")
_PART_NAME = re.compile(r"\sPartName=(?:\"([^\"]*)\"|'([^']*)')")
_FULL_PATH = re.compile(r"\s(?:\w+:)?full-path=(?:\"([^\"]*)\"|'([^']*)')")
# The reference of a sheet to the settings of a printer.
_PAGE_SETUP = re.compile(r"(<(?:\w+:)?pageSetup\b(?:[^<>\"']|\"[^\"]*\")*?)\s+\w+:id=\"[^\"]*\"")
# What add-ins keep with a sheet: names, and references to the parts that have the values.
_CUSTOM = re.compile(
    r"<(?:\w+:)?customProperties\s*>(?:\s*<(?:\w+:)?customPr\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?"
    r"(?:/>|>\s*</(?:\w+:)?customPr\s*>))*\s*</(?:\w+:)?customProperties\s*>"
)
# The shape of a drawing once more, as a package in base64, which programs may do without.
_PACKED_SHAPE = re.compile(r"\s+[\w.-]+:gfxdata=(?:\"[^\"<>]*\"|'[^'<>]*')")
_SHAPES = re.compile(r"(?:word|xl|ppt|visio)/.+\.(?:xml|vml)", re.IGNORECASE)
_MARKS = (b"gfxdata", "gfxdata".encode("utf-16-le"), "gfxdata".encode("utf-16-be"))
_SHEET = re.compile(r"xl/(?:work|chart|dialog|macro)sheets/[^/]+\.xml", re.IGNORECASE)


def names_parts(name: str) -> bool:
    """Tell whether a part lists others, or refers to them by what lists them."""
    return (
        name in {"[Content_Types].xml", "META-INF/manifest.xml"}
        or name.endswith(".rels")
        or _SHEET.fullmatch(name) is not None
    )


def without_references(name: str, data: bytes, dropped: AbstractSet[str]) -> bytes:
    """Return a part that names others without references to those that are dropped."""
    codec = _codec(data)
    text = data.decode(codec, "surrogateescape")
    if name == "[Content_Types].xml":
        new = _without(text, _OVERRIDE, _PART_NAME, "/", dropped)
    elif name == "META-INF/manifest.xml":
        new = _without(text, _ENTRY, _FULL_PATH, "/", dropped)
    elif name.endswith(".rels"):
        folder = posixpath.dirname(posixpath.dirname(f"/{name}"))
        new = _without(text, _RELATIONSHIP, _TARGET, folder, dropped)
    else:
        gone = any("printersettings" in one.lower() for one in dropped)
        new = _PAGE_SETUP.sub(r"\1", text) if gone else text
        new = (
            _CUSTOM.sub("", new) if any("customproperty" in one.lower() for one in dropped) else new
        )
    return data if new == text else new.encode(codec, "surrogateescape")


def dropped_ids(name: str, data: bytes, dropped: AbstractSet[str]) -> frozenset[str]:
    """Return the numbers of the relationships in a list of them whose targets are dropped."""
    text = data.decode(_codec(data), "surrogateescape")
    folder = posixpath.dirname(posixpath.dirname(f"/{name}"))
    return frozenset(
        number[1] or number[2] or ""
        for one in _RELATIONSHIP.findall(text)
        if _refers(one, _TARGET, folder, dropped) and (number := _ID.search(one))
    )


def without_ids(data: bytes, ids: AbstractSet[str]) -> bytes:
    """Return a part without attributes that refer to relationships of these numbers.

    They are optional for what is embedded and controls: what is seen of them is kept.
    """
    codec = _codec(data)
    text = data.decode(codec, "surrogateescape")
    new = _REFERENCE.sub(lambda one: "" if (one[1] or one[2]) in ids else one[0], text)
    return new.encode(codec, "surrogateescape")


def has_packed_shapes(name: str, file: BinaryIO) -> bool:
    """Tell whether a part has shapes once more as packages in base64, which are not examined."""
    if not _SHAPES.fullmatch(name):
        return False
    before = b""
    while piece := file.read(CHUNK):
        if any(mark in before + piece for mark in _MARKS):
            return True
        before = piece[-len(_MARKS[-1]) :]
    return False


def without_packed_shapes(data: bytes) -> bytes:
    """Return a part without shapes as packages in base64."""
    codec = _codec(data)
    return _PACKED_SHAPE.sub("", data.decode(codec, "surrogateescape")).encode(
        codec, "surrogateescape"
    )


def _codec(data: bytes) -> str:
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return codec
    return "utf-8"


def _without(
    text: str,
    element: re.Pattern[str],
    attribute: re.Pattern[str],
    folder: str,
    dropped: AbstractSet[str],
) -> str:
    return element.sub(
        lambda one: "" if _refers(one[0], attribute, folder, dropped) else one[0], text
    )


def _refers(
    element: str, attribute: re.Pattern[str], folder: str, dropped: AbstractSet[str]
) -> bool:
    """Tell whether an element refers to a part that is dropped."""
    path = attribute.search(element)
    if path is None or _EXTERNAL.search(element):
        return False
    target = unquote(path[1] or path[2] or "").partition("#")[0]
    return posixpath.normpath(posixpath.join(folder, target)).lstrip("/") in dropped
