"""A BagIt bag (RFC 8493) of the copies, with their redaction events as tag files.

Only copies that are as recorded go in: one that is missing, changed or in no record is an error,
and then there is no bag. Its dates are the run's, so that the same log gives the same bag.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from sys import maxsize
from tempfile import TemporaryDirectory
from typing import Any

from redactor import __version__
from redactor.errors import OutputError, UsageError
from redactor.files import check_apart, check_empty, open_source, sha256, walk
from redactor.report.evidence import Evidence
from redactor.report.index import vaughn
from redactor.report.names import escaped
from redactor.report.premis import premis
from redactor.report.state import Verdict
from redactor.report.summary import Document

# Tag files of the bag: they lie outside of `data/`, which holds the copies alone.
EVENTS = "redaction/premis.xml"
INDEX = "redaction/index.html"
# RFC 8493 (2.4): SHA-512 should be the default, and SHA-256 must be supported by readers.
_DIGESTS = ["sha256", "sha512"]


class RunUnfinished(OutputError):
    """A run that did not end: a bag of its copies would pass for the whole."""

    hint = "No bag was made: it would pass for the whole."


def write_bag(evidence: Evidence, target: Path) -> int:
    """Write a bag of all copies to a new folder and return how many there are.

    Raises UsageError without the `bagit` library or the copies, OutputError for copies that are
    not as recorded, a run that did not end, or a folder that cannot be written.
    """
    if find_spec("bagit") is None:
        raise UsageError("the library bagit is not installed: pip install 'redactor[bagit]'")
    if evidence.copies is None:
        raise UsageError("the folder of copies is not at hand: there is nothing to bag")
    if evidence.state.verdict is Verdict.DAMAGED or not evidence.summary.runs:
        raise OutputError("the log is not intact, or records no run: it proves no copy")
    if evidence.summary.unfinished:
        raise RunUnfinished(evidence.summary.unfinished.sentence.rstrip("."))
    check_apart((evidence.copies, evidence.audit), (target,))
    check_empty(target)
    recorded = list(_recorded(evidence, evidence.copies))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".redactor-", dir=target.parent) as draft:
            bag = Path(draft) / "bag"
            for path in recorded:
                place = bag / _listable(path.relative_to(evidence.copies).as_posix())
                if place.exists():
                    raise OutputError(f"{place.name} would be in the bag twice")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
            bag.mkdir(exist_ok=True)
            _bag(bag, evidence)
            if target.exists():
                target.rmdir()
            bag.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write the bag {target}: {error.strerror}") from None
    return len(recorded)


def _listable(name: str) -> str:
    """Return a name that a manifest in UTF-8 can list: one that is no UTF-8 is escaped."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return escaped(name)
    return name


def _recorded(evidence: Evidence, copies: Path) -> Iterator[Path]:
    """Yield the copies, each held to its record."""
    latest: dict[str, Document] = {one.id: one for one in evidence.summary.documents}
    ids = {name: document for document, name in evidence.names.items()}
    wanted = {one.id for one in latest.values() if one.has_copy}
    for path in walk(copies):
        name = path.relative_to(copies).as_posix()
        document = latest.get(ids.get(name, ""))
        if document is None or not document.has_copy:
            raise OutputError(f"{name} is in no record, or the key is not at hand")
        with open_source(path, maxsize) as file:
            if sha256(file) != document.sha256:
                raise OutputError(f"{name} is not the copy that was recorded")
        wanted.discard(document.id)
        yield path
    if wanted:
        raise OutputError(f"{len(wanted)} recorded copies are missing")


def _bag(folder: Path, evidence: Evidence) -> None:
    bagit: Any = importlib.import_module("bagit")
    run = evidence.summary.runs[-1]
    info = {
        "Bagging-Date": run.when[:10],
        "Bag-Software-Agent": f"redactor {__version__}",
        "External-Description": "Redacted copies; the originals are not in this bag",
        "External-Identifier": run.id,
        "Redaction-Events": EVENTS,
        "Redaction-Index": INDEX,
    }
    made = bagit.make_bag(str(folder), info, checksums=_DIGESTS)
    for name, content in ((EVENTS, premis(evidence)), (INDEX, vaughn(evidence).encode())):
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    made.save()
