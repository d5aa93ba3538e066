"""The wheel, built and installed away from the repository: it has all that the main job needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = """
import spacy, redactor
from redactor.cli import app
from redactor.config.policy import policy_path
from redactor.config.rules import bundled_rules
from redactor.detect.ner.models import shipped
from redactor.presidio import registry_conf_path
for path in (redactor.__file__, policy_path("default"), policy_path("strict"), bundled_rules()):
    print(path)
print(registry_conf_path())
print(shipped())
print([entity.text for entity in spacy.load(shipped())("Mr Teodor Vance met us.").ents])
"""

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel alone, in a folder of its own. What it depends on comes from this environment."""
    base = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    _run(base, *pip, "wheel", ROOT, "--no-deps", "--wheel-dir", base / "built")
    (wheel,) = (base / "built").iterdir()
    _run(base, *pip, "install", "--no-deps", "--target", base / "site", wheel)
    return base / "site"


def _run(cwd: Path, *command: str | Path, **changes: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | changes,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_part_comes_from_the_wheel(installed, tmp_path):
    printed = _run(tmp_path, sys.executable, "-c", PARTS, PYTHONPATH=str(installed))
    *paths, people = printed.splitlines()
    assert len(paths) == 6
    assert all(Path(path).is_relative_to(installed) and Path(path).exists() for path in paths)
    assert "Vance" in people


def test_the_wheel_has_every_rule_and_the_licence(installed):
    assert _names(installed / "redactor/rules") == _names(ROOT / "rules")
    assert _names(ROOT / "rules")
    (info,) = installed.glob("redactor-*.dist-info")
    assert {path.name for path in info.rglob("*")} >= {"LICENSE", "NOTICE", "entry_points.txt"}
    assert (installed / "redactor/py.typed").exists()
    assert (installed / "redactor/examples/redactor.service").exists()
    assert not [path for path in installed.rglob("*") if path.name in {"seeds", "tests"}]


USED = """
import regex
from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.prefilter import factors, table
from redactor.detect.rules import PATTERN_FLAGS
from redactor.detect.rules.detector import RuleDetector
from redactor.text import view

rules = parse_rules(bundled_rules())
patterns = [regex.compile(rule.pattern, PATTERN_FLAGS) for rule in rules]
print(table.TABLE)
print(table.is_complete(patterns))
if table.is_complete(patterns):
    factors._derived = None  # a pattern that is not in the table fails
some = rules[::4]  # deriving the factors of all takes ten seconds
texts = [text for rule in some for text in (*rule.finds, *rule.ignores)]
print(RuleDetector(some).find(view("\\n".join(texts).replace("[[", "").replace("]]", ""))))
"""


def test_the_table_of_factors_is_in_the_wheel_and_without_it_the_same_is_found(installed, tmp_path):
    with_table = _run(tmp_path, sys.executable, "-c", USED, PYTHONPATH=str(installed))
    path, complete, found = with_table.splitlines()
    assert Path(path).is_relative_to(installed)
    assert complete == "True"
    assert found.count("Finding(") > 50
    shutil.copytree(installed, tmp_path / "bare")
    (tmp_path / "bare" / Path(path).relative_to(installed)).unlink()
    without = _run(tmp_path, sys.executable, "-c", USED, PYTHONPATH=str(tmp_path / "bare"))
    assert without.splitlines()[1:] == ["False", found]


def test_a_report_from_the_wheel(installed, tmp_path):
    (tmp_path / "letter.txt").write_text("Write to teo@example.org.")
    redactor = (sys.executable, "-m", "redactor")
    _run(tmp_path, *redactor, "redact", "letter.txt", "--out", "out", PYTHONPATH=str(installed))
    said = _run(tmp_path, *redactor, "audit", "report", "out.audit", PYTHONPATH=str(installed))
    assert said == "report: out.audit/report.html (keep it private)\n"
    assert "The log is intact" in (tmp_path / "out.audit/report.html").read_text("utf-8")


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}


def test_the_main_job_from_the_wheel(installed, tmp_path):
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    command = (sys.executable, "-m", "redactor", "redact", "seeds", "--out", "redacted")
    said = _run(tmp_path, *command, PYTHONPATH=str(installed))
    texts = {path.name for path in (tmp_path / "seeds").iterdir() if path.suffix in {".txt", ".md"}}
    assert f"{len(texts)} redacted, 0 with nothing to remove, 0 not examined" in said
    assert {path.name for path in (tmp_path / "redacted").iterdir()} == texts


USER = """
from pathlib import Path
from typing import assert_type

import redactor as package
from redactor import (
    BatchResult, ExitCode, Finding, InternalError, Key, LeakError, Outcome, Redactor,
    RedactorError, Result, redact_file, redact_folder, redact_text, scan,
)


def entities(found: list[Finding]) -> list[str]:
    return [f"{one.entity} {one.start}" for one in found]


assert_type(scan("x"), list[Finding])
assert_type(redact_text("x", key=Key.new(), allow=["Delphine Astruc-Holm"]), str)
assert_type(redact_folder(Path("in"), Path("out")), BatchResult)
assert_type(redact_file(Path("in"), Path("out")), Outcome)
redactor = Redactor(policy="default", allow=["Delphine Astruc-Holm"])
assert_type(redactor.redact("x"), Result)
assert_type(package.__version__, str)
print(entities(scan("x")))
try:
    redactor.scan("x")
except LeakError as leak:
    assert_type(leak.exit_code, ExitCode)
except (InternalError, RedactorError) as error:
    assert_type(error.hint, str)
"""
WRONG = """
from redactor import nonsense, redact_text, scan

length: int = redact_text("x")
redact_text(3)
scan("x", polcy="default")
"""


def test_what_a_user_writes_is_type_checked_against_the_wheel(installed, tmp_path):
    """By its `py.typed`, in an environment that has the wheel and nothing else."""
    _run(tmp_path, sys.executable, "-m", "venv", "--without-pip", tmp_path / "env")
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "wheel.pth").write_text(f"{installed}\n")
    (tmp_path / "user.py").write_text(USER)
    (tmp_path / "wrong.py").write_text(WRONG)
    mypy = (sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=")
    mypy += ("--python-executable", str(tmp_path / "env/bin/python"))
    bare = {"MYPYPATH": "", "PYTHONPATH": ""}
    assert _run(tmp_path, *mypy, "user.py", **bare).startswith("Success")
    done = subprocess.run(
        [*mypy, "wrong.py"],
        cwd=tmp_path,
        env=os.environ | bare,
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line.rpartition("[")[2] for line in done.stdout.splitlines() if ": error:" in line]
    assert told == ["attr-defined]", "assignment]", "arg-type]", "call-arg]"], done.stdout
