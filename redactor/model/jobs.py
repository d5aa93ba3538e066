"""One document of a run: what is to be redacted, and how that ended."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from redactor.model.passages import Passages
from redactor.model.people import Census


@dataclass(frozen=True, slots=True)
class SourcePath:
    """The path of a source file below the folder that was listed, by names that are no links.

    `device` and `inode` tell whether it is still that folder.
    """

    folder: Path
    device: int
    inode: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One document to redact: its source, the path of its copy, and its name in reports.

    With `rehearse`, it is redacted and verified, but neither recorded nor published. With
    `census`, only the people whom it names are noted. The source is opened `at` the place where it
    was listed, through no link that was put there since; without that, under its path. The target
    is reached from the folder `out` through no link. `shown` is the name of the copy, where that
    was redacted.

    `recorded` is what the log has of this document in the same run, which was broken off: the
    digest of the copy, or the code of the failure. The same is not recorded twice. `size` are the
    bytes of the source when it was listed; they say what to begin with, and how long it takes.
    An old document of Office is converted to what `convert` says (`docx`) before it is read. An
    index of web archives is redacted after its `archives`, whose copies it needs.
    """

    source: Path
    target: Path
    name: str
    rehearse: bool = False
    at: SourcePath | None = None
    out: Path | None = None
    recorded: str | None = None
    shown: str = ""
    size: int = 0
    convert: str = ""
    census: bool = False
    archives: tuple[Job, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Tell whether the log has to say what became of it."""
        return not (self.rehearse or self.census)

    @property
    def shown_name(self) -> str:
        """Return the name by which reports call it."""
        return self.shown or self.name


class Status(Enum):
    """The status of a document after a run."""

    CLEAN = "clean"
    REDACTED = "redacted"
    PARTIAL = "partial"
    FAILED = "failed"
    EXCLUDED = "excluded"
    WITHDRAWN = "withdrawn"


_NO_PEOPLE, _NO_PASSAGES = Census(), Passages()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one document: its status, redactions by entity, and any error.

    `review` is the number of redactions marked for review, `unsure` that of retentions. `media`
    counts pictures and the like by what of them was not examined: `pixels`; `read` those that OCR
    examined, by what it saw. `converted` says what converted an old document of Office. `dropped`
    counts what the copy is without since it does not outlast an edit: signatures (`DKIM`), places
    in an `index`.
    `mistyped` counts parts whose suffix states another format than they are of. `error`
    is a sentence without a word of the document; `code` is an `ExitCode` value. `unmarked` are the
    places without a mark in the marked copy, if one was asked for, and `no_marks` says why there is
    none. `census` are the people of a document that was read for them alone, `passages` those of a
    redacted one.
    """

    name: str
    status: Status
    counts: tuple[tuple[str, int], ...] = ()
    code: int = 0
    error: str = ""
    hint: str = ""
    review: int = 0
    unsure: int = 0
    media: tuple[tuple[str, int], ...] = ()
    read: tuple[tuple[str, int], ...] = ()
    converted: str = ""
    dropped: tuple[tuple[str, int], ...] = ()
    mistyped: tuple[tuple[str, int], ...] = ()
    unmarked: int = 0
    no_marks: str = ""
    census: Census = field(default=_NO_PEOPLE, repr=False)
    passages: Passages = field(default=_NO_PASSAGES, repr=False, compare=False)

    def noted(self, name: str) -> Outcome:
        """Return it without people and passages, under a name that is held anyway.

        A run holds an outcome for each of its documents, which may be millions: of this, whatever
        came out of a worker's pipe is a twentieth. Words that are in all of them are held once.
        """
        counts = tuple((sys.intern(entity), count) for entity, count in self.counts)
        return replace(self, name=name, counts=counts, census=_NO_PEOPLE, passages=_NO_PASSAGES)
