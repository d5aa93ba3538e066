"""The coded picture of an item: units of HEVC and AV1 that a decoder does not need become filler.

These hold what a program or a person added (SEI of user data, ITU-T T.35, padding), and no pixel.
All others stay byte for byte, and none gets another length.
"""

from __future__ import annotations

from collections.abc import Iterator

from redactor.errors import DamagedDocument
from redactor.formats.picture.heif.boxes import Numbers

__all__ = ["is_needed", "obus", "unit", "units"]

# ITU-T H.265, table 7-1: slices and sets of parameters, ends of a sequence; messages; filler.
_CODED = frozenset({*range(10), *range(16, 22), *range(32, 38)})
_MESSAGES, _FILLER = frozenset({39, 40}), 38
# Messages (SEI) by which a picture is shown: film grain, frames packed in one, turned, digests of
# decoded pixels, light of displays, other transfer, depth and alpha.
_SHOWN = frozenset({19, 45, 47, 129, 132, 137, 144, 147, 148, 149, 165, 177})
_FILLER_MESSAGE, _STOP = 3, b"\x80"
_LEAST_MESSAGE = 3  # bytes: its type, its length, and the bit behind it
# Of AV1 (6.2.2): sequences, delimiters, frames and tiles; metadata; padding.
_FRAMES = frozenset({1, 3, 4, 6, 7, 8})
_DELIMITER, _METADATA, _PADDING = 2, 5, 15
_LIGHT = frozenset({b"\1", b"\2", b"\3"})  # of metadata: light of content and display, layers

_HEVC_HEAD = 2  # bytes


def units(data: bytes, size: int) -> bytes:
    """Return units of HEVC, each behind its length in so many bytes. Raises DamagedDocument."""
    numbers = Numbers(data, 0, len(data))
    parts: list[bytes] = []
    while numbers.at < len(data):
        head = numbers.raw(size)
        parts += (head, unit(numbers.raw(int.from_bytes(head, "big"))))
    return b"".join(parts)


def unit(data: bytes) -> bytes:
    """Return a unit of HEVC, or filler of the same length."""
    if len(data) < _HEVC_HEAD:
        raise DamagedDocument("the HEIF picture has a coded unit without a head")
    rest = len(data) - _HEVC_HEAD
    if is_needed(data):
        return data
    if _kind(data) in _MESSAGES and rest >= _LEAST_MESSAGE:
        return data[:_HEVC_HEAD] + _message(rest)
    return bytes((_FILLER << 1, 1)) + (b"\xff" * (rest - 1) + _STOP if rest else b"")


def _kind(data: bytes) -> int:
    return data[0] >> 1 & 0x3F


def is_needed(data: bytes) -> bool:
    """Tell whether a picture is shown with a unit of HEVC."""
    kind = _kind(data)
    return kind in _CODED or (kind in _MESSAGES and _SHOWN.issuperset(_messages(data)))


def _messages(data: bytes) -> Iterator[int]:
    """Yield the types of the messages in a unit; -1 if they do not fill it."""
    plain = data[_HEVC_HEAD:].replace(b"\0\0\3", b"\0\0")
    at = 0
    while at != len(plain) - 1 or plain[at:] != _STOP:
        both = []
        for _ in range(2):
            number = 0
            while plain[at : at + 1] == b"\xff":
                number, at = number + 255, at + 1
            if at >= len(plain):
                yield -1
                return
            both.append(number + plain[at])
            at += 1
        yield both[0]
        at += both[1]
        if at >= len(plain):
            yield -1
            return


def _message(size: int) -> bytes:
    """Return a message of filler of a size, 3 bytes at least."""
    rest = size - 3  # its type, the last byte of its length, the bit behind it
    if rest % 256 == 255:  # no length gives that: another one before it
        return bytes((_FILLER_MESSAGE, 0)) + _message(size - 2)
    more = rest // 256
    length = b"\xff" * more + bytes((rest % 256,))
    return bytes((_FILLER_MESSAGE,)) + length + b"\xff" * (rest - more) + _STOP


def obus(data: bytes) -> bytes:
    """Return units of AV1; those that are not needed are padding. Raises DamagedDocument."""
    numbers = Numbers(data, 0, len(data))
    parts: list[bytes] = []
    while numbers.at < len(data):
        begin = numbers.at
        head = numbers.take(1)
        numbers.take(head >> 2 & 1)  # an extension
        size = _leb128(numbers) if head & 2 else len(data) - numbers.at
        behind = data[begin + 1 : numbers.at]
        content = numbers.raw(size)
        if not _is_needed_of_av1(head >> 3 & 15, content):
            head = head & 0x87 | _PADDING << 3
            content = content and bytes(size - 1) + _STOP
        parts += (bytes((head,)), behind, content)
    return b"".join(parts)


def _is_needed_of_av1(kind: int, content: bytes) -> bool:
    if kind == _DELIMITER:
        return not content
    return kind in _FRAMES or (kind == _METADATA and content[:1] in _LIGHT)


def _leb128(numbers: Numbers) -> int:
    value = 0
    for place in range(8):  # AV1, 4.10.5: no more bytes than that
        byte = numbers.take(1)
        value |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            break
    return value
