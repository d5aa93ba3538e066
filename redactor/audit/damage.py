"""The kinds of damage to a log, and how the hashes of its lines tell one from another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from redactor.audit.heads import Head


class Damage(Enum):
    """The kind of damage to a log, of its first bad record; `sentence` describes it."""

    EDITED = "edited"
    DROPPED = "dropped"
    REORDERED = "reordered"
    INSERTED = "inserted"
    TRUNCATED = "truncated"
    GRAFTED = "grafted"
    TORN = "torn"
    FORGED = "forged"
    LEAVES = "without its leaves"
    UNSIGNED = "without heads"
    REPLAYED = "replayed"
    FORKED = "forked"

    @property
    def sentence(self) -> str:
        """Return what happened, in words, without a full stop."""
        return _SENTENCES[self]


# A sentence for each damage, as `audit verify` shows it.
_SENTENCES = {
    Damage.EDITED: "the record is not as it was written",
    Damage.DROPPED: "the record is gone, and a later one stands in its place",
    Damage.REORDERED: "the record stands in another place than it was written",
    Damage.INSERTED: "the record does not belong here: made up, repeated, or from another log",
    Damage.TRUNCATED: "the record is gone, and so is all after it",
    Damage.GRAFTED: "the head that counts it does not follow the one before it: taken from another "
    "log of the same key, or repeated",
    Damage.TORN: "from here on no head counts what there is: an append did not finish, or somebody "
    "added lines; the next append seals them as torn",
    Damage.FORGED: "the head that counts it is not one that the holder of the key signed",
    Damage.LEAVES: "its hash in leaves.bin is not that of the record; the records are sound",
    Damage.UNSIGNED: "the heads that count it are gone",
    Damage.REPLAYED: "the log ends before the pinned head: an older head was put back",
    Damage.FORKED: "the records are others than when the head was pinned: the log was written anew",
}


@dataclass(frozen=True, slots=True)
class LogReport:
    """The result of `check`.

    The number of sound `records`, then, if any, `damage` from record `at` on.

    Records are counted from 0. Where only a head shows the damage, the first bad record is one from
    `at` to before `until`. `document` is the id of the document that the bad record is about, if
    that is known (`attribution`). `head` is the last good head. `sealed` lines are the remains of
    interrupted appends, sealed as such, and times that run `backwards` show that the clock was
    wrong or was set: neither is damage.
    """

    records: int
    damage: Damage | None = None
    at: int | None = None
    until: int | None = None
    document: str | None = None
    head: Head | None = None
    sealed: int = 0
    backwards: bool = False

    @property
    def sentence(self) -> str:
        """Return what was found, in words, without a full stop."""
        if self.damage is None:
            sealed = f"; {self.sealed} lines of interrupted appends are sealed" * bool(self.sealed)
            times = "; its times run backwards: the clock was wrong, or was set" * self.backwards
            return (
                f"the audit log is whole: {self.records} records are as they were signed"
                f"{sealed}{times}"
            )
        where = "" if self.at is None else f" at record {self.at}"
        if self.at is not None and self.until is not None and self.until > self.at + 1:
            where = f" at record {self.at}, or at one up to {self.until - 1}"
        document = f" (document {self.document})" if self.document else ""
        return f"the audit log is {self.damage.value}{where}{document}: {self.damage.sentence}"


def first_difference(found: Sequence[bytes], written: Sequence[bytes]) -> tuple[int, Damage] | None:
    """Return where the lines that were found differ from those that were written, and how.

    Both are sequences of leaf hashes. More lines than were written are no difference.
    """
    for at, (line, wanted) in enumerate(zip(found, written, strict=False)):
        if line != wanted:
            return at, _difference(at, found, written)
    return (len(found), Damage.TRUNCATED) if len(found) < len(written) else None


def _difference(at: int, found: Sequence[bytes], written: Sequence[bytes]) -> Damage:
    """Tell by the rest of both what happened; equal lines may have been written more than once."""
    now, then = found[at + 1 :], written[at + 1 :]
    comes_later = now.count(written[at]) > then.count(written[at])
    if then.count(found[at]) > now.count(found[at]):  # it was moved up
        return Damage.REORDERED if comes_later else Damage.DROPPED
    return Damage.INSERTED if comes_later else Damage.EDITED
