"""Operators that name a value without telling it: by a keyed token, or by a number."""

from __future__ import annotations

from typing import Any

from presidio_anonymizer.operators import Operator, OperatorType

from redactor.operators.placeholders import token


class Ours(Operator):
    """An operator that gets its parameters from `redactor.operators`, checked with the policy."""

    NAME = ""

    def validate(self, params: dict[str, Any] | None = None) -> None:
        """Accept the parameters: they were checked as the policy was read."""

    def operator_name(self) -> str:
        """Return the name by which policies call it."""
        return self.NAME

    def operator_type(self) -> OperatorType:
        """Return that it anonymises."""
        return OperatorType.Anonymize


class Pseudonym(Ours):
    """A keyed pseudonym: `[PERSON_7FQ2M9XA]`."""

    NAME = "pseudonym"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the token of the canonical value."""
        del text
        given = params or {}
        return token(given["key"], given["entity_type"], given["value"])


class Number(Ours):
    """A number in the order of a document: `[PERSON_1]`."""

    NAME = "number"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the number of the canonical value."""
        del text
        given = params or {}
        entity = given["entity_type"]
        return f"[{entity}_{given['numbers'].of(entity, given['value'])}]"
