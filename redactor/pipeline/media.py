"""Pictures, sounds, films and fonts in a document: what the policy does with them."""

from __future__ import annotations

from collections.abc import Sequence

from redactor.errors import MediaNotExamined
from redactor.formats.base import Medium
from redactor.formats.media import media_counts, media_in_words
from redactor.formats.tree import Path, part
from redactor.model import Policy

__all__ = ["blanked", "check_media"]


def check_media(media: Sequence[Medium], policy: Policy) -> None:
    """Raise MediaNotExamined where the policy refuses media, or some cannot be left out.

    A picture that OCR examined is none of these.
    """
    media = [one for one in media if not one.read]
    refused = {
        "keep": [],
        "omit": [one for one in media if not one.has_blank],
        "refuse": media,
    }[policy.media]
    if not refused:
        return
    at = f", the first in member {part(refused[0].path)}" if refused[0].path else ""
    left = "" if policy.media == "refuse" else "; they cannot be left out of such a document"
    said = media_in_words(media_counts(refused))
    raise MediaNotExamined(f"not examined: {said}{at}{left}")


def blanked(media: Sequence[Medium], policy: Policy) -> frozenset[Path]:
    """Return the parts whose pictures and the like are left out of the copy."""
    unread = frozenset(one.path for one in media if not one.read)
    return unread if policy.media == "omit" else frozenset()
