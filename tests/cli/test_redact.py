"""`redactor redact` as a process: what lands in OUT and OUT.audit, and what is said about it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from redactor.audit import read
from redactor.config.policy import load_policy
from redactor.keys import Key
from redactor.opening import discover
from redactor.requests import BatchRequest

ALONE = ("--workers", "1")  # a second worker takes longer to start than these texts take
TOKEN = re.compile(r"\[([A-Z][A-Z_]*)_[0-9A-HJKMNP-TV-Z]{8}\]")
REMOVED = ("Teodor", "Vance", "teodor.vance@example.org", "212-555-0198", "219-09-9999")
KEPT = ("The café was loud", "Harbour Board")

LETTER = (
    "Dear Mr Teodor Vance,\n"
    "\n"
    "write to teodor.vance@example.org or call 212-555-0198.\n"
    "The café was loud. SSN 219-09-9999 was on file at the Harbour Board.\n"
    "Vance signed twice.\n"
)
CALM = "The tide was low and the harbour was empty.\n"

# name: the bytes, and the codec that reads them
TEXTS: dict[str, tuple[bytes, str]] = {
    "plain.txt": (LETTER.encode(), "utf-8"),
    "2031/deep/er/nested.md": (LETTER.encode(), "utf-8"),
    "crlf.txt": (LETTER.replace("\n", "\r\n").encode(), "utf-8"),
    "mixed-ends.txt": (
        LETTER.replace("\n", "\r\n", 2).replace(". SSN", ".\rSSN").encode(),
        "utf-8",
    ),
    "no-final-newline.text": (LETTER.rstrip("\n").encode(), "utf-8"),
    "bom.txt": (b"\xef\xbb\xbf" + LETTER.encode(), "utf-8"),
    "cp1252.txt": (LETTER.encode("cp1252"), "cp1252"),
    "utf16.txt": (LETTER.encode("utf-16"), "utf-16-le"),
    "utf16be.txt": (b"\xfe\xff" + LETTER.encode("utf-16-be"), "utf-16-be"),
    "nul.txt": (LETTER.replace("loud.", "loud.\0").encode(), "utf-8"),
    "calm.txt": (CALM.encode(), "utf-8"),
    "empty.txt": (b"", "utf-8"),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("redact") / "letters"
    for name, (data, _) in TEXTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "plain.txt").chmod(0o640)
    (folder / "notes.draft.txt").write_text(LETTER)
    (folder / "2031/second.draft.txt").write_text(LETTER)
    (folder / ".redactorignore").write_text("# not for the public\n*.draft.txt\n")
    return folder


@pytest.fixture(scope="module")
def keyed(cli, source, key_file):
    """One run under a key, in this process."""
    out = source.with_name("keyed")
    run = cli("redact", source, "--out", out, "--key-file", key_file)
    return run, out


@pytest.fixture(scope="module")
def keyless(cli, source):
    out = source.with_name("keyless")
    return cli("redact", source, "--out", out, *ALONE), out


def test_the_copies_mirror_the_tree(keyed, files):
    run, out = keyed
    assert run.code == 0, run.err
    assert set(files(out)) == set(TEXTS)


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_changes_outside_the_edits(keyed, name):
    """Every stretch between two placeholders stands in the source, in order, byte for byte."""
    data, codec = TEXTS[name]
    copy = (keyed[1] / name).read_bytes().decode(codec)
    pieces = TOKEN.split(copy)[::2]
    around = ".+?".join(map(re.escape, pieces))
    assert re.fullmatch(around, data.decode(codec), re.DOTALL)
    assert copy.encode(codec) == (keyed[1] / name).read_bytes()


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in {"calm.txt", "empty.txt"}])
def test_what_identifies_is_gone_and_the_rest_stays(keyed, name):
    copy = (keyed[1] / name).read_bytes().decode(TEXTS[name][1])
    assert not [value for value in REMOVED if value in copy]
    assert not [value for value in KEPT if value not in copy]
    assert {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN"} <= set(TOKEN.findall(copy))


@pytest.mark.parametrize("name", ["calm.txt", "empty.txt"])
def test_a_text_without_findings_is_copied_as_it_is(keyed, name):
    assert (keyed[1] / name).read_bytes() == TEXTS[name][0]


def test_one_person_has_one_pseudonym_in_every_file(keyed):
    copies = [(keyed[1] / name).read_bytes().decode(codec) for name, (_, codec) in TEXTS.items()]
    tokens = {token.group() for copy in copies for token in TOKEN.finditer(copy)}
    assert len([token for token in tokens if token.startswith("[PERSON_")]) == 1


def test_a_copy_has_the_mode_of_its_source(keyed):
    assert _mode(keyed[1] / "plain.txt") == 0o640


def test_the_summary_counts_and_says_where_the_audit_is(keyed):
    run, out = keyed
    texts = len(TEXTS) - 2
    first, *rest = run.out.splitlines()
    assert first == (
        f"{texts} redacted, 2 with nothing to remove, 0 not examined, 2 excluded by .redactorignore"
    )
    counted = dict(line.split()[::-1] for line in rest if re.fullmatch(r" *\d+ [A-Z_]+", line))
    assert counted["EMAIL_ADDRESS"] == counted["US_SSN"] == str(texts)
    assert counted["PERSON"] == str(2 * texts)
    assert f"{out}.audit (keep it private)" in run.out
    assert "made for this run" not in run.out
    assert run.err == ""


def test_a_run_without_a_key_makes_one_and_says_so(keyless):
    run, out = keyless
    made = Path(f"{out}.audit", "key")
    assert re.search(rf"^key: +{re.escape(str(made))} .*keep it private", run.out, re.MULTILINE)
    assert re.fullmatch(r"[0-9a-f]{64}\n", made.read_text())


def test_the_audit_is_private(keyless):
    audit = Path(f"{keyless[1]}.audit")
    assert _mode(audit) == 0o700
    modes = {path.name: _mode(path) for path in audit.iterdir()}
    assert {"audit.jsonl", "leaves.bin", "heads.jsonl", "audit.pub", "key"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_a_key_of_the_user_is_not_copied_into_the_audit(keyed, key_file, files):
    kept = files(Path(f"{keyed[1]}.audit"))
    assert "key" not in kept
    assert not [name for name, data in kept.items() if key_file.read_bytes().strip() in data]


def test_without_the_key_the_pseudonyms_differ(keyed, keyless):
    under_key, made = (
        set(TOKEN.finditer((out / "plain.txt").read_text())) for _, out in (keyed, keyless)
    )
    assert len(under_key) == len(made) > 3
    assert not {token.group() for token in under_key} & {token.group() for token in made}


@pytest.mark.parametrize("workers", ["1", "3"])
def test_the_same_key_gives_the_same_bytes_whoever_does_the_work(  # noqa: PLR0917
    forked_cli, source, keyed, key_file, files, workers
):
    out = source.with_name(f"by-{workers}")
    run = forked_cli("redact", source, "--out", out, "--key-file", key_file, "--workers", workers)
    assert run.code == 0, run.err
    assert files(out) == files(keyed[1])


def test_a_copy_redacted_again_is_left_alone_and_quiet_says_nothing(
    cli, source, keyed, key_file, files
):
    out = source.with_name("again")
    run = cli("redact", keyed[1], "--out", out, "--key-file", key_file, "--quiet", *ALONE)
    assert (run.code, run.out, run.err) == (0, "", "")
    assert files(out) == files(keyed[1])
    statuses = [record["status"] for record in _records(out) if record["type"] == "document"]
    assert statuses == ["clean"] * len(TEXTS)


@pytest.fixture(scope="module")
def special(cli, tmp_path_factory):
    """One run over several sources, under the strict policy, with an allow list."""
    base = tmp_path_factory.mktemp("special")
    for folder in ("north", "south"):
        (base / folder).mkdir()
        (base / folder / "same.txt").write_text(LETTER)
    (base / "speech.md").write_text(
        "Mayor Delphine Astruc-Holm opened the bridge; her aide Mr Teodor Vance drove.\n"
        "Astruc-Holm spoke on 3 March 2031, see https://www.example.org/minutes for more.\n"
    )
    (base / "public.txt").write_text("# public figures\nDelphine Astruc-Holm\n")
    run = cli(
        *("redact", base / "north", base / "south", base / "speech.md", "--out", base / "out"),
        *("--policy", "strict", "--allow-list", base / "public.txt", *ALONE),
    )
    assert run.code == 0, run.err
    return base / "out"


def test_several_sources_stand_side_by_side(special, files):
    assert set(files(special)) == {"north/same.txt", "south/same.txt", "speech.md"}


def test_who_is_on_the_keep_list_stays(special):
    copy = (special / "speech.md").read_text()
    assert copy.startswith("Mayor Delphine Astruc-Holm opened the bridge; her aide Mr [PERSON_")
    assert "\nAstruc-Holm spoke on" in copy
    assert "Vance" not in copy
    audit = Path(f"{special}.audit")
    records = read(audit, Key.load(audit / "key"))
    kept = [record for record in records if record.get("action") == "keep"]
    assert kept
    assert not [record for record in kept if "placeholder" in record]


def test_the_strict_policy_removes_what_identifies_in_combination(special):
    copy = (special / "speech.md").read_text()
    assert {"DATE_TIME", "URL"} <= set(TOKEN.findall(copy))
    assert "2031" not in copy
    assert [record["policy"] for record in _records(special) if "policy" in record] == ["strict"]


def test_standard_input_goes_to_standard_output(cli, key_file, keyed, files):
    before = files(cli.folder)
    run = cli("redact", "-", "--key-file", key_file, stdin=TEXTS["crlf.txt"][0])
    assert (run.code, run.err) == (0, "")
    assert run.out.encode() == (keyed[1] / "crlf.txt").read_bytes()
    assert files(cli.folder) == before


@pytest.mark.parametrize("odd", ["..", ".", "../here/.."])
def test_no_source_name_leads_out_of_out(tmp_path, monkeypatch, odd):
    """One of two sources is the folder one stands in, or its parent."""
    here = tmp_path / "work/here"
    here.mkdir(parents=True)
    (here / "inside.txt").write_text(CALM)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/o.txt").write_text(CALM)
    monkeypatch.chdir(here)
    out = tmp_path / "place/out"
    request = BatchRequest((Path(odd), tmp_path / "other"), out, load_policy("default"))
    targets = [entry.job.target.resolve() for entry in discover(request)]
    assert len(targets) == 2
    assert not [target for target in targets if not target.is_relative_to(out)]


def test_out_may_be_the_folder_one_stands_in(cli, tmp_path, key_file):
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "calm.txt").write_text(CALM)
    run = cli("redact", "../calm.txt", "--out", ".", "--key-file", key_file, cwd=here)
    assert (run.code, run.err) == (0, "")
    assert (here / "calm.txt").read_text() == CALM
    assert (tmp_path / "here.audit/audit.jsonl").exists()
    checked = cli("verify", ".", "--key-file", key_file, cwd=here)
    assert (checked.code, checked.err) == (0, "")


def _records(out: Path) -> list[dict]:
    lines = Path(f"{out}.audit", "audit.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777
