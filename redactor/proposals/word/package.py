"""The parts of a Word document: its text, its comments, and what says that they are there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from redactor.errors import MarksError

TYPES = "[Content_Types].xml"
_MAIN_TYPES = re.compile(
    rb"<Override\b[^<>]*\bContentType=[\"'][^\"']*(?:wordprocessingml\.(?:document|template)\.main"
    rb"|ms-word\.(?:document|template)\.macroEnabled(?:Template)?\.main)\+xml[\"'][^<>]*>"
)
_PART_NAME = re.compile(rb"\bPartName=[\"']/([^\"']+)[\"']")
_LARGEST = 1 << 28  # bytes of a part that is read


class Package:
    """The parts of a Word document."""

    def __init__(self, data: bytes) -> None:
        """Open it. Raises MarksError for what is no Word document."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            types = self.read(TYPES)
        except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError):
            raise MarksError("is no Word document that can be read") from None
        found = _MAIN_TYPES.search(types)
        name = _PART_NAME.search(found[0]) if found else None
        if name is None:
            raise MarksError(
                "is no Word document: marks are made in its text, not in sheets or slides"
            )
        self.types, self.main = types, name[1].decode("utf-8", "replace")
        folder, _, file = self.main.rpartition("/")
        self.relations = f"{folder}/_rels/{file}.rels".lstrip("/")
        self.folder = folder

    def read(self, name: str) -> bytes:
        """Return a part; nothing of one that is not there. Raises MarksError."""
        if name not in self._zip.namelist():
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
            raise MarksError("is no Word document that can be read") from None
        if len(data) > _LARGEST:
            raise MarksError("has a part that is too large")
        return data

    @property
    def number(self) -> int:
        """Return the number of the part with the text, by the order of the parts in the file."""
        rows = sorted(self._zip.infolist(), key=lambda one: one.header_offset)
        return next(at for at, one in enumerate(rows, 1) if one.filename == self.main)

    @property
    def comments(self) -> str:
        """Return the name of the part with comments; empty if there is none."""
        for tag in re.findall(rb"<Relationship\b[^<>]*>", self.read(self.relations)):
            if re.search(rb"\bType=[\"'][^\"']*/relationships/comments[\"']", tag):
                target = re.search(rb"\bTarget=[\"']([^\"']+)[\"']", tag)
                if target:
                    name = target[1].decode("utf-8", "replace")
                    return name[1:] if name.startswith("/") else f"{self.folder}/{name}".lstrip("/")
        return ""

    def written(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the document with some parts in the place of others, or beside them."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            names = [one.filename for one in self._zip.infolist()]
            for one in self._zip.infolist():
                info = zipfile.ZipInfo(one.filename, one.date_time)
                info.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(info, parts.get(one.filename, self._zip.read(one)))
            for name, data in parts.items():
                if name not in names:
                    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                    info.compress_type = zipfile.ZIP_DEFLATED
                    file.writestr(info, data)
        return out.getvalue()
