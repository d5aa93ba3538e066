"""Documents that are ZIP files of parts: parts read, and a document written with others."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from posixpath import join, normpath

from redactor.errors import MarksError

TYPES = "[Content_Types].xml"
_LARGEST = 1 << 28  # bytes of a part that is read
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_OVERRIDE = re.compile(rb"<(?:\w+:)?Override\b[^<>]*>")


class Package:
    """The parts of a document."""

    def __init__(self, data: bytes) -> None:
        """Open it. Raises MarksError for what is none."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
            raise MarksError("is no office document that can be read") from None
        self._names = frozenset(self._zip.namelist())
        self.types = self.read(TYPES)

    def read(self, name: str) -> bytes:
        """Return a part; nothing of one that is not there. Raises MarksError."""
        if name not in self._names:
            return b""
        try:
            with self._zip.open(name) as part:
                data = part.read(_LARGEST + 1)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            OSError,
            EOFError,
            ValueError,
        ):
            raise MarksError("is no office document that can be read") from None
        if len(data) > _LARGEST:
            raise MarksError("has a part that is too large")
        return data

    @property
    def numbers(self) -> dict[str, int]:
        """Return the numbers of the parts by their names, in the order in which they lie."""
        rows = sorted(self._zip.infolist(), key=lambda one: one.header_offset)
        return {one.filename: at for at, one in enumerate(rows, 1)}

    def of_type(self, pattern: re.Pattern[bytes]) -> Iterator[str]:
        """Yield the names of parts whose content type has a pattern, as they are listed."""
        for tag in _OVERRIDE.findall(self.types):
            name = _value(tag, b"PartName")
            if name and pattern.search(_value(tag, b"ContentType").encode()):
                yield name.removeprefix("/")

    def related(self, owner: str, kind: str) -> dict[str, str]:
        """Return the parts that a part refers to by relationships of a kind, by their ids."""
        folder, _, file = owner.rpartition("/")
        found: dict[str, str] = {}
        for tag in _RELATION.findall(self.read(f"{folder}/_rels/{file}.rels".lstrip("/"))):
            if _value(tag, b"Type").endswith(f"/relationships/{kind}"):
                target = _value(tag, b"Target")
                found[_value(tag, b"Id")] = normpath(join("/", folder, target)).lstrip("/")
        return found

    def written(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the document with some parts in the place of others, or beside them."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for one in self._zip.infolist():
                info = zipfile.ZipInfo(one.filename, one.date_time)
                # the type of an OpenDocument is read where it lies (part 2, 3.3)
                is_type = one.filename == "mimetype"
                info.compress_type = zipfile.ZIP_STORED if is_type else zipfile.ZIP_DEFLATED
                file.writestr(info, parts.get(one.filename, self._zip.read(one)))
            for name, data in parts.items():
                if name not in self._names:
                    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                    info.compress_type = zipfile.ZIP_DEFLATED
                    file.writestr(info, data)
        return out.getvalue()


def _value(tag: bytes, name: bytes) -> str:
    """Return the value of an attribute of a tag; empty if it has none."""
    found = re.search(rb"\b" + name + rb"=[\"']([^\"']*)[\"']", tag)
    return found[1].decode("utf-8", "replace") if found else ""
