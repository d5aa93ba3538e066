"""The library: its public names, and what each of them promises."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import redactor
from redactor import (
    BatchResult,
    Key,
    Outcome,
    Status,
    redact_file,
    redact_folder,
    redact_text,
    scan,
)
from redactor.errors import (
    ExitCode,
    InputError,
    KeyFileError,
    OutputError,
    PolicyError,
    RuleError,
    UsageError,
)

KEY = Key(bytes(range(32)))
TOKEN = r"\[{}_[0-9A-HJKMNP-TV-Z]{{8}}\]"
LETTER = "Dear Mr Teodor Vance,\nwrite to teodor.vance@example.org or call 212-555-0198.\n"
MAYOR = "Mayor Delphine Astruc-Holm opened the bridge; her aide Mr Teodor Vance drove."


def test_the_public_names_are_these():
    assert set(redactor.__all__) == {
        "Action",
        "ExitCode",
        "Finding",
        "AllowedPerson",
        "Key",
        "Outcome",
        "Policy",
        "RedactorError",
        "BatchResult",
        "Status",
        "__version__",
        "redact_file",
        "redact_folder",
        "redact_text",
        "scan",
    }
    assert len(redactor.__all__) == len(set(redactor.__all__))


@pytest.mark.parametrize("name", [name for name in redactor.__all__ if name != "__version__"])
def test_every_public_name_is_there_and_documented(name):
    assert len((inspect.getdoc(getattr(redactor, name)) or "").split()) > 3


def test_no_other_name_is_there():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = redactor.no_such_name


# --- scan -----------------------------------------------------------------------------------

TEXTS = {
    "a letter": LETTER,
    "in two lines": f"{LETTER}{LETTER}",
    "after wide letters": "Café 𝔘𝔫𝔦 \N{COMBINING ACUTE ACCENT}👋🏽 " + LETTER,
    "with CRLF": LETTER.replace("\n", "\r\n"),
    "disguised": "teodor.vance&#64;example&#46;org and ２１９-０９-９９９９ is my SSN",
    "with a mark": "\ufeff" + LETTER,
    "with NUL": LETTER.replace("or", "or\0"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_scan_finds_is_what_redact_removes(name):
    """Offsets are characters of the text given, sorted, apart, and cut out exactly."""
    text = TEXTS[name]
    found = scan(text)
    spans = [(finding.start, finding.end) for finding in found]
    assert found
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert all(0 < finding.score <= 1 and finding.source for finding in found)
    edges = [0, *(at for span in spans for at in span), len(text)]
    kept = [re.escape(text[edges[i] : edges[i + 1]]) for i in range(0, len(edges), 2)]
    tokens = [*(TOKEN.format(finding.entity) for finding in found), ""]
    shape = "".join(part for pair in zip(kept, tokens, strict=True) for part in pair)
    assert re.fullmatch(shape, redact_text(text, key=KEY))


def test_scan_names_entities_and_covers_them():
    found = {finding.entity: LETTER[finding.start : finding.end] for finding in scan(LETTER)}
    assert found["EMAIL_ADDRESS"] == "teodor.vance@example.org"
    assert found["PHONE_NUMBER"] == "212-555-0198"
    assert "Vance" in found["PERSON"]


def test_a_finding_shows_no_text():
    assert "eodor" not in repr(scan(LETTER))


# --- redact_text ----------------------------------------------------------------------------


def test_the_same_key_gives_the_same_text():
    assert redact_text(LETTER, key=KEY) == redact_text(LETTER, key=Key(KEY.secret))


def test_without_a_key_pseudonyms_hold_within_the_text_alone():
    one, two = (redact_text(f"{LETTER}{LETTER}") for _ in range(2))
    assert one != two
    first, second = one.splitlines()[1::2]
    assert first == second


def test_a_key_may_be_the_path_of_a_key_file(tmp_path):
    KEY.save(tmp_path / "key")
    assert redact_text(LETTER, key=tmp_path / "key") == redact_text(LETTER, key=KEY)


@pytest.mark.parametrize("text", ["", " ", "\n", "\ufeff", "\0", "The tide was low.", "\r\n\r"])
def test_a_text_without_findings_is_returned_as_it_is(text):
    assert redact_text(text) == text
    assert scan(text) == []


def test_a_mark_at_the_start_of_a_text_is_text():
    assert redact_text("\ufeff" + LETTER, key=KEY) == "\ufeff" + redact_text(LETTER, key=KEY)


@pytest.mark.parametrize("function", [redact_text, scan])
def test_lone_surrogates_are_refused(function):
    with pytest.raises(InputError, match="surrogate") as caught:
        function(LETTER + "\udfff")
    assert "eodor" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_redacted_text_redacted_again_is_the_same():
    copy = redact_text(LETTER, key=KEY)
    assert redact_text(copy, key=Key.new()) == copy


def test_who_is_kept_stays(tmp_path):
    (tmp_path / "keep.txt").write_text("Delphine Astruc-Holm  # the mayor\n")
    for keep in (["Delphine Astruc-Holm"], tmp_path / "keep.txt"):
        copy = redact_text(MAYOR, keep=keep)
        assert copy.startswith("Mayor Delphine Astruc-Holm opened")
        assert "Vance" not in copy
    assert "Astruc" not in redact_text(MAYOR)


def test_the_strict_policy_removes_more():
    text = "Seen on 3 March 2031 by Mr Teodor Vance."
    assert "3 March 2031" in redact_text(text)
    assert "2031" not in redact_text(text, policy="strict")


NOWHERE = Path("/nowhere/at/all")
# what is asked for, and the error
REFUSED = {
    "no policy": ({"policy": "lenient"}, PolicyError),
    "no policy file": ({"policy": NOWHERE}, PolicyError),
    "no rules": ({"rules": [NOWHERE]}, RuleError),
    "no key": ({"key": NOWHERE}, KeyFileError),
    "no keep list": ({"keep": NOWHERE}, PolicyError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_settings_that_cannot_be_obeyed(name):
    given, error = REFUSED[name]
    with pytest.raises(error):
        redact_text(LETTER, **given)


# --- files and folders ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that was redacted, the key file, and the report."""
    base = tmp_path_factory.mktemp("api")
    (base / "src/inner").mkdir(parents=True)
    (base / "src/inner/letter.txt").write_text(LETTER)
    (base / "src/calm.md").write_text("The tide was low.\n")
    (base / "src/odd.docx").write_text("anything")
    KEY.save(base / "key")
    report = redact_folder(base / "src", base / "out", key=base / "key", workers=1)
    return base, report


