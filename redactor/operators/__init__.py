"""The operators that carry out the actions of a policy.

Those of Presidio's anonymizer, and our own.

Pure: from operands to replacements. `README.md` in this folder says what each action promises.
Presidio's anonymizer and faker are imported here and nowhere else, and only once something is
replaced.
"""

from redactor.operators.operands import (
    INVENTING,
    DocumentState,
    Operand,
    ReplacementContext,
)
from redactor.operators.placeholders import MASK, placeholders, token
from redactor.operators.slots import render

__all__ = [
    "INVENTING",
    "MASK",
    "DocumentState",
    "Operand",
    "ReplacementContext",
    "placeholders",
    "render",
    "token",
]
