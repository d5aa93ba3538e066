"""The audit: what was redacted, where and why, in a log that shows every later change.

The format, so that another program can verify a log (`tests/unit/test_audit_format.py` does it in
thirty lines, on a log that is committed with it). A folder `OUT.audit` holds:

`audit.jsonl`  one record a line, canonical JSON (RFC 8785), ended by a line feed. The first record
               is a `run-start` with `"format": 3`; `records` says what the others hold, and
               `details` what of them is encrypted. Of format 2, nothing is.
`leaves.bin`   for each record 32 bytes: SHA-256 of a zero byte and the line without its line feed.
               Nothing rests on it: it lets a reader name the record that was changed.
`heads.jsonl`  signed heads, one a line; the last is the current one. `heads` lists the members.
`audit.pub`    the Ed25519 public key in PEM form. Whoever can change the log can change this file
               too: verify with a copy that came another way.
`vault/`       if there is a sealed vault: a file a document, its name the SHA-256 of what is in it,
               which the document's record has as `vault`. `vault` describes them.

To verify: 1. the leaf hashes of the lines are the leaves of a Merkle tree as in RFC 9162, section
2.1.1 (node: SHA-256 of a one byte, left, right; split at the largest power of two below the size;
the empty tree has SHA-256 of nothing). For each head, the root over the first `size` lines must be
`root`, and those lines, with their line feeds, be `bytes` long. 2. `previous` of each head must be
the SHA-256 of the line before, without line feed; 64 zeros for the first, whose size is 0. 3. The
last head's `signature` must be an Ed25519 signature, under the key whose id (first 16 bytes of the
SHA-256 of the raw key) is `key`, over the bytes `redactor audit head 2`, a line feed, and the head
without the member `signature`, in canonical JSON. 4. There is nothing after what the last head
counts. A head kept elsewhere (`SIZE:ROOT:KEY`) must have the root over the first SIZE lines.

Of the lines that a head counts and the head before does not, the first `torn` are what an append
that did not finish left behind: sealed as found, explained by the `recovery` record that follows,
and to be skipped by readers. Their leaf is the SHA-256 of a zero byte, `torn` and a space, and the
line, so that no proof can pass one off as a record. Readers ignore members that they do not know.

A proof (`proofs`) is a JSON object: `kind` is `inclusion` (members `record`, `index`, `path`,
`head`) or `consistency` (`from` with `size` and `root`, `path`, `head`); `path` as in RFC 9162,
sections 2.1.3 and 2.1.4, in hexadecimal digits.

What equal values show: within one collection (one key), the same value of the same entity has the
same fingerprint, in every document and every log. That is
wanted: it is how a reader sees that two redactions removed the same. It shows how often a value
recurs and where, and so does the pseudonym in the copy; it never shows which value it is.
"""

from redactor.audit.check import check
from redactor.audit.damage import Damage, LogReport
from redactor.audit.details import with_details
from redactor.audit.folder import LogDamaged, LogTooNew, NothingRecorded
from redactor.audit.heads import Head, Pin, PublicKey
from redactor.audit.log import AuditLog
from redactor.audit.reading import read, require_begun
from redactor.audit.records import (
    DetailsRecord,
    DocumentRecord,
    PartRecord,
    Record,
    RecoveryRecord,
    RedactionRecord,
    RestoreRecord,
    RevealRecord,
    RunEnd,
    RunResume,
    RunStart,
    Scope,
    Verification,
    document_id,
    fingerprint,
    location_id,
    residue,
    shown_score,
    source_mac,
    to_fields,
)
from redactor.audit.typed import from_fields

__all__ = [
    "AuditLog",
    "Damage",
    "DetailsRecord",
    "DocumentRecord",
    "Head",
    "LogDamaged",
    "LogReport",
    "LogTooNew",
    "NothingRecorded",
    "PartRecord",
    "Pin",
    "PublicKey",
    "Record",
    "RecoveryRecord",
    "RedactionRecord",
    "RestoreRecord",
    "RevealRecord",
    "RunEnd",
    "RunResume",
    "RunStart",
    "Scope",
    "Verification",
    "check",
    "document_id",
    "fingerprint",
    "from_fields",
    "location_id",
    "read",
    "require_begun",
    "residue",
    "shown_score",
    "source_mac",
    "to_fields",
    "with_details",
]
