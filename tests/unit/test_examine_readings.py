"""What other readings say is found, swept, kept out of copies, and told apart like the rest."""

from __future__ import annotations

import base64

import pytest

from redactor import Key, redact_folder, redact_text, scan
from redactor.analysis import unit
from redactor.detect.deobfuscation.views import DEPTH
from redactor.detect.ner.detector import NameDetector
from redactor.errors import ExitCode
from redactor.model import Status

KEY = Key(bytes(32))


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def test_a_name_is_one_person_however_it_is_written():
    copy = redact_text("Ilse Brandt spoke.\n\nI L S E  B R A N D T\n\nIlse Brandt left.", key=KEY)
    codes = [line.split("]")[0] for line in copy.split("[PERSON_")[1:]]
    assert len(codes) == 3
    assert len(set(codes)) == 1


def test_a_name_found_in_plain_text_is_swept_from_code():
    code = encoded("the cabinet of brandvold, as we said, is empty; nothing is left")
    assert code not in redact_text(f"Ilse Brandvold spoke. {code}", key=KEY)


def test_a_value_found_in_code_is_swept_from_plain_text():
    code = encoded("write to the account ilse_brandvold77@example.net, please")
    copy = redact_text(f"{code}\n\nilse_brandvold77 @ example.net: gone", key=KEY)
    assert "brandvold77" not in copy
    assert code not in copy


def test_who_stays_does_not_shield_another_in_the_same_code():
    code = encoded("Delphine Astruc met Teodor Vance at the harbour on Monday morning")
    copy = redact_text(f"Delphine Astruc spoke. {code}", key=KEY, allow=["Delphine Astruc"])
    assert copy.startswith("Delphine Astruc spoke.")
    assert code not in copy


def test_who_stays_alone_stays_in_code():
    code = encoded("Delphine Astruc opened the new bridge over the harbour on Monday")
    text = f"Delphine Astruc spoke. {code}"
    assert redact_text(text, key=KEY, allow=["Delphine Astruc"]) == text


def test_all_of_a_long_code_is_read(monkeypatch):
    for name, size in (("WINDOW", 8_000), ("OVERLAP", 1_000), ("CONTEXT", 100)):
        monkeypatch.setattr(unit, name, size)
    lines = "\n".join(f"{number} bales of straw were delivered." for number in range(150))
    code = encoded(f"{lines}\nilse.brandt@example.net has signed.\n{lines}")
    wrapped = "\n".join(code[at : at + 76] for at in range(0, len(code), 76))
    found = scan(f"Attached:\n\n{wrapped}\n")
    assert any(one.entity == "EMAIL_ADDRESS" for one in found)


@pytest.mark.parametrize(
    ("remove", "asked"), [("EMAIL_ADDRESS", False), ("PERSON", True), ("LOCATION", True)]
)
def test_the_name_model_is_asked_only_for_what_the_policy_looks_for(
    tmp_path, monkeypatch, remove, asked
):
    (tmp_path / "one.yaml").write_text(
        f"name: one\nabout: A test.\nunlisted: keep\nremove: {{{remove}: }}\n"
    )
    texts = []
    monkeypatch.setattr(NameDetector, "find", lambda _, view, *__: texts.append(view) or [])
    found = scan("Ilse Brandt: ilse.brandt@example.net", policy=tmp_path / "one.yaml")
    assert bool(texts) == asked
    assert [one.entity for one in found] == ([] if asked else ["EMAIL_ADDRESS"])


def test_a_document_with_text_nested_too_deep_gets_no_copy(tmp_path):
    code = "told in confidence by ilse.brandt@example.net, and by nobody else"
    for _ in range(DEPTH + 1):
        code = encoded(code)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/letter.txt").write_text(f"Dear all, {code}")
    report = redact_folder(tmp_path / "src", tmp_path / "out", workers=1)
    [outcome] = report.outcomes
    assert (outcome.status, report.exit_code) == (Status.FAILED, ExitCode.INPUT)
    assert "encoded more than" in outcome.error
    assert not (tmp_path / "out/letter.txt").exists()
