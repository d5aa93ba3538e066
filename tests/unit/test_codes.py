"""Codes, bases, reasons and restrictions: what a policy may say of them, and what the sets say."""

from __future__ import annotations

import string
from datetime import date

import pytest

from redactor.api import prepare_policy
from redactor.config.codes import load_code_set, shipped_code_sets, shipped_codes
from redactor.config.policy import check_entities, load_policy
from redactor.config.restrictions import on_day
from redactor.errors import ExitCode, PolicyError
from redactor.model import Action, Exemption

CANARY = "Zebedee Quillfeather"
HEAD = "name: mine\nabout: A test.\n"
OWN_SET = """\
name: ours
about: A test.
codes:
  L-1: {basis: By-law 1, reason: Local, types: [PERSON, HANDLE]}
  L-2: {basis: By-law 2, reason: Other}
default: L-2
"""


@pytest.fixture
def load(tmp_path):
    def load(text, **beside):
        for name, content in beside.items():
            (tmp_path / f"{name}.yaml").write_text(content)
        (tmp_path / "mine.yaml").write_text(HEAD + text)
        return load_policy(str(tmp_path / "mine.yaml"))

    return load


def exemption(policy, entity):
    return policy.entity_policy(entity).exemption


# -- what a policy says ----------------------------------------------------------------------


def test_a_type_has_its_own_words_or_the_general_ones(load):
    policy = load(
        """
code: C-1
basis: Act 1
reason: Privacy
restrict_until: 2061-12-31
remove:
  PERSON:
  HANDLE: {code: C-2, restrict_until: "2030-06-01"}
  US_SSN: {restrict_until: never, reason: Always closed}
"""
    )
    day = date(2061, 12, 31)
    assert exemption(policy, "PERSON") == Exemption("C-1", "Act 1", "Privacy", day)
    assert exemption(policy, "HANDLE") == Exemption("C-2", "Act 1", "Privacy", date(2030, 6, 1))
    assert exemption(policy, "US_SSN") == Exemption("C-1", "Act 1", "Always closed", None)
    assert exemption(policy, "BADGE") == exemption(policy, "PERSON")


def test_a_policy_without_codes_has_none(load):
    policy = load("remove: {PERSON: }\n")
    assert exemption(policy, "PERSON") == Exemption()
    assert policy.codes == frozenset()
    assert exemption(load_policy("default"), "PERSON") == Exemption()


def test_a_shipped_set_gives_codes_bases_and_reasons(load):
    policy = load('codes: foia\nremove: {PERSON: , HANDLE: {code: "(b)(7)(C)"}}\n')
    assert exemption(policy, "PERSON").code == "(b)(6)"
    assert exemption(policy, "PERSON").basis == "5 U.S.C. 552(b)(6)"
    assert exemption(policy, "HANDLE").basis == "5 U.S.C. 552(b)(7)(C)"
    assert "law enforcement" in exemption(policy, "HANDLE").reason
    assert exemption(policy, "BADGE").code == "(b)(6)"


def test_a_code_for_all_goes_before_those_of_the_set(load):
    policy = load('codes: gdpr\ncode: "Art. 17(1)"\nremove: {NRP: , PERSON: {reason: Asked for}}\n')
    assert exemption(policy, "NRP").basis.endswith("Article 17(1)")
    assert exemption(policy, "PERSON").reason == "Asked for"
    assert exemption(policy, "PERSON").code == "Art. 17(1)"


def test_a_set_of_ones_own_stands_beside_the_policy(load):
    policy = load("codes: ours.yaml\nremove: {PERSON: , US_SSN: }\n", ours=OWN_SET)
    assert exemption(policy, "PERSON") == Exemption("L-1", "By-law 1", "Local")
    assert exemption(policy, "US_SSN") == Exemption("L-2", "By-law 2", "Other")
    assert exemption(policy, "HANDLE").code == "L-1"  # removed, since no list names it


def test_what_a_policy_keeps_or_does_not_name_gets_no_treatment_from_a_set(load):
    policy = load("codes: ours.yaml\nunlisted: keep\nremove: {PERSON: }\n", ours=OWN_SET)
    assert not policy.removes("HANDLE")
    policy = load("codes: ours.yaml\nremove: {PERSON: }\nkeep: [HANDLE]\n", ours=OWN_SET)
    assert not policy.removes("HANDLE")


def test_the_digest_covers_codes_and_the_set_that_is_named(load):
    plain = load("remove: {PERSON: }\n").digest
    coded = load("code: C-1\nremove: {PERSON: }\n").digest
    one = load("codes: ours.yaml\nremove: {PERSON: }\n", ours=OWN_SET).digest
    other = load("codes: ours.yaml\nremove: {PERSON: }\n", ours=OWN_SET.replace("1,", "3,")).digest
    assert len({plain, coded, one, other}) == 4


