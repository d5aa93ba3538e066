"""Pictures, sounds and fonts in base64, as notebooks and exports hold them in strings."""

from __future__ import annotations

import binascii
import re

from redactor.formats.signatures import is_media

__all__ = ["MEDIA_HEAD", "is_media_code", "only_code"]

MEDIA_HEAD = 200
"""Characters of a string in which the code begins, behind the head of a `data:` URL."""

# The head of a `data:` URL, and 64 signs of the code; the signature of a picture is no picture.
_HEAD = re.compile(
    r"(?:data:(?:image|font|audio|video|application)/[\w.+-]{1,60}(?:;[\w=-]{1,40}){0,3};base64,)?"
    r"(?P<code>[A-Za-z0-9+/]{64})"
)
_URL = re.compile(r"data:[\w/.+;=-]{1,240},")
_CODE = re.compile(r"(?:[A-Za-z0-9+/=]|\\n|\\r|\n|\r|\\/)*+")


def is_media_code(text: str) -> bool:
    """Tell whether a text begins as a picture, a sound or a font in base64 does."""
    found = _HEAD.match(text.replace("\\/", "/"))
    return found is not None and is_media(binascii.a2b_base64(found["code"]))


def only_code(text: str) -> bool:
    """Tell whether a text is base64 and nothing else, but for the head of a `data:` URL."""
    found = _URL.match(text)
    return _CODE.fullmatch(text, found.end() if found else 0) is not None
