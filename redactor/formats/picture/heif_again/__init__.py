"""A second reader of HEIF, written apart from the first: what a copy holds beside its picture.

It shares no code with `heif/`, and holds a copy to two things: each of its bytes is of a list by
which the picture is shown, of the picture, or zero; and the parts of the picture have the bytes of
the source, but for coded units that the copy marks as filler.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from struct import error

from redactor.errors import OutputError
from redactor.formats.picture.heif_again.reading import ALPHA, PICTURES, SHOWN, File, read
from redactor.formats.picture.heif_again.units import BEHIND, Unit, coded_units, is_added, is_filler

__all__ = ["check_same", "is_heif", "texts_beside"]

# Of a grid, an identical picture and an overlay: the bytes before the numbers, those of the whole
# and those of each part; if there is a flag, they are twice as many.
_NUMBERS = {b"grid": (4, 4, 0), b"iden": (0, 0, 0), b"iovl": (10, 4, 4)}
_BROKEN = (error, IndexError, ValueError, KeyError)


def is_heif(data: bytes) -> bool:
    """Tell whether a file begins as HEIF does."""
    return data[4:8] == b"ftyp"


def texts_beside(data: bytes) -> Iterator[str]:
    """Yield what a file holds beside its picture, as text; something for one that is not read."""
    try:
        file = read(data)
        found = [*file.beside, *_between(file), *_added(file), *_unused(file)]
    except _BROKEN:
        found = [b"?"]
    yield from (one.decode("utf-8", "replace") for one in found)


def check_same(source: bytes, copy: bytes) -> None:
    """Raise OutputError unless a copy has the picture of its source, part by part."""
    try:
        before, after = read(source), read(copy)
        same = before.primary == after.primary and after.primary in after.kinds
        same = same and _made_of(before, after) == _made_of(after, after)
        same = same and all(_is_same(before, after, number) for number in after.kinds)
    except _BROKEN:
        same = False
    if not same:
        raise OutputError("the draft of a picture has other pixels")


def _made_of(file: File, copy: File) -> list[tuple[bytes, int, int]]:
    """Return what the items of a copy are made of, and how transparent they are, in a file."""
    return [
        (kind, one, other)
        for kind, one, other in file.relations
        if (kind == b"dimg" and one in copy.kinds)
        or (kind == b"auxl" and other in copy.kinds and one in file.kinds and _is_alpha(file, one))
    ]


def _is_alpha(file: File, number: int) -> bool:
    stated = [content for kind, content in _of(file, number) if kind == b"auxC"]
    return any(one[4:].partition(b"\0")[0] in ALPHA for one in stated)


def _unused(file: File) -> Iterator[bytes]:
    """Yield the data of items that the picture has no use for, as far as lists name them."""
    uses: dict[int, list[int]] = {}
    for kind, one, other in file.relations:
        if kind == b"dimg":
            uses.setdefault(one, []).append(other)
        elif kind == b"auxl" and _is_alpha(file, one):
            uses.setdefault(other, []).append(one)
    found, rest = set[int](), [file.primary]
    while rest:
        number = rest.pop()
        if number not in found:
            found.add(number)
            rest += uses.get(number, ())
    stated = {*file.kinds, *file.places, *file.shown}
    yield from (_content(file, number) or b"unused" for number in stated if number not in found)


def _between(file: File) -> Iterator[bytes]:
    """Yield the bytes of `mdat` and `idat` that are of no item, and no zeros."""
    spans = sorted(span for number in file.kinds for span in file.places.get(number, ()))
    at = 0
    for first, last in sorted(file.stores):
        done = first
        while at < len(spans) and spans[at][0] < last:
            if spans[at][0] > done and (held := file.data[done : spans[at][0]].strip(b"\0")):
                yield held
            done, at = max(done, spans[at][1]), at + 1
        if done < last and (held := file.data[done:last].strip(b"\0")):
            yield held


def _content(file: File, number: int) -> bytes:
    return b"".join(file.data[first:last] for first, last in file.places.get(number, ()))


def _of(file: File, number: int) -> list[tuple[bytes, bytes]]:
    stated = file.shown.get(number, ())
    return [file.properties[at - 1] for at in stated if at <= len(file.properties)]


def _units(file: File, number: int) -> Iterator[Unit]:
    of = dict(_of(file, number))
    config = of.get(b"hvcC") or of.get(b"av1C") or b""
    return coded_units(file.kinds[number], _content(file, number), config)


def _added(file: File) -> Iterator[bytes]:
    """Yield what a program or a person added to coded units, and to numbers of a grid."""
    parts = Counter(one for kind, one, _ in file.relations if kind == b"dimg")
    for number, kind in file.kinds.items():
        if kind in _NUMBERS:
            content = _content(file, number)
            first, whole, of_each = _NUMBERS[kind]
            wide = content[1] & 1 if kind != b"iden" else 0
            size = first + (whole + of_each * parts[number]) * (wide + 1)
            yield from filter(None, (content[size:].strip(b"\0"),))
        elif kind in PICTURES:
            yield from (one.content for one in _units(file, number) if is_added(kind, one))


def _is_same(before: File, after: File, number: int) -> bool:
    """Tell whether an item has its bytes and what it is shown with, but for filler."""
    kind = after.kinds[number]
    if before.kinds.get(number) != kind:
        return False
    if not _is_shown_so(_of(before, number), _of(after, number)):
        return False
    source = (one for one in _units(before, number) if one.head or one.kind != BEHIND)
    return all(
        one is not None and two is not None and (one == two or is_filler(kind, one, two))
        for one, two in zip_longest(source, _units(after, number))
    )


def _is_shown_so(before: list[tuple[bytes, bytes]], after: list[tuple[bytes, bytes]]) -> bool:
    """Tell whether an item of a copy is shown with what it was, cut to its length."""
    kinds = {kind for kind, _ in before if kind in SHOWN} - {kind for kind, _ in after}
    return kinds <= {b"auxC", b"pixi", b"colr"} and all(
        any(name == kind and one.startswith(content) for name, one in before)
        for kind, content in after
        if kind not in {b"hvcC", b"av1C", b"auxC"}  # by their units, or of two kinds alone
    )
