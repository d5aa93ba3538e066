"""What HEIC shows, by libheif and its decoder (pi-heif), where `redactor[heic]` is installed.

Only what a copy has is decoded, the picture alone: its reader has ended with a fault of memory on
metadata that were broken on purpose (pi-heif 1.4.0).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import BinaryIO

from PIL import Image

from redactor.errors import InputError
from redactor.formats.picture.cuts import applied
from redactor.formats.picture.heif import cuts
from redactor.formats.picture.pixels import open_picture

__all__ = ["open_shown"]


@contextmanager
def open_shown(file: BinaryIO) -> Iterator[Image.Image | None]:
    """Open a picture that Pillow reads, or HEIC; None if neither does."""
    with open_picture(file) as image:
        if image is not None:
            yield image
            return
    file.seek(4)
    if file.read(4) != b"ftyp" or not _is_read():
        yield None
        return
    file.seek(0)
    data = file.read()
    try:
        shown = io.BytesIO(applied(data, cuts(data)))
    except InputError:
        yield None
        return
    with open_picture(shown, "HEIF") as image:
        yield image


@cache
def _is_read() -> bool:
    """Tell whether Pillow has a reader of HEIC, which is entered here."""
    try:
        import pi_heif  # only for such pictures, and only where it is installed
    except ImportError:
        return False
    pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    return True
