"""The resources that one document may use."""

from __future__ import annotations

from dataclasses import dataclass

DEEPEST = 64
"""The maximum of `Limits.depth`: each level costs an open private file and several frames of
Python's stack, whose default limit is 1,000."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The resources that one document may use.

    A document beyond a limit is reported as not examined; it is never examined in part.

    The tree of a document is the document and all that is unpacked from it, at any depth.
    """

    file_bytes: int = 1 << 30  # one document
    rule_seconds: float = 30.0  # all rules on one window of text
    tree_bytes: int = 4 << 30  # unpacked from one document: four times the largest document
    members: int = 100_000  # of one tree; each costs 1 kB of memory while a copy is written
    depth: int = 8  # containers in containers; mail in a mailbox in two ZIPs with a chart is six
    ratio: int = 200  # unpacked to packed bytes, see redactor.formats.budget
    tree_seconds: float = 86_400.0  # a day: 4 GiB of text take 15 hours on one core
    document_seconds: float = 172_800.0  # two days: twice what a tree may take, for two walks
    memory_bytes: int = 16 << 30  # beyond the detectors, of the process that examines a document
    opaque_bytes: int = 4096  # of data that is no text, written in base64 or another code
