"""The README says what the program does: its run, its examples and its code are tried here."""

import re
import shutil
from pathlib import Path

import pytest

from redactor.config.codes import shipped_code_sets
from redactor.config.policy import check_entities, load_policy
from redactor.config.rules import parse_rules
from redactor.detect.rules.detector import validate

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = {
    page.relative_to(ROOT).as_posix(): page.read_text("utf-8")
    for folder in ("redactor", "rules", "tests/benchmarks")
    for page in sorted((ROOT / folder).rglob("README.md"))
}
POLICIES = PAGES["redactor/config/README.md"]


def blocks(language, page=README):
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", *PAGES])
def test_every_link_to_a_page_leads_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target


def test_every_page_is_linked_from_the_first():
    assert {page for page in PAGES if page not in README} == set()


def test_a_newcomer_reads_the_first_page_once():
    assert README.count("\n") <= 260


def test_what_is_read_stands_in_the_first_page_as_in_that_of_the_formats():
    table = PAGES["redactor/formats/README.md"].split("<!-- formats -->\n")[1]
    assert table.split("<!-- end of formats -->")[0] in README


def test_the_run_on_the_first_screen_is_a_real_one(cli, tmp_path):
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    command, _, shown = blocks("console")[0].partition("\n")
    arguments = command.split("redactor ")[1].split()
    run = cli(*arguments, cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, shown, "")
    copy = (tmp_path / "redacted" / "news-harbour.txt").read_text("utf-8")
    assert without_tokens(blocks("text")[0].strip()) in without_tokens(copy)


def without_tokens(text):
    return re.sub(r"_[0-9A-Z]{8}\]", "]", text)


def test_the_rule_example_holds(tmp_path):
    [example] = [b for b in blocks("yaml", PAGES["rules/README.md"]) if "finds:" in b]
    (tmp_path / "badge.yaml").write_text(example, "utf-8")
    [rule] = parse_rules(tmp_path)
    validate(rule)


def test_the_policy_examples_can_be_obeyed(tmp_path, analyzer):
    names = []
    for example in (block for block in blocks("yaml", POLICIES) if "remove:" in block):
        (tmp_path / "example.yaml").write_text(example, "utf-8")
        policy = load_policy(str(tmp_path / "example.yaml"))
        check_entities(policy, analyzer.detectors.entities)
        names.append(policy.name)
    assert names == ["minutes", "released"]


def test_the_sets_of_codes_are_those_that_ship():
    rows = re.findall(
        r"^\| `([\w-]+)` \| .*(?:s\.40|\(b\)\(6\)|Art\. 89|CFR|PERSONAL)", POLICIES, re.MULTILINE
    )
    assert sorted(rows) == shipped_code_sets()


@pytest.mark.parametrize("command", ["pip install . && redactor redact seeds --out redacted"])
def test_the_set_up_commands_are_there(command):
    setup = blocks("console")[1].splitlines()
    assert [line.split("#")[0].strip() for line in setup] == [
        command,
        "pip install '.[test]' && pytest",
    ]
