"""The parts of a Word document: its text, its comments, and what says that they are there."""

from __future__ import annotations

import re

from redactor.errors import MarksError
from redactor.proposals.package import Package

_MAIN = re.compile(
    rb"(?:wordprocessingml\.(?:document|template)\.main"
    rb"|ms-word\.(?:document|template)\.macroEnabled(?:Template)?\.main)\+xml"
)


def is_word(package: Package) -> bool:
    """Tell whether a package is a Word document."""
    return next(package.of_type(_MAIN), None) is not None


class WordPackage(Package):
    """The parts of a Word document."""

    def __init__(self, data: bytes) -> None:
        """Open it. Raises MarksError for what is no Word document."""
        super().__init__(data)
        main = next(self.of_type(_MAIN), None)
        if main is None:
            raise MarksError("is no Word document")
        self.main = main
        self.folder, _, file = main.rpartition("/")
        self.relations = f"{self.folder}/_rels/{file}.rels".lstrip("/")

    @property
    def comments(self) -> str:
        """Return the name of the part with comments; empty if there is none."""
        return next(iter(self.related(self.main, "comments").values()), "")
