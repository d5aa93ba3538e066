"""Proof that a finished output is what its log says, any time after the run.

No source is needed: the log is checked record by record, each copy against its digest, and every
run of a copy's words is put under the key and looked up among the removed values of that document.
Without the key nothing can be learnt from the log. For the checks before publication see
`redactor.pipeline`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as FilePath
from sys import maxsize

from redactor.analysis.word_runs import in_windows, texts_of, word_runs
from redactor.audit import PublicKey, check, document_id, read, residue
from redactor.audit.endings import Ending, Unfinished
from redactor.audit.folder import PUBLIC
from redactor.audit.layouts import layout_of
from redactor.audit.manifest import manifest_problem
from redactor.audit.records import Json
from redactor.audit.slots import check_vault
from redactor.errors import ExitCode, InputError, KeyFileError
from redactor.files import open_source, sha256, walk
from redactor.formats import Layout
from redactor.formats.tree import Path, copy_texts
from redactor.keys import Key


@dataclass(frozen=True, slots=True)
class Problem:
    """What is not as recorded, or odd (code 0): the exit code it means, and a sentence."""

    code: ExitCode
    message: str


def verify_output(out: FilePath, audit: FilePath, key: Key) -> list[Problem]:
    """Check a finished output against its log. Raises KeyFileError for the wrong key."""
    report = check(audit, PublicKey.of(key))
    if report.damage is not None:
        return [Problem(ExitCode.OUTPUT, report.sentence)]
    documents, unfinished = _recorded(audit, key)
    problems = [Problem(ExitCode.OUTPUT, unfinished.sentence)] if unfinished else []
    problems += [Problem(ExitCode.OUTPUT, one) for one in _odd_files(audit, key)]
    if report.sealed or report.backwards:  # no damage, and worth a look
        problems.append(Problem(ExitCode.DONE, report.sentence))
    vault = check_vault(audit)
    damage = vault.damage if vault else ()
    problems += [Problem(ExitCode.OUTPUT, f"the vault is damaged at {one}") for one in damage]
    documents = {str(one.record.get("copy_id", name)): one for name, one in documents.items()}
    present = {path.relative_to(out).as_posix(): path for path in walk(out)} if out.is_dir() else {}
    for name, path in present.items():
        one = documents.pop(document_id(key, name), None)
        problems += _verify_copy(name, path, one, key)
    missing = sum(1 for one in documents.values() if "output_sha256" in one.record)
    if missing:
        problems.append(Problem(ExitCode.OUTPUT, f"{missing} recorded copies are missing"))
    return problems


def _odd_files(audit: FilePath, key: Key) -> Iterator[str]:
    """Yield what is wrong with files beside the log: the public key, the manifest."""
    try:
        same = PublicKey.load(audit / PUBLIC) == PublicKey.of(key)
    except KeyFileError as error:
        yield str(error)
    else:
        if not same:
            yield f"{PUBLIC} beside the log is not the public key of the log"
    if (wrong := manifest_problem(audit)) is not None:
        yield wrong


Fields = dict[str, Json]


@dataclass
class _Recorded:
    """A document as its last records have it: of it, of its parts, of what was removed."""

    record: Fields
    layouts: dict[Path, Layout]
    residues: set[str] = field(default_factory=set)


def _recorded(audit: FilePath, key: Key) -> tuple[dict[str, _Recorded], Unfinished | None]:
    """Return the documents of a log, and what is missing of its last run, if it did not end."""
    documents: dict[str, _Recorded] = {}
    ending = Ending()
    for record in read(audit, key):
        ending.add(record)
        name = str(record.get("document"))
        if record["type"] == "document":  # of a later run: what it says holds
            documents[name] = _Recorded(record, dict([layout_of(record)]))
        elif record["type"] == "part" and name in documents:
            documents[name].layouts |= [layout_of(record)]
        elif record["type"] == "redaction" and "residue" in record and name in documents:
            documents[name].residues.add(str(record["residue"]))
    return documents, ending.unfinished


def _verify_copy(name: str, path: FilePath, one: _Recorded | None, key: Key) -> list[Problem]:
    if one is None or "output_sha256" not in one.record:
        return [Problem(ExitCode.OUTPUT, f"{name} is in no record")]
    try:
        return _verify_recorded(name, path, one, key)
    except InputError as error:
        return [Problem(ExitCode.OUTPUT, f"{name}: {error}")]


def _verify_recorded(name: str, path: FilePath, one: _Recorded, key: Key) -> list[Problem]:
    with open_source(path, maxsize) as file:
        if sha256(file) != one.record["output_sha256"]:
            return [Problem(ExitCode.OUTPUT, f"{name} is not the copy that was recorded")]
        if one.residues and _holds(copy_texts(file, one.layouts), one.residues, key):
            return [Problem(ExitCode.LEAK, f"{name} still holds a value that was removed")]
    return []


def _holds(texts: Iterable[str], residues: set[str], key: Key) -> bool:
    @lru_cache(maxsize=1 << 20)
    def known(run: str) -> bool:
        return residue(key, run) in residues

    return any(
        known(run)
        for window in in_windows(texts)
        for text in texts_of(window)
        for run in word_runs(text)
    )
