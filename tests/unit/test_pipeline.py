"""One document: what a replacement brings to light goes too, and a leak is never published."""

import pytest

from redactor import pipeline
from redactor.api import redact_text
from redactor.audit import AuditLog, read
from redactor.config.policy import load_policy
from redactor.errors import ExitCode, LeakError
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.keys import Key
from redactor.model import Job, Status
from redactor.pipeline import examination

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
    def unchanged(removals, key, numbers):
        return ["Kevin Marsh" for _ in removals]

    monkeypatch.setattr(examination, "replacements", unchanged)


@pytest.mark.usefixtures("broken_writer")
def test_a_text_that_still_holds_what_was_removed_is_not_returned():
    with pytest.raises(LeakError):
        redact_text("Kevin Marsh left.", key=KEY)


@pytest.mark.usefixtures("broken_writer")
def test_a_copy_that_still_holds_what_was_removed_is_not_published(tmp_path):
    make_folder(tmp_path / "out.audit", mode=PRIVATE_FOLDER)
    log = AuditLog.create(tmp_path / "out.audit", KEY)
    (tmp_path / "letter.txt").write_text("Kevin Marsh left.", "utf-8")
    job = Job(tmp_path / "letter.txt", tmp_path / "out" / "letter.txt", "letter.txt")
    outcome = pipeline.redact(job, pipeline.RunContext(load_policy("default"), KEY, log))
    assert (outcome.status, outcome.code) == (Status.FAILED, ExitCode.LEAK)
    assert list((tmp_path / "out").iterdir()) == []
    [record] = read(tmp_path / "out.audit")
    assert record["not_examined"] == [["document", "LeakError"]]
