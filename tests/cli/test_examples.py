"""The files for machines that run it by themselves: every example is parsed, checked and tried."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer
import yaml

from redactor.cli import app
from redactor.errors import ExitCode

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "redactor/examples"
PAGE = ROOT / "redactor/cli/README.md"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())

pytestmark = pytest.mark.process


def text(name: str) -> str:
    return (EXAMPLES / name).read_text("utf-8")


def commands(page: str) -> list[list[str]]:
    """Return the arguments of each command of ours in a file."""
    found = re.findall(
        r"(?:^|[\s/(])redactor ((?:redact|scan|status|verify|audit) .*)$", page, re.MULTILINE
    )
    return [shlex.split(one.rstrip(")").split(" > ")[0], comments=True) for one in found]


COMMANDS = [
    pytest.param(command, id=f"{path.name}: {' '.join(command[:2])}")
    for path in [*FILES, PAGE]
    for command in commands(path.read_text("utf-8"))
]


def parsed(arguments: list[str]) -> None:
    """Parse arguments as the command line does, without a call. Raises for what makes no sense."""
    command = typer.main.get_command(app)
    while hasattr(command, "commands"):
        name, *arguments = arguments
        command = command.commands[name]
    command.make_context(name, arguments)


@pytest.mark.parametrize("arguments", COMMANDS)
def test_every_command_can_be_called_so(arguments):
    parsed(arguments)


def test_there_are_commands_in_every_kind_of_file():
    names = {one.id.split(":")[0] for one in COMMANDS}
    assert names >= {"crontab", "redactor.service", "ci.yaml", "Dockerfile", "README.md"}
    assert names >= {"redact.sh", "verify.sh", "event-detail.sh"}


def test_the_page_names_every_file():
    page = PAGE.read_text("utf-8")
    for path in [*FILES, ROOT / ".pre-commit-hooks.yaml"]:
        assert f"]({os.path.relpath(path, PAGE.parent)})" in page, path.name


def test_none_names_a_machine_or_a_host_that_could_be_real():
    hosts = {
        host
        for path in FILES
        for host in re.findall(r"@?\b[\w.]+\.(?:com|org|net)\b", path.read_text())
    }
    assert {host.removeprefix("@") for host in hosts} <= {"example.org"}


# --- by the clock -------------------------------------------------------------------------------


def test_the_line_of_cron_has_a_time_and_a_command():
    [line] = [line for line in text("crontab").splitlines() if re.match(r"\d", line)]
    minute, hour, *days, command = line.split(maxsplit=5)
    assert int(minute) < 60
    assert int(hour) < 24
    assert days == ["*"] * 3
    assert command.startswith("nice -n 10 redactor redact ")
    assert "%" not in command, "cron takes it for the end of a line"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_understands_every_line(tmp_path):
    service = text("redactor.service").replace("/usr/local/bin/redactor", "/bin/true")
    (tmp_path / "redactor.service").write_text(service)
    shutil.copy(EXAMPLES / "redactor.timer", tmp_path)
    units = [tmp_path / "redactor.service", tmp_path / "redactor.timer"]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "redactor" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_service_may_write_to_one_folder_and_reach_no_network():
    lines = text("redactor.service").splitlines()
    assert {"PrivateNetwork=yes", "ProtectSystem=strict", "NoNewPrivileges=yes"} <= {*lines}
    assert [line for line in lines if line.startswith("ReadWritePaths")] == [
        "ReadWritePaths=/srv/public"
    ]


def test_the_same_is_done_by_either():
    cron, service = (commands(text(name))[-1] for name in ("crontab", "redactor.service"))
    assert cron == service
    assert "--update" in cron


# --- where texts are committed ------------------------------------------------------------------


KEYS = {  # of a hook, with their types: https://pre-commit.com/#creating-new-hooks
    "id": str,
    "name": str,
    "description": str,
    "entry": str,
    "language": str,
    "types": list,
    "require_serial": bool,
}


def test_the_hook_is_one_that_pre_commit_takes():
    assert {name: type(value) for name, value in HOOK.items()} == KEYS
    assert HOOK["language"] == "python"
    assert HOOK["types"] == ["text"]
    script = HOOK["entry"].split()[0]
    assert script in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    [repo] = yaml.safe_load(text("pre-commit-config.yaml"))["repos"]
    assert [one["id"] for one in repo["hooks"]] == [HOOK["id"]]
    parsed([*HOOK["entry"].split()[1:], *repo["hooks"][0]["args"], "a/b.txt", "c/b.txt"])


def test_the_hook_tells_texts_of_one_name_apart(cli, tmp_path):
    (tmp_path / "small.yaml").write_text("name: s\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n")
    for name, said in {"a": "Nothing here.\n", "b": "Write to ilse@example.org.\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "letter.txt").write_text(said)
    entry = (*HOOK["entry"].split()[1:], "--policy", "small.yaml")
    done = cli(*entry, "a/letter.txt", "b/letter.txt", cwd=tmp_path)
    assert (done.code, done.err) == (ExitCode.LEAK, "")
    assert [line.split()[0] for line in done.out.splitlines()] == ["file", "b/letter.txt"]
    assert cli(*entry, "a/letter.txt", cwd=tmp_path).code == ExitCode.DONE


def test_the_steps_of_ci_end_with_the_scan():
    [job] = yaml.safe_load(text("ci.yaml"))["jobs"].values()
    assert job["permissions"] == {"contents": "read"}
    *_, install, scan = [step["run"] for step in job["steps"] if "run" in step]
    assert install.startswith("pip install ")
    assert scan.startswith("redactor scan docs --fail-on-find")


# --- in a container -----------------------------------------------------------------------------


def steps() -> list[tuple[str, str]]:
    lines = [line for line in text("Dockerfile").splitlines() if line and line[0] != "#"]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_runs_as_nobody_and_fetches_nothing_but_packages():
    made = steps()
    assert {word for word, _ in made} == {
        *("FROM", "COPY", "RUN", "ENV", "WORKDIR", "USER", "ENTRYPOINT", "CMD")
    }
    users = [rest for word, rest in made if word == "USER"]
    assert [int(one) > 0 for one in users[0].split(":")] == [True, True]
    after = [word for word, _ in made][[word for word, _ in made].index("USER") :]
    assert after == ["USER", "ENTRYPOINT", "CMD"]
    runs = [rest for word, rest in made if word == "RUN"]
    assert [one.split()[:2] for one in runs] == [["pip", "wheel"], ["pip", "install"]]
    assert ("ENTRYPOINT", '["redactor"]') in made
    assert ("CMD", '["--help"]') in made


def test_the_container_has_no_network_no_privileges_and_nothing_to_write_to():
    [line] = [line for line in text("Dockerfile").splitlines() if "docker run" in line]
    assert "--network none --read-only --tmpfs /tmp --cap-drop ALL" in line
    assert "--security-opt no-new-privileges --user " in line
    mounts = re.findall(r'--volume "[^:]+:(\S+)"', line)
    assert mounts == ["/in:ro", "/out"]


# --- where a program calls three commands for each file ----------------------------------------


SHIM = """#!/bin/sh
printf '%s\\037' "$@" >> "$CALLS"; echo >> "$CALLS"
case $1 in
  redact) mkdir -p "$4" && cp "$2" "$4/" ;;
  --version) echo "redactor 7.0" ;;
  audit) echo "<premis/>" ;;