def test_placeholders_show_what_is_asked_for(load):
    policy = load(
        """
code: C-1
placeholder: [amount, code]
remove:
  PERSON:
  HANDLE: {placeholder: [amount]}
  US_SSN: {placeholder: []}
"""
    )
    shows = [policy.entity_policy(entity).shows for entity in ("PERSON", "HANDLE", "US_SSN")]
    assert shows == [("code", "amount"), ("amount",), ()]
    assert policy.codes == {"C-1"}


# -- restrictions ----------------------------------------------------------------------------


def test_the_day_itself_is_the_last_of_a_restriction(load):
    policy = load("remove: {PERSON: {restrict_until: 2030-06-01}, HANDLE: }\n")
    for day, goes in ((date(2030, 5, 31), True), (date(2030, 6, 1), True), (date(2030, 6, 2), 0)):
        assert on_day(policy, day).removes("PERSON") is bool(goes)
        assert on_day(policy, day).removes("HANDLE")
        assert on_day(policy, day).seeks("PERSON")
    assert policy.removes("PERSON")  # no day was told: nothing has ended


def test_who_prepares_a_policy_is_told_the_day_or_takes_todays(load):
    policy = load("remove: {PERSON: {restrict_until: 1999-12-31}, HANDLE: }\n")
    assert not prepare_policy(policy).removes("PERSON")
    assert prepare_policy(policy, as_of=date(1999, 1, 1)).removes("PERSON")
    told = prepare_policy(policy, as_of=date(1999, 1, 1))
    assert prepare_policy(told).as_of == date(1999, 1, 1)


def test_a_lifted_type_is_removed_all_the_same_where_a_list_denies_it(load):
    policy = on_day(load("remove: {PERSON: {restrict_until: 1999-12-31}}\n"), date(2000, 1, 1))
    assert policy.removal("PERSON").action is Action.PSEUDONYM


# -- what is refused -------------------------------------------------------------------------

