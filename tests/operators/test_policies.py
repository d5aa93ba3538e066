"""Actions in policies: what a file may say, what is refused, and a text under every one of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cases import KEY, OTHER

import redactor
from redactor import redact_text
from redactor.config.policy import load_policy
from redactor.errors import ExitCode, PolicyError
from redactor.model import Action, Decision, Finding
from redactor.operators import Operand, ReplacementContext
from redactor.operators.replacing import replacements
from redactor.text import normalize

README = Path(redactor.__file__).parent / "operators" / "README.md"


@pytest.fixture
def load(tmp_path):
    def load(remove, more=""):
        path = tmp_path / "own.yaml"
        path.write_text(f"name: own\nabout: A test.\nthreshold: 0.4\nremove: {remove}\n{more}")
        return load_policy(str(path))

    return load


# what is said of PERSON, and what is made of it
GIVEN = {
    "surrogate": (Action.SURROGATE, {"locale": "en_GB"}),
    "{operator: surrogate, locale: de_DE}": (Action.SURROGATE, {"locale": "de_DE"}),
    "replace": (Action.REPLACE, {}),
    "{operator: replace, new_value: '[gone]'}": (Action.REPLACE, {"new_value": "[gone]"}),
    "redact": (Action.REDACT, {}),
    "hash": (Action.HASH, {"hash_type": "sha256"}),
    "{operator: hash, hash_type: sha512}": (Action.HASH, {"hash_type": "sha512"}),
    "encrypt": (Action.ENCRYPT, {}),
    "mask": (Action.MASK, {}),
    "{operator: mask, chars_to_mask: 4}": (
        Action.MASK,
        {"chars_to_mask": 4, "from_end": False, "masking_char": "*"},
    ),
    "{operator: pseudonym}": (Action.PSEUDONYM, {}),
    "{operator: 'own_operators:Own', sign: '*'}": (
        Action.CUSTOM,
        {"operator": "own_operators:Own", "sign": "*"},
    ),
}


@pytest.mark.parametrize(("given", "made"), GIVEN.items())
def test_an_action_is_a_word_or_an_operator_with_parameters(load, given, made):
    found = load(f"{{PERSON: {{action: {given}}}}}").entity_policy("PERSON")
    assert (found.action, dict(found.parameters)) == made


def test_dates_and_general_actions(load):
    policy = load("{PERSON: , DATE_TIME: {action: date_shift}}", "action: surrogate\n")
    shift = policy.entity_policy("DATE_TIME")
    assert dict(shift.parameters) == {"days": 365, "per": "collection", "dayfirst": True}
    assert policy.entity_policy("PERSON").action is Action.SURROGATE
    assert policy.unlisted.action is Action.SURROGATE


REFUSED = {
    "{PERSON: {action: vanish}}": "is none of pseudonym, label",
    "{PERSON: {action: keep}}": "is none of pseudonym, label",
    "{PERSON: {action: 7}}": "is neither a word nor a mapping|valid string",
    "{PERSON: {action: {locale: de_DE}}}": "is neither a word nor a mapping with `operator`",
    "{PERSON: {action: {operator: vanish}}}": "names no operator",
    "{PERSON: {action: {operator: surrogate, land: de}}}": r"of surrogate: \?: Extra inputs",
    "{PERSON: {action: {operator: surrogate, locale: xx_YY}}}": "there is no such locale",
    "{PERSON: {action: {operator: label, loud: true}}}": "of label",
    "{PERSON: {action: {operator: mask}}}": "of mask: chars_to_mask: Field required",
    "{PERSON: {action: {operator: mask, chars_to_mask: 0}}}": "of mask: chars_to_mask",
    "{PERSON: {action: {operator: mask, chars_to_mask: 4, masking_char: ab}}}": "masking_char",
    "{PERSON: {action: {operator: hash, hash_type: md5}}}": "of hash: hash_type",
    "{PERSON: {action: {operator: replace, new_value: ''}}}": "of replace: new_value",
    "{DATE_TIME: {action: {operator: date_shift, days: 0}}}": "of date_shift: days",
    "{DATE_TIME: {action: {operator: date_shift, per: person}}}": "of date_shift: per",
    "{PERSON: {action: date_shift}}": "`date_shift` is not for PERSON",
    "{PERSON: {action: generalise}}": "`generalise` is not for PERSON",
    "{CREDENTIAL: {action: surrogate}}": "`surrogate` is not for CREDENTIAL",
    "{AGE: {action: {operator: generalise, dayfirst: true}}}": "`dayfirst` has no effect on AGE",
    "{PERSON: {action: {operator: 'own_operators:Own', sign: {a: b}}}}": "no plain values",
    "{PERSON: {action: surrogate, placeholder: [amount]}}": "placeholder: has no effect",
    "{PERSON: {action: redact, placeholder: [amount]}}": "placeholder: has no effect",
}


@pytest.mark.parametrize(("remove", "said"), REFUSED.items())
def test_what_cannot_be_obeyed_is_refused_with_its_line(load, remove, said):
    with pytest.raises(PolicyError, match=said) as caught:
        load(remove)
    assert "line 4" in str(caught.value)
    assert caught.value.exit_code is ExitCode.CONFIG


def test_a_placeholder_that_no_action_shows_is_refused(load):
    with pytest.raises(PolicyError, match="placeholder: no action shows it"):
        load("{PERSON: {threshold: 0.5}}", "action: surrogate\nplaceholder: [amount]\n")


# -- a text under every operator -------------------------------------------------------------

LETTER = """Dear Mrs Margaret Quillmoth,

