"""Optional content: the layers that a document hides until a reader switches them on."""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Dictionary

__all__ = ["HiddenLayers"]


class HiddenLayers:
    """The layers that are off in the default configuration."""

    def __init__(self, root: Any) -> None:
        """Read the default configuration of a catalogue."""
        properties = root.get("/OCProperties")
        self._off: set[tuple[int, int]] = set()
        if not isinstance(properties, Dictionary) or "/D" not in properties:
            return
        default = properties.D
        if default.get("/BaseState") == "/OFF":
            self._off = {one.objgen for one in properties.get("/OCGs", [])}
            self._off -= {one.objgen for one in default.get("/ON", [])}
        self._off |= {one.objgen for one in default.get("/OFF", [])}

    def is_off(self, found: Any) -> bool:
        """Tell whether a group, or a membership in groups, is hidden."""
        if not isinstance(found, Dictionary) or not self._off:
            return False
        if found.get("/Type") != "/OCMD":
            return found.objgen in self._off
        groups: Any = found.get("/OCGs", [])
        groups = list(groups) if isinstance(groups, pikepdf.Array) else [groups]
        off = [one.objgen in self._off for one in groups if isinstance(one, Dictionary)]
        if not off or "/VE" in found:
            return False
        rules = {"/AllOn": any(off), "/AnyOff": not any(off), "/AllOff": not all(off)}
        return rules.get(str(found.get("/P")), all(off))
