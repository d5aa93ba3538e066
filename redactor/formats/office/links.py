"""Links of a part to other parts of its package, which must lead there from the copy as well."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from html import unescape
from urllib.parse import unquote

__all__ = ["has_links", "links"]

_SUFFIXES = (".opf", ".ncx", ".xhtml", ".html", ".htm")
_LINK = re.compile(r"""\b(?:href|src)\s*=\s*(["'])(?P<target>[^"'#]{1,2000})""")


def has_links(name: str) -> bool:
    """Tell whether a part of that name may link to others: the package, pages, contents of EPUB."""
    return name.lower().endswith(_SUFFIXES)


def links(name: str, data: bytes, parts: Collection[str]) -> list[str]:
    """Return the parts to which a part links, in order."""
    targets = (found["target"] for found in _LINK.finditer(data.decode("utf-8", "replace")))
    found = (_resolved(name, target) for target in targets)
    return [part for part in found if part in parts]


def _resolved(name: str, target: str) -> str:
    path = unquote(unescape(target).partition("?")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
