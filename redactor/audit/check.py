"""Checking a whole log against its signed heads: is it whole, and if not, what happened to it.

The last signature covers all heads (each holds the digest of the one before), and the root in it
all records. The walk hashes every line, parses none, and holds to every head on its way. Only
where something is wrong are hashes compared one by one: `leaves.bin` says what each line was, as
far as a signed root vouches for it; beyond that, the heads at least say which append it was.

Damage to a record is reported before damage to a head, and that before what only a head kept
elsewhere can show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from redactor.audit.attribution import document_of
from redactor.audit.damage import Damage, LogReport, first_difference
from redactor.audit.folder import (
    HEADS,
    LEAVES,
    LONGEST_LINE,
    Lengths,
    LogTooNew,
    at_rest,
    open_to_read,
    read_all,
)
from redactor.audit.heads import (
    FORMAT,
    Head,
    Pin,
    PublicKey,
    decode_head,
    format_of,
    is_first,
    torn_lines,
)
from redactor.audit.leaves import Leaves, leaves_of
from redactor.audit.merkle import HASH_BYTES, Frontier, in_pieces
from redactor.audit.reading import parse
from redactor.audit.records import RECORDS_FORMAT, Json
from redactor.errors import KeyFileError
from redactor.notices import in_order


@dataclass(frozen=True, slots=True)
class _Heads:
    """The heads that follow each other from the first on, and what is wrong with the next one."""

    good: tuple[Head, ...]
    damage: Damage | None = None
    later: tuple[Head, ...] = ()
    torn: bool = False


def check(folder: Path, public: PublicKey, pinned: Pin | None = None) -> LogReport:
    """Walk the whole log and report the first damage, if there is any.

    `pinned` is a head that was kept elsewhere. Raises KeyFileError if the log was written under
    another key, LogTooNew for a later format, OutputError if there is no log.
    """
    lengths = at_rest(folder)
    _require_format(folder)
    heads = _heads(folder, lengths, public)
    if not heads.good:
        damage = Damage.FORGED if heads.damage or lengths.heads else Damage.UNSIGNED
        return LogReport(0, damage, 0)
    found = leaves_of(folder, lengths.log, torn_lines(heads.good))
    report = _records(folder, lengths, found, heads) or _after(found, lengths, heads, pinned)
    if report is None:
        last = heads.good[-1]
        backwards = not in_order([head.time for head in heads.good])
        sealed = sum(head.torn for head in heads.good)
        return LogReport(last.size, head=last, sealed=sealed, backwards=backwards)
    document = (
        None
        if report.at is None
        else document_of(folder, lengths.log, report, heads.good, found.size)
    )
    return replace(report, document=document, head=heads.good[-1])


def _require_format(folder: Path) -> None:
    with open_to_read(folder) as file:
        if format_of(file.readline(LONGEST_LINE)) > RECORDS_FORMAT:
            raise LogTooNew(f"the audit log in {folder} has a format of a newer version")


# The heads


def _heads(folder: Path, lengths: Lengths, public: PublicKey) -> _Heads:
    """Return the heads that are consistent with each other, the last of them signed."""
    *complete, rest = read_all(folder, HEADS, lengths.heads).split(b"\n")
    heads = [decode_head(line) for line in complete]
    _refuse_wrong_key(folder, complete, heads, public)
    good = _chained(heads)
    damage = None if len(good) == len(heads) else Damage.FORGED
    if damage is not None or not (good and good[-1].is_signed(public)):
        signed = _signed(good, public)
        damage = Damage.FORGED if len(signed) < len(good) else damage
        good = signed
    later = tuple(head for head in heads[len(good) :] if head and head.is_signed(public))
    if damage and later and heads[len(good)] in later:
        damage = Damage.GRAFTED  # or a head was taken out: `_after` tells by its root
    return _Heads(tuple(good), damage, later, torn=bool(rest))


def _refuse_wrong_key(
    folder: Path, raw: Sequence[bytes], heads: Sequence[Head | None], public: PublicKey
) -> None:
    if any(
        head is None and format_of(line) > FORMAT for line, head in zip(raw, heads, strict=True)
    ):
        raise LogTooNew(f"the audit log in {folder} has a format of a newer version")
    keys = {head.key for head in heads if head}
    if keys and public.id not in keys:
        raise KeyFileError(f"the audit log in {folder} was written under another key")


def _chained(heads: Sequence[Head | None]) -> list[Head]:
    """Return the heads up to the first that does not follow the one before."""
    good: list[Head] = []
    for head in heads:
        if head is None or not (_follows(head, good[-1]) if good else is_first(head)):
            return good
        good.append(head)
    return good


def _follows(head: Head, before: Head) -> bool:
    grown = head.size >= before.size and head.length >= before.length
    return grown and head.previous == before.digest and head.key == before.key


def _signed(good: Sequence[Head], public: PublicKey) -> list[Head]:
    """Return the heads up to the first that is not signed."""
    signed: list[Head] = []
    for head in good:
        if not head.is_signed(public):
            break
        signed.append(head)
    return signed


# The records


def _records(folder: Path, lengths: Lengths, found: Leaves, heads: _Heads) -> LogReport | None:
    """Return the damage to the records that the heads count, or to the leaves.

    None if there is none.
    """
    written = read_all(folder, LEAVES, lengths.leaves)
    end = heads.good[-1].size * HASH_BYTES
    held = _held(found.leaves, heads.good)
    if held == len(heads.good):
        if found.leaves[:end] == written[:end]:
            return None
        at, _ = first_difference(list(in_pieces(written[:end])), found.hashes()) or (0, None)
        return LogReport(heads.good[-1].size, Damage.LEAVES, min(at, heads.good[-1].size - 1))
    report = _located(found, written, heads.good, held)
    other = report.at == 0 and _run(folder) not in (None, heads.good[held].run)
    return replace(report, damage=Damage.GRAFTED) if other and report.until else report


def _run(folder: Path) -> Json:
    """Return the run that the first record names."""
    with open_to_read(folder) as file:
        return (parse(file.readline(LONGEST_LINE)) or {}).get("run")


def _held(leaves: bytes, heads: Sequence[Head]) -> int:
    """Return how many heads, from the first on, have the root of the tree over these leaves."""
    tree = Frontier()
    hashes = in_pieces(leaves)
    for number, head in enumerate(heads):
        for leaf in islice(hashes, max(0, head.size - tree.size)):
            tree.add(leaf)
        if tree.size != head.size or tree.root().hex() != head.root:
            return number
    return len(heads)


def _located(found: Leaves, written: bytes, heads: Sequence[Head], held: int) -> LogReport:
    """Return the first bad record, as exactly as the trustworthy hashes allow."""
    trusted = heads[max(_held(written, heads) - 1, 0)].size
    difference = first_difference(found.hashes(), list(in_pieces(written[: trusted * HASH_BYTES])))
    if difference is not None:
        return LogReport(difference[0], difference[1], difference[0])
    sound, end = heads[max(held - 1, 0)].size, heads[held].size
    if found.size <= sound:
        return LogReport(found.size, Damage.TRUNCATED, found.size)
    # The leaves were changed along with the records: the head still says which append it was.
    return LogReport(sound, _guessed(found, written, end, heads[-1].size), sound, end)


def _guessed(found: Leaves, written: bytes, end: int, size: int) -> Damage:
    if found.size < size:
        cut = found.size < end and found.leaves == written[: len(found.leaves)]
        return Damage.TRUNCATED if cut else Damage.DROPPED
    return Damage.INSERTED if found.size > size else Damage.EDITED


# What comes after them


def _after(found: Leaves, lengths: Lengths, heads: _Heads, pinned: Pin | None) -> LogReport | None:
    """Return what is wrong with the rest: a head, the pinned head, lines that no head counts."""
    last = heads.good[-1]
    if heads.damage is not None:
        return _bad_head(found, heads)
    if pinned is not None and (report := _against(pinned, found, heads)):
        return report
    if lengths.log != last.length or found.size != last.size or found.rest:
        known = set(found.hashes()[: last.size])
        repeated = any(leaf in known for leaf in found.hashes()[last.size :])
        damage = Damage.INSERTED if repeated else Damage.TORN
        return LogReport(last.size, damage, last.size)
    if heads.torn or lengths.leaves != last.size * HASH_BYTES:
        return LogReport(last.size, Damage.TORN, last.size)
    return None


def _bad_head(found: Leaves, heads: _Heads) -> LogReport:
    last, damage, good = heads.good[-1], heads.damage, heads.good
    if damage is Damage.GRAFTED and heads.later[0] not in good:
        ours = _held(found.leaves, [*good, *heads.later]) > len(good)
        damage = Damage.UNSIGNED if ours else damage  # a head before was taken out
    return LogReport(last.size, damage, last.size)


def _against(pinned: Pin, found: Leaves, heads: _Heads) -> LogReport | None:
    """Return how the log differs from a head that was kept elsewhere."""
    last = heads.good[-1]
    if pinned.key not in (None, last.key):
        raise KeyFileError("the pinned head is one of another key")
    if pinned.size is None:
        known = any(head.root == pinned.root for head in heads.good)
        return None if known else LogReport(last.size, Damage.REPLAYED, last.size)
    if pinned.size > last.size:
        return LogReport(last.size, Damage.REPLAYED, last.size, pinned.size)
    tree = Frontier.of(in_pieces(found.leaves[: pinned.size * HASH_BYTES]))
    if tree.root().hex() != pinned.root:
        return LogReport(0, Damage.FORKED)
    return None
