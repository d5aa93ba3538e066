"""Pictures, sounds, films and fonts: parts of documents of which the content is not examined.

A member of a container that is one is a document of this format, without any text, unless another
format reads it. The policy says what happens to it (`media: keep | omit | refuse`), and each is
counted and named by what of it is not examined: `pixels`, `sound`, `film`, `font`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from redactor.errors import UnsupportedFormat
from redactor.files import CHUNK
from redactor.formats.base import Hints, Layout, Medium, Token, Tokenized
from redactor.formats.signatures import HEAD, is_media, medium_of

__all__ = [
    "Media",
    "blank_code",
    "blank_of",
    "media_counts",
    "media_in_text",
    "media_in_words",
    "medium_of_code",
    "medium_of_type",
    "read_counts",
    "read_in_words",
]

# The smallest picture of each kind, of one white or transparent point; of all else nothing is left.
_BLANKS = {
    b"\x89PNG": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR42mNoAAAAggCB2kUIOwAA"
    "AABJRU5ErkJggg==",
    b"GIF8": "R0lGODdhAQABAIEAAP///wAAAAAAAAAAACwAAAAAAQABAAAIBAABBAQAOw==",
    b"\xff\xd8\xff": "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0a"
    "HBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAA"
    "AAAAAAAAAAAAB//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8Af3//2Q==",
}
_TYPES = {"image": "pixels", "audio": "sound", "video": "film", "font": "font"}
# A picture in a `data:` URL, and the first 64 signs of its code.
_URL = re.compile(
    r"data:(?:image|font|audio|video|application)/[\w.+-]{1,60}(?:;[\w=-]{1,40}){0,3};base64,\s{0,8}"
    r"(?P<code>[A-Za-z0-9+/]{16,64})"
)


class Media(Tokenized):
    """Pictures, sounds, films and fonts in a document."""

    name = "media"
    listed = False
    title = "Pictures, sounds, films and fonts in documents"
    suffixes = frozenset()
    examined = "nothing"
    not_examined = "what they show and say; the policy keeps them, leaves them out or refuses them"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return what is not examined as a layout. Raises UnsupportedFormat for other bytes."""
        del hints
        source.seek(0)
        if kind := medium_of(source.read(HEAD)):
            return Layout(self.name, (("kind", kind),))
        raise UnsupportedFormat("the content is no picture, sound, film or font")

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield the bytes, of which a copy without the picture has none, or a blank one."""
        source.seek(0)
        kind, blank = layout.setting("kind"), None
        while data := source.read(CHUNK):
            blank = blank_of(data) if blank is None else b""
            yield Token(data, medium=kind, blank=blank)
            kind = ""

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield nothing: there are no texts."""
        del source, layout
        return iter(())


def blank_of(data: bytes) -> bytes:
    """Return what stands for a picture that is left out: a blank one of its type, or nothing."""
    codes = (code for head, code in _BLANKS.items() if data.startswith(head))
    return base64.b64decode(next(codes, ""))


def medium_of_code(code: str) -> str:
    """Return what of a picture, a sound or a font in base64 is not examined; empty for others."""
    return medium_of(_beginning(code))


def blank_code(code: str) -> str:
    """Return a blank picture in base64 for one in base64, perhaps behind the head of its URL."""
    head, comma, _ = code[:_LONGEST_HEAD].rpartition("base64,")
    return head + comma + base64.b64encode(blank_of(_beginning(code))).decode()


_LONGEST_HEAD = 300  # characters before the code in a `data:` URL


def _beginning(code: str) -> bytes:
    """Return the first bytes of a code, perhaps behind the head of its URL."""
    rest = code[:_LONGEST_HEAD].rpartition("base64,")[2] or code
    clean = re.sub(r"[^A-Za-z0-9+/]", "", rest)[:128]
    return binascii.a2b_base64(clean[: len(clean) // 4 * 4])


def medium_of_type(kind: str) -> str:
    """Return what is not examined of a body of a media type: `image/png` -> `pixels`."""
    return _TYPES.get(
        kind.partition("/")[0].strip().lower(), "font" if "font" in kind else "pixels"
    )


def media_in_text(text: str) -> int:
    """Count the pictures, sounds and fonts in `data:` URLs of a text, which detectors pass over."""
    if ";base64," not in text:
        return 0
    codes = (found["code"] for found in _URL.finditer(text))
    return sum(is_media(binascii.a2b_base64(one[: len(one) // 4 * 4])) for one in codes)


_NOUNS = {
    "pixels": ("the pixels of {} picture", "s"),
    "sound": ("{} sound", "s"),
    "film": ("{} film", "s"),
    "font": ("{} font", "s"),
}


def media_counts(media: Iterable[Medium]) -> tuple[tuple[str, int], ...]:
    """Count pictures and the like by what of them is not examined: `(("pixels", 3),)`."""
    return tuple(sorted(Counter(one.kind for one in media if not one.read).items()))


def read_counts(media: Iterable[Medium]) -> tuple[tuple[str, int], ...]:
    """Count the pictures that OCR examined by what it saw: `(("no text", 1), ("text", 2))`."""
    return tuple(sorted(Counter(one.read for one in media if one.read).items()))


def read_in_words(counts: Sequence[tuple[str, int]]) -> str:
    """Return in words what OCR examined: `the pixels of 3 pictures, no text seen in 1`."""
    every = sum(count for _, count in counts)
    if not every:
        return ""
    without = dict(counts).get("no text", 0)
    said = f"the pixels of {every} picture{'s' * (every != 1)}"
    return f"{said}, no text seen in {without}" if without else said


def media_in_words(counts: Sequence[tuple[str, int]]) -> str:
    """Return in words what is not examined: `the pixels of 3 pictures, 1 film`."""
    said = []
    for kind, count in sorted(counts, key=lambda row: list(_NOUNS).index(row[0])):
        noun, plural = _NOUNS[kind]
        said.append(noun.format(count) + plural * (count != 1))
    return ", ".join(said)
