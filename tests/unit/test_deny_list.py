"""Lists of terms that go: what they may say, and what is refused by line, quoting nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redactor.api import prepare_policy, redact_text, scan
from redactor.config.deny_list import DENY_LIST, load_deny_list
from redactor.config.policy import load_policy
from redactor.errors import AllowListError, DenyListError, ExitCode, PolicyError, UsageError
from redactor.model import AllowedPerson

CANARY = "Zebedee"


def written(folder: Path, text: str | bytes, name: str = "terms.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_plain_text_has_a_term_a_line(tmp_path):
    text = "\ufeff# our own\n\n  Project Nightjar \r\n#\n#nightjar\nC#\nVance\n"
    terms = load_deny_list(written(tmp_path, text))
    assert terms == tuple((t, DENY_LIST) for t in ("Project Nightjar", "#nightjar", "C#", "Vance"))


def test_csv_has_a_type_for_some(tmp_path):
    text = 'Term;Type\nVance;PERSON\n"Marsh; Sons";ORGANIZATION\nNightjar\n'
    assert load_deny_list(written(tmp_path, text, "terms.CSV")) == (
        ("Vance", "PERSON"),
        ("Marsh; Sons", "ORGANIZATION"),
        ("Nightjar", DENY_LIST),
    )


def test_what_stands_twice_is_one_term(tmp_path):
    text = "Vance\nVANCE\nVance's\nVances'\nvåncé\n"
    assert [term for term, _ in load_deny_list(written(tmp_path, text))] == ["Vance", "Vances"]


REFUSED = {
    "empty": ("", "names no term"),
    "comments alone": ("# Zebedee\n", "names no term"),
    "one character": ("Vance\n\nZ\n", "line 3: a term of one character"),
    "one character, disguised": ("Z\u200b\n", "line 1: a term of one character"),
    "no word": ("Vance\n!!!\n", "line 2: a term without a letter or digit"),
    "only a mark": ("\u0308\n", "line 1: a term without"),
    "too long": (f"{CANARY} " * 40, "line 1: a term of more than 200 characters"),
    "not UTF-8": (b"Vance\nZebedee \xff\n", "line 2 is not UTF-8"),
    "UTF-16": (f"{CANARY}\n".encode("utf-16"), "line 1 is not UTF-8"),
}
REFUSED_CSV = {
    "no header": ("Zebedee,PERSON\n", "unknown or repeated column, line 1: column 1"),
    "no column for terms": ("type\nPERSON\n", "no column called term"),
    "no term": ("term,type\n,PERSON\n", "line 2: a term without"),
    "a type in small letters": ("term,type\nVance,PERSON\nMarsh,zebedee\n", "line 3: a type"),
    "two types": ("term,type\nVance,PERSON\nVÅNCE,HANDLE\n", "line 3: another type .* line 2"),
    "a type and none": ("term,type\nVance,PERSON\nVance,\n", "line 3: another type"),
    "too many cells": ("term,type\nVance,PERSON,Zebedee\n", "more cells than columns, line 2"),
    "a quote that never ends": ('term,type\nVance,"Zebedee\n', "is not CSV, line 2"),
}
CASES = {
    **{name: ("terms.txt", *case) for name, case in REFUSED.items()},
    **{name: ("terms.csv", *case) for name, case in REFUSED_CSV.items()},
}


@pytest.mark.parametrize(("name", "text", "message"), CASES.values(), ids=CASES)
def test_a_list_that_is_wrong_is_refused_by_line(tmp_path, name, text, message):
    with pytest.raises(DenyListError, match=message) as caught:
        load_deny_list(written(tmp_path, text, name))
    assert str(tmp_path / name) in str(caught.value)
    assert CANARY.lower() not in str(caught.value).lower()
    assert caught.value.exit_code is ExitCode.CONFIG
    assert caught.value.__cause__ is None


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(DenyListError, match=r"cannot read .*nowhere\.txt: No such file"):
        load_deny_list(tmp_path / "nowhere.txt")


def test_many_faults_are_counted(tmp_path):
    with pytest.raises(DenyListError, match=r"line 5: [^;]*; and 3 more$"):
        load_deny_list(written(tmp_path, "!\n" * 8))


# -- in a policy -----------------------------------------------------------------------------

POLICY = "name: mine\nabout: A test.\nremove: {PERSON: }\n"


def test_a_policy_may_hold_the_terms_or_name_their_file(tmp_path):
    written(tmp_path, "Vance\n")
    one = load_policy(str(written(tmp_path, POLICY + "deny_list: terms.txt", "a.yaml")))
    other = load_policy(str(written(tmp_path, POLICY + "deny_list: [Vance]", "b.yaml")))
    assert one.deny_list.terms == other.deny_list.terms == (("Vance", DENY_LIST),)
    assert one.digest == other.digest
    with pytest.raises(PolicyError, match="deny_list, entry 2: a term of one"):
        load_policy(str(written(tmp_path, POLICY + "deny_list: [Vance, Z]", "c.yaml")))


def test_the_digest_covers_the_terms_in_any_order_and_shows_none(tmp_path):
    policy = prepare_policy("default", deny=["Vance", "Marsh"])
    assert policy.digest == prepare_policy("default", deny=["Marsh", "Vance"]).digest
    assert policy.digest != prepare_policy("default", deny=["Vance"]).digest
    assert policy.digest != load_policy("default").digest
    assert "Vance" not in repr(policy)


def test_a_term_of_a_keep_list_is_refused_in_either_order():
    with pytest.raises(DenyListError, match="1 term of the deny list is on an allow list") as one:
        prepare_policy("default", allow=["Teodor Vance"], deny=["TEODOR VANCE", "Nightjar"])
    assert "Vance" not in str(one.value)
    press = AllowedPerson("press@example.org", scope=frozenset({"EMAIL_ADDRESS"}))
    with pytest.raises(DenyListError):
        prepare_policy(prepare_policy("default", deny=["press@example.org"]), allow=[press])


def test_two_lists_that_contradict_each_other_are_refused():
    with pytest.raises(DenyListError, match="contradict"):
        prepare_policy(prepare_policy("default", deny=["Vance"]), deny=[("vance", "PERSON")])


def test_a_text_for_a_list_is_a_mistake():
    with pytest.raises(UsageError, match="several terms"):
        prepare_policy("default", deny="Vance")


# -- at work ---------------------------------------------------------------------------------

TEXT = "Nightjar is late. The NIGHTJAR’s cost: see Bråthen & Sons, press@example.org."


def test_denied_terms_go_and_are_told_as_the_lists():
    removed = {(TEXT[f.start : f.end], f.entity, f.source) for f in scan(TEXT, deny=["nightjar"])}
    assert {
        ("Nightjar", DENY_LIST, "list:remove"),
        ("NIGHTJAR", DENY_LIST, "list:remove"),
    } <= removed


def test_a_denied_term_has_one_pseudonym_and_goes_under_a_policy_that_keeps_its_kind():
    terms = [("Bråthen & Sons", "ORGANIZATION"), "nightjar"]
    copy = redact_text(TEXT, deny=terms)
    first, second = copy.split()[0], copy.split()[4].removesuffix("’s")
    assert first == second != "Nightjar"
    assert "Sons" not in copy
    assert "[ORGANIZATION_" in copy


def test_a_denied_term_goes_though_somebody_called_so_stays():
    text = "Delphine Astruc met Teodor Vance. Astruc spoke."
    kept = redact_text(text, allow=["Delphine Astruc"])
    assert kept.count("Astruc") == 2
    both = redact_text(text, allow=["Delphine Astruc"], deny=["Astruc"])
    assert "Astruc" not in both


@pytest.mark.parametrize("term", ["Judge", "Dr Vance", "Mrs", "a b"])
def test_a_title_that_is_denied_as_a_person_goes(term):
    assert term not in redact_text(f"He saw {term} there.", deny=[(term, "PERSON")])


def test_a_denied_term_goes_from_encoded_text():
    text = "payload: UHJvamVjdCBOaWdodGphciBpcyBsYXRlIHRoaXMgeWVhcg== end"  # of the project
    assert "UHJvamVjdCBO" not in redact_text(text, deny=["Project Nightjar"])


# -- values that stay ------------------------------------------------------------------------

OWN = [
    AllowedPerson("press@example.org", scope=frozenset({"EMAIL_ADDRESS"})),
    AllowedPerson("+44 20 7946 0018", scope=frozenset({"PHONE_NUMBER"})),
    AllowedPerson("@example_office", scope=frozenset({"HANDLE"})),
]


@pytest.mark.parametrize(
    "value",
    [
        "press@example.org",
        "PRESS@example.org",
        "+44 20 7946 0018",
        "+44 (20) 7946-0018",
        "@example_office",
    ],
)
def test_a_value_of_the_keep_list_stays_wherever_it_stands(value):
    text = f"Write to {value} today, or to {value}; not to jo.vance@example.net."
    copy = redact_text(text, allow=OWN)
    assert copy.count(value) == 2
    assert "jo.vance" not in copy


@pytest.mark.parametrize(
    "longer",
    ["press@example.org.uk", "ex.press@example.org", "+44 20 7946 00181", "@example_office2"],
)
def test_a_longer_value_goes_as_a_whole(longer):
    copy = redact_text(f"Write to {longer} today.", allow=OWN)
    assert longer[:8] not in copy
    assert longer[-8:] not in copy


def test_a_value_and_a_person_stand_in_one_list(tmp_path):
    text = "name,type,role\npress@example.org,EMAIL_ADDRESS,\nDelphine Astruc,,Mayor\nIlse Marsh\n"
    policy = prepare_policy("default", allow=written(tmp_path, text, "keep.csv"))
    assert policy.allowed_terms.terms == (("press@example.org", "EMAIL_ADDRESS"),)
    assert [person.name for person in policy.allow_list] == ["Delphine Astruc", "Ilse Marsh"]
    assert policy.digest != prepare_policy("default", allow=policy.allow_list).digest


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Zebedee,email,", "line 2: type names an entity in capitals"),
        ("Zebedee@example.org,EMAIL_ADDRESS,Mayor", "line 2: type leaves no place for a role"),
        ("12,,", "line 2: name names nobody"),
        ("12,PERSON,", "line 2: name names nobody"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(tmp_path, row, message):
    with pytest.raises(AllowListError, match=message) as caught:
        prepare_policy("default", allow=written(tmp_path, f"name,type,role\n{row}\n", "keep.csv"))
    assert CANARY not in str(caught.value)


def test_a_value_of_what_nothing_finds_is_refused():
    odd = AllowedPerson("press@example.org", scope=frozenset({"EMAIL_ADRESS"}))
    with pytest.raises(PolicyError, match="nothing finds EMAIL_ADRESS"):
        scan("text", allow=[odd])


def test_the_hint_of_each_error_is_its_own():
    assert json.dumps(DenyListError.hint) != json.dumps(AllowListError.hint)
