"""Files are opened once and held: what others do to a tree while it is worked on.

The attacker may write to the source, to a folder on the way, or to the output; or the operator
names a file that is something else. Each test tells what was tried.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from contextlib import suppress

import pytest
from attacks import ADDRESS

from redactor.errors import ExitCode

SECRET = "the payroll of somebody else"
ALONE = ("--workers", "1")


def run(cli, source, out, small, *more):
    return cli("redact", source, "--out", out, "--policy", small, *ALONE, *more)


def shown(folder):
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.txt")}


# --- links that are put there after the listing ---------------------------------------------


def swap_file(src, away):
    (src / "sub/b.txt").unlink()
    (src / "sub/b.txt").symlink_to(away / "b.txt")


def swap_folder(src, away):
    (src / "sub").rename(src.parent / "moved")
    (src / "sub").symlink_to(away)


def swap_file_inside(src, away):
    """To a file that the list of exclusions leaves out."""
    (src / "sub/b.txt").unlink()
    (src / "sub/b.txt").symlink_to("../drafts/d.txt")


def swap_source(src, away):
    """The folder that was named itself, for a folder of the same shape."""
    src.rename(src.parent / "moved")
    (away / "sub").mkdir()
    (away / "b.txt").rename(away / "sub/b.txt")
    src.symlink_to(away)


def swap_target_of_link(src, away):
    """What a link inside the tree, which is followed, leads to."""
    (src / "real").rename(src.parent / "moved")
    (src / "real").symlink_to(away)


SWAPS = [swap_file, swap_folder, swap_file_inside, swap_source, swap_target_of_link]


@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.__name__)
def test_a_link_put_there_after_the_listing_is_not_followed(  # noqa: PLR0917
    cli, source, small, tmp_path, meanwhile, swap
):
    """While the first document is examined, a name on the way becomes a link to elsewhere."""
    away = tmp_path / "away"
    away.mkdir()
    (away / "b.txt").write_text(SECRET)
    (source / "drafts").mkdir()
    (source / "drafts/d.txt").write_text(SECRET)
    (source / ".redactorignore").write_text("drafts/\nreal/\n")
    struck = "sub/b.txt"
    if swap is swap_target_of_link:
        (source / "real").mkdir()
        (source / "sub/b.txt").rename(source / "real/b.txt")
        (source / "sub/b.txt").symlink_to("../real/b.txt")
    meanwhile(lambda: swap(source, away))
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.INPUT, done.err
    assert f"not examined: {struck}: " in done.err
    assert SECRET not in "".join(shown(tmp_path / "out").values())
    assert set(shown(tmp_path / "out")) == {"a.txt"}


def test_a_link_inside_the_tree_that_was_listed_is_followed_as_before(cli, source, small, tmp_path):
    (source / "link.txt").symlink_to("a.txt")
    done = run(cli, source, tmp_path / "out", small)
    assert (done.code, done.err) == (ExitCode.DONE, "")
    assert set(shown(tmp_path / "out")) == {"a.txt", "link.txt", "sub/b.txt"}
    assert not (tmp_path / "out/link.txt").is_symlink()


def test_a_folder_of_the_output_that_became_a_link_is_not_written_through(
    cli, source, small, tmp_path, meanwhile
):
    """Somebody makes `OUT/sub` before us, as a link to a folder of ours."""
    away = tmp_path / "away"
    away.mkdir()
    (away / "b.txt").write_text("precious")
    out = tmp_path / "out"
    meanwhile(lambda: (out / "sub").symlink_to(away))
    done = run(cli, source, out, small)
    assert done.code == ExitCode.OUTPUT
    assert "not examined: sub/b.txt: cannot write" in done.err
    assert (away / "b.txt").read_text() == "precious"


# --- sources that change --------------------------------------------------------------------


def test_a_change_that_keeps_size_and_time_is_noticed(cli, source, small, tmp_path, meanwhile):
    """Bytes are exchanged while a document is read, and its time is put back."""
    path = source / "a.txt"

    def change():
        before = path.stat()
        with path.open("r+b") as file:
            file.write(b"READ IT ")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_mtime_ns == before.st_mtime_ns

    meanwhile(change)
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.INPUT
    assert "not examined: a.txt: the document changed while it was read" in done.err
    assert set(shown(tmp_path / "out")) == {"sub/b.txt"}


def test_a_change_that_no_time_tells_of_is_noticed_by_the_digest(  # noqa: PLR0917
    cli, source, small, tmp_path, meanwhile, monkeypatch
):
    """A page that is mapped into memory, or a clock of coarse ticks: the times stay the same."""
    monkeypatch.setattr("redactor.files._mark", lambda status: ())
    meanwhile(lambda: (source / "a.txt").write_text(f"Wrote to {ADDRESS}.\n"))
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.INPUT
    assert "not examined: a.txt: " in done.err
    assert set(shown(tmp_path / "out")) == {"sub/b.txt"}


# --- special files where a file is read -----------------------------------------------------


@pytest.fixture
def pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


OPTIONS = [
    "--key-file",
    "--allow-list",
    "--deny-list",
    "--policy",
    "--decisions",
    "--seal-to",
]


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "/dev/urandom", "folder"])
def test_what_is_no_regular_file_is_refused_and_not_waited_for(  # noqa: PLR0917
    cli, source, small, tmp_path, pipe, option, kind
):
    path = {"pipe": pipe, "folder": source}.get(kind, kind)
    given = ("redact", source, "--out", tmp_path / "out", *ALONE, option, path)
    policy = () if option == "--policy" else ("--policy", small)
    key = ("--key-file", _key(tmp_path)) if option == "--decisions" else ()
    done = cli(*given, *policy, *key)
    assert done.code == ExitCode.CONFIG, done.err
    assert str(path) in done.err
    assert not (tmp_path / "out").exists()


def _key(folder):
    path = folder / "key"
    path.write_text(bytes(range(32)).hex())
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("kind", ["pipe", "link out", "link to a device", "too long", "a folder"])
def test_an_ignore_file_is_a_regular_file_of_the_tree(cli, source, small, tmp_path, pipe, kind):  # noqa: PLR0917
    """It would be waited for, fill the memory, or let a file of elsewhere be tried line by line."""
    path = source / ".redactorignore"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "link out":
            (tmp_path / "other").write_text("*.txt\n")
            path.symlink_to(tmp_path / "other")
        case "link to a device":
            path.symlink_to("/dev/zero")
        case "too long":
            path.write_text("x" * (2 << 20))
        case "a folder":
            path.mkdir()
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.USAGE
    assert f"cannot read {path}: " in done.err
    assert not (tmp_path / "out").exists()


# --- outputs overwrite nothing --------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(cli, tmp_path_factory):
    base = tmp_path_factory.mktemp("finished")
    (base / "src").mkdir()
    (base / "src/f.txt").write_text(f"Write to {ADDRESS}.\n")
    small = base / "small.yaml"
    small.write_text("name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n")
    assert run(cli, base / "src", base / "out", small).code == ExitCode.DONE
    return base


@pytest.fixture
def place(finished, tmp_path):
    for name in ("src", "out", "out.audit"):
        shutil.copytree(finished / name, tmp_path / name)
    return tmp_path


WRITERS = {
    "report": ("report",),
    **{f: ("export", "--format", f) for f in ("csv", "vaughn", "premis", "sarif", "bagit")},
    "sample": ("sample", "--max-miss", "50"),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("target", ["out.audit/key", "out.audit/audit.jsonl", "src/f.txt", "link"])
def test_no_report_or_export_takes_the_place_of_another_file(cli, place, files, name, target):
    """`audit export --out OUT.audit/key` replaced the key, which was gone for good."""
    (place / "link").symlink_to("src/f.txt")
    before = files(place)
    done = cli("audit", WRITERS[name][0], place / "out.audit", *WRITERS[name][1:], "--out",
               place / target)  # fmt: skip
    assert done.code in {ExitCode.OUTPUT, ExitCode.USAGE}, done.err
    assert target in done.err
    assert files(place) == before


@pytest.mark.parametrize("name", [one for one in WRITERS if one != "bagit"])
@pytest.mark.parametrize("target", ["vault", "run.lock", "frontier.bin"])
def test_no_report_or_export_takes_a_name_of_the_log(cli, place, name, target):
    path = place / "out.audit" / target
    with suppress(FileNotFoundError):
        path.unlink()
    done = cli("audit", WRITERS[name][0], place / "out.audit", *WRITERS[name][1:], "--out", path)
    assert done.code == ExitCode.USAGE, done.err
    assert not path.exists()


def test_the_report_that_lies_beside_the_log_is_written_anew(cli, place):
    for _ in range(2):
        assert cli("audit", "report", place / "out.audit").code == ExitCode.DONE
    report = place / "out.audit/report.html"
    report.unlink()
    report.symlink_to("key")
    key = (place / "out.audit/key").read_text()
    assert cli("audit", "report", place / "out.audit").code == ExitCode.DONE
    assert (place / "out.audit/key").read_text() == key
    assert not report.is_symlink()


# --- modes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "umask", "wanted"),
    [(0o777, 0o077, 0o600), (0o777, 0o022, 0o644), (0o640, 0o022, 0o640), (0o444, 0o022, 0o444)],
    ids=oct,
)
def test_a_copy_has_no_mode_that_the_umask_forbids(  # noqa: PLR0917
    cli, source, small, tmp_path, mode, umask, wanted
):
    (source / "a.txt").chmod(mode)
    before = os.umask(umask)
    try:
        assert run(cli, source, tmp_path / "out", small).code == ExitCode.DONE
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out/a.txt").stat().st_mode) == wanted


def test_a_copy_of_what_nobody_may_read_can_be_read_by_its_owner(small):
    from redactor.files import copy_mode

    assert copy_mode(0o100000) == 0o400


# --- what is found later --------------------------------------------------------------------


def test_a_copy_that_became_a_link_is_not_the_copy(cli, place):
    """The bytes are the same, until whoever has the file that it leads to changes them."""
    (place / "out/f.txt").rename(place / "away.txt")
    (place / "out/f.txt").symlink_to(place / "away.txt")
    done = cli("verify", place / "out")
    assert done.code == ExitCode.OUTPUT
    assert "f.txt" in done.err
    assert "link" in done.err
    bag = cli("audit", "export", place / "out.audit", "--format", "bagit", "--out", place / "bag")
    assert bag.code in {ExitCode.OUTPUT, ExitCode.INPUT}
    assert not (place / "bag").exists()


# --- folders that cannot be entered, and deep ones ------------------------------------------


@pytest.mark.parametrize("mode", [0o444, 0o111, 0o000], ids=oct)
@pytest.mark.usefixtures("no_overrides")
def test_a_folder_that_cannot_be_entered_is_named_and_the_rest_is_done(
    cli, source, small, tmp_path, mode
):
    (source / "sub/deeper").mkdir()
    (source / "sub").chmod(mode)
    done = run(cli, source, tmp_path / "out", small)
    (source / "sub").chmod(0o700)
    assert done.code == ExitCode.INPUT, done.err
    assert all(line.startswith("not examined: sub") for line in done.error_lines)
    assert done.error_lines
    assert set(shown(tmp_path / "out")) == {"a.txt"}


def test_a_tree_of_a_thousand_levels_is_worked_on(cli, source, small, tmp_path):
    deep, levels = source, 1000
    descriptor = os.open(source, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
        deep /= "d"
    os.close(descriptor)
    (deep / "z.txt").write_text(f"Write to {ADDRESS}.\n")
    done = run(cli, source, tmp_path / "out", small)
    assert (done.code, done.err) == (ExitCode.DONE, "")
    assert "2 redacted" in done.out
    assert cli("verify", tmp_path / "out").code == ExitCode.DONE
    _empty(deep, source)  # deeper than what removes folders of tests can go
    _empty(tmp_path / "out" / deep.relative_to(source), tmp_path / "out")


def _empty(deep, top):
    (deep / "z.txt").unlink()
    while deep != top:
        deep.rmdir()
        deep = deep.parent


def test_what_lies_too_deep_for_a_path_is_named_and_the_rest_is_done(cli, source, small, tmp_path):
    name, descriptor = "d" * 250, os.open(source, os.O_RDONLY)
    for _ in range(30):
        os.mkdir(name, dir_fd=descriptor)
        inner = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    done = run(cli, source, tmp_path / "out", small, "--quiet")
    assert done.code == ExitCode.INPUT
    assert len(done.error_lines) == 1
    assert "not examined: dddd" in done.err
    assert set(shown(tmp_path / "out")) == {"a.txt", "sub/b.txt"}
    records = (tmp_path / "out.audit/audit.jsonl").read_text().splitlines()
    assert [json.loads(one).get("status") for one in records].count("failed") == 1
