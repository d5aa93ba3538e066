"""The styles of a Word document, by which runs look as they do."""

from __future__ import annotations

from dataclasses import dataclass, field

from redactor.badredactions.word.looks import Look, changed
from redactor.badredactions.word.reader import Reader

__all__ = ["StyleReader", "Styles"]


@dataclass(slots=True)
class Styles:
    """The looks of styles, each after the style that it is based on."""

    own: dict[str, Look] = field(default_factory=dict)
    based: dict[str, str] = field(default_factory=dict)
    coloured_tables: set[str] = field(default_factory=set)

    def look(self, name: str) -> Look:
        """Return how a style looks."""
        found = Look()
        seen: set[str] = set()
        while name and name not in seen:
            seen.add(name)
            found = found.over(self.own.get(name, Look()))
            name = self.based.get(name, "")
        return found


class StyleReader(Reader):
    """Reads the styles of a document."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._style = self._kind = ""
        self._depth = 0

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take the start of an element."""
        match name:
            case "style":
                self._style, self._kind = values.get("styleId", ""), values.get("type", "")
                if self._kind == "paragraph" and values.get("default") in ("1", "true"):
                    self._styles.based.setdefault("", self._style)
            case "basedOn":
                self._styles.based[self._style] = values.get("val", "")
            case "rPr":
                self._depth += 1
            case "shd" if self._kind == "table":
                self._styles.coloured_tables.add(self._style)
            case _ if self._depth and self._style and self._kind != "table":
                own = self._styles.own.get(self._style, Look())
                self._styles.own[self._style] = changed(own, name, values)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "rPr":
            self._depth -= 1
        elif name == "style":
            self._style = self._kind = ""
