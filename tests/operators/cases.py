"""Operands for the tests of operators, and what is put in their place."""

from __future__ import annotations

from redactor.keys import Key
from redactor.model import Action, Decision, Finding
from redactor.operators import DocumentState, Operand, ReplacementContext
from redactor.operators.replacing import replacements
from redactor.text import normalize

KEY = Key(bytes(range(32)))
OTHER = Key(bytes(range(1, 33)))
DEFAULTS = {
    Action.SURROGATE: {"locale": "en_GB"},
    Action.DATE_SHIFT: {"days": 365, "per": "collection", "dayfirst": True},
}


def operand(action, entity, text, value=None, *, before="", **parameters):
    given = DEFAULTS.get(action, {}) | parameters
    finding = Finding(0, 0, max(1, len(text)), entity, 0.9, "rule:test")
    decision = Decision(
        finding,
        0,
        finding.end,
        action,
        ("rule:test",),
        parameters=tuple(sorted(given.items())),
    )
    return Operand(decision, normalize(text) if value is None else value, text, before)


def replaced(*operands, key=KEY, taken=(), **context):
    state = DocumentState().branch(taken)
    return replacements(operands, ReplacementContext(key, state, **context))


def one(action, entity, text, value=None, *, key=KEY, before="", context=None, **parameters):
    wanted = operand(action, entity, text, value, before=before, **parameters)
    return replaced(wanted, key=key, **(context or {}))[0]
