"""Reads a part of a Word document, element by element."""

from __future__ import annotations

from xml.parsers import expat

from redactor.errors import DamagedDocument

__all__ = ["Reader"]


class Reader:
    """Reads a part with expat; names without their namespace."""

    def read(self, data: bytes) -> None:
        """Read a part. Raises ExpatError, DamagedDocument for a document type."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.Parse(data, True)  # noqa: FBT003  # the last piece

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        values = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.start(name.rpartition(" ")[2], values)

    def _finish(self, name: str) -> None:
        self.end(name.rpartition(" ")[2])

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def characters(self, text: str) -> None:
        """Take text."""


def _refuse_doctype(*_: object) -> None:
    raise DamagedDocument("a part has a document type")
