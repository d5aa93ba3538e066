"""The thief has everything but the keys: log, copies, heads, sealed vault and every candidate.

S51, S52: nothing he can compute tells which candidate was removed, nor whether one was. What the
log does tell (kind, place, band, which values are equal) is the same for any two collections that
differ in the removed values alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pyrage
import pytest

from redactor import Key, redact_folder
from redactor.audit import PublicKey, check, document_id, fingerprint, read, residue, source_mac
from redactor.audit.age import seal
from redactor.audit.vault import Slot
from redactor.errors import ExitCode

LETTER = """Dear Mr {name},

Write to {mail} or call {phone}. SSN {ssn}, card {card}.
Password: {password}

{name} signed twice. So did {other}.
"""
ONE = {
    "name": "Zebediah Quixworthy",
    "other": "Delphine Marchetti",
    "mail": "zq.plover@example.org",
    "phone": "212-555-0187",
    "ssn": "219-09-9981",
    "card": "4539 1488 0343 6467",
    "password": "correct-Horse-Vx9",
}
OTHER = {
    "name": "Theodora Wrenfield",
    "other": "Cornelia Bascombe",
    "mail": "tw.lapwng@example.org",
    "phone": "212-555-0142",
    "ssn": "219-09-9614",
    "card": "4485 2757 4230 8327",
    "password": "rapid-Badger-Qz7",
}
SHORT = "SSN {ssn}\nNothing else here.\n"  # S52: a file that its copy gives away but for one value
BLOCK = [f"219-09-{number:04}" for number in range(10_000)]
HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")
REVIEWER = pyrage.x25519.Identity.generate()  # whose public key the thief has as well
RECIPIENT = str(REVIEWER.to_public())
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Haul:
    """What the thief carries away."""

    audit: Path
    copies: dict[str, str]
    secret: Key

    @property
    def records(self) -> list[dict[str, object]]:
        lines = (self.audit / "audit.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    @property
    def redactions(self) -> list[dict[str, object]]:
        return [record for record in self.records if record["type"] == "redaction"]

    @property
    def everything(self) -> str:
        """All files of the log, the binary one in hexadecimal digits, and the copies."""
        files = [path for path in self.audit.iterdir() if path.is_file() and path.name != "key"]
        texts = [path.read_text("utf-8") for path in files if path.suffix != ".bin"]
        texts += [path.read_bytes().hex() for path in files if path.suffix == ".bin"]
        texts += [path.read_bytes().hex() for path in self.slots]
        return "\n".join([*texts, *self.copies.values()])

    @property
    def slots(self) -> list[Path]:
        return sorted((self.audit / "vault").iterdir())

    def sealed(self, record: dict[str, object]) -> list[bytes]:
        """Return the age files in the slot of a document's record."""
        return list(Slot(self.audit, str(record["vault"])).entries())


def stolen(base: Path, values: dict[str, str]) -> Haul:
    (base / "src").mkdir(parents=True)
    (base / "src/letter.txt").write_text(LETTER.format(**values), "utf-8")
    (base / "src/short.txt").write_text(SHORT.format(**values), "utf-8")
    report = redact_folder(base / "src", base / "out", workers=1, seal_to=[RECIPIENT])
    assert report.exit_code is ExitCode.DONE
    copies = {path.name: path.read_text("utf-8") for path in (base / "out").iterdir()}
    return Haul(report.audit, copies, Key.load(report.audit / "key"))


@pytest.fixture(scope="module")
def hauls(tmp_path_factory) -> tuple[Haul, Haul]:
    base = tmp_path_factory.mktemp("thief")
    return stolen(base / "one", ONE), stolen(base / "other", OTHER)


@pytest.fixture(scope="module")
def haul(hauls) -> Haul:
    return hauls[0]


def forms(candidate: str) -> Iterator[str]:
    """Yield a candidate as it may be written before it is hashed."""
    bare = re.sub(r"\W", "", candidate)
    words = " ".join(re.findall(r"\w+", candidate.casefold()))
    yield from dict.fromkeys((candidate, candidate.casefold(), bare, bare.casefold(), words))


CANDIDATES = [*BLOCK, *ONE.values(), *OTHER.values(), "letter.txt", "short.txt"]


def crockford(digest: bytes) -> str:
    number = int.from_bytes(digest[:5], "big")
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(35, -1, -5))


