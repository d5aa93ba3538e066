"""Recognisers for Presidio on the command line: listed, tested, used, and in the log."""

from __future__ import annotations

import json

import pytest

from redactor.errors import ExitCode

BIRDS = """\
supported_languages: [en, de]
recognizers:
- name: Hides
  supported_entity: HIDE
  supported_languages: [{language: en, context: [hide]}, {language: de}]
  patterns: [{name: letter and digit, regex: '\\b[A-F]\\d\\b', score: 0.1}]
- name: Ringers
  supported_entity: RINGER
  deny_list: [marram, sea holly]
- name: Verstecke
  supported_language: de
  supported_entity: HIDE
  deny_list: [Ansitz]
- {name: Old ones, enabled: false}
"""
TEXT = (
    "Met at hide B4, by the marram. Later nobody could say on which cold windy morning last winter "
    "the door of room C5 was found shut; the Ansitz was not.\n"
)
FOUND = {("HIDE", "B4"), ("RINGER", "marram")}


@pytest.fixture(scope="module")
def birds(tmp_path_factory):
    path = tmp_path_factory.mktemp("given") / "birds.yaml"
    path.write_text(BIRDS)
    return path


def test_list_shows_them_behind_the_rules(cli, birds):
    run = cli("rules", "list", "--rules", birds)
    assert (run.code, run.err) == (0, "")
    rows = [row.split("  ") for row in run.out.splitlines()[-4:]]
    told = [tuple(cell.strip() for cell in row if cell.strip()) for row in rows]
    assert told == [
        ("presidio:Hides", "HIDE", "0.10", "for Presidio: 1 patterns, 1 context words"),
        ("presidio:Ringers", "RINGER", "1.00", "for Presidio: 2 terms"),
        (
            "presidio:Verstecke",
            "HIDE",
            "1.00",
            "for Presidio: 1 terms; not used: for de, not for en",
        ),
        ("presidio:Old ones", "-", "-", "for Presidio: as Presidio has it; not used: switched off"),
    ]


def test_test_says_that_they_have_no_examples(cli, birds):
    for path in (birds, birds.parent):
        run = cli("rules", "test", path)
        assert (run.code, run.err) == (0, "")
        assert "presidio:Hides: loads; it has no examples to hold to" in run.out
        assert "presidio:Verstecke: not used: for de, not for en" in run.out
    assert "1 files of recognisers, 0 broken" in run.out


def test_test_shows_each_broken_file_and_the_others_too(cli, tmp_path):
    (tmp_path / "good.yaml").write_text(BIRDS)
    (tmp_path / "typo.yaml").write_text(BIRDS.replace("deny_list", "denylist"))
    (tmp_path / "slow.yaml").write_text(BIRDS.replace(r"\b[A-F]\d\b", r"(\w+\s?)+:"))
    run = cli("rules", "test", tmp_path)
    assert run.code == ExitCode.CONFIG
    assert "3 files of recognisers, 2 broken" in run.out
    slow, typo = run.error_lines
    assert "slow.yaml, line 6: regex: takes time" in slow
    assert "typo.yaml, line 9: denylist: Extra inputs" in typo
    single = cli("rules", "test", tmp_path / "typo.yaml")
    assert (single.code, single.out, len(single.error_lines)) == (ExitCode.CONFIG, "", 1)


def test_two_files_with_the_same_names_do_not_go_together(cli, birds, tmp_path):
    (tmp_path / "again.yaml").write_text(BIRDS)
    run = cli("scan", "-", "--rules", birds, "--rules", tmp_path / "again.yaml", stdin=b"x")
    assert (run.code, run.out) == (ExitCode.CONFIG, "")
    assert "again.yaml, line 3: name: another recogniser has it" in run.err
    assert f"{birds}, line 3" in run.err


def scanned(cli, *arguments):
    run = cli("scan", "-", "--json", *arguments, stdin=TEXT.encode())
    assert run.code == 0, run.err
    found = json.loads(run.out)["findings"]
    return {
        (one["entity"], TEXT[one["start"] : one["end"]])
        for one in found
        if one["source"].startswith("presidio:")
    }, run


def test_scan_uses_them_and_tells_which_it_does_not(cli, birds):
    found, run = scanned(cli, "--rules", birds)
    assert found == FOUND
    assert run.error_lines == [f"redactor: {birds}, line 10: not used: for de, not for en"]


