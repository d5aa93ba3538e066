"""How what documents show as pixels is examined."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

RasterPages: TypeAlias = Literal["none", "unreadable", "all"]
RASTERS: tuple[RasterPages, ...] = ("none", "unreadable", "all")

# `eng`, `deu+fra`, `script/Latin`: the names of tesseract's language data.
_LANGUAGES = re.compile(r"[A-Za-z][A-Za-z0-9_/]{1,39}(?:\+[A-Za-z][A-Za-z0-9_/]{1,39}){0,9}")


def check_languages(languages: str) -> str:
    """Return languages as tesseract names them: `eng+deu`. Raises ValueError for anything else."""
    if not _LANGUAGES.fullmatch(languages):
        raise ValueError("languages are written as tesseract names them: eng, or eng+deu")
    return languages


@dataclass(frozen=True, slots=True)
class Seeing:
    """How what documents show as pixels is examined.

    `ocr` are the languages in which tesseract reads it, `eng+deu`; it is not read without. `raster`
    says which pages of a PDF become pictures: those whose letters cannot be read, or `all`.
    """

    ocr: str = ""
    raster: RasterPages = "none"

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """Return the settings of a layout: `(("ocr", "eng"),)`."""
        raster = "" if self.raster == "none" else self.raster
        return tuple(row for row in (("ocr", self.ocr), ("raster", raster)) if row[1])
