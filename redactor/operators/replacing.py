"""From operands to replacements, each by the operator of its action.

Nothing is written here, and nothing is half done: if one operator fails, no replacement at all is
returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from redactor.errors import OperatorError
from redactor.model import Action
from redactor.operators.checks import holds, says_the_same
from redactor.operators.custom import load_operator, named
from redactor.operators.engine import NoTextError, anonymize
from redactor.operators.generalise import GENERALISED
from redactor.operators.operands import Operand, ReplacementContext
from redactor.operators.placeholders import MASK, with_details
from redactor.operators.surrogate import INVENTED, Invented
from redactor.operators.surrogate.people import surname_of, title_gender

_DATES = frozenset({"DATE_OF_BIRTH", "DATE_TIME"})
_SUPPORTED = {
    Action.SURROGATE: frozenset(INVENTED),
    Action.DATE_SHIFT: _DATES,
    Action.GENERALISE: frozenset(GENERALISED),
}
_CHECKED = frozenset({Action.MASK, Action.REPLACE, Action.SURROGATE, Action.CUSTOM})


def supports(action: Action, entity: str) -> bool:
    """Tell whether an action is for an entity; where it is not, the label is used instead."""
    return entity in _SUPPORTED.get(action, (entity,))


def replacements(operands: Sequence[Operand], context: ReplacementContext) -> list[str]:
    """Return the replacement of each operand, in their order. Raises OperatorError."""
    replacer = _Replacer(operands, context)
    return [with_details(replacer.replacement(one), one.decision) for one in operands]


class _Replacer:
    """The replacements of one text: equal values of one action are asked for once."""

    def __init__(self, operands: Sequence[Operand], context: ReplacementContext) -> None:
        self._context = context
        self._invented = Invented(
            context.words,
            context.occurs,
            frozenset(filter(None, (surname_of(one.value) for one in _people(operands)))),
            dict(_genders(operands)),
            context.state.surrogates,
        )
        self._made: dict[object, str] = {}

    def replacement(self, one: Operand) -> str:
        decision = one.decision
        entity = decision.finding.entity
        known = (decision.action, decision.parameters, entity, one.value, one.text)
        if known not in self._made:
            self._made[known] = self._checked(one, self._operated(one))
        return self._made[known]

    def _operated(self, one: Operand) -> str:
        """Return what an operator made of a value. Raises OperatorError."""
        action, entity = one.decision.action, one.decision.finding.entity
        if action is Action.KEEP:
            raise ValueError("what is kept has no replacement")
        given = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in one.decision.parameters
        }
        if not supports(action, entity):
            return ""
        try:
            if action is Action.CUSTOM:
                custom = load_operator(str(given.pop("operator")))
                name = custom().operator_name()
                return anonymize(one.text, entity, name, given, custom=custom)
            return self._ours(one, action, entity, given)
        except NoTextError:
            raise OperatorError(_sentence(one, "returned no text")) from None
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # one that exits too; its text may quote
            raise OperatorError(_sentence(one, f"failed ({named(error)})")) from None

    def _ours(self, one: Operand, action: Action, entity: str, given: dict[str, Any]) -> str:
        """Return what an operator of Presidio's, or of ours, makes of a value."""
        context, text, name = self._context, one.text, action.value
        keyed = {**given, "key": context.key, "value": one.value}
        match action:
            case Action.LABEL:
                name, told = "replace", {"new_value": f"[{entity}]"}
            case Action.MASK if not given:
                name, told = "replace", {"new_value": MASK}
            case Action.MASK | Action.REPLACE | Action.REDACT:
                told = given
            case Action.HASH:
                text, told = one.value, given | {"salt": context.key.mac("hash", entity)}
            case Action.NUMBER:
                told = keyed | {"numbers": context.state.numbers}
            case Action.SURROGATE:
                told = keyed | {"invented": self._invented}
            case _:
                told = keyed | {"document": context.document}
        made = anonymize(text, entity, name, told)
        return f"[{entity}_{made}]" if action is Action.HASH else made

    def _checked(self, one: Operand, made: str) -> str:
        """Return a replacement that does not hold the value. Raises OperatorError."""
        action, entity = one.decision.action, one.decision.finding.entity
        if not made and action is not Action.REDACT and action is not Action.CUSTOM:
            return _label(entity)  # nothing fits, or nothing was understood
        if action is Action.DATE_SHIFT and says_the_same(made, one.text):
            return _label(entity)
        if action in _CHECKED and self._tells(one, made):
            raise OperatorError(_sentence(one, "returned text that still holds a removed value"))
        return made

    def _tells(self, one: Operand, made: str) -> bool:
        if one.decision.action is Action.MASK and not one.decision.parameters:
            return False
        entity, action = one.decision.finding.entity, one.decision.action
        others = action is Action.CUSTOM and self._context.occurs(made)
        return others or holds(made, entity, one.text, one.value)


def _label(entity: str) -> str:
    return anonymize("", entity, "replace", {"new_value": f"[{entity}]"})


def _sentence(one: Operand, what: str) -> str:
    """Return what an operator did, without a word of what it was given."""
    parameters = dict(one.decision.parameters)
    action = one.decision.action
    name = parameters["operator"] if action is Action.CUSTOM else action.value
    return f"the operator {name} {what}, on a {one.decision.finding.entity}"


def _people(operands: Sequence[Operand]) -> Iterator[Operand]:
    """Yield the operands of people whom surrogates stand for."""
    for one in operands:
        if one.decision.action is Action.SURROGATE and one.decision.finding.entity == "PERSON":
            yield one


def _genders(operands: Sequence[Operand]) -> Iterator[tuple[str, str]]:
    """Yield the values of people whose titles tell one gender, and which."""
    told: dict[str, set[str]] = {}
    for one in _people(operands):
        if gender := title_gender(one.before, one.text):
            told.setdefault(one.value, set()).add(gender)
    yield from ((value, "".join(one)) for value, one in told.items() if len(one) == 1)
