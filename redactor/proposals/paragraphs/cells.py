"""Which shared strings the cells of worksheets show."""

from __future__ import annotations

from collections.abc import Iterable
from xml.parsers import expat

from redactor.errors import MarksError
from redactor.proposals.paragraphs.walk import utf_8_parser


def used_strings(sheets: Iterable[bytes]) -> list[int]:
    """Return the numbers of the strings that cells show, in their order, each once.

    Raises MarksError.
    """
    found: dict[int, None] = {}
    for data in sheets:
        _Walk(data, found).run()
    return list(found)


class _Walk:
    """Reads the cells of a worksheet."""

    def __init__(self, data: bytes, found: dict[int, None]) -> None:
        self._data, self._found = data, found
        self._shared = False
        self._value: list[str] | None = None

    def run(self) -> None:
        parser = utf_8_parser(self._data)
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(self._data, True)  # noqa: FBT003  # its only form
        except (expat.ExpatError, ValueError):
            raise MarksError("has a sheet that cannot be read") from None

    def _begin(self, name: str, values: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._shared = values.get("t") == "s"
        elif local == "v" and self._shared:
            self._value = []

    def _text(self, said: str) -> None:
        if self._value is not None:
            self._value.append(said)

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "v" and self._value is not None:
            self._found[int("".join(self._value))] = None
            self._value = None
