"""One document: what a replacement brings to light goes too, and a leak is never published."""

import re

import pytest

from redactor import pipeline
from redactor.api import redact_bytes, redact_text
from redactor.audit import AuditLog, document_id, read
from redactor.config.policy import load_policy
from redactor.errors import DamagedDocument, ExitCode, LeakError
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.formats.html import Html
from redactor.keys import Key
from redactor.model import Job, Status
from redactor.operators import replacing

KEY = Key(b"k" * 32)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Kevin Marsh spoke.\nTo: Marsh@ECT, 4 May\n", id="an account"),
        pytest.param("Ines Carrano met Kevin Marsh. See Carrano & Marsh, p. 4.\n", id="a firm"),
    ],
)
def test_what_a_replacement_brings_to_light_goes_too(text):
    copy = redact_text(text, key=KEY)
    assert "Marsh" not in copy
    assert "Carrano" not in copy
    assert redact_text(copy, key=KEY) == copy


@pytest.fixture
def broken_writer(monkeypatch):
    def unchanged(operands, context):
        return ["Kevin Marsh" for _ in operands]

    monkeypatch.setattr(replacing, "replacements", unchanged)


@pytest.mark.usefixtures("broken_writer")
def test_a_text_that_still_holds_what_was_removed_is_not_returned():
    with pytest.raises(LeakError):
        redact_text("Kevin Marsh left.", key=KEY)


def redact_letter(folder):
    """Redact one letter into `folder`/out, its log beside it."""
    make_folder(folder / "out.audit", mode=PRIVATE_FOLDER)
    log = AuditLog.create(folder / "out.audit", KEY)
    (folder / "letter.txt").write_text("Kevin Marsh left.", "utf-8")
    job = Job(folder / "letter.txt", folder / "out" / "letter.txt", "letter.txt")
    return pipeline.redact(job, pipeline.RunContext(load_policy("default"), KEY, log))


@pytest.mark.usefixtures("broken_writer")
def test_a_copy_that_still_holds_what_was_removed_is_not_published(tmp_path):
    outcome = redact_letter(tmp_path)
    assert (outcome.status, outcome.code) == (Status.FAILED, ExitCode.LEAK)
    assert list((tmp_path / "out").iterdir()) == []
    [record] = read(tmp_path / "out.audit")
    assert record["not_examined"] == [["document", "LeakError"]]


@pytest.mark.parametrize(
    ("end", "error"), [("</script>", LeakError), ("", DamagedDocument)], ids=["whole", "cut off"]
)
def test_of_a_page_that_breaks_off_readers_may_differ(analyzer, monkeypatch, end, error):
    page = f"<!doctype html><p>Write to teodor.vance@example.org</p><script>x = 1{end}"
    monkeypatch.setattr(Html, "extract", lambda *_: iter(["teodor.vance@example.org"]))
    with pytest.raises(error):
        redact_bytes(page.encode(), analyzer, KEY)


UNFORESEEN = {
    "a value": (ValueError("Kevin Marsh"), ExitCode.BUG),
    "a key": (KeyError("Kevin Marsh"), ExitCode.BUG),
    "too deep a recursion": (RecursionError("Kevin Marsh"), ExitCode.BUG),
    "no memory left": (MemoryError("Kevin Marsh"), ExitCode.INPUT),
    "a disk that fails": (OSError(5, "Kevin Marsh"), ExitCode.INPUT),
}


@pytest.mark.parametrize(("error", "code"), UNFORESEEN.values(), ids=UNFORESEEN)
def test_an_unforeseen_exception_is_a_bug_unless_the_machine_is_at_its_end(
    tmp_path, monkeypatch, error, code
):
    def stumble(*_, **__):
        raise error

    monkeypatch.setattr(pipeline, "write", stumble)
    outcome = redact_letter(tmp_path)
    assert (outcome.status, outcome.code) == (Status.FAILED, code)
    assert re.search(
        rf"an unexpected {type(error).__name__} at pipeline/\w+\.py:\d+\)", outcome.error
    )
    assert "Marsh" not in outcome.error + outcome.hint
    assert ("bug" in outcome.hint) == (code is ExitCode.BUG)
    assert list((tmp_path / "out").iterdir()) == []
    [record] = read(tmp_path / "out.audit")
    kind = "InternalError" if code is ExitCode.BUG else "InputError"
    assert record["document"] == document_id(KEY, "letter.txt")
    assert record["not_examined"] == [["document", kind]]