esac
exit "${ENDS_WITH:-0}"
"""


@pytest.fixture
def call(tmp_path):
    """Return a function that calls a script, for which a command that notes its calls stands in."""
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin/redactor"
    shim.write_text(SHIM)
    shim.chmod(0o700)
    given = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "CALLS": str(tmp_path / "calls"),
        "REDACTOR_RUNS": str(tmp_path / "runs"),
        "REDACTOR_KEY": str(tmp_path / "collection.key"),
    }

    def run(script: str, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", EXAMPLES / "archivematica" / script, *arguments]
        env = os.environ | given | more
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    return run


def calls(tmp_path: Path) -> list[list[str]]:
    lines = (tmp_path / "calls").read_text().splitlines()
    return [line.split("\x1f")[:-1] for line in lines]


@pytest.mark.parametrize(
    "path", sorted((EXAMPLES / "archivematica").iterdir()), ids=lambda p: p.name
)
def test_a_script_is_one_of_any_shell(path):
    assert path.stat().st_mode & 0o111
    for shell in filter(shutil.which, ("sh", "dash", "bash")):
        assert subprocess.run([shell, "-n", path], check=False).returncode == 0


def test_the_three_scripts_and_the_commands_that_they_call(call, cli, tmp_path, key_file):
    source, output = tmp_path / "-a 'letter'.txt", tmp_path / "access copy.txt"
    source.write_text("Write to ilse@example.org.\n")
    assert call("redact.sh", source, output, "f1").returncode == 0
    assert call("verify.sh", output, "f1").returncode == 0
    told = call("event-detail.sh", "f1")
    assert told.stdout.startswith('program="redactor"; version="7.0"; events=')
    assert (tmp_path / "runs/f1/premis.xml").stat().st_mode & 0o077 == 0
    made = calls(tmp_path)
    assert [one[0] for one in made] == ["redact", "verify", "audit", "--version"]
    # The same commands by the program itself:
    shutil.copy(key_file, tmp_path / "collection.key")
    shutil.rmtree(tmp_path / "runs/f1/copy")
    small = tmp_path / "small.yaml"
    small.write_text("name: s\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n")
    assert cli(*made[0], "--policy", small).code == ExitCode.DONE
    assert cli(*made[1]).code == ExitCode.DONE
    events = ET.fromstring(cli(*made[2]).out).findall("{*}event")
    assert [one.findtext("{*}eventType") for one in events] == ["redaction"]


def test_what_failed_or_was_changed_does_not_pass(call, tmp_path):
    source, output = tmp_path / "a.txt", tmp_path / "copy.txt"
    source.write_text("Nothing here.\n")
    assert call("redact.sh", source, output, "f1", ENDS_WITH="4").returncode == 4
    assert not output.exists()
    call("redact.sh", source, output, "f1")
    assert call("verify.sh", output, "f1", ENDS_WITH="5").returncode == 5
    for other in ("", "Nothing here", "Nothing here.\nMore.\n"):
        output.write_text(other)
        assert call("verify.sh", output, "f1").returncode != 0


# --- completion ---------------------------------------------------------------------------------

START = "import sys; sys.argv[0] = 'redactor'; from redactor.cli import main; main()"


def complete(**asked: str) -> str:
    command = [sys.executable, "-c", START]
    env = os.environ | {f"_REDACTOR_{k}" if k == "COMPLETE" else k: v for k, v in asked.items()}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def test_a_shell_completes_commands_and_options(tmp_path):
    script = complete(COMPLETE="source_bash")
    (tmp_path / "completion").write_text(script)
    assert "complete -o default -F _redactor_completion redactor" in script
    if bash := shutil.which("bash"):
        assert subprocess.run([bash, "-n", tmp_path / "completion"], check=False).returncode == 0
    said = complete(COMPLETE="complete_bash", COMP_WORDS="redactor redact --dr", COMP_CWORD="2")
    assert said.split() == ["--dry-run"]
    said = complete(COMPLETE="complete_bash", COMP_WORDS="redactor sta", COMP_CWORD="1")
    assert said.split() == ["status"]
