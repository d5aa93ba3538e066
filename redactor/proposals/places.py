"""What is kept of a document whose marks are read back: its texts, and the place of each mark."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from redactor.errors import MarksError

_FORM = 1
"""The version of what is kept."""

# A mark's key: number of the record, and the first digits of its location id.
KEY = re.compile(r"[1-9][0-9]{0,9}-[0-9a-f]{4}")
# A type, as a mark names it: PERSON.
_TYPE = re.compile(r"[A-Z][A-Z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class Segment:
    """A text in which marks can be: its part, where in the texts of the part it begins, itself.

    `story` is 0 for the running text, and a number for what stands by itself: a header, a cell.
    What is `whole` is marked as a whole, whatever part of it is removed.
    """

    part: str
    base: int
    text: str = field(repr=False)
    story: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is to be removed: the id and check of its record, and the span in its part."""

    id: str
    check: str
    entity: str
    code: str
    part: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """Return the key of its mark: `7-3f2a`."""
        return f"{self.id.partition(':')[2]}-{self.check[:4]}"

    @property
    def words(self) -> str:
        """Return what its mark says: `PERSON (b)(6) 7-3f2a`."""
        return " ".join(filter(None, (self.entity, self.code, self.key)))


@dataclass(frozen=True, slots=True)
class Value:
    """A text that no mark can show, and that says what other texts say: those from `first` on.

    `places` are removed of it, each as the place of those with the same letters is.
    """

    part: str
    base: int
    text: str = field(repr=False)
    first: int
    last: int
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What a mark says: its key, empty for one that a person added, and its type if it has one."""

    key: str = ""
    entity: str = ""


def words_of(said: str) -> Words | None:
    """Return what a mark says, or None: `"PERSON (b)(6) 7-3f2a"`, `"PERSON"`, `"7-3f2a"`, `""`."""
    words = said.split()
    key = words.pop() if words and KEY.fullmatch(words[-1]) else ""
    entity = words.pop(0) if words and _TYPE.fullmatch(words[0]) else ""
    if words and not (key and entity):
        return None
    return Words(key, entity)


@dataclass(frozen=True, slots=True)
class Original:
    """A document that was marked: what tells it from others, its texts, its places.

    `form` is its format, `name` that of its marked copy. Places without a mark are in `unmarked`,
    but those that follow others, which are in `values`.
    """

    document: str
    run: str
    form: str
    name: str = field(repr=False)
    segments: tuple[Segment, ...] = field(repr=False)
    places: tuple[Place, ...] = ()
    unmarked: tuple[Place, ...] = ()
    notes: tuple[str, ...] = field(default=(), repr=False)
    values: tuple[Value, ...] = field(default=(), repr=False)

    @property
    def stamp(self) -> str:
        """Return what a marked copy says of its document and run."""
        return f"{self.document}:{self.run}"

    def to_json(self) -> bytes:
        """Return what is kept of it."""
        return json.dumps({"version": _FORM} | asdict(self), ensure_ascii=True).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Original:
        """Return what was kept. Raises MarksError."""
        try:
            said: dict[str, Any] = json.loads(data)
            if said.pop("version") != _FORM:
                raise MarksError("was marked by another version of redactor")
            return cls(
                **said
                | {"segments": tuple(Segment(**one) for one in said["segments"])}
                | {"notes": tuple(said["notes"])}
                | {name: _places(said[name]) for name in _OF_PLACES}
                | {"values": tuple(_value(one) for one in said.get("values", ()))}
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            raise MarksError(
                "cannot be read back: what was kept of its document is damaged"
            ) from None


_OF_PLACES = ("places", "unmarked")


def _places(said: list[dict[str, Any]]) -> tuple[Place, ...]:
    return tuple(Place(**one) for one in said)


def _value(said: dict[str, Any]) -> Value:
    return Value(**said | {"places": _places(said["places"])})


def stamp_of(said: str) -> tuple[str, str] | None:
    """Return the document and the run in what a marked copy says of them; None if it says none."""
    found = STAMP.search(said)
    return (found[1], found[2]) if found else None


# Of a marked copy: the id of its document, and that of the run.
STAMP = re.compile(r"([0-9a-f]{24}):([0-9a-f]{32})")
