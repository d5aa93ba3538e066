"""The library: its public names, and what each of them promises."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

import redactor
from redactor import (
    BatchResult,
    Key,
    Outcome,
    Status,
    errors,
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


ERRORS = [
    name
    for name, one in vars(errors).items()
    if inspect.isclass(one) and issubclass(one, errors.RedactorError)
]


def test_the_public_names_are_these_and_every_error():
    assert set(redactor.__all__) == {
        "Action",
        "ExitCode",
        "Finding",
        "AllowedPerson",
        "Key",
        "Outcome",
        "Policy",
        "Redactor",
        "Result",
        "BatchResult",
        "Status",
        "__version__",
        "redact_file",
        "redact_folder",
        "redact_text",
        "scan",
    } | set(ERRORS)
    assert len(redactor.__all__) == len(set(redactor.__all__))


@pytest.mark.parametrize("name", [name for name in redactor.__all__ if name != "__version__"])
def test_every_public_name_is_there_and_documented(name):
    assert len((inspect.getdoc(getattr(redactor, name)) or "").split()) > 3


def test_a_type_checker_is_told_of_the_same_names():
    """`tests/test_wheel.py` runs one."""
    tree = ast.parse(Path(redactor.__file__).read_text("utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    homes = {one.name: node.module for node in imports for one in node.names}
    del homes["import_module"]
    assert set(homes) | {"__version__"} == set(redactor.__all__)
    assert all(
        getattr(import_module(home), name) is getattr(redactor, name)
        for name, home in homes.items()
    )


def test_no_public_name_is_that_of_a_module():
    """Else whoever imports that module before finds it under the name."""
    modules = {module.name for module in pkgutil.iter_modules(redactor.__path__)}
    assert modules >= {"api", "errors"}
    assert modules & set(redactor.__all__) == set()


def test_importing_the_package_loads_nothing_else():
    code = "import sys; old = {*sys.modules}; import redactor; print(sorted({*sys.modules} - old))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=Path(redactor.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ast.literal_eval(done.stdout))
    assert {name for name in loaded if name.startswith("redactor")} == {"redactor"}
    assert loaded & {"dataclasses", "pathlib", "re", "typing"} == set()


def test_dir_shows_what_is_not_loaded_yet():
    assert set(redactor.__all__) <= set(dir(redactor))


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
        copy = redact_text(MAYOR, allow=keep)
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
    "no allow list": ({"allow": NOWHERE}, PolicyError),
    "no deny list": ({"deny": NOWHERE}, PolicyError),
    "a list by both of its names": ({"deny": ["Vance"], "remove": ["Vance"]}, UsageError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_settings_that_cannot_be_obeyed(name):
    given, error = REFUSED[name]
    with pytest.raises(error):
        redact_text(LETTER, **given)


def test_lists_by_the_former_names_of_their_parameters():
    text = "Delphine Astruc-Holm spoke of Nightjar."
    former = {"keep": ["Delphine Astruc-Holm"], "remove": ["Nightjar"]}
    present = {"allow": former["keep"], "deny": former["remove"]}
    key = Key(b"k" * 32)
    copy = redact_text(text, key=key, **former)
    assert copy == redact_text(text, key=key, **present)
    assert "Delphine Astruc-Holm" in copy
    assert "Nightjar" not in copy
    assert [finding.entity for finding in scan(text, **former)] == ["DENY_LIST"]


# --- files and folders ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that was redacted, the key file, and the report."""
    base = tmp_path_factory.mktemp("api")
    (base / "src/inner").mkdir(parents=True)
    (base / "src/inner/letter.txt").write_text(LETTER)
    (base / "src/calm.md").write_text("The tide was low.\n")
    (base / "src/odd.xyz").write_bytes(b"\0\1\2 anything")
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
        "odd.xyz": Status.FAILED,
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
    assert ".xyz" in odd.error
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


@pytest.mark.process
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


# -- the object ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def redactor_object():
    return redactor.Redactor(key=Key(b"k" * 32), allow=["Delphine Astruc-Holm"])


def test_a_result_says_what_was_redacted_in_positions_of_the_text_given(redactor_object):
    result = redactor_object.redact(LETTER)
    assert "Vance" not in result.text
    said = [(one.entity, LETTER[one.start : one.end]) for one in result.findings]
    assert said == [
        ("PERSON", "Teodor Vance"),
        ("EMAIL_ADDRESS", "teodor.vance@example.org"),
        ("PHONE_NUMBER", "212-555-0198"),
    ]
    assert [(one.start, one.end) for one in redactor_object.scan(LETTER)] == [
        (one.start, one.end) for one in result.findings
    ]
    assert set(result.needs_review) <= set(result.findings)


def test_one_object_gives_one_person_one_pseudonym(redactor_object):
    copies = [redactor_object.redact(text).text for text in (LETTER, MAYOR)]
    person = re.search(TOKEN.format("PERSON"), copies[0])[0]
    assert person in copies[1]
    assert "Delphine Astruc-Holm" in copies[1]


def test_an_object_does_what_the_functions_do(redactor_object, tmp_path):
    assert redactor_object.redact(LETTER).text == redact_text(
        LETTER, key=Key(b"k" * 32), allow=["Delphine Astruc-Holm"]
    )
    page = b"<!DOCTYPE html><p>Mr <b>Teodor</b> Vance</p>"
    assert b"Vance" not in redactor_object.redact_bytes(page)


def test_a_folder_is_kept_under_the_path_of_a_key(redactor_object, tmp_path):
    (tmp_path / "a.txt").write_text(LETTER)
    with pytest.raises(UsageError, match="path of a key file"):
        redactor_object.redact_folder(tmp_path, tmp_path.with_name("out"))
