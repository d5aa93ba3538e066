"""Which rows of a log are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from redactor.report.summary import Redaction


@dataclass(frozen=True, slots=True)
class Selection:
    """The conditions that a row must meet; one that is empty, None or False is none.

    `file` is a document's id or its name, or a part of the name.
    """

    file: str = ""
    entity: str = ""
    rule: str = ""
    code: str = ""
    action: str = ""
    decision: str = ""
    run: str = ""
    min_score: float | None = None
    review: bool = False

    @property
    def of_details(self) -> bool:
        """Tell whether a condition is about what the log encrypts."""
        return bool(self.rule or self.review or self.min_score is not None)

    def takes(self, one: Redaction, name: str, run: str) -> bool:
        """Tell whether a row is asked for; `name` is its document's, `run` its run's id."""
        return (
            (not self.file or self.file == one.document or self.file in name)
            and self.entity.upper() in {"", one.entity.upper()}
            and (not self.rule or any(self.rule in each for each in (one.source, *one.because)))
            and self.code in {"", one.code}
            and self.action in {"", one.action}
            and self.decision in {"", one.decision}
            and run.startswith(self.run)
            and (self.min_score is None or (one.score or 0.0) >= self.min_score)
            and (not self.review or bool(one.review))
        )
