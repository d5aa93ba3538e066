"""Rules are written as `rules/README.md` says, and its examples hold."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.checks import CHECKS
from redactor.detect.rules.detector import check_redos, validate
from redactor.model import Rule

README = (bundled_rules() / "README.md").read_text("utf-8")
FILES = sorted(bundled_rules().rglob("*.yaml"))
RULES = [path for path in FILES if path.name != "_define.yaml"]
LONG = 120


def expressions(path: Path) -> list[str]:
    """Return the pattern of a rule and its fragments, as they are written."""
    written = yaml.safe_load(path.read_text("utf-8"))
    shown = [written["pattern"]] if "pattern" in written else []
    return [*shown, *written.get("define", {}).values()]


def example(key: str) -> str:
    [block] = [
        b for b in re.findall(r"^```yaml\n(.*?)^```", README, re.DOTALL | re.MULTILINE) if key in b
    ]
    return str(block)


def rule_of(folder: Path, **files: str) -> Rule:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    [rule] = parse_rules(folder)
    return rule


def test_the_complete_example_holds(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, badge=example("finds:"))
    validate(rule)
    check_redos(rule)
    assert rule.pattern == r"\b(?-i:B|C)-(?P<value>\d{6})\b"


def test_the_example_of_fragments_holds(tmp_path: Path) -> None:
    text = example("finds:")
    text = text.replace("  series: B|C\n", "  series: B|C|{birthday}\n")
    assert "(?:jan" in rule_of(tmp_path, _define=example("birthday:"), badge=text).pattern


def test_every_field_is_told() -> None:
    fields = set(re.findall(r"^\| `(\w+)`", README, re.MULTILINE)) | {"ignores"}
    written = {key for path in FILES for key in yaml.safe_load(path.read_text("utf-8"))}
    assert fields == written
    assert "luhn" in CHECKS


def test_a_long_pattern_is_over_several_lines() -> None:
    long = {
        path.relative_to(bundled_rules()).as_posix()
        for path in FILES
        for text in expressions(path)
        if max(map(len, text.splitlines())) > LONG
        or (len(text) > LONG and not text.startswith("(?x)"))
    }
    assert long == set()


def test_a_pattern_over_several_lines_says_why() -> None:
    silent = {
        path.relative_to(bundled_rules()).as_posix()
        for path in RULES
        for pattern in expressions(path)[:1]
        if "\n" in pattern and not re.search(r"^ *# ", pattern, re.MULTILINE)
    }
    assert silent == set()
