"""`scan --show`: the text that is found, for the owner of the terminal, and only if asked."""

from __future__ import annotations

import pytest

LETTER = "Yesterday Teodor Vance wrote from teo@example.org.\x1b[31m\n"


@pytest.fixture
def letter(tmp_path):
    (tmp_path / "letter.txt").write_text(LETTER, "utf-8")
    return tmp_path / "letter.txt"


def test_what_is_found_is_shown_with_the_words_around_it(cli, letter):
    shown = cli("scan", letter, "--show").out
    assert "Yesterday ‹Teodor Vance› wrote from teo@example.org." in shown
    assert "‹teo@example.org›" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("option", [(), ("--json",), ("--sarif",)])
def test_nothing_is_shown_unless_asked(cli, letter, option):
    run = cli("scan", letter, *option)
    assert run.code == 0
    assert "Vance" not in run.out + run.err
    assert "teo@" not in run.out + run.err


@pytest.mark.parametrize("form", ["--json", "--sarif"])
def test_forms_for_programs_hold_no_text(cli, letter, form):
    run = cli("scan", letter, "--show", form)
    assert run.code != 0
    assert "Vance" not in run.out + run.err