def test_so_does_a_policy_that_names_the_file(cli, birds, tmp_path):
    policy = tmp_path / "mine.yaml"
    policy.write_text(
        "name: mine\nabout: A test.\nunlisted: keep\nremove: {HIDE: {threshold: 0.2}}\n"
        f"recognizers: {birds}\n"
    )
    found, run = scanned(cli, "--policy", policy)
    assert found == {("HIDE", "B4")}
    assert len(run.error_lines) == 1
    checked = cli("policy", "check", policy)
    assert (checked.code, "can be obeyed" in checked.out) == (0, True)


def test_a_policy_may_decide_by_their_entities_only_where_they_are(cli, birds, tmp_path):
    policy = tmp_path / "mine.yaml"
    policy.write_text("name: mine\nabout: A test.\nremove: {PERSON: }\nkeep: [RINGER]\n")
    assert scanned(cli, "--policy", policy, "--rules", birds)[0] == {("HIDE", "B4")}
    run = cli("scan", "-", "--policy", policy, stdin=TEXT.encode())
    assert (run.code, "nothing finds RINGER" in run.err) == (ExitCode.CONFIG, True)


def test_explain_says_what_they_matched_and_why(cli, birds):
    run = cli("rules", "explain", TEXT, "--rules", birds, "--patterns")
    assert run.code == 0
    assert "HIDE 0.45 presidio:Hides: B4" in run.out
    assert "pattern letter and digit fits, which is worth 0.10; context word hide" in run.out
    assert "HIDE 0.10 presidio:Hides: C5" in run.out
    assert "lost: below the threshold" in run.out
    assert "\\b[A-F]\\d\\b" in run.out


def test_a_look_alike_of_ours_takes_nothing_from_them(cli, tmp_path):
    said = {
        "name": "Zip code Recognizer",
        "supported_entity": "ZIP",
        "patterns": [{"name": "zip code (weak)", "regex": r"\b\d{5}\b", "score": 0.01}],
        "context": ["zip", "code"],
    }
    (tmp_path / "zip.json").write_text(json.dumps(said))
    run = cli("scan", "-", "--rules", tmp_path / "zip.json", stdin=b"The zip code: 10023")
    assert "presidio:Zip code Recognizer" in run.out


def test_the_log_covers_the_file(cli, birds, tmp_path):
    (tmp_path / "letter.txt").write_text(TEXT)
    digests = []
    changed = tmp_path / "changed.yaml"
    changed.write_text(BIRDS.replace("sea holly", "thrift"))
    for number, rules in enumerate(
        ((), ("--rules", birds), ("--rules", birds), ("--rules", changed))
    ):
        out = tmp_path / f"out{number}"
        run = cli("redact", tmp_path / "letter.txt", "--out", out, *rules, "--workers", "1")
        assert run.code == 0, run.err
        lines = (tmp_path / f"out{number}.audit/audit.jsonl").read_text().splitlines()
        records = [json.loads(line) for line in lines]
        digests += [one["rules_digest"] for one in records if "rules_digest" in one]
    without, one, again, other = digests
    assert one == again
    assert len({without, one, other}) == 3
    shown = cli("audit", "show", tmp_path / "out1.audit", "--json")
    assert "presidio:Ringers" in shown.out
    assert "marram" not in (tmp_path / "out1/letter.txt").read_text()
    report = cli("audit", "report", tmp_path / "out1.audit", "--rules", birds)
    assert (report.code, report.err) == (0, "")


@pytest.mark.parametrize(
    "bad", [BIRDS.replace("deny_list", "denylist"), "recognizers: []\n", "Quillmoth\n"]
)
def test_a_bad_file_is_one_line_and_nothing_is_written(cli, files, tmp_path, bad):
    (tmp_path / "letter.txt").write_text(TEXT)
    (tmp_path / "bad.yaml").write_text(bad)
    before = files(tmp_path)
    run = cli(
        *("redact", tmp_path / "letter.txt", "--out", tmp_path / "out"),
        *("--rules", tmp_path / "bad.yaml"),
    )
    assert (run.code, run.out, len(run.error_lines)) == (ExitCode.CONFIG, "", 1)
    assert "bad.yaml" in run.err
    assert "Quillmoth" not in run.err
    assert files(tmp_path) == before