REFUSED = {
    "an unknown set": ("codes: foya\nremove: {PERSON: }\n", 3, "neither a shipped set nor a file"),
    "a set that is a folder": ("codes: .\nremove: {PERSON: }\n", 3, "neither a shipped set"),
    "an empty code": ('remove:\n  PERSON: {code: ""}\n', 4, "is empty"),
    "a blank reason": ('reason: "  "\nremove: {PERSON: }\n', 3, "is empty"),
    "a code of two lines": ('code: "a\\nb"\nremove: {PERSON: }\n', 3, "no single line"),
    "a code with brackets": ('code: "[b]"\nremove: {PERSON: }\n', 3, "holds [ ]"),
    "a code that is a text": (f"code: {'x' * 41}\nremove: {{PERSON: }}\n", 3, "40 characters"),
    "a code that is a number": ("code: 6\nremove: {PERSON: }\n", 3, "valid string"),
    "a day that is none": ('restrict_until: "2030-02-30"\nremove: {PERSON: }\n', 3, "no day"),
    "a day in words": ("remove:\n  PERSON: {restrict_until: soon}\n", 4, "no day"),
    "a year alone": ("restrict_until: 2030\nremove: {PERSON: }\n", 3, "no day"),
    "a time of day": ("restrict_until: 2030-01-01 10:00:00\nremove: {PERSON: }\n", 3, "no day"),
    "never, of nothing": ("remove:\n  PERSON: {restrict_until: never}\n", 4, "nothing ends"),
    "never, of everything": ("restrict_until: never\nremove: {PERSON: }\n", 3, "nothing ends"),
    "a code that the set lacks": (
        'codes: foia\nremove:\n  PERSON: {code: "(b)(66)"}\n',
        5,
        "the set has no such code",
    ),
    "codes shown, and none given": ("placeholder: [code]\nremove: {PERSON: }\n", 3, "no code"),
    "a code that few encodings have": (
        "placeholder: [code]\ncode: § 30\nremove: {PERSON: }\n",
        3,
        "ASCII",
    ),
    "something else to show": ("placeholder: [text]\nremove: {PERSON: }\n", 3, "placeholder"),
    "an unknown key": ("kode: x\nremove: {PERSON: }\n", 3, "kode"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_policy_that_is_wrong_is_refused_with_file_and_line(load, name):
    text, line, words = REFUSED[name]
    with pytest.raises(PolicyError) as caught:
        load(text)
    assert caught.value.exit_code is ExitCode.CONFIG
    assert f"mine.yaml, line {line}:" in str(caught.value)
    assert words in str(caught.value)


def test_a_day_that_the_calendar_lacks_is_refused_with_file_and_line(load):
    with pytest.raises(PolicyError, match=r"mine\.yaml is not YAML, .*, line 4"):
        load("remove:\n  PERSON: {restrict_until: 2030-02-30}\n")


def test_a_code_that_says_what_the_general_one_says_has_no_effect(load):
    with pytest.raises(PolicyError, match=r"repeats the general setting: PERSON"):
        load("code: C-1\nremove: {PERSON: {code: C-1}}\n")


WRONG_SETS = {
    "a type under two codes": ("L-2: {", "L-2: {types: [PERSON], ", "type under two codes"),
    "a default of no code": ("default: L-2", "default: L-3", "none of its codes"),
    "no basis": ("basis: By-law 2, ", "", "L-2.basis|basis"),
    "an unknown key": ("about: A test.", f"about: A test.\nx: {CANARY}", "line 3"),
    "no codes": ("codes:", "codes: {}\nothers:", "codes"),
    "no YAML": ("codes:", "codes: [", "not YAML"),
}


@pytest.mark.parametrize("name", WRONG_SETS)
def test_a_set_that_is_wrong_is_refused_with_its_file(load, name):
    old, new, words = WRONG_SETS[name]
    with pytest.raises(PolicyError, match=words) as caught:
        load("codes: ours.yaml\nremove: {PERSON: }\n", ours=OWN_SET.replace(old, new))
    assert "ours.yaml" in str(caught.value)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("unlisted", ["remove", "keep"])
def test_a_type_that_nothing_finds_is_told_with_file_and_line(load, analyzer, unlisted):
    text = f"unlisted: {unlisted}\nremove:\n  PERSON:\n  PRESON: {{code: C-1}}\n"
    with pytest.raises(PolicyError, match=r"mine\.yaml, line 6: nothing finds PRESON"):
        check_entities(load(text), analyzer.detectors.entities)
    own = OWN_SET.replace("HANDLE", "HANDEL")
    text = f"codes: ours.yaml\nunlisted: {unlisted}\nremove: {{PERSON: }}\n"
    with pytest.raises(PolicyError, match=r"ours\.yaml, line 4: nothing finds HANDEL"):
        check_entities(load(text, ours=own), analyzer.detectors.entities)


@pytest.mark.parametrize("field", ["code", "basis", "reason"])
def test_a_term_to_remove_cannot_stand_in_a_reason(load, field):
    policy = load(f"remove: {{PERSON: {{{field}: of ZEBEDEE Quillfeather.}}}}\n")
    with pytest.raises(PolicyError, match="holds a term of the deny list") as caught:
        prepare_policy(policy, deny=[CANARY])
    assert "uillfeather" not in str(caught.value)
    assert prepare_policy(policy, deny=["Quillfeather & Sons"])


# -- the shipped sets ------------------------------------------------------------------------


def test_there_are_the_sets_that_the_readme_names():
    assert set(shipped_code_sets()) == {"archive", "foia", "gdpr", "hipaa", "uk-foia"}


@pytest.mark.parametrize("name", shipped_code_sets())
def test_a_shipped_set_names_only_what_can_be_found_and_every_type_has_a_code(name, analyzer):
    known = load_code_set(name)
    assert known.name == name
    assert known.about
    assert set(known.types) <= analyzer.detectors.entities
    assert all(known.code(entity) for entity in analyzer.detectors.entities)
    assert known.codes.keys() <= shipped_codes()
    assert all(code.isascii() and len(code) <= 40 for code in known.codes)


@pytest.mark.parametrize("name", shipped_code_sets())
def test_a_shipped_set_can_be_shown_in_copies(load, name):
    policy = load(f"codes: {name}\nplaceholder: [code, amount]\nremove: {{PERSON: }}\n")
    assert policy.codes


HIPAA = [f"164.514(b)(2)(i)({letter})" for letter in string.ascii_uppercase[:18]]


def test_safe_harbor_has_its_eighteen_classes_each_of_types_or_said_to_be_uncovered():
    known = load_code_set("hipaa")
    assert list(known.codes) == HIPAA
    assert HIPAA[-1].endswith("(R)")
    covered = {*known.types.values(), *known.uncovered, known.default}
    assert covered == set(HIPAA)
    assert {code[-2] for code in HIPAA if code not in known.types.values()} == set("EPQR")
    assert {code[-2] for code in known.uncovered} >= set("EPQ")
    assert all(one.basis == f"45 CFR {code}" for code, one in known.codes.items())


def test_the_policy_for_safe_harbor_derives_no_code_from_anybody():
    """45 CFR 164.514(c)(1): no code that is derived from information about the individual."""
    policy = load_policy("hipaa")
    actions = {one.action for one in policy.entity_policies.values()} - {Action.KEEP}
    assert {*actions, policy.unlisted.action} == {Action.NUMBER}


def test_the_policy_for_safe_harbor_removes_every_type_of_the_set():
    policy = load_policy("hipaa")
    known = load_code_set("hipaa")
    assert all(policy.removes(entity) for entity in known.types)
    removed = [entity for entity in policy.entity_policies if policy.removes(entity)]
    assert all(exemption(policy, entity).code == known.code(entity) for entity in removed)
    assert [entity for entity in policy.entity_policies if not policy.removes(entity)] == ["NRP"]
