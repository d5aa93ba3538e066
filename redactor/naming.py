"""The names of copies: names of files and folders, redacted as the texts are.

All names of a run are read together, as one list, so that what one of them tells (a full name) is
found in others (a surname). A part of a path is examined once, and has the same replacement in
every path. What a name becomes depends on the names of the run, the policy and the key, and on the
people of the documents where these are linked: not on the number of workers or the order of work.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path, PurePosixPath

from redactor.analysis.unit import SourceText, units
from redactor.detect.checks.words import is_common
from redactor.detect.coreference.register import Register
from redactor.errors import InputError
from redactor.files import open_source
from redactor.formats import FORMATS
from redactor.formats.budget import unlimited
from redactor.formats.compressed import Compressed
from redactor.formats.libreoffice import TARGETS
from redactor.formats.ole import SIGNATURE
from redactor.formats.rewriting import with_edits
from redactor.formats.tree import Reading
from redactor.keys import Key
from redactor.model import NAME, Edit, Policy, Slot
from redactor.source_files import SourceFile, SourceFiles
from redactor.text import words

__all__ = ["named"]

_SUFFIXES = frozenset(suffix for form in FORMATS for suffix in form.suffixes)
_LONGEST = 255  # bytes of a name, on most file systems
_NO_CHARACTER = re.compile("[\ud800-\udfff]")  # a byte of a name that is no UTF-8
_NUMBER = re.compile(r"\d{1,8}")  # a number, a year, a date: of seven digits as of telephones

_DIGITS = re.compile(r"\d[\d .-]{5,}\d")
_USUAL = frozenset(
    """
    readme license licence copying notice authors changelog changes news install todo contributing
    makefile dockerfile gemfile rakefile procfile jenkinsfile vagrantfile brewfile justfile
    manifest index main setup __init__ __main__ conftest src lib docs doc tests test bin
    """.split()
)
"""Names, without suffixes, that programs and their makers give: no personal data."""

_KINDS = frozenset(
    word.form
    for word in words(
        """
    ledger manifest memo invoice receipt contract lease deed survey transcript affidavit exhibit
    rechnung protokoll bericht brief vertrag kündigung angebot antrag bescheid urteil niederschrift
    notulen verslag factuur contract overeenkomst besluit facture rapport lettre contrat avis arrêté
    factura protocolo informe acta carta contrato acuerdo fattura verbale lettera contratto
    relazione faktura protokół umowa zápis smlouva dopis rapport avtale kontrakt brev referat
    mötesprotokoll
    """
    )
)
"""What kinds of documents are called. The name model, which knows English, takes some for names."""

NameEdits = Mapping[str, Sequence[Edit]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a path: what is examined, and the suffix, which is kept."""

    stem: str = field(repr=False)
    suffix: str = ""

    @classmethod
    def of(cls, name: str, *, is_file: bool) -> _Part:
        """Return a name of a file or a folder as a part."""
        path, suffix = PurePosixPath(name), ""
        is_outer = is_file  # what is packed has a suffix as well; `ilse@example.org.txt` has one
        while is_outer and path.suffix.lower() in _SUFFIXES:
            is_outer = path.suffix.lower() in Compressed.suffixes
            suffix, path = path.suffix + suffix, PurePosixPath(path.stem)
        return cls(name.removesuffix(suffix), suffix) if suffix else cls(name)


def named(
    entries: SourceFiles,
    policy: Policy,
    rules: Sequence[Path],
    key: Key,
    register: Register | None = None,
) -> SourceFiles:
    """Return the files of a run with the names of their copies. Raises ConfigError.

    `register` are the people of the collection, where its documents are linked.
    """
    if policy.names == "keep":
        return entries
    asks = _is_any if policy.deny_list.terms else _is_asked  # a term may be an ordinary word
    stems = {part.stem for row in entries.rows() for part in _parts(PurePosixPath(row.name))}
    sought = sorted(filter(asks, stems))
    edits = _examined(sought, policy, rules, key, register) if sought else {}
    if not edits:
        return entries
    names = _Names(edits, entries)
    shown = {path.as_posix(): names.of(path) for path in names.changed}
    return SourceFiles(
        _renamed(one, shown[one.job.name]) if one.job.name in shown else one for one in entries
    )


def _is_any(stem: str) -> bool:
    return bool(stem)


def _is_asked(stem: str) -> bool:
    return not _is_plain(stem)


def _parts(path: PurePosixPath) -> Iterator[_Part]:
    for at, name in enumerate(path.parts, 1):
        yield _Part.of(name, is_file=at == len(path.parts))


def _is_plain(stem: str) -> bool:
    """Tell whether a name has ordinary words, dates and single letters alone."""
    if stem.lower() in _USUAL or f".{stem.lower()}" in _SUFFIXES:  # a folder `heic`
        return True
    # An address may be made of ordinary words: `press.office@example.org.txt`.
    return not ("@" in stem or _DIGITS.search(stem)) and all(
        len(word.form) == 1
        or word.form in _KINDS
        or _NUMBER.fullmatch(word.form)
        or (is_common(word.form) and stem[word.start : word.end].islower())
        for word in words(stem)
    )


