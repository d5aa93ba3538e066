"""Replacements as their slot needs them: in a URL, a mailbox, a file name."""

from __future__ import annotations

import re
import unicodedata

from redactor.model import Slot
from redactor.operators.placeholders import NO_HOST

_PORTABLE = re.compile(r"[A-Za-z0-9_]+")
"""What may stand in every URL and file name."""

# What may stand as it is: an address with a host, and a link of a scheme, of plain ASCII signs.
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_URL = re.compile(r"https?://[\w.-]+(?:/[\w./-]*)?", re.ASCII)


def render(replacement: str, slot: Slot) -> str:
    """Return a replacement in the form for a slot.

    `[PERSON_7FQ2M9XA]` is `PERSON_7FQ2M9XA` in a URL, a file name or an identifier, and
    `PERSON_7FQ2M9XA@redacted.invalid` where only a mailbox is valid. An invented address or link is
    unchanged in its own slot.
    """
    if slot in {Slot.TEXT, Slot.NUMBER, Slot.CELL}:
        return replacement
    if slot is Slot.MAILBOX and _MAILBOX.fullmatch(replacement):
        return replacement
    if slot is Slot.URL and _URL.fullmatch(replacement):
        return replacement
    plain = unicodedata.normalize("NFKD", replacement).encode("ascii", "ignore").decode()
    bare = "-".join(_PORTABLE.findall(plain)) or "redacted"
    return f"{bare}@{NO_HOST}" if slot is Slot.MAILBOX else bare
