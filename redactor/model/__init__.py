"""The types that travel through the pipeline: small, frozen, picklable.

They hold positions, not text, so that each of them can be logged, sent to a worker and audited
as it is. Those that must carry text (`TextWindow.text`, `Edit.replacement`, the names and terms of
lists) never show it in their `repr`.

- `documents`: the texts of a document, their locations, windows and edits
- `findings`: what a detector reports, and the decision about it
- `actions`: what a policy does with an entity, and on what ground
- `rules`: rules and Presidio's recognisers, as configured
- `columns`, `lists`, `limits`, `seeing`, `policy`: what a run is configured with
- `jobs`, `people`, `passages`: one document of a run, its outcome, whom it names, and its passages
"""

from __future__ import annotations

from redactor.model.actions import (
    FREE_FORM,
    Action,
    EntityPolicy,
    Exemption,
    Parameters,
    Scalar,
    Shown,
)
from redactor.model.columns import COLUMN, Column, Columns, column_name
from redactor.model.documents import BODY, NAME, Edit, Kind, Location, Slot, TextWindow
from redactor.model.findings import (
    BANDS,
    Decision,
    Finding,
    ReviewDecision,
    Verdict,
    amount,
)
from redactor.model.jobs import Job, Outcome, SourcePath, Status
from redactor.model.limits import DEEPEST, Limits
from redactor.model.lists import AllowedPerson, TermList
from redactor.model.passages import Passages
from redactor.model.people import Census, NamedPerson
from redactor.model.policy import MODEL_KINDS, NameModel, Policy
from redactor.model.rules import SWITCHED_OFF, Near, Recognizer, Rule, ScoredPattern
from redactor.model.seeing import RASTERS, RasterPages, Seeing, check_languages

__all__ = [
    "BANDS",
    "BODY",
    "COLUMN",
    "DEEPEST",
    "FREE_FORM",
    "MODEL_KINDS",
    "NAME",
    "RASTERS",
    "SWITCHED_OFF",
    "Action",
    "AllowedPerson",
    "Census",
    "Column",
    "Columns",
    "Decision",
    "Edit",
    "EntityPolicy",
    "Exemption",
    "Finding",
    "Job",
    "Kind",
    "Limits",
    "Location",
    "NameModel",
    "NamedPerson",
    "Near",
    "Outcome",
    "Parameters",
    "Passages",
    "Policy",
    "RasterPages",
    "Recognizer",
    "ReviewDecision",
    "Rule",
    "Scalar",
    "ScoredPattern",
    "Seeing",
    "Shown",
    "Slot",
    "SourcePath",
    "Status",
    "TermList",
    "TextWindow",
    "Verdict",
    "amount",
    "check_languages",
    "column_name",
]
