"""What stands in the place of a value, and what it tells of it: nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor import redact_text
from redactor.keys import Key
from redactor.model import Action, Decision, Exemption, Finding, Slot, amount
from redactor.operators import (
    MASK,
    DocumentState,
    Operand,
    ReplacementContext,
    placeholders,
    render,
    token,
)
from redactor.operators.replacing import replacements

KEY = Key(bytes(range(32)))
OTHER = Key(bytes(range(1, 33)))
REMOVING = [Action.PSEUDONYM, Action.LABEL, Action.NUMBER, Action.MASK, Action.HASH]

few = settings(max_examples=100, deadline=None)


def decision(action, entity="PERSON", start=0, end=5, *, code="", shows=()):
    finding = Finding(0, start, end, entity, 0.9, "rule:test")
    return Decision(
        finding, start, end, action, ("rule:test",), exemption=Exemption(code), shows=shows
    )


def replaced(decisions, values, taken=()):
    operands = [Operand(*pair) for pair in zip(decisions, values, strict=True)]
    return replacements(operands, ReplacementContext(KEY, DocumentState().branch(taken)))


def one(action, value, **more):
    return replaced([decision(action, **more)], [value])[0]


# -- pseudonyms ------------------------------------------------------------------------------


@few
@given(st.text())
def test_a_token_is_the_entity_and_eight_digits_of_base_32_that_nobody_mixes_up(value):
    assert re.fullmatch(r"\[PERSON_[0-9A-HJKMNP-TV-Z]{8}\]", token(KEY, "PERSON", value))


def test_a_token_stays_what_it_is_from_release_to_release():
    assert token(KEY, "PERSON", "teodor vance") == token(Key(KEY.secret), "PERSON", "teodor vance")
    assert {len(token(KEY, "PERSON", str(number))) for number in range(50)} == {17}


@few
@given(st.text(), st.text())
def test_two_values_share_a_token_only_when_they_are_equal(value, other):
    assert (token(KEY, "PERSON", value) == token(KEY, "PERSON", other)) is (value == other)


def test_a_token_is_bound_to_the_key():
    assert token(KEY, "PERSON", "teodor vance") != token(OTHER, "PERSON", "teodor vance")


def test_a_token_is_bound_to_the_entity():
    digits = {token(KEY, entity, "vance")[-9:] for entity in ("PERSON", "HANDLE", "USERNAME")}
    assert len(digits) == 3


def test_tokens_use_all_their_digits():
    spread = "".join(token(KEY, "PERSON", str(number))[-9:-1] for number in range(500))
    assert set(spread) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


# -- the other actions -----------------------------------------------------------------------


def test_a_label_is_the_entity_alone():
    assert one(Action.LABEL, "teodor vance") == "[PERSON]"


def test_a_mask_names_not_even_the_entity():
    assert one(Action.MASK, "a") == one(Action.MASK, "b" * 99, entity="US_SSN") == MASK


def test_what_is_kept_has_no_replacement():
    with pytest.raises(ValueError, match="kept"):
        one(Action.KEEP, "teodor vance")


NUMBERS = [
    pytest.param(
        [("PERSON", "a"), ("PERSON", "b"), ("PERSON", "a")],
        [],
        ["[PERSON_1]", "[PERSON_2]", "[PERSON_1]"],
        id="by first appearance",
    ),
    pytest.param(
        [("PERSON", "a"), ("HANDLE", "a"), ("PERSON", "b")],
        [],
        ["[PERSON_1]", "[HANDLE_1]", "[PERSON_2]"],
        id="each entity counts for itself",
    ),
    pytest.param(
        [("PERSON", "a"), ("PERSON", "b")],
        ["PERSON_1", "PERSON_3", "HANDLE_2"],
        ["[PERSON_2]", "[PERSON_4]"],
        id="taken ones are skipped",
    ),
    pytest.param(
        [("PERSON", "a"), ("HANDLE", "a")],
        ["PERSON_1", "PERSON_2"],
        ["[PERSON_3]", "[HANDLE_1]"],
        id="taken by one entity only",
    ),
    pytest.param(
        [("PERSON", "a")], ["PERSON", "PERSON_7FQ2M9XA"], ["[PERSON_1]"], id="no number was taken"
    ),
]


@pytest.mark.parametrize(("rows", "taken", "expected"), NUMBERS)
def test_numbers_go_by_the_order_in_the_document(rows, taken, expected):
    decisions = [decision(Action.NUMBER, entity) for entity, _ in rows]
    assert replaced(decisions, [value for _, value in rows], taken) == expected


def test_numbers_begin_anew_in_each_document():
    assert one(Action.NUMBER, "a") == one(Action.NUMBER, "b") == "[PERSON_1]"


# -- codes and amounts -----------------------------------------------------------------------

BOTH = ("code", "amount")
SHOWN = [
    pytest.param(Action.LABEL, BOTH, "[PERSON (b)(6) 5-9 characters]", id="a label"),
    pytest.param(Action.LABEL, ("code",), "[PERSON (b)(6)]", id="the code alone"),
    pytest.param(Action.LABEL, ("amount",), "[PERSON 5-9 characters]", id="the amount alone"),
    pytest.param(Action.NUMBER, BOTH, "[PERSON_1 (b)(6) 5-9 characters]", id="a number"),
    pytest.param(Action.MASK, BOTH, "[(b)(6) 5-9 characters]", id="a mask names no entity"),
    pytest.param(Action.MASK, ("amount",), "[5-9 characters]", id="a mask with an amount"),
]


@pytest.mark.parametrize(("action", "shows", "expected"), SHOWN)
def test_a_placeholder_shows_the_code_and_the_band(action, shows, expected):
    assert one(action, "vance", code="(b)(6)", shows=shows) == expected


def test_a_pseudonym_is_the_same_with_and_without_a_code():
    plain = one(Action.PSEUDONYM, "vance")
    shown = one(Action.PSEUDONYM, "vance", code="s.40(2)", shows=BOTH)
    assert shown == f"{plain[:-1]} s.40(2) 5-9 characters]"


@pytest.mark.parametrize("action", REMOVING)
def test_where_there_is_no_code_none_is_shown(action):
    assert one(action, "vance", shows=("code",)) == one(action, "vance")


@few
@given(st.sampled_from(REMOVING), st.integers(1, 10**6), st.integers(1, 10**6))
def test_an_amount_tells_no_more_than_its_band(action, width, other):
    texts = [one(action, "v", end=end, shows=("amount",)) for end in (width, other)]
    assert (texts[0] == texts[1]) is (amount(width) == amount(other))


# -- laws ------------------------------------------------------------------------------------


@few
@given(st.sampled_from(REMOVING), st.text(), st.text(), st.integers(1, 10**6))
def test_a_replacement_tells_nothing_of_the_length_of_the_value(action, value, other, width):
    plain = one(action, value)
    assert len(plain) == len(one(action, other)) == len(one(action, value, end=width))


@few
@given(
    st.lists(
        st.tuples(st.sampled_from(REMOVING), st.sampled_from("abc"), st.sampled_from("PQ")),
        max_size=12,
    )
)
def test_equal_values_get_equal_replacements_and_numbers_and_tokens_are_told_apart(rows):
    decisions = [decision(action, entity) for action, _, entity in rows]
    texts = replaced(decisions, [value for _, value, _ in rows])
    named = dict(zip(rows, texts, strict=True))
    assert [named[row] for row in rows] == texts
    telling = {r: t for r, t in named.items() if r[0] in (Action.PSEUDONYM, Action.NUMBER)}
    assert len(set(telling.values())) == len(telling)


# -- placeholders ----------------------------------------------------------------------------

PLACEHOLDERS = [
    pytest.param("to [PERSON_7FQ2M9XA].", ["PERSON_7FQ2M9XA"], id="a pseudonym"),
    pytest.param("to [PERSON_12].", ["PERSON_12"], id="a number"),
    pytest.param("to [PERSON].", ["PERSON"], id="a label"),
    pytest.param("to <PERSON>.", ["PERSON"], id="Presidio's own"),
    pytest.param("[PERSON_1][PERSON_2]", ["PERSON_1", "PERSON_2"], id="side by side"),
    pytest.param("[[PERSON_1]]", ["PERSON_1"], id="between brackets"),
    pytest.param("[US_SSN_00000001]", ["US_SSN_00000001"], id="the longer entity"),
    pytest.param("[US]", ["US"], id="the shorter entity"),
    pytest.param("[MARSH] <MARSH>", [], id="a name between brackets"),
    pytest.param("[MARSH_7FQ2M9XA]", [], id="an entity that nobody knows"),
    pytest.param("[PERSON_7FQ2M9XI]", [], id="a letter that tokens lack"),
    pytest.param("[PERSON_7FQ2M9X]", [], id="a token too short"),
    pytest.param("[PERSON_]", [], id="no number"),
    pytest.param("[PERSON_1234567]", [], id="a telephone number"),
    pytest.param("[person_1]", [], id="small letters"),
    pytest.param("PERSON_1", [], id="no brackets"),
    pytest.param("[ PERSON ]", [], id="spaces"),
    pytest.param("[PERSONAL]", [], id="a longer word"),
    pytest.param("[PERSON_1 (b)(6)]", ["PERSON_1"], id="a code"),
    pytest.param("[PERSON s.40(2) 10-19 characters]", ["PERSON"], id="a code and an amount"),
    pytest.param("[US_SSN 50+ characters]", ["US_SSN"], id="an amount"),
    pytest.param("[(b)(6) 1-4 characters]", [None], id="no entity"),
    pytest.param("[(b)(6)]", [None], id="a code alone"),
    pytest.param("[10-19 characters]", [None], id="an amount alone"),
    pytest.param("[PERSON MARSH]", [], id="a name after the entity"),
    pytest.param("[PERSON (b)(7)]", [], id="a code that nobody knows"),
    pytest.param("[PERSON (b)(6) MARSH]", [], id="a name after the code"),
    pytest.param("[PERSON 11 characters]", [], id="a length that is no band"),
    pytest.param("[PERSON 555-0142 characters]", [], id="a telephone number for an amount"),
    pytest.param("[PERSON  (b)(6)]", [], id="two spaces"),
    pytest.param("[PERSON bXbX6X]", [], id="the signs of a code are no pattern"),
    pytest.param("[]", [], id="nothing at all"),
    pytest.param(f"[PERSON_{'0a' * 32}]", [f"PERSON_{'0a' * 32}"], id="a hash"),
    pytest.param(f"[PERSON_{'0a' * 31}]", [], id="a hash too short"),
    pytest.param(f"[PERSON:{'A2' * 40} (b)(6)]", [f"PERSON:{'A2' * 40}"], id="encrypted"),
    pytest.param(f"[PERSON:{'A2' * 38}]", [], id="too short to be encrypted"),
    pytest.param("/PERSON_7FQ2M9XA.txt", [None], id="a pseudonym without brackets"),
    pytest.param("CV%20PERSON_7FQ2M9XA%20.txt", [None], id="a pseudonym between escapes"),
    pytest.param("0PERSON_7FQ2M9XA", [], id="a digit that is no escape"),
    pytest.param(
        "PERSON_7FQ2M9XA@redacted.invalidUS_SSN_7FQ2M9XA@redacted.invalid",
        [None, None],
        id="two of one mailbox",
    ),
    pytest.param("/US_SSN_7FQ2M9XAPERSON_7FQ2M9XA.txt", [None, None], id="two of one name"),
    pytest.param("/PERSON_7FQ2M9XAMarsh.txt", [], id="a name behind one without brackets"),
    pytest.param(f"/PERSON_{'0a' * 32}.txt", [None], id="a hash without brackets"),
    pytest.param(f"/PERSON-{'A2' * 40}.txt", [None], id="encrypted, without brackets"),
    pytest.param("[PERSON:MARSH]", [], id="a name after a colon"),
]
CODES = ["(b)(6)", "s.40(2)"]


@pytest.mark.parametrize(("text", "expected"), PLACEHOLDERS)
def test_placeholders_of_known_entities_are_seen(text, expected):
    found = [match["name"] for match in placeholders(text, ["US", "PERSON", "US_SSN"], CODES)]
    assert found == expected


def test_without_codes_and_entities_nothing_is_seen():
    assert list(placeholders("[] [PERSON] [(b)(6)] [ ]", [])) == []


@few
@given(
    st.sampled_from([Action.PSEUDONYM, Action.LABEL, Action.NUMBER, Action.HASH]),
    st.text(),
    st.sampled_from(["", *CODES]),
    st.sampled_from([(), ("code",), ("amount",), BOTH]),
    st.integers(1, 99),
)
def test_every_replacement_is_seen_as_a_placeholder(action, value, code, shows, width):
    text = one(action, value, code=code, shows=shows, end=width)
    found = [match.group() for match in placeholders(f"a{text}b", ["PERSON"], CODES)]
    assert found == [text]


BESIDE_LABELS = (
    "Name: Otto Quillmoth; insta: otto.q77; mysql -u otto_q -psecret7 x; "
    "git clone git@github.com:ottoq77/x.git; posted by ottoq77 on Tue"
)
OWN = """
name: own
about: One way for all.
threshold: 0.4
remove: {PERSON: }
keep: [ORGANIZATION, LOCATION, DATE_TIME, NRP, URL]
"""


@pytest.mark.parametrize("action", ["mask", "label", "number", "pseudonym"])
def test_a_replacement_beside_a_label_is_not_found_again(tmp_path, action):
    policy = tmp_path / "own.yaml"
    policy.write_text(f"{OWN}action: {action}\n")
    copy = redact_text(BESIDE_LABELS, policy=policy, key=KEY)
    assert "tto" not in copy  # and the copy settled: no replacement was taken for a value


def test_a_mask_is_left_alone_by_a_second_run(tmp_path):
    policy = tmp_path / "own.yaml"
    policy.write_text(f"{OWN}action: mask\n")
    copy = redact_text(BESIDE_LABELS, policy=policy, key=KEY)
    assert MASK in copy
    assert redact_text(copy, policy=policy, key=KEY) == copy


# -- slots -----------------------------------------------------------------------------------

SLOTS = [
    pytest.param("[PERSON_7FQ2M9XA]", Slot.TEXT, "[PERSON_7FQ2M9XA]", id="text"),
    pytest.param("[PERSON_7FQ2M9XA]", Slot.URL, "PERSON_7FQ2M9XA", id="a URL"),
    pytest.param("[PERSON s.40(2)]", Slot.FILE_NAME, "PERSON-s-40-2", id="a file name"),
    pytest.param("[PERSON_1]", Slot.MAILBOX, "PERSON_1@redacted.invalid", id="a mailbox"),
    pytest.param("ann.lee07@example.org", Slot.MAILBOX, "ann.lee07@example.org", id="an address"),
    pytest.param("ann.lee07@example.org", Slot.URL, "ann-lee07-example-org", id="elsewhere"),
    pytest.param("https://www.example.org/a1", Slot.URL, "https://www.example.org/a1", id="a link"),
    pytest.param("Jörg Dörschner", Slot.FILE_NAME, "Jorg-Dorschner", id="a name with marks"),
    pytest.param("", Slot.FILE_NAME, "redacted", id="nothing, where something must stand"),
    pytest.param("", Slot.MAILBOX, "redacted@redacted.invalid", id="nothing, in a mailbox"),
    pytest.param("", Slot.TEXT, "", id="nothing, in a text"),
]


@pytest.mark.parametrize(("replacement", "slot", "expected"), SLOTS)
def test_a_replacement_is_written_as_its_place_allows(replacement, slot, expected):
    assert render(replacement, slot) == expected


def test_a_mailbox_of_ours_is_a_placeholder_with_its_host():
    text = f"to {render(token(KEY, 'EMAIL_ADDRESS', 'a@b.org'), Slot.MAILBOX)}."
    [found] = placeholders(text, ["EMAIL_ADDRESS"])
    assert text[: found.start()] + text[found.end() :] == "to ."


def test_a_copy_with_mailboxes_of_ours_is_its_own_copy_where_web_addresses_go():
    message = f"From: {render(token(KEY, 'EMAIL_ADDRESS', 'a@b.org'), Slot.MAILBOX)}"
    assert redact_text(message, policy="strict") == message
