"""Which archives the indexes of web archives in a run name: their copies come first.

An index beside its archives has places in them. A name in it means the archive of that name in the
folder of the index, else the only one of the run.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath
from sys import maxsize

from redactor.errors import InputError
from redactor.files import CHUNK, open_source
from redactor.formats.warc.beside import SUFFIXES
from redactor.model import Job
from redactor.source_files import SourceFile, SourceFiles

_ARCHIVES = (".warc", ".warc.gz")
# A name of an archive in a column or a string.
_NAME = re.compile(rb'[^\s"]{1,1000}\.warc(?:\.gz)?(?=[\s"])')


def with_archives(entries: SourceFiles) -> SourceFiles:
    """Return the files of a run, indexes among them with the archives that they name."""
    known: dict[str, list[Job]] = defaultdict(list)
    for number, row in enumerate(entries.rows()):
        if row.is_document and row.name.endswith(_ARCHIVES):
            known[PurePosixPath(row.name).name].append(entries[number].job)
    if not known:
        return entries
    return SourceFiles(_with_archives(one, known) if _is_index(one) else one for one in entries)


def _is_index(entry: SourceFile) -> bool:
    suffix = PurePosixPath(entry.job.name).suffix.lower()
    return suffix in SUFFIXES and entry.is_document


def _with_archives(entry: SourceFile, known: Mapping[str, Sequence[Job]]) -> SourceFile:
    folder = PurePosixPath(entry.job.name).parent
    found = [_meant(known.get(name, ()), folder) for name in sorted(set(_names(entry.job)))]
    archives = tuple(one for one in found if one is not None)
    return replace(entry, job=replace(entry.job, archives=archives))


def _meant(jobs: Sequence[Job], folder: PurePosixPath) -> Job | None:
    beside = [one for one in jobs if PurePosixPath(one.name).parent == folder]
    return beside[0] if beside else jobs[0] if len(jobs) == 1 else None


def _names(job: Job) -> Iterator[str]:
    """Yield the last steps of the names of archives in an index, as far as it can be read."""
    try:
        with open_source(job.source, maxsize, job.at) as file:
            rest = b""
            while piece := file.read(CHUNK):
                *lines, rest = (rest + piece).split(b"\n")
                yield from map(_text, _NAME.findall(b"\n".join([*lines, b""])))
                rest = rest[-CHUNK:]
            yield from map(_text, _NAME.findall(rest + b"\n"))
    except InputError:  # its own redaction says so
        return


def _text(raw: bytes) -> str:
    """Return the last step of a name, of which a string of JSON may have escaped letters."""
    name = raw.decode("utf-8", "replace")
    with suppress(ValueError):  # of a column, in which a backslash is one
        name = str(json.loads(f'"{name}"'))
    return PurePosixPath(name).name
