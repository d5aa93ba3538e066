"""Operators as a user might write them: good ones, and some of every bad kind."""

from __future__ import annotations

import base64

from presidio_anonymizer.entities import InvalidParamError
from presidio_anonymizer.operators import Operator, OperatorType


class Own(Operator):
    """The entity, with a sign of the policy's on both sides."""

    def operate(self, text=None, params=None):
        return f"{params['sign']}{params['entity_type'].lower()}{params['sign']}"

    def validate(self, params=None):
        if len(params.get("sign", "")) != 1:
            raise InvalidParamError("sign must be one character")

    def operator_name(self):
        return "replace"  # a name that Presidio has as well

    def operator_type(self):
        return OperatorType.Anonymize


class Free(Own):
    """An operator without parameters."""

    def validate(self, params=None):
        pass

    def operate(self, text=None, params=None):
        return "somebody"


class Raises(Free):
    def operate(self, text=None, params=None):
        raise ValueError(f"cannot do {text}")


class Names(Free):
    """Raises an error that has the value for its name."""

    def operate(self, text=None, params=None):
        raise type(text.replace(" ", ""), (Exception,), {})(text)


class ReturnsNothing(Free):
    def operate(self, text=None, params=None):
        return None


class ReturnsBytes(Free):
    def operate(self, text=None, params=None):
        return text.encode()


class ReturnsTheValue(Free):
    def operate(self, text=None, params=None):
        return f"<{text.upper()}>"


class ReturnsASurname(Free):
    def operate(self, text=None, params=None):
        return f"Mr {text.split()[-1]}"


class Hides(Free):
    """Returns the value in base64."""

    def operate(self, text=None, params=None):
        return base64.b64encode(text.encode()).decode()


class Exits(Free):
    def operate(self, text=None, params=None):
        raise SystemExit(text)


class Undoes(Free):
    def operator_type(self):
        return OperatorType.Deanonymize


class NeedsMore(Free):
    def __init__(self, needed):
        self.needed = needed


class NoOperator:
    pass
