"""Files: what is written is private and whole or absent, what is read stays in its tree."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from redactor.errors import (
    InputError,
    LimitExceeded,
    OutputError,
    SourceChanged,
    UnsupportedFormat,
    UsageError,
)
from redactor.files import (
    Draft,
    check_apart,
    check_empty,
    create_private,
    leaves_tree,
    make_folder,
    make_parents,
    open_source,
    replace_private,
    sha256,
    tree_digest,
    walk,
)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["nameless", "hidden"])
def way(request, monkeypatch):
    """Both ways of writing a draft: with a file that has no name, and with a hidden one."""
    if request.param == "hidden":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("this system has no nameless files")
    return request.param


@pytest.fixture
def target(tmp_path):
    return tmp_path / "out" / "copy.txt"


@pytest.fixture
def folder(target):
    target.parent.mkdir()
    return target.parent


# -- drafts ----------------------------------------------------------------------------------


def test_a_published_draft_is_whole_under_its_name_and_nothing_else_is_left(way, folder, target):
    with Draft(target) as draft:
        draft.write(b"one ")
        draft.write(b"two")
        draft.publish()
    assert target.read_bytes() == b"one two"
    assert names_in(folder) == [target.name]


def test_before_it_is_published_no_draft_stands_under_the_name(way, folder, target):
    with Draft(target) as draft:
        draft.write(b"text")
        with draft.read_back():
            pass
        left = names_in(folder)
        draft.publish()
    assert left == [] if way == "nameless" else all(name.startswith(".") for name in left)


def test_a_draft_is_private_and_a_copy_has_the_mode_asked_for(way, folder, target):
    before = os.umask(0)
    try:
        with Draft(target) as draft:
            draft.write(b"text")
            with draft.read_back() as file:
                private = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            draft.publish(0o644)
    finally:
        os.umask(before)
    assert private == 0o600
    assert mode_of(target) == 0o644


def test_a_copy_is_private_unless_asked_otherwise(way, folder, target):
    with Draft(target) as draft:
        draft.publish()
    assert mode_of(target) == 0o600


def test_without_publish_nothing_is_left(way, folder, target):
    with Draft(target) as draft:
        draft.write(b"text")
    assert names_in(folder) == []


def write_and_fail(target, kind):
    with Draft(target) as draft:
        draft.write(b"x" * 100_000)
        raise kind


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
def test_after_an_exception_nothing_is_left(way, folder, target, kind):
    with pytest.raises(kind):
        write_and_fail(target, kind)
    assert names_in(folder) == []


def test_an_existing_file_is_replaced_and_one_who_reads_the_old_one_reads_on(way, folder, target):
    target.write_bytes(b"old")
    with target.open("rb") as reader:
        with Draft(target) as draft:
            draft.write(b"new")
            draft.publish()
        assert reader.read() == b"old"
    assert target.read_bytes() == b"new"


def test_an_existing_file_stays_when_the_draft_is_not_published(way, folder, target):
    target.write_bytes(b"old")
    with Draft(target) as draft:
        draft.write(b"new")
    assert target.read_bytes() == b"old"


def test_a_link_in_the_place_of_the_target_is_replaced_and_not_followed(way, folder, target):
    elsewhere = folder.parent / "elsewhere.txt"
    elsewhere.write_bytes(b"old")
    target.symlink_to(elsewhere)
    replace_private(target, b"new")
    assert elsewhere.read_bytes() == b"old"
    assert not target.is_symlink()


def test_what_was_written_can_be_read_back_before_it_is_published(way, folder, target):
    with Draft(target) as draft:
        draft.write(b"one ")
        with draft.read_back() as file:
            assert file.read() == b"one "
        draft.write(b"two")
        with draft.read_back() as file:
            assert file.read() == b"one two"


def test_a_draft_in_no_folder_is_an_output_error_that_names_the_target(way, target):
    with pytest.raises(OutputError, match=r"copy\.txt"), Draft(target):
        pass


def test_a_folder_in_the_place_of_the_target_is_an_output_error(way, folder, target):
    target.mkdir()
    with pytest.raises(OutputError, match=r"copy\.txt"), Draft(target) as draft:
        draft.publish()
    assert names_in(folder) == [target.name]


@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod"])
def test_a_failing_publication_is_an_output_error_and_leaves_nothing(
    way, folder, target, monkeypatch, call
):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OutputError, match="No space left"):
        replace_private(target, b"text")
    monkeypatch.undo()
    assert names_in(folder) == []


@pytest.mark.process
@pytest.mark.parametrize("step", ["write", "read_back", "publish"])
def test_a_full_disk_is_an_output_error_and_leaves_nothing(way, folder, target, step):
    # The limit on the size of files stands in for a full disk, in a process of its own.
    code = """
        import os, resource, signal, sys
        from pathlib import Path
        from redactor.errors import OutputError
        from redactor.files import Draft

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
        way, step, target = sys.argv[1:]
        if way == "hidden":
            del os.O_TMPFILE
        try:
            with Draft(Path(target)) as draft:
                draft.write(b"x" * (100_000 if step == "write" else 6_000))
                draft.read_back().close() if step == "read_back" else draft.publish()
        except OutputError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), way, step, str(target)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"cannot write {target}: File too large\n"
    assert done.stderr == ""
    assert names_in(folder) == []


