"""`redactor rules`: a rule of one's own written, tested, explained; and what is refused."""

from __future__ import annotations

import os
import re

import pytest

from redactor.cli.output import marked
from redactor.config.rules import parse_rules
from redactor.errors import ExitCode

TEXT = "Dr Teodor Vance, staff id B-123456, part B-1234567, card 4111 1111 1111 1112, Acme Ltd."


@pytest.fixture(scope="module")
def rules(cli, tmp_path_factory):
    """A folder with one new rule, as the command writes it."""
    base = tmp_path_factory.mktemp("own")
    run = cli("rules", "new", "ours/staff-badge", "--into", base / "rules")
    assert (run.code, run.err) == (0, ""), run.err
    assert str(base / "rules/ours/staff-badge.yaml") in run.out
    return base / "rules"


def test_a_new_rule_is_complete_and_keeps_its_word(cli, rules):
    [rule] = parse_rules(rules)
    assert (rule.id, rule.entity) == ("ours/staff-badge", "STAFF_BADGE")
    run = cli("rules", "test", rules)
    assert (run.code, run.err) == (0, "")
    assert run.out.count("  ok ") == 4
    assert "  ok   finds   Staff id B-[[123456]] was used." in run.out
    assert "  ok   ignores Flight B-7371 left." in run.out
    assert "1 rules, 0 broken" in run.out


def test_a_new_rule_is_found_in_a_scan(cli, rules):
    run = cli("scan", "-", "--rules", rules, stdin=b"Her staff id: B-123456.")
    assert "STAFF_BADGE" in run.out


def test_the_folder_is_rules_unless_another_is_named(cli, tmp_path):
    assert cli("rules", "new", "2nd-badge", cwd=tmp_path).code == 0
    assert [rule.entity for rule in parse_rules(tmp_path / "rules")] == ["ID_2ND_BADGE"]


