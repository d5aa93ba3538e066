"""Keys of the vault: who it is sealed to, and what is no recipient and no identity."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pyrage
import pytest
from vault_cases import (
    OTHER_SECRET,
    PUBLIC,
    SECRET,
)

from redactor.audit.age import Identity, IdentityInvalid, RecipientInvalid, recipients, seal
from redactor.errors import UsageError

TEXT = "Zebediah Quixworthy met Delphine Marchetti.\n"
SPANS = ((0, 19), (24, 42))


def ssh_keys(folder: Path, kind: str, passphrase: str = "") -> tuple[Path, str]:
    path = folder / f"id_{kind}{bool(passphrase)}"
    bits = ["-b", "2048"] if kind == "rsa" else []
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, *bits, "-N", passphrase, "-C", "jane@desk", "-f", path],
        check=True,
    )
    return path, path.with_suffix(".pub").read_text()


def never() -> str:
    raise AssertionError("there is no passphrase to ask for")


@pytest.mark.process
@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_ssh_keys_seal_and_open_and_their_comment_is_left_out(tmp_path, kind):
    path, public = ssh_keys(tmp_path, kind)
    [known] = recipients([public.strip()])
    assert "jane" not in known
    assert public.startswith(known)
    identity = Identity.load(path, never)
    assert identity.open(seal(b"x", [known])) == (b"x", known)
    assert identity.names == (known,)


def test_a_recipients_file(tmp_path):
    (tmp_path / "who").write_text(f"# reviewers\n\n{PUBLIC}\n{PUBLIC}\n")
    other = str(OTHER_SECRET.to_public())
    assert recipients([str(tmp_path / "who"), other]) == (PUBLIC, other)


# what is no recipient, and words of what is said
NO_RECIPIENTS = {
    "a secret key": (str(SECRET), "secret"),
    "half a key": (PUBLIC[:-4], "no public key"),
    "a plugin's": ("age1yubikey1qwtqj", "plugin"),
    "ssh of another kind": ("ssh-dss AAAAB3NzaC1kc3M=", "no public key"),
    "ssh of nothing": ("ssh-ed25519 AAAA", "no public key"),
    "no file": ("nowhere", "cannot read"),
    "a NUL": ("no\0where", "cannot read"),
    "an empty file": ("empty", "no recipient"),
    "a file of secrets": ("secrets", "secrets, line 2 is a secret key"),
    "a file of other things": ("other", "other, line 1 is no public key"),
    "a folder": (".", "cannot read"),
}


@pytest.mark.parametrize("name", NO_RECIPIENTS)
def test_what_is_no_recipient_is_refused_and_not_quoted(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path("empty").write_text("# nobody\n")
    Path("secrets").write_text(f"# mine\n{SECRET}\n")
    Path("other").write_bytes(b"Zebediah \xff\n")
    given, words = NO_RECIPIENTS[name]
    with pytest.raises(RecipientInvalid, match=words) as caught:
        recipients([given])
    assert str(SECRET) not in str(caught.value)
    assert "Zebediah" not in str(caught.value)


def test_identity_files(tmp_path):
    path = tmp_path / "id"
    path.write_text(f"# created: today\n# public key: {PUBLIC}\n{OTHER_SECRET}\n{SECRET}\n")
    identity = Identity.load(path, never)
    assert identity.open(seal(b"x", [PUBLIC])) == (b"x", PUBLIC)


@pytest.mark.parametrize("armoured", [False, True])
def test_identities_with_a_passphrase(tmp_path, armoured):
    path = tmp_path / "id"
    path.write_bytes(pyrage.passphrase.encrypt(f"{SECRET}\n".encode(), "sesame", armoured))
    assert Identity.load(path, lambda: "sesame").names == (PUBLIC,)
    with pytest.raises(IdentityInvalid, match="passphrase does not open"):
        Identity.load(path, lambda: "open")


# what is no identity, and words of what is said
NO_IDENTITIES = {
    "missing": (None, "cannot read"),
    "empty": (b"", "no identity"),
    "comments": (b"# nothing\n", "no identity"),
    "a public key": (PUBLIC.encode(), "no identity"),
    "half a key": (str(SECRET)[:-4].encode(), "no identity"),
    "bytes": (b"\xff\xfe\x00", "no identity"),
    "a damaged SSH key": (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "damaged"),
    "another SSH key": (
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "damaged",
    ),
    "a damaged age file": (b"age-encryption.org/v1\nx", "passphrase does not open"),
    "too large": (b"#" * ((1 << 20) + 1), "too large"),
}


@pytest.mark.parametrize("name", NO_IDENTITIES)
def test_what_is_no_identity_is_refused_and_not_quoted(tmp_path, name):
    data, words = NO_IDENTITIES[name]
    path = tmp_path / "id"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(IdentityInvalid, match=words) as caught:
        Identity.load(path, lambda: "x")
    assert "AGE-SECRET" not in str(caught.value)


@pytest.mark.process
def test_an_ssh_key_with_a_passphrase_is_told_apart(tmp_path):
    path, _ = ssh_keys(tmp_path, "ed25519", "sesame")
    with pytest.raises(IdentityInvalid, match="passphrase"):
        Identity.load(path, never)


def test_a_folder_is_no_identity(tmp_path):
    with pytest.raises(IdentityInvalid, match="cannot read"):
        Identity.load(tmp_path, never)


def test_without_the_extra_the_error_names_it(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "pyrage", None)
    for call in (lambda: recipients([PUBLIC]), lambda: Identity.load(tmp_path / "id", never)):
        with pytest.raises(UsageError, match=re.escape("redactor[vault]")):
            call()
