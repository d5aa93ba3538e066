"""Operators of the user's own, by import path: `my.module:Class`.

Whoever writes the policy chooses what is imported, and so what is run. The module must be one that
Python finds (installed, or on PYTHONPATH); the folder of the policy is not searched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from presidio_anonymizer.operators import Operator, OperatorType

_NAME = r"[A-Za-z_]\w*"
IMPORT_PATH = re.compile(rf"{_NAME}(?:\.{_NAME})*:{_NAME}", re.ASCII)
_ENTITY = "PERSON"  # what an operator is asked to validate its parameters for


class UnusableOperator(Exception):
    """An operator that cannot be used at all. Its text says why, and quotes nothing."""


@lru_cache(maxsize=64)
def load_operator(path: str) -> type[Operator]:
    """Return the class of an import path. Raises UnusableOperator."""
    module, _, name = path.partition(":")
    try:
        found = getattr(import_module(module), name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # whatever happens in the user's module
        raise UnusableOperator(f"{path} cannot be imported ({named(error)})") from None
    if not (isinstance(found, type) and issubclass(found, Operator)):
        raise UnusableOperator(f"{path} is no subclass of presidio_anonymizer.operators.Operator")
    return found


def check_operator(path: str, parameters: Mapping[str, Any]) -> None:
    """Raise UnusableOperator for an operator that cannot be made, or refuses its parameters."""
    loaded = load_operator(path)
    try:
        operator = loaded()
        anonymises = operator.operator_type() == OperatorType.Anonymize
        nameless = not isinstance(operator.operator_name(), str)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # whatever happens in the user's module
        raise UnusableOperator(f"{path} cannot be made ({named(error)})") from None
    if nameless or not anonymises:
        raise UnusableOperator(f"{path} is no operator that anonymises")
    try:
        operator.validate({**parameters, "entity_type": _ENTITY})
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # as above
        raise UnusableOperator(f"{path} refuses its parameters ({named(error)})") from None


def named(error: BaseException) -> str:
    """Return what kind of error it is: one of Python's or Presidio's by its name.

    An operator's own error may have a name that it made of the value.
    """
    module = type(error).__module__
    known = module == "builtins" or module.startswith("presidio_anonymizer.")
    return type(error).__name__ if known else "an error of its own"
