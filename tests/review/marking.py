"""Documents with marks, marked copies that people changed, and what comes of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import yaml

from redactor import redact_folder
from redactor.batch import BatchResult
from redactor.keys import Key
from redactor.proposals.returned import Returned, returned
from redactor.report.evidence import gather
from redactor.review.marks import Counts, decided
from redactor.review.worklist import as_yaml, drawn_from
from redactor.verify import Problem, verify_output

LARGEST = 1 << 24


@dataclass
class Proposal:
    """A run with marked copies."""

    base: Path
    result: BatchResult

    @classmethod
    def of(cls, base: Path, **documents: bytes) -> Proposal:
        """Redact documents, each by its name with `_` in the place of the dot."""
        (base / "src").mkdir()
        for name, data in documents.items():
            (base / "src" / name.replace("_", ".")).write_bytes(data)
        done = redact_folder(base / "src", base / "out", workers=1, propose=True)
        return cls(base, done)

    @property
    def audit(self) -> Path:
        return self.base / "out.audit"

    @property
    def folder(self) -> Path:
        return self.audit / "proposed"

    @property
    def copies(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.base / "out").iterdir()}

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> Path:
        """Change a marked copy, elsewhere, as a program does that saves it."""
        path = self.base / "back" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(change((self.folder / name).read_bytes()))
        return path

    def read(self, path: Path) -> list[Returned]:
        return returned(path, self.audit, LARGEST)

    def decided(self, path: Path) -> tuple[list[dict[str, Any]], Counts]:
        rows, counts = decided(gather(self.audit), self.read(path))
        return [dict(row) for row in rows], counts

    def burn_in(self, path: Path, where: str = "here") -> BatchResult:
        """Redact anew, by what was done with the marks of a copy; what is added, so widely."""
        evidence = gather(self.audit)
        rows, _ = decided(evidence, self.read(path))
        rows = [row | ({"where": where} if row["decision"] == "add" else {}) for row in rows]
        file = self.base / "decisions.yaml"
        file.write_bytes(as_yaml(drawn_from(evidence), rows, "out.audit", "R. Okafor"))
        assert yaml.safe_load(file.read_bytes())["reviewer"] == "R. Okafor"
        return redact_folder(
            self.base / "src",
            self.base / "out",
            workers=1,
            decisions=[file],
            key=self.audit / "key",
        )

    @property
    def problems(self) -> list[Problem]:
        return verify_output(self.base / "out", self.audit, Key.load(self.audit / "key"))


def changed(change):
    """Return a change of the bytes of a PDF by one of the document."""

    def apply(data):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            change(pdf)
            out = io.BytesIO()
            pdf.save(out)
        return out.getvalue()

    return apply