def test_a_draft_leaves_no_descriptor_open(way, folder, target):
    before = descriptors()
    with pytest.raises(RuntimeError):
        write_and_fail(target, RuntimeError)
    assert descriptors() == before


def test_a_private_file_is_new_and_private(tmp_path):
    create_private(tmp_path / "key", b"secret")
    assert (tmp_path / "key").read_bytes() == b"secret"
    assert mode_of(tmp_path / "key") == 0o600
    with pytest.raises(OutputError, match="key"):
        create_private(tmp_path / "key", b"other")
    assert (tmp_path / "key").read_bytes() == b"secret"


def test_replacing_a_private_file_makes_it_private(tmp_path):
    path = tmp_path / "head"
    path.write_bytes(b"old")
    path.chmod(0o666)
    replace_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert mode_of(path) == 0o600


def test_an_output_folder_may_be_new_or_empty_but_not_full(tmp_path):
    make_folder(tmp_path / "a" / "b", mode=0o700)
    make_folder(tmp_path / "a" / "b")
    assert mode_of(tmp_path / "a" / "b") == 0o700
    with pytest.raises(OutputError, match="not empty"):
        check_empty(tmp_path / "a")
    check_empty(tmp_path / "a" / "b")
    check_empty(tmp_path / "not there")


def test_a_file_in_the_place_of_a_folder_is_an_output_error(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OutputError):
        make_folder(tmp_path / "a")
    with pytest.raises(OutputError):
        make_parents(tmp_path / "a" / "b.txt")


# -- sources ---------------------------------------------------------------------------------


def read(path, limit=100):
    with open_source(path, limit) as file:
        return file.read()


def test_a_source_of_exactly_the_limit_is_read(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"12345")
    assert read(tmp_path / "a.txt", 5) == b"12345"


def test_a_larger_source_is_a_limit_exceeded(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"123456")
    with pytest.raises(LimitExceeded, match="6 bytes, the limit is 5"):
        read(tmp_path / "a.txt", 5)


def test_a_missing_source_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "missing.txt")


def test_a_source_that_may_not_be_opened_is_an_input_error(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (tmp_path / "a.txt").write_bytes(b"text")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        read(tmp_path / "a.txt")


def test_a_folder_is_no_source_and_no_descriptor_of_it_stays_open(tmp_path):
    before = descriptors()
    with pytest.raises(UnsupportedFormat, match="not a regular file"):
        read(tmp_path)
    assert descriptors() == before


def test_a_pipe_is_no_source_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UnsupportedFormat, match="not a regular file"):
        read(tmp_path / "pipe.txt")


def test_a_device_is_no_source():
    with pytest.raises(UnsupportedFormat, match="not a regular file"):
        read("/dev/null")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: path.write_bytes(b"more text"), id="longer"),
        pytest.param(lambda path: path.write_bytes(b"t"), id="shorter"),
        pytest.param(lambda path: os.utime(path, ns=(0, 0)), id="written at another time"),
    ],
)
def test_a_source_that_changes_while_it_is_read_is_an_error(tmp_path, change):
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")
    with pytest.raises(SourceChanged), open_source(path, 100):
        change(path)


