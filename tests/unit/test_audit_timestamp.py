"""Time stamps of RFC 3161 over a head, made here by an authority of our own (`openssl ts`)."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from audit_cases import KEY, redaction, write_log

from redactor.audit import AuditLog
from redactor.audit.reading import heads_of
from redactor.audit.timestamp import TimestampInvalid, check_timestamp
from redactor.errors import ConfigError, ExitCode

if not shutil.which("openssl"):
    if os.environ.get("CI"):
        pytest.fail("CI must have openssl: time stamps are not tested without it")
    pytest.skip("TIME STAMPS WERE NOT TESTED: no openssl here", allow_module_level=True)
pytest.importorskip("rfc3161_client", reason="TIME STAMPS WERE NOT TESTED: no rfc3161-client")

CONFIG = """
[tsa]
default_tsa = us
[us]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.55555.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """A certificate authority, and a stamping service that it vouches for."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "tsa.cnf").write_text(CONFIG.format(folder=self.folder))
        (self.folder / "serial").write_text("01\n")
        (self.folder / "extensions").write_text("extendedKeyUsage=critical,timeStamping\n")
        self("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=Example-Root")
        self("req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Example-Stamps")
        self(
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem "
            "-extfile extensions"
        )

    def __call__(self, arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments.split()], cwd=self.folder, check=True, capture_output=True
        )

    @property
    def root(self) -> Path:
        return self.folder / "ca.pem"

    def stamp(self, data: bytes, algorithm: str = "sha256", more: str = "") -> Path:
        (self.folder / "data").write_bytes(data)
        self(f"ts -query -data data -{algorithm} -cert -out query")
        self(
            "ts -reply -config tsa.cnf -section us -queryfile query -inkey tsa.key "
            f"-signer tsa.pem -out reply {more}"
        )
        return self.folder / "reply"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(tmp_path / "audit")


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_a_stamp_over_the_printed_head_holds(folder, authority, algorithm):
    head = heads_of(folder)[-1]
    stamp = authority.stamp(f"{head.pin}\n".encode(), algorithm)
    AuditLog.open(folder, KEY).append([redaction(99)])
    seen = check_timestamp(stamp, authority.root, heads_of(folder))
    assert (seen.head, seen.time.tzinfo is not None) == (head, True)


def test_a_stamp_over_the_line_of_the_head_holds(folder, authority):
    head = heads_of(folder)[1]
    stamp = authority.stamp(head.encode())
    assert check_timestamp(stamp, authority.root, heads_of(folder)).head == head


def test_a_bare_token_holds_as_well(folder, authority):
    head = heads_of(folder)[-1]
    stamp = authority.stamp(str(head.pin).encode(), more="-token_out")
    assert check_timestamp(stamp, authority.root, heads_of(folder)).head == head


def refused(stamp: Path, authorities: Path, folder: Path, words: str) -> None:
    with pytest.raises(TimestampInvalid, match=words) as caught:
        check_timestamp(stamp, authorities, heads_of(folder))
    assert caught.value.exit_code is ExitCode.OUTPUT


def test_a_stamp_over_anything_else_is_refused(folder, authority):
    refused(authority.stamp(b"14"), authority.root, folder, "no head of this log")


def test_a_stamp_of_an_authority_that_is_not_trusted_is_refused(folder, authority, tmp_path):
    stamp = authority.stamp(str(heads_of(folder)[-1].pin).encode())
    refused(stamp, Authority(tmp_path / "other").root, folder, "no trusted authority")


@pytest.mark.parametrize("back", [10, 40, 200])
def test_a_stamp_that_was_edited_is_refused(folder, authority, back):
    stamp = authority.stamp(str(heads_of(folder)[-1].pin).encode())
    data = bytearray(stamp.read_bytes())
    data[-back] ^= 1
    stamp.write_bytes(data)
    refused(stamp, authority.root, folder, "no trusted authority")


@pytest.mark.parametrize("data", [b"", b"Jane Planted", b"0\x03\x02\x01\x00"])
def test_what_is_no_stamp_is_refused_unquoted(folder, authority, tmp_path, data):
    (tmp_path / "stamp").write_bytes(data)
    refused(tmp_path / "stamp", authority.root, folder, "is no time stamp")


def test_files_that_cannot_be_read_are_named(folder, authority, tmp_path):
    stamp = authority.stamp(str(heads_of(folder)[-1].pin).encode())
    (tmp_path / "none.pem").write_bytes(b"Jane Planted")
    for given in ((tmp_path / "gone", authority.root), (stamp, tmp_path / "gone")):
        with pytest.raises(ConfigError, match="cannot read"):
            check_timestamp(*given, heads_of(folder))
    with pytest.raises(ConfigError, match="no certificates") as caught:
        check_timestamp(stamp, tmp_path / "none.pem", heads_of(folder))
    assert "Planted" not in str(caught.value)
