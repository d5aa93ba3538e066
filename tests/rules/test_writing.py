"""Rules are written as `rules/README.md` says, and its examples hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(bundled_rules())))
def test_a_long_pattern_is_over_several_lines(path: Path) -> None:
    for text in expressions(path):
        assert max(map(len, text.splitlines())) <= LONG
        assert len(text) <= LONG or text.startswith("(?x)")


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(bundled_rules())))
def test_a_pattern_over_several_lines_says_why(path: Path) -> None:
    pattern = expressions(path)[0]
    assert "\n" not in pattern or re.search(r"^ *# ", pattern, re.MULTILINE)
