"""Given names of many languages, as a Bloom filter: a list that can be asked and not read.

It never misses a name of the list, and takes about one other word in a thousand for a listed one.
`redactor.training.given_names` makes it. Source: B. H. Bloom, "Space/Time Trade-offs in Hash Coding
with Allowable Errors" (1970); two digests make all the others (Kirsch and Mitzenmacher, 2006).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from redactor.detect.checks.names import person_name, plain_place

__all__ = ["bloom_filter", "is_on_list", "listed_given_name"]

_BITS = 14  # a name: one other word in about a thousand passes
_PROBES = 10

# Words that begin sentences or names of places, and are given names elsewhere: Danish "Hans", "San
# Luis". Two capitals behind one another are then no sign of a person.
_NONE = frozenset(
    """
    san santa santo saint sankt sint st los las el la le les die der das den det dem de het een ein
    eine min mit mine din dit hans hendes hennes vor var vår mein meine dein deine sein seine ihr
    ihre unser mon ma mes son sa ses mi su tu mijn zijn haar som tak tack sak mart daire wal hei hej
    neue neuer neues alte alter altes grand grande nova novo nuevo nueva nouveau nouvelle rua via
    calle ile herre
    """.split()
)


def listed_given_name(text: str) -> bool:
    """Tell whether a text is a name whose first word is a given name of the list.

    >>> listed_given_name("Silje Brekke"), listed_given_name("Frogner Kirke")
    (True, False)
    """
    text = text.replace("+", " ").replace('"', "")
    words = text.casefold().split()
    listed = bool(words) and is_on_list(words[0])
    return listed and person_name(text) and not plain_place(text)


def is_on_list(word: str) -> bool:
    """Tell whether a word is a given name of the list, in any case."""
    form = word.casefold()
    return form not in _NONE and _holds(_filter(), form)


def bloom_filter(words: Iterable[str]) -> bytes:
    """Return the filter of words in small letters; the same words always give the same bytes."""
    listed = sorted(set(words))
    bits = bytearray(-(-len(listed) * _BITS // 8))
    for word in listed:
        for at in _places(word, len(bits) * 8):
            bits[at >> 3] |= 1 << (at & 7)
    return bytes(bits)


def _holds(bits: bytes, word: str) -> bool:
    return all(bits[at >> 3] >> (at & 7) & 1 for at in _places(word, len(bits) * 8))


def _places(word: str, size: int) -> Iterator[int]:
    """Yield the bits of a word."""
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    first, step = int.from_bytes(digest[:8]), int.from_bytes(digest[8:]) | 1
    return ((first + turn * step) % size for turn in range(_PROBES))


@cache
def _filter() -> bytes:
    return (files("redactor.detect.checks") / "given_names.bloom").read_bytes()