# What is equal, whatever was removed


KEYED = (
    "document",
    "id",
    "fingerprint",
    "residue",
    "placeholder",
    "place",
    "source_mac",
    "output_sha256",
)
OF_THE_RUN = ("run", "started", "finished", "key_id", "vault")  # or drawn by chance


def told(haul: Haul) -> list[dict[str, object]]:
    """Return the records without what is keyed, random or a digest of the public copy.

    Of what is encrypted, its length can be compared.
    """
    hidden = {*KEYED, *OF_THE_RUN}
    return [
        {k: len(str(v)) if k == "data" else v for k, v in record.items() if k not in hidden}
        for record in haul.records
    ]


def test_the_values_were_removed(hauls):
    for haul, values in zip(hauls, (ONE, OTHER), strict=True):
        assert not [value for value in values.values() if value in haul.everything]
        kinds = {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN", "CREDIT_CARD", "CREDENTIAL"}
        assert kinds <= {record["entity"] for record in haul.redactions}


def test_two_logs_that_differ_in_the_removed_values_tell_the_same(hauls):
    one, other = hauls
    assert told(one) == told(other)


def test_nothing_keyed_is_the_same_under_another_key(hauls):
    one, other = ({str(r[k]) for r in h.records for k in KEYED if k in r} for h in hauls)
    assert not {value.partition(":")[0] for value in one} & {v.partition(":")[0] for v in other}
    leaves = [set(re.findall("." * 64, (h.audit / "leaves.bin").read_bytes().hex())) for h in hauls]
    assert not leaves[0] & leaves[1]


def test_equal_values_and_they_alone_have_equal_fingerprints(haul):
    """Wanted, and said so in `redactor.audit`: who reads the log sees what recurs."""
    prints = [str(r["fingerprint"]) for r in haul.redactions if r["entity"] == "US_SSN"]
    assert (len(prints), len(set(prints))) == (2, 1)
    names = [str(r["fingerprint"]) for r in haul.redactions if r["entity"] == "PERSON"]
    assert (len(names), len(set(names))) == (3, 2)


# What can be tried


def test_no_plain_hash_of_any_candidate_is_anywhere(haul):
    seen = haul.everything
    runs = re.findall("[0-9a-f]{12,}", seen)
    inside = {run[at : at + 12] for run in runs for at in range(len(run) - 11)}
    codes = set(re.findall(r"_([0-9A-Z]{8})\]", seen))
    assert len(codes) > 5
    for candidate in CANDIDATES:
        for form, name in product(forms(candidate), HASHES):
            digest = hashlib.new(name, form.encode()).digest()
            assert digest.hex()[:12] not in inside
            assert crockford(digest) not in codes


def test_no_record_and_no_source_can_be_made_again_without_the_key(haul):
    """Keys that a thief can guess: what the log holds, and what programs forget to set."""
    public = PublicKey.of(haul.secret)
    heads = (haul.audit / "heads.jsonl").read_bytes().splitlines()
    texts = [str(haul.records[0][name]).encode() for name in ("run", "key_id", "started")]
    guesses = [b"", bytes(32), b"redactor", public.raw, public.id.encode(), *heads, *texts]
    keys = [Key(g) for guess in guesses for g in (guess, hashlib.sha256(guess).digest())]
    known = {str(r[k]) for r in haul.records for k in KEYED if k in r}
    values = [form for value in ONE.values() for form in forms(value)]
    sources = [t.format(**ONE) for t in (LETTER, SHORT)]
    for key in keys:
        tried = {residue(key, value) for value in values}
        tried |= {fingerprint(key, str(r["entity"]), v) for r in haul.redactions for v in values}
        tried |= {document_id(key, name) for name in ("letter.txt", "short.txt")}
        tried |= {source_mac(key, hashlib.sha256(s.encode()).hexdigest()) for s in sources}
        tried |= {hmac.new(key.secret, v.encode(), "sha256").hexdigest()[:32] for v in values}
        assert not tried & known


def test_with_the_key_they_can(haul):
    """The test above tries the right thing."""
    known = {str(r[k]) for r in read(haul.audit, haul.secret) for k in KEYED if k in r}
    source = hashlib.sha256(SHORT.format(**ONE).encode()).hexdigest()
    assert source_mac(haul.secret, source) in known
    assert document_id(haul.secret, "short.txt") in known
    assert residue(haul.secret, "219 09 9981") in known
    prints = {fingerprint(haul.secret, "US_SSN", form) for form in forms(ONE["ssn"])}
    assert prints & known


def test_no_source_is_guessed_from_its_copy_and_the_block(haul):
    """S52: all of the short file is public but one value, and all candidates are at hand."""
    seen = haul.everything
    for ssn in BLOCK:
        source = haul.copies["short.txt"].replace(copied_code(haul), ssn).encode()
        assert not [n for n in HASHES if hashlib.new(n, source).hexdigest()[:16] in seen]


def copied_code(haul: Haul) -> str:
    return re.findall(r"\[US_SSN_\w+\]", haul.copies["short.txt"])[0]


def test_every_leaf_of_a_removal_hides_behind_keyed_bits(haul):
    """A leaf is a plain hash; what it is over holds 128 bits that only the key gives."""
    for record in haul.redactions:
        assert re.fullmatch("[0-9a-f]{32}", str(record["fingerprint"]))
    documents = [record for record in haul.records if record["type"] == "document"]
    assert all(re.fullmatch("[0-9a-f]{64}", str(record["source_mac"])) for record in documents)


def test_the_public_key_checks_the_log_and_opens_nothing(haul):
    public = PublicKey.load(haul.audit / "audit.pub")
    assert check(haul.audit, public).damage is None
    assert haul.secret.secret.hex() not in haul.everything
    assert haul.secret.signing.private_bytes_raw().hex() not in haul.everything


# What the sealed vault adds


def documents(haul: Haul) -> list[dict[str, object]]:
    found = [record for record in haul.records if record["type"] == "document"]
    return sorted(found, key=lambda record: str(record["output_bytes"]))


def payload(entry: bytes) -> int:
    """Return the length of what is encrypted: the header before it has a random length."""
    header = re.search(rb"\n--- [^\n]+\n", entry)
    assert header
    return len(entry) - header.end()


def test_the_vault_is_there_and_the_reviewer_can_open_it(haul):
    """The tests below look at the right thing."""
    texts = {
        json.loads(pyrage.decrypt(entry, [REVIEWER])).get("text")
        for document in documents(haul)
        for entry in haul.sealed(document)
    }
    assert set(ONE.values()) <= texts


def test_the_machine_that_redacts_cannot(haul):
    """All that it has are public keys and the collection key; age takes neither for an identity."""
    files = [path for path in haul.audit.parent.rglob("*") if path.is_file()]
    assert not [path for path in files if b"AGE-SECRET-KEY" in path.read_bytes()]
    [entry, *_] = haul.sealed(documents(haul)[0])
    own = pyrage.x25519.Identity.from_str(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(entry, [own])


def test_sizes_in_two_vaults_that_differ_in_the_removed_values_are_the_same(hauls):
    """Though their lengths differ: a name of 19 letters and one of 18, passwords of 17 and 16."""
    assert [len(values["password"]) for values in (ONE, OTHER)] == [17, 16]
    sizes = [[[payload(e) for e in h.sealed(d)[1:]] for d in documents(h)] for h in hauls]
    assert sizes[0] == sizes[1]
    assert len({size for document in sizes[0] for size in document}) == 1


def test_equal_values_are_sealed_to_different_bytes(haul):
    entries = [entry for document in documents(haul) for entry in haul.sealed(document)]
    assert len(set(entries)) == len(entries)
    digests = {str(r["vault"]) for r in haul.redactions}
    assert digests <= {hashlib.sha256(entry).hexdigest() for entry in entries}
    assert len(digests) == len(haul.redactions)


def test_sealing_a_candidate_gives_nothing_to_compare(haul):
    """The public key is known, so anybody can seal every candidate: never to the same bytes."""
    known = {entry[-64:] for document in documents(haul) for entry in haul.sealed(document)}
    tried = {seal(value.encode().ljust(512), [RECIPIENT])[-64:] for value in ONE.values()}
    assert not tried & known


def test_no_candidate_is_in_the_ciphertext_in_any_form(haul):
    data = b"".join(path.read_bytes() for path in haul.slots)
    names = [candidate for candidate in CANDIDATES if candidate not in BLOCK]
    assert not [form for name in names for form in forms(name) if form.encode() in data]
    assert b"letter" not in data
