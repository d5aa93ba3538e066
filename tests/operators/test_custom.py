"""Operators of the user's own: what they may do, and what is said of those that do else."""

from __future__ import annotations

import traceback

import pytest
from cases import KEY, one

from redactor import pipeline, redact_text
from redactor.audit import AuditLog, read
from redactor.config.policy import load_policy
from redactor.errors import ExitCode, OperatorError, PolicyError
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.model import Action, Job, Status

VALUE = "Teodor Vance"
LETTER = "Yesterday Teodor Vance called, and Mr Vance was angry.\n"


def own(name, text=VALUE, **parameters):
    return one(Action.CUSTOM, "PERSON", text, operator=f"own_operators:{name}", **parameters)


def policy(tmp_path, action, entity="PERSON"):
    path = tmp_path / "own.yaml"
    path.write_text(
        f"name: own\nabout: An operator of one's own.\nthreshold: 0.4\n"
        f"remove: {{{entity}: {{action: {action}}}}}\nunlisted: keep\n"
    )
    return path


def test_an_operator_gets_its_parameters_and_the_entity():
    assert own("Own", sign="*") == "*person*"


def test_its_name_takes_no_other_operators_place():
    assert own("Own", sign="*") == "*person*"
    assert one(Action.LABEL, "PERSON", VALUE) == "[PERSON]"
    assert one(Action.REPLACE, "PERSON", VALUE, new_value="[x]") == "[x]"


# what an operator does, and what is said of it
BAD = {
    "Raises": r"failed \(ValueError\)",
    "Names": r"failed \(an error of its own\)",
    "ReturnsNothing": "returned no text",
    "ReturnsBytes": "returned no text",
    "ReturnsTheValue": "returned text that still holds a removed value",
    "ReturnsASurname": "returned text that still holds a removed value",
    "Hides": "returned text that still holds a removed value",
    "Exits": r"failed \(SystemExit\)",
}


@pytest.mark.parametrize(("name", "said"), BAD.items())
def test_a_bad_operator_is_an_error_that_names_operator_and_entity(name, said):
    with pytest.raises(
        OperatorError, match=rf"own_operators:{name} {said}.* on a PERSON"
    ) as caught:
        own(name)
    shown = "".join(traceback.format_exception(caught.value))
    assert "Vance" not in shown
    assert "TeodorVance" not in shown
    assert caught.value.exit_code is ExitCode.INPUT


def test_an_operator_may_not_return_another_value_of_the_document():
    with pytest.raises(OperatorError, match="still holds a removed value"):
        one(
            Action.CUSTOM,
            "PERSON",
            VALUE,
            context={"occurs": lambda text: "somebody" in text},
            operator="own_operators:Free",
        )


# -- policies --------------------------------------------------------------------------------

REFUSED = {
    "own_operators:Missing": "own_operators:Missing cannot be imported",
    "no_such_module_of_ours:Class": "no_such_module_of_ours:Class cannot be imported",
    "own_operators:NoOperator": "is no subclass of presidio_anonymizer.operators.Operator",
    "own_operators:NeedsMore": r"cannot be made \(TypeError\)",
    "own_operators:Undoes": "is no operator that anonymises",
    "own_operators:Own": r"refuses its parameters \(InvalidParamError\)",
}


@pytest.mark.parametrize(("path", "said"), REFUSED.items())
def test_an_operator_that_cannot_be_used_is_refused_with_the_policy(tmp_path, path, said):
    with pytest.raises(PolicyError, match=rf"own\.yaml, line 4: action: .*{said}") as caught:
        load_policy(str(policy(tmp_path, f"{{operator: '{path}'}}")))
    assert caught.value.exit_code is ExitCode.CONFIG


def test_a_text_goes_through_an_operator_of_ones_own(tmp_path):
    action = "{operator: 'own_operators:Own', sign: '*'}"
    copy = redact_text(LETTER, policy=policy(tmp_path, action))
    assert copy == "Yesterday *person* called, and Mr *person* was angry.\n"


@pytest.mark.parametrize("name", BAD)
def test_a_document_whose_operator_fails_has_no_copy(tmp_path, name):
    make_folder(tmp_path / "out.audit", mode=PRIVATE_FOLDER)
    log = AuditLog.create(tmp_path / "out.audit", KEY)
    (tmp_path / "letter.txt").write_text(LETTER)
    job = Job(tmp_path / "letter.txt", tmp_path / "out" / "letter.txt", "letter.txt")
    chosen = load_policy(str(policy(tmp_path, f"{{operator: 'own_operators:{name}'}}")))
    outcome = pipeline.redact(job, pipeline.RunContext(chosen, KEY, log))
    assert (outcome.status, outcome.code) == (Status.FAILED, ExitCode.INPUT)
    assert outcome.error.startswith(f"the operator own_operators:{name} ")
    assert list((tmp_path / "out").iterdir()) == []
    [record] = read(tmp_path / "out.audit")
    assert record["not_examined"] == [["document", "OperatorError"]]
    assert "Vance" not in (tmp_path / "out.audit" / "audit.jsonl").read_text()