def test_nothing_is_overwritten(cli, rules):
    before = (rules / "ours/staff-badge.yaml").read_bytes()
    run = cli("rules", "new", "ours/staff-badge", "--into", rules)
    assert (run.code, run.out) == (ExitCode.USAGE, "")
    assert "is not overwritten" in run.err
    assert (rules / "ours/staff-badge.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["../badge", "/badge", "a b", "", "email/plain", "badge.yaml"])
def test_a_name_that_cannot_be_is_refused(cli, tmp_path, name):
    run = cli("rules", "new", name, "--into", tmp_path / "rules")
    assert (run.code, run.out) == (ExitCode.USAGE, "")
    assert not (tmp_path / "rules").exists()
    assert not (tmp_path / "badge.yaml").exists()


def test_a_folder_that_is_a_file_is_an_output_error(cli, tmp_path):
    (tmp_path / "rules").write_text("")
    run = cli("rules", "new", "badge", "--into", tmp_path / "rules")
    assert (run.code, len(run.error_lines)) == (ExitCode.OUTPUT, 1)


def test_each_broken_rule_is_shown_and_the_others_too(cli, rules, tmp_path):
    good = next(rules.rglob("*.yaml")).read_text()
    broken = {
        "misses.yaml": good.replace("654321", "65432"),
        "touches.yaml": good.replace("B-1234567", "B-123458"),
        "slow.yaml": good.replace(
            r"'\bB-(?P<value>\d{6})\b'", r"'B-(?P<value>\d{6}(?:\d+)*)\b(?<!7)'"
        ),
        "typo.yaml": good.replace("score: 0.5", "scor: 0.5"),
        "good.yaml": good,
    }
    for name, text in broken.items():
        (tmp_path / name).write_text(text)
    run = cli("rules", "test", tmp_path)
    assert run.code == ExitCode.CONFIG
    assert "5 rules, 4 broken" in run.out
    assert "  FAIL finds   The parcel for B-65432 is here." in run.out
    assert "  FAIL ignores Part no. B-[[123458]]" in run.out
    lines = {re.search(r"(\w+)\.yaml, line (\d+): ", line).groups() for line in run.error_lines}
    number = {key: good[: good.index(text)].count("\n") + 1 for key, text in PLACES.items()}
    assert lines == {
        ("misses", str(number["misses"])),
        ("touches", str(number["touches"])),
        ("slow", str(number["slow"])),
        ("typo", "2"),  # where the missing key would be
    }
    assert f"line {number['typo']}: scor: Extra inputs" in run.err
    assert "65432" not in run.err


PLACES = {"misses": "654321", "touches": "B-1234567", "slow": "pattern:", "typo": "score: 0.5"}


@pytest.mark.parametrize("folder", ["missing", "empty", "file"])
def test_a_folder_without_rules_is_an_error(cli, tmp_path, folder):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    run = cli("rules", "test", tmp_path / folder)
    assert (run.code, run.out, len(run.error_lines)) == (ExitCode.CONFIG, "", 1)
    assert folder in run.err


# -- explain ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def explained(cli, rules):
    run = cli("rules", "explain", TEXT, "--rules", rules)
    assert (run.code, run.err) == (0, ""), run.err
    return run.out


def _block(explained: str, source: str, said: str) -> str:
    [block] = [b for b in explained.split("\n\n") if f" {source}: {said}\n" in b]
    return block


def test_it_shows_what_is_removed(explained):
    first = explained.splitlines()[0]
    assert "[[Teodor Vance]], staff id [[B-123456]], part B-1234567, card [[4111" in first
    assert "Acme Ltd." in first


def test_it_says_what_matched_and_what_the_context_did(explained):
    block = _block(explained, "rule:ours/staff-badge", "123456")
    assert block.startswith("* 28-34 STAFF_BADGE 0.90 ")
    assert "which is worth 0.50; a word of `near` within 40 characters: 0.90" in block
    assert "removed (pseudonym)" in block


def test_it_says_what_lost_to_a_check(explained):
    card = "4111 1111 1111 1112"
    assert "check card_number refuses" in _block(explained, "rule:id/credit_card", card)
    stock = _block(explained, "presidio:CreditCardRecognizer", card)
    assert "its check refuses" in stock
    assert "lost: refused by its check" in stock


def test_it_says_what_was_outranked_and_what_the_policy_keeps(explained):
    assert "is removed with it" in _block(explained, "rule:person/titled", "Teodor Vance")
    assert "lost: the policy keeps ORGANIZATION" in explained


def test_it_reads_standard_input_with_policy_lists_and_threshold(cli, tmp_path):
    policy = (
        "name: mine\nabout: A test.\nunlisted: keep\nthreshold: 0.95\nremove: {PHONE_NUMBER: }\n"
    )
    (tmp_path / "mine.yaml").write_text(policy + "deny_list: [Nightjar]\n")
    run = cli(
        *("rules", "explain", "-", "--policy", tmp_path / "mine.yaml"),
        stdin=b"Nightjar:\ncall 020 7946 0018\n",
    )
    assert (run.code, run.err) == (0, ""), run.err
    assert run.out.splitlines()[0] == "[[Nightjar]]:\\ncall 020 7946 0018\\n"
    assert "lost: below the threshold of 0.95" in run.out
    assert "DENY_LIST 1.00 list:remove: Nightjar\n    a term of a deny list\n    removed" in run.out


@pytest.fixture(scope="module")
def fragments(tmp_path_factory, rules):
    """A folder of rules that share fragments, the pattern in verbose mode."""
    folder = tmp_path_factory.mktemp("fragments")
    good = next(rules.rglob("*.yaml")).read_text()
    written = "|\n  (?x)\n  \\b{series}-  # the series\n  (?P<value>{serial})\\b"
    (folder / "badge.yaml").write_text(good.replace(r"'\bB-(?P<value>\d{6})\b'", written))
    (folder / "_define.yaml").write_text("define: {series: 'B|C', serial: '\\d{6}'}\n")
    return folder


def test_rules_with_fragments_are_tested(cli, fragments):
    run = cli("rules", "test", fragments)
    assert (run.code, run.err) == (0, "")
    assert "  ok   finds   Staff id B-[[123456]] was used." in run.out
    assert "1 rules, 0 broken" in run.out


@pytest.mark.parametrize("shown", [True, False])
def test_a_pattern_is_shown_with_its_fragments_put_in_where_one_asks(cli, fragments, shown):
    options = ["--patterns"] if shown else []
    run = cli("rules", "explain", "staff id C-123456", "--rules", fragments, *options)
    assert (run.code, run.err) == (0, "")
    block = _block(run.out, "rule:badge", "123456")
    assert block.rstrip().endswith("\n    \\b(?:B|C)-(?P<value>\\d{6})\\b") is shown


def test_an_error_of_it_quotes_nothing_of_the_text(cli, tmp_path):
    run = cli("rules", "explain", TEXT, "--rules", tmp_path / "nowhere")
    assert (run.code, run.out) == (ExitCode.CONFIG, "")
    assert "Vance" not in run.err


# -- colour ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colours_unless_it_wants_none(process_cli, rules, env, coloured):
    ours, theirs = os.openpty()
    run = process_cli(
        "rules", "test", rules, env={"TERM": "xterm", **env}, stdout=theirs, stderr=-1
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert run.code == 0
    assert ("\x1b[" in shown) is coloured
    assert ("B-[[123456]]" in shown) is not coloured


def test_no_text_plays_tricks_on_a_terminal():
    assert marked("a\x1b[31mb\nc\u202ed", [(0, 1)]) == "[[a]]\ufffd[31mb\\nc\ufffdd"