def test_a_folder_is_reported_document_by_document(folder):
    base, report = folder
    assert isinstance(report, BatchResult)
    statuses = {outcome.name: outcome.status for outcome in report.outcomes}
    assert statuses == {
        "calm.md": Status.CLEAN,
        "inner/letter.txt": Status.REDACTED,
        "odd.docx": Status.FAILED,
    }
    assert (report.exit_code, report.key_made, report.audit) == (
        ExitCode.INPUT,
        None,
        base / "out.audit",
    )


def test_a_file_in_a_folder_is_redacted_as_its_text_is(folder):
    assert (folder[0] / "out/inner/letter.txt").read_text() == redact_text(LETTER, key=KEY)


def test_an_outcome_counts_and_explains(folder):
    _, letter, odd = folder[1].outcomes
    assert dict(letter.counts) == {"EMAIL_ADDRESS": 1, "PERSON": 1, "PHONE_NUMBER": 1}
    assert (letter.code, letter.error) == (0, "")
    assert (odd.code, odd.counts) == (ExitCode.INPUT, ())
    assert ".docx" in odd.error
    assert odd.hint


def test_a_single_file(tmp_path):
    (tmp_path / "letter.txt").write_text(LETTER)
    outcome = redact_file(str(tmp_path / "letter.txt"), str(tmp_path / "out"))
    assert isinstance(outcome, Outcome)
    assert (outcome.name, outcome.status) == ("letter.txt", Status.REDACTED)
    assert "Vance" not in (tmp_path / "out/letter.txt").read_text()
    assert (tmp_path / "out.audit/key").exists()


def test_a_folder_run_that_cannot_start(folder):
    base, _ = folder
    with pytest.raises(UsageError):
        redact_folder(base / "nowhere", base / "new")
    with pytest.raises(UsageError):
        redact_folder(base / "src", base / "src/out")
    with pytest.raises(OutputError):
        redact_folder(base / "src", base / "out")
    assert not (base / "new").exists()


def test_a_folder_is_no_file(folder):
    """`redact_file` promises the outcome of one file."""
    base, _ = folder
    with pytest.raises(UsageError):
        redact_file(base / "src", base / "new-file")


def test_a_script_needs_no_guard(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "letter.txt").write_text("Write to teo@example.org.", "utf-8")
    script = "from redactor import redact_folder\nprint(redact_folder('in', 'out').exit_code)\n"
    (tmp_path / "script.py").write_text(script, "utf-8")
    run = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "0\n", "")
    assert "teo@" not in (tmp_path / "out" / "letter.txt").read_text("utf-8")