def test_an_error_inside_is_not_hidden_by_a_change(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")

    def change_and_fail():
        with open_source(path, 100):
            path.write_bytes(b"more text")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()


def test_a_source_cannot_be_written(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")
    with open_source(path, 100) as file:
        assert not file.writable()


def test_a_digest_is_of_the_whole_file_wherever_it_was_read(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"text" * 600_000)
    with path.open("rb") as file:
        file.read(7)
        assert sha256(file) == hashlib.sha256(b"text" * 600_000).hexdigest()


# -- trees -----------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    """Return a folder with files, a folder in it, and links of every kind."""
    root = tmp_path / "tree"
    (root / "b").mkdir(parents=True)
    for name in ("c.txt", "a.txt", "b/z.txt", "b/Y.txt", "B.txt"):
        (root / name).write_text(name)
    (tmp_path / "outside.txt").write_text("outside")
    (root / "out").symlink_to(tmp_path / "outside.txt")
    (root / "in").symlink_to("b/z.txt")
    (root / "folder").symlink_to("b")
    (root / "loop").symlink_to("loop")
    (root / "nowhere").symlink_to("missing")
    return root


def test_a_walk_has_a_fixed_order_and_follows_no_link(tree):
    found = [path.relative_to(tree).as_posix() for path in walk(tree)]
    links = ["folder", "in", "loop", "nowhere", "out"]
    assert found == ["B.txt", "a.txt", "b/Y.txt", "b/z.txt", "c.txt", *links]


def test_a_folder_that_cannot_be_read_is_named_by_a_walk(tree, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if os.fspath(path).endswith("/b"):
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert tree / "b" in walk(tree)


def test_a_walk_takes_names_that_are_no_utf8(tmp_path):
    with open(os.fsencode(tmp_path) + b"/\xff.txt", "wb"):  # noqa: PTH123  # a name of bytes
        pass
    assert [os.fsencode(path.name) for path in walk(tmp_path)] == [b"\xff.txt"]


LINKS = [
    pytest.param("a.txt", False, id="a file"),
    pytest.param("in", False, id="a link inside"),
    pytest.param("folder/z.txt", False, id="through a link inside"),
    pytest.param("out", True, id="a link out"),
    pytest.param("loop", True, id="a link to itself"),
    pytest.param("nowhere", True, id="a link to nothing"),
    pytest.param("../outside.txt", True, id="a path out"),
]


@pytest.mark.parametrize(("name", "leaves"), LINKS)
def test_whether_a_path_leaves_its_tree(tree, name, leaves):
    assert leaves_tree(tree / name, tree) is leaves


def test_a_tree_that_is_reached_by_a_link_is_the_tree(tree, tmp_path):
    (tmp_path / "alias").symlink_to(tree)
    assert not leaves_tree(tmp_path / "alias" / "a.txt", tmp_path / "alias")


APART = [
    pytest.param("in", "out", True, id="side by side"),
    pytest.param("in", "in2", True, id="one name begins the other"),
    pytest.param("in", "in", False, id="the same"),
    pytest.param("in", "in/out", False, id="output inside"),
    pytest.param("out/in", "out", False, id="source inside"),
    pytest.param("in", "in/../out", True, id="out again by dots"),
    pytest.param("in", "out/../in/x", False, id="in again by dots"),
    pytest.param("in", "alias/x", False, id="in by a link"),
    pytest.param("in", ".", False, id="the folder above"),
]


@pytest.mark.parametrize(("source", "target", "apart"), APART)
def test_sources_and_outputs_must_lie_apart(tmp_path, monkeypatch, source, target, apart):
    (tmp_path / source).mkdir(parents=True)
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "alias").symlink_to("in")
    for base in (tmp_path, type(tmp_path)()):  # absolute, and relative to where we are
        monkeypatch.chdir(tmp_path)
        if apart:
            check_apart([base / "other", base / source], [base / target])
        else:
            with pytest.raises(UsageError, match="inside each other"):
                check_apart([base / "other", base / source], [base / target])


def test_a_tree_digest_tells_content_names_and_places_apart(tmp_path):
    def digest(files):
        root = tmp_path / str(len(list(tmp_path.iterdir())))
        root.mkdir()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return tree_digest([root])

    same = digest({"a": "1", "b": "2"})
    assert digest({"b": "2", "a": "1"}) == same
    others = [{"a": "1"}, {"a": "2", "b": "1"}, {"a": "1", "c": "2"}, {"a": "1", "d/b": "2"}]
    assert len({same, *map(digest, others)}) == 5
