"""The collection key: what it tells (nothing), and that its values never meet."""

from __future__ import annotations

import pickle
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.errors import ExitCode, KeyFileError, OutputError
from redactor.keys import KEY_BYTES, Key

SECRET = bytes(range(32))
KEY = Key(SECRET)

few = settings(max_examples=100, deadline=None)


def test_new_keys_are_long_and_differ():
    keys = {Key.new().secret for _ in range(20)}
    assert len(keys) == 20
    assert {len(secret) for secret in keys} == {KEY_BYTES}


def test_a_saved_key_is_private_and_loads_again(tmp_path):
    path = tmp_path / "key"
    KEY.save(path)
    assert Key.load(path) == KEY
    assert path.read_text() == SECRET.hex() + "\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_is_never_saved_over_another(tmp_path):
    KEY.save(tmp_path / "key")
    with pytest.raises(OutputError):
        Key.new().save(tmp_path / "key")
    assert Key.load(tmp_path / "key") == KEY


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SECRET.hex(), id="bare"),
        pytest.param(f" \n{SECRET.hex()}\r\n\n", id="white space around"),
        pytest.param(SECRET.hex().upper(), id="capitals"),
    ],
)
def test_a_key_file_holds_64_hexadecimal_digits(tmp_path, text):
    (tmp_path / "key").write_text(text)
    assert Key.load(tmp_path / "key") == KEY


CANARY = "c0ffee77"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(CANARY.encode(), id="too short"),
        pytest.param((CANARY * 8 + "0").encode(), id="too long"),
        pytest.param((CANARY * 7 + "g0000000").encode(), id="no hexadecimal digit"),
        pytest.param(f"{CANARY * 4} {CANARY * 4}".encode(), id="white space inside"),
        pytest.param(f"0x{CANARY * 8}".encode(), id="a prefix"),
        pytest.param((CANARY * 7 + "٠٠٠٠٠٠٠٠").encode(), id="digits of another script"),
        pytest.param(b"\xff\xfe" + CANARY.encode() * 8, id="no text"),
        pytest.param(SECRET + CANARY.encode(), id="raw bytes"),
    ],
)
def test_anything_else_is_a_key_file_error_that_quotes_nothing(tmp_path, data):
    (tmp_path / "key").write_bytes(data)
    with pytest.raises(KeyFileError) as caught:
        Key.load(tmp_path / "key")
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.exit_code is ExitCode.CONFIG


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_key_file_that_cannot_be_read_is_a_key_file_error(tmp_path, name):
    with pytest.raises(KeyFileError, match="cannot read the key file"):
        Key.load(tmp_path / name)


def test_a_key_shows_nothing_of_itself():
    shown = repr(KEY) + str(KEY) + f"{KEY}" + KEY.id
    assert SECRET.hex() not in shown
    assert repr(SECRET) not in shown
    assert KEY.id not in SECRET.hex()


def test_the_id_names_the_key():
    assert KEY.id == Key(SECRET).id != Key(SECRET[::-1]).id
    assert len(KEY.id) == 16
    assert int(KEY.id, 16) >= 0


def test_a_key_travels_to_workers():
    assert pickle.loads(pickle.dumps(KEY)) == KEY


parts = st.lists(st.text(st.characters()), max_size=4)


@few
@given(parts, parts)
def test_values_are_equal_only_for_equal_parts(one, other):
    assert (KEY.mac("p", *one) == KEY.mac("p", *other)) is (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("p", "ab", "c"), ("p", "a", "bc"), id="cut elsewhere"),
        pytest.param(("p", "a", ""), ("p", "a"), id="an empty part"),
        pytest.param(("pa",), ("p", "a"), id="purpose and part"),
        pytest.param(("p", "a"), ("q", "a"), id="another purpose"),
        pytest.param(("p", "é"), ("p", "e\u0301"), id="not normalised here"),
    ],
)
def test_values_never_meet(one, other):
    assert KEY.mac(*one) != KEY.mac(*other)


def test_another_key_gives_another_value():
    assert KEY.mac("p", "a") != Key(SECRET[::-1]).mac("p", "a")


def test_half_of_a_surrogate_pair_has_a_value():
    assert len(KEY.mac("p", "\ud800")) == 32
