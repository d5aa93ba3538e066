"""Fields of Word whose result a program works out anew: of those no letter is counted."""

from __future__ import annotations

import re

# Numbers of pages and words, dates, names of files: what changes as a document is opened or saved.
_CHANGING = re.compile(
    r"\s*(?:PAGE|NUMPAGES|SECTION|SECTIONPAGES|PAGEREF|DATE|TIME|SAVEDATE|PRINTDATE|CREATEDATE"
    r"|EDITTIME|FILENAME|FILESIZE|NUMWORDS|NUMCHARS|REVNUM|SEQ|STYLEREF|LASTSAVEDBY)\b",
    re.IGNORECASE,
)


class Fields:
    """The fields that are open where a reading is: their instructions, and results."""

    def __init__(self) -> None:
        """Begin outside of all fields."""
        self._open: list[tuple[str, bool]] = []

    def begin(self, instruction: str = "", *, result: bool = False) -> None:
        """Go into a field."""
        self._open.append((instruction, result))

    def say(self, text: str) -> None:
        """Take in a piece of an instruction."""
        if self._open:
            said, result = self._open[-1]
            self._open[-1] = said + text, result

    def step(self, kind: str) -> None:
        """Go past a character of a field: `begin`, `separate`, `end`."""
        if kind == "begin":
            self.begin()
        elif self._open and kind == "separate":
            self._open[-1] = self._open[-1][0], True
        elif self._open and kind == "end":
            self._open.pop()

    @property
    def change(self) -> bool:
        """Tell whether a text here is the result of a field that changes."""
        return any(result and _CHANGING.match(said) for said, result in self._open)