Teodor Vance, aged 45, was born on 3 May 1961 and called on 4 June 2014 from (212) 555-0142. Vance
also wrote from teo.vance@mail.example. His home is 12 Kelp Lane, Harborough, NY 10583. His number
is 536-22-8145, his card 4111 1111 1111 1111, his server 10.20.30.40, and he tweets as @teovance77.

Yours, T. Vance
"""
GONE = [
    *("Quillmoth", "Margaret", "Teodor", "Vance", "aged 45", "Kelp", "10583", "3 May", "4 June"),
    *("mail.example", "536-22", "4111", "10.20.30.40", "vance"),
]
EVERY = """{
  PERSON: {action: surrogate},
  AGE: {action: generalise},
  STREET_ADDRESS: {action: generalise},
  US_ZIP_CODE: {action: generalise},
  HANDLE: {action: redact},
  DATE_TIME: {action: date_shift},
  DATE_OF_BIRTH: {action: generalise},
  PHONE_NUMBER: {action: {operator: mask, chars_to_mask: 6}},
  EMAIL_ADDRESS: {action: surrogate},
  US_SSN: {action: hash},
  CREDIT_CARD: {action: encrypt},
  IP_ADDRESS: {action: {operator: replace, new_value: '[a server]'}},
  LOCATION: {action: {operator: 'own_operators:Own', sign: '*'}},
  ORGANIZATION: {action: number}}
"""


@pytest.fixture
def every(load):
    return load(EVERY.replace("\n", " "), "countries: [us]\nunlisted: keep\n")


def test_a_text_goes_through_every_operator_and_is_verified(every):
    copy = redact_text(LETTER, policy=every, key=KEY)
    assert not [value for value in GONE if value in copy]
    assert "40-49" in copy
    assert "[a server]" in copy
    assert re.search(r"\[US_SSN_[0-9a-f]{64}\]", copy)
    assert re.search(r"\[CREDIT_CARD:[A-Z2-7]{77}\]", copy)
    assert re.search(r"[*]{6}[\d-]*42\b", copy)
    assert "tweets as ." in copy


def test_the_same_source_policy_and_key_give_the_same_copy(every):
    copy = redact_text(LETTER, policy=every, key=KEY)
    assert redact_text(LETTER, policy=every, key=KEY) == copy
    assert redact_text(LETTER, policy=every, key=OTHER) != copy


def test_the_same_person_is_the_same_surrogate_in_two_documents(every):
    letter = redact_text(LETTER, policy=every, key=KEY)
    note = redact_text("We met Teodor Vance. Vance was late.\n", policy=every, key=KEY)
    given, surname = re.fullmatch(r"We met (\S+) (\S+)\. (?:\2) was late\.\n", note).groups()
    assert f"{given} {surname}, aged 40-49" in letter
    assert f"Yours, {given[0]}. {surname}\n" in letter


def test_no_surrogate_is_a_word_of_the_document(every):
    """A letter that names, beside Vance, whomever Vance became, and that one's successor."""
    names = []
    for _ in range(3):
        others = "".join(f"{name} was there.\n" for name in names)
        note = redact_text(f"We met Teodor Vance.\n{others}", policy=every, key=KEY)
        [name] = re.findall(r"We met (.+)\.", note)
        assert set(name.split()).isdisjoint(word for one in names for word in one.split())
        names.append(name)


NOTE = "Dear Mrs Quillmoth,\n\nTeodor Vance called, and Vance was late.\n\nYours, T. Vance\n"
STABLE = ["pseudonym", "label", "number", "mask", "replace", "hash", "encrypt"]
STABLE += ["{operator: replace, new_value: '[somebody]'}"]


@pytest.mark.parametrize("action", STABLE)
def test_a_second_run_over_a_copy_changes_nothing(load, action):
    policy = load("{PERSON: }", f"action: {action}\nunlisted: keep\n")
    copy = redact_text(NOTE, policy=policy, key=KEY)
    assert "Vance" not in copy
    assert redact_text(copy, policy=policy, key=KEY) == copy


def test_a_second_run_over_surrogates_takes_them_for_people(load):
    policy = load("{PERSON: {action: surrogate}}", "unlisted: keep\n")
    copy = redact_text(NOTE, policy=policy, key=KEY)
    again = redact_text(copy, policy=policy, key=KEY)
    assert again != copy
    assert not {"Vance", "Teodor", "Quillmoth"} & set(re.findall(r"\w+", again))


# -- the document of the operators -----------------------------------------------------------

ROW = re.compile(
    r"^\| `(?P<action>[^`]+)` \| (?P<entity>[A-Z_]+) `(?P<text>[^`]+)` \| `(?P<made>[^`]*)` \|"
)


def rows():
    return [match for line in README.read_text("utf-8").splitlines() if (match := ROW.match(line))]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["action"])
def test_an_example_of_the_document_is_what_comes_out(load, row):
    general = "number" if row["action"] == "label" else "label"
    action = f"{{{row['entity']}: {{action: {row['action']}}}}}"
    way = load(action, f"action: {general}\n")
    found = way.entity_policy(row["entity"])
    decision = Decision(
        Finding(0, 0, len(row["text"]), row["entity"], 0.9, "rule:test"),
        *(0, len(row["text"]), found.action, ("rule:test",)),
        parameters=found.parameters,
    )
    operand = Operand(decision, normalize(row["text"]), row["text"])
    assert replacements([operand], ReplacementContext(KEY)) == [row["made"]]


def test_the_document_has_an_example_of_every_action():
    shown = {re.search(r"(?:operator: )?(\w+)", row["action"])[1] for row in rows()}
    assert {one.value for one in Action} - {"keep", "custom"} <= shown
