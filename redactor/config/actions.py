"""Actions of a policy: a word, or the name of an operator with its parameters.

    action: pseudonym
    action: {operator: surrogate, locale: de_DE}
    action: {operator: my.module:Class, level: 3}

`redactor/operators/README.md` describes the guarantees of each operator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from redactor.config.document import Strict
from redactor.model import Action, Parameters

__all__ = ["PLACEHOLDERS", "ActionField", "action_of", "check_action"]

Word = Literal[
    "pseudonym",
    "label",
    "number",
    "mask",
    "replace",
    "redact",
    "hash",
    "encrypt",
    "surrogate",
    "date_shift",
    "generalise",
]

PLACEHOLDERS = frozenset(
    {
        Action.PSEUDONYM,
        Action.LABEL,
        Action.NUMBER,
        Action.HASH,
        Action.ENCRYPT,
    }
)
"""Actions whose replacements can show code and amount. So can a mask without parameters."""

_Days = Annotated[int, Field(ge=1, le=36500)]
_Scalar = str | int | float | bool
# The import path of an operator of the user's own: `my.module:Class`.
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


def _text(given: str) -> str:
    if not given or not given.isprintable():
        raise PydanticCustomError("text", "is no single line")
    return given


class _Plain(Strict):
    operator: Literal["pseudonym", "label", "number", "redact", "encrypt"]


class _Replace(Strict):
    operator: Literal["replace"]
    new_value: Annotated[str, AfterValidator(_text)] | None = None


class _Mask(Strict):
    operator: Literal["mask"]
    chars_to_mask: Annotated[int, Field(ge=1)]
    masking_char: Annotated[str, Field(min_length=1, max_length=1)] = "*"
    from_end: bool = False


class _Hash(Strict):
    operator: Literal["hash"]
    hash_type: Literal["sha256", "sha512"] = "sha256"


class _Surrogate(Strict):
    operator: Literal["surrogate"]
    locale: str = "en_GB"


class _DateShift(Strict):
    operator: Literal["date_shift"]
    days: _Days = 365
    per: Literal["collection", "document"] = "collection"
    dayfirst: bool = True


class _Generalise(Strict):
    operator: Literal["generalise"]
    band: Annotated[int, Field(ge=2, le=45)] | None = None
    dayfirst: bool | None = None
    earliest_year: Annotated[int, Field(ge=1, le=9999)] | None = None


_Given = _Plain | _Replace | _Mask | _Hash | _Surrogate | _DateShift | _Generalise
_MODELS: Mapping[str, TypeAdapter[_Given]] = {
    name: TypeAdapter(model)
    for model in get_args(_Given)
    for name in get_args(model.model_fields["operator"].annotation)
}
# The entities to which each parameter of `generalise` applies.
_ENTITIES_OF_PARAMETERS: Mapping[str, frozenset[str]] = {
    "band": frozenset({"AGE"}),
    "dayfirst": frozenset({"DATE_OF_BIRTH", "DATE_TIME"}),
    "earliest_year": frozenset({"DATE_OF_BIRTH", "DATE_TIME"}),
}


def _known(given: object) -> object:
    """Return a valid action unchanged, with default parameters. Raises PydanticCustomError."""
    if isinstance(given, str):
        if given not in get_args(Word):
            raise PydanticCustomError("action", f"is none of {', '.join(get_args(Word))}")
        return given
    if not isinstance(given, dict) or not isinstance(given.get("operator"), str):
        raise PydanticCustomError("action", "is neither a word nor a mapping with `operator`")
    name = given["operator"]
    if name in _MODELS:
        return _validated(name, given)
    if not _PATH.fullmatch(name):
        raise PydanticCustomError(
            "operator",
            f"names no operator: {', '.join(_MODELS)} or an import path as my.module:Class",
        )
    if not all(_plain(value) for value in given.values()):
        raise PydanticCustomError("parameter", "has parameters that are no plain values or lists")
    return given


def _validated(name: str, given: dict[str, Any]) -> dict[str, Any]:
    try:
        model = _MODELS[name].validate_python(given)
    except ValidationError as error:
        # Only names that are ours are shown: an odd key may be a misplaced value.
        known = _MODELS[name].json_schema()["properties"]
        rows = error.errors(include_input=False, include_url=False, include_context=False)
        shown = [
            f"{row['loc'][0] if row['loc'] and row['loc'][0] in known else '?'}: {row['msg']}"
            for row in rows
        ]
        raise PydanticCustomError("parameters", f"of {name}: {'; '.join(shown)}") from None
    return model.model_dump(exclude_none=True)


def _plain(value: object) -> bool:
    listed = isinstance(value, list) and all(isinstance(one, _Scalar) for one in value)
    return listed or isinstance(value, _Scalar)


ActionField = Annotated[str | dict[str, Any], AfterValidator(_known)]
"""An action as it is written in a policy."""


def action_of(given: str | dict[str, Any]) -> tuple[Action, Parameters]:
    """Return an action and the parameters of its operator: for a word, the default ones."""
    if isinstance(given, str):
        model = _MODELS[given]
        whole = {"operator": given}
        required = given == "mask"  # without parameters a mask is ours, of one width
        shown = {} if required else model.validate_python(whole).model_dump(exclude_none=True)
        return Action(given), _parameters(shown)
    name = given["operator"]
    if name in _MODELS:
        return Action(name), _parameters(given)
    return Action.CUSTOM, _frozen(given)


def _parameters(given: Mapping[str, Any]) -> Parameters:
    return _frozen({name: value for name, value in given.items() if name != "operator"})


def _frozen(given: Mapping[str, Any]) -> Parameters:
    pairs = ((name, tuple(v) if isinstance(v, list) else v) for name, v in given.items())
    return tuple(sorted(pairs))


def check_action(action: Action, parameters: Parameters, entity: str) -> str:
    """Return the problem of an action for an entity, or an empty text.

    An empty `entity` stands for all that have no action of their own. A user's own operator is
    loaded, which runs its module.
    """
    given = dict(parameters)
    if action is Action.CUSTOM:
        from redactor.operators.custom import UnusableOperator, check_operator

        path = str(given.pop("operator"))
        listed = {n: list(v) if isinstance(v, tuple) else v for n, v in given.items()}
        try:
            check_operator(path, listed)
        except UnusableOperator as error:
            return str(error)
        return ""
    if action is Action.SURROGATE:
        from redactor.operators.surrogate import known_locale

        if not known_locale(str(given["locale"])):
            return "there is no such locale (they are written as en_GB or de_DE)"
    return _without_effect(action, parameters, entity)


def _without_effect(action: Action, parameters: Parameters, entity: str) -> str:
    if not entity or action not in {Action.SURROGATE, Action.DATE_SHIFT, Action.GENERALISE}:
        return ""
    from redactor.operators.replacing import supports

    if not supports(action, entity):
        return f"`{action.value}` is not for {entity}: it would have no effect but a label"
    if action is Action.GENERALISE:
        idle = [name for name, _ in parameters if entity not in _ENTITIES_OF_PARAMETERS[name]]
        return f"`{idle[0]}` has no effect on {entity}" if idle else ""
    return ""
