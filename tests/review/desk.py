"""Documents, their copies and their log, and rows that decide about them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from redactor import redact_folder
from redactor.audit import document_id, read
from redactor.batch import BatchResult
from redactor.keys import Key
from redactor.verify import Problem, verify_output

REVIEWER = "R. Okafor"
_numbers = count()


@dataclass
class Desk:
    """A run that ended, in a folder with its source."""

    base: Path
    out: Path
    policy: str | Path = "default"

    @classmethod
    def of(cls, base: Path, texts: dict[str, str], policy: str | Path = "default") -> Desk:
        (base / "src").mkdir()
        for name, text in texts.items():
            (base / "src" / f"{name}.txt").write_text(text, "utf-8")
        made = cls(base, base / "out", policy)
        redact_folder(base / "src", made.out, policy=policy, workers=1)
        return made

    @property
    def audit(self) -> Path:
        return self.out.with_name(f"{self.out.name}.audit")

    @property
    def key(self) -> Key:
        return Key.load(self.key_file)

    @property
    def records(self) -> list[dict[str, Any]]:
        return list(read(self.audit, self.key))

    @property
    def now(self) -> list[dict[str, Any]]:
        """The redactions of the last run."""
        start = max(at for at, one in enumerate(self.records) if one["type"] == "run-start")
        return [one for one in self.records[start:] if one["type"] == "redaction"]

    def copy(self, name: str = "a") -> str:
        return (self.out / f"{name}.txt").read_text("utf-8")

    def source(self, name: str = "a") -> Path:
        return self.base / "src" / f"{name}.txt"

    def text_of(self, record: dict[str, Any], name: str = "a") -> str:
        return self.copy(name)[record["start"] : record["end"]]

    def of_file(self, name: str) -> list[dict[str, Any]]:
        return [one for one in self.now if one["document"] == document_id(self.key, f"{name}.txt")]

    @property
    def drawn(self) -> str:
        """What a file that is drawn now says of where it comes from."""
        start = [one for one in self.records if one["type"] == "run-start"][-1]
        after = ",".join(start.get("decisions", ()))
        return f"{start.get('round', 0) + 1}:{start['run']}:{start['key_id']}:{after}"

    def decisions(self, *rows: dict[str, Any], drawn: str = "") -> Path:
        path = self.base / f"decisions-{next(_numbers)}.yaml"
        content = {"drawn": drawn or self.drawn, "reviewer": REVIEWER, "rows": list(rows)}
        path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
        return path

    def again(self, *files: Path, out: Path | None = None, **options: Any) -> BatchResult:
        """Redact with decisions, into the same folder or another one."""
        if out is not None:
            self.out = out
        options.setdefault("policy", self.policy)
        options.setdefault("key", self.key_file)
        return redact_folder(self.base / "src", self.out, decisions=files, workers=1, **options)

    def again_from_scratch(self) -> list[dict[str, Any]]:
        """Redact the source as it is now, into a folder of its own."""
        self.out = self.base / f"out-{next(_numbers)}"
        redact_folder(self.base / "src", self.out, policy=self.policy, workers=1, key=self.key_file)
        return self.now

    @property
    def key_file(self) -> Path:
        return self.base / "out.audit" / "key"

    def problems(self) -> list[Problem]:
        return verify_output(self.out, self.audit, self.key)


def row(record: dict[str, Any], decision: str, **more: Any) -> dict[str, Any]:
    """Return a row that decides about a record."""
    check = f"{record['place']}.{record['fingerprint']}"
    return {"id": record["id"], "check": check, "decision": decision} | more


def added(text: str, file: str = "a.txt", **more: Any) -> dict[str, Any]:
    """Return a row that adds a text."""
    return {"decision": "add", "file": file, "text": text} | more