def _examined(
    stems: Sequence[str],
    policy: Policy,
    rules: Sequence[Path],
    key: Key,
    register: Register | None,
) -> NameEdits:
    """Return the edits of names. Those that cannot be examined are removed as a whole."""
    # The detectors, which take some seconds to load.
    from redactor.analysis.analyzer import Analyzer
    from redactor.decisions import DecisionApplier
    from redactor.pipeline.examination import Examiner, Found
    from redactor.pipeline.units import Positions

    analyzer, reading = Analyzer(policy, tuple(rules), register), Reading(unlimited())
    edits: dict[str, Sequence[Edit]] = {}
    waiting = [list(stems)]
    while waiting:
        some = waiting.pop()
        with Found() as found:
            examiner = Examiner(analyzer, key, reading, DecisionApplier((), key, ""), found)
            try:
                for unit in units(_texts(some)):
                    examiner.names(unit, Positions())
            except Exception:  # noqa: BLE001  # a detector that fails: the documents will say so
                middle = len(some) // 2
                waiting += [some[:middle], some[middle:]] if middle else []
                edits |= {} if middle else {some[0]: [Edit(-1, 0, len(some[0]), "[NAME]")]}
                continue
            edits |= {some[at - 1]: rows for (at,), rows in found.names.items()}
    return edits


def _texts(stems: Sequence[str]) -> Iterator[SourceText]:
    """Yield names as texts of members, of which the place in the list is the path."""
    for number, stem in enumerate(stems, 1):
        text = _NO_CHARACTER.sub("\ufffd", stem)
        text += ".txt" if "@" in stem else ""  # else the end of an address is taken for the suffix
        at = (number,)
        yield SourceText(-1, text, NAME, Slot.FILE_NAME, "File", breaks=False, path=at, copied=at)


class _Names:
    """The names that copies have; two paths that become the same have numbers.

    Paths that stay as they are have their names first. `changed` are the others, sorted.
    """

    def __init__(self, edits: NameEdits, entries: SourceFiles) -> None:
        self._edits = edits
        self._given: dict[tuple[PurePosixPath, PurePosixPath], str] = {}
        self._taken: set[PurePosixPath] = set()
        self._files = entries.numbers()
        self._folders: set[PurePosixPath] = set()  # of files that stay as they are
        self.changed: list[PurePosixPath] = []
        for row in entries.rows():
            path = PurePosixPath(row.name)
            if self._changes(path):
                self.changed.append(path)
            else:
                self._folders.add(path.parent)
        self._folders |= {above for one in list(self._folders) for above in one.parents}
        self.changed.sort()

    def _changes(self, path: PurePosixPath) -> bool:
        return any(part.stem in self._edits for part in _parts(path))

    def _stays(self, path: PurePosixPath) -> bool:
        """Tell whether a file or folder has that path that stays as it is."""
        is_file = path.as_posix() in self._files and not self._changes(path)
        return is_file or path in self._folders

    def of(self, path: PurePosixPath) -> PurePosixPath:
        """Return the path of the copy of a file."""
        new = PurePosixPath()
        for at, part in enumerate(_parts(path), 1):
            source = PurePosixPath(*path.parts[:at])
            new = new / (self._given.get((new, source)) or self._free(new, source, part))
        return new

    def _free(self, above: PurePosixPath, source: PurePosixPath, part: _Part) -> str:
        """Return the new name of a file or folder, with a number where it is taken."""
        if above / source.name == source and source in self._folders:
            return source.name
        edits = sorted(self._edits.get(part.stem, ()), key=lambda one: one.start)
        stem, suffix = with_edits(part.stem, edits), part.suffix
        name = next(
            shown
            for number in count(1)
            if above / (shown := _short(stem, f"_{number}" * (number > 1) + suffix))
            not in self._taken
            and not self._stays(above / shown)
        )
        self._taken.add(above / name)
        self._given[above, source] = name
        return name


def _short(stem: str, ending: str) -> str:
    """Return a name that file systems take: of a stem that is too long, the beginning."""
    room = _LONGEST - len(ending.encode("utf-8", "surrogateescape"))
    data = stem.encode("utf-8", "surrogateescape")
    if len(data) > room:
        stem = data[:room].decode("utf-8", "ignore")
    return stem + ending


def _renamed(entry: SourceFile, shown: PurePosixPath) -> SourceFile:
    """Return a file whose copy has another path below the output folder."""
    job = entry.job
    if job.out is None or shown.as_posix() == job.name:
        return entry
    job = replace(job, target=Path(job.out, shown), shown=shown.as_posix())
    return replace(entry, job=job)


def with_new_suffixes(entries: SourceFiles) -> SourceFiles:
    """Return files of which those that are converted have copies with the new suffix.

    `letter.doc` gives `letter.docx`, or `letter_2.docx` beside a file of that name.
    """
    taken = {row.shown for row in entries.rows()}
    found = SourceFiles()
    for entry in entries:
        target = TARGETS.get(PurePosixPath(entry.job.name).suffix.lower(), "")
        if target and _is_old(entry):
            shown = PurePosixPath(entry.job.shown_name).with_suffix(f".{target}")
            stem, number = shown.stem, 1
            while shown.as_posix() in taken:
                number += 1
                shown = shown.with_name(f"{stem}_{number}.{target}")
            taken.add(shown.as_posix())
            entry = _renamed(entry, shown)  # noqa: PLW2901
            entry = replace(entry, job=replace(entry.job, convert=target))  # noqa: PLW2901
        found.append(entry)
    return found


def _is_old(entry: SourceFile) -> bool:
    """Tell whether a file begins as old documents of Office do, as far as it can be read."""
    if entry.excluded or entry.problem:
        return False
    try:
        with open_source(entry.job.source, sys.maxsize, entry.job.at) as file:
            return file.read(len(SIGNATURE)) == SIGNATURE
    except InputError:
        return False
