"""Proofs that fit in a letter: that a record is in the log, or that the log only grew.

A proof is a JSON object; the package's docstring lists its members. Who has the public key can
check one without the log. An inclusion proof shows its record and no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from redactor.audit.folder import lines, open_to_read
from redactor.audit.heads import (
    FORMAT,
    TORN,
    Head,
    Pin,
    PublicKey,
    from_fields,
    torn_lines,
)
from redactor.audit.merkle import (
    consistency,
    inclusion,
    is_consistent,
    leaf_hash,
    root,
    root_of_inclusion,
)
from redactor.audit.reading import heads_of, parse
from redactor.audit.records import Json
from redactor.errors import OutputError, UsageError

Proof = dict[str, Json]


class ProofFailed(OutputError):
    """A proof that does not prove what it says."""

    hint = "Ask for the proof again, and for the public key by another way."


def prove_inclusion(folder: Path, record: str) -> Proof:
    """Return the proof that a record, named by number or redaction id, is in the log.

    Raises UsageError if there is no such record, OutputError if the log has no head.
    """
    head, entries = _log(folder)
    index = _index(entries, record)
    hashes = [leaf_hash(entry) for entry in entries]
    return {
        "format": FORMAT,
        "head": _head_fields(head),
        "index": index,
        "kind": "inclusion",
        "path": [node.hex() for node in inclusion(hashes, index)],
        "record": entries[index].decode("utf-8", "replace"),
    }


def prove_consistency(folder: Path, first: int) -> Proof:
    """Return the proof that the log of today begins with its first `first` records."""
    head, entries = _log(folder)
    if not 0 <= first <= head.size:
        raise UsageError(f"the log has {head.size} records: there was no head of {first}")
    hashes = [leaf_hash(entry) for entry in entries]
    return {
        "format": FORMAT,
        "from": {"root": root(hashes[:first]).hex(), "size": first},
        "head": _head_fields(head),
        "kind": "consistency",
        "path": [node.hex() for node in consistency(hashes, first)],
    }


def check_proof(data: bytes, public: PublicKey, pinned: Pin | None = None) -> str:
    """Return what a proof proves, in words. Raises ProofFailed.

    `pinned` is held against the proof's head, or against what a consistency proof starts from.
    """
    proof = parse(data)
    head = from_fields(proof.get("head")) if proof else None
    if proof is None or head is None or proof.get("format") != FORMAT:
        raise ProofFailed("the file is no proof of this format")
    if not head.is_signed(public):
        raise ProofFailed("the head in the proof is not signed under this public key")
    path = _path(proof)
    match proof:
        case {"kind": "inclusion", "record": str(record), "index": int(index)}:
            entry = record.encode("utf-8", "replace")
            found = root_of_inclusion(leaf_hash(entry), index, head.size, path)
            what = "no record, but torn," if entry.startswith(TORN) else "a record"
            said = f"line {index} is {what} among the {head.size} that head {head.pin} counts"
            known = [head.pin]
        case {"kind": "consistency", "from": {"size": int(size), "root": str(digest)}}:
            found = _grown(size, digest, head, path)
            said = f"the log of head {head.pin} begins with the records of head {size}:{digest}"
            known = [head.pin, Pin(digest, size, head.key)]
        case _:
            raise ProofFailed("the file is no proof of this format")
    if found is None or found.hex() != head.root:
        raise ProofFailed("the proof does not lead to the signed root")
    if pinned is not None and not any(_agree(pinned, pin) for pin in known):
        raise ProofFailed("the proof is about another head than the pinned one")
    return said


def _grown(size: int, digest: str, head: Head, path: list[bytes]) -> bytes | None:
    try:
        first, second = bytes.fromhex(digest), bytes.fromhex(head.root)
    except ValueError:
        return None
    return second if is_consistent(size, head.size, first, second, path) else None


def _path(proof: Mapping[str, Json]) -> list[bytes]:
    nodes = proof.get("path")
    try:
        path = [bytes.fromhex(str(node)) for node in nodes] if isinstance(nodes, list) else None
    except ValueError:
        path = None
    if path is None:
        raise ProofFailed("the file is no proof of this format")
    return path


def _agree(pinned: Pin, known: Pin) -> bool:
    size_agrees = pinned.size in (None, known.size)
    return size_agrees and pinned.root == known.root and pinned.key in (None, known.key)


def _log(folder: Path) -> tuple[Head, list[bytes]]:
    """Return the current head and the entries that it counts."""
    heads = heads_of(folder)
    if not heads:
        raise OutputError(f"the audit log in {folder} has no head that can be read")
    head, torn = heads[-1], torn_lines(heads)
    with open_to_read(folder) as file:
        entries = [
            TORN * (number in torn) + line.removesuffix(b"\n")
            for number, line in enumerate(lines(file, head.length))
        ]
    if len(entries) != head.size or root(map(leaf_hash, entries)).hex() != head.root:
        raise OutputError(f"the audit log in {folder} is not whole: verify it first")
    return head, entries


def _index(entries: list[bytes], record: str) -> int:
    if record.isascii() and record.isdigit() and int(record) < len(entries):
        return int(record)
    for index, entry in enumerate(entries):
        if record.encode("utf-8", "replace") in entry and (parse(entry) or {}).get("id") == record:
            return index
    raise UsageError("the log has no such record: name one by its number (from 0) or redaction id")


def _head_fields(head: Head) -> Json:
    return parse(head.encode())
