"""What an archive may ask for: bytes, ratio, members, depth and time; and what it costs to read."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from zip_building import ZIP, Part, archive, contents, copy, members

from redactor.errors import InputError, LimitExceeded
from redactor.formats import Hints, format_for
from redactor.formats.budget import UNSUSPICIOUS, TreeBudget, unlimited
from redactor.formats.zip_archive import directory
from redactor.model import Limits

LIMITS = Limits()


def walk(source, name, budget):
    """Open everything in a tree of archives; return how many members it had."""
    if not name.endswith(".zip"):
        return 0
    found, layout = format_for(source, Hints(name))
    count = 0
    for member in found.members(source, layout, budget):
        with budget.deeper(), member.open() as file:
            count += 1 + walk(file, member.name, budget)
    return count


def nested(levels, inner, width=1):
    """Return an archive in an archive in ...: each has the next one `width` times."""
    data = inner
    for _ in range(levels):
        data = archive(*(Part(f"{n}.zip", data, 8) for n in range(width)))
    return data


def bomb(size, method=8):
    return archive(Part("a.txt", bytes(size), method))


EMPTY = archive()
FIFTY = archive(*(Part(str(n)) for n in range(50)))

BOMBS = {
    "zeros": (lambda: bomb(50 << 20), "ratio", {}),
    "zeros by bzip2": (lambda: bomb(50 << 20, 12), "ratio", {}),
    "zeros by LZMA": (lambda: bomb(50 << 20, 14), "ratio", {}),
    "zeros in archives in archives": (lambda: nested(4, bomb(50 << 20)), "ratio", {}),
    "much, at a ratio of one": (lambda: bomb(3 << 20, 0), "tree_bytes", {"tree_bytes": 2 << 20}),
    "much in many": (
        lambda: nested(1, bomb(1 << 20), width=5),
        "tree_bytes",
        {"tree_bytes": 4 << 20},
    ),
    "archives without end": (lambda: nested(30, EMPTY), "depth", {}),
    "sixteen in each of sixteen in each of sixteen ...": (
        lambda: nested(7, EMPTY, width=16),
        "members",
        {"members": 2000},
    ),
    "many members": (lambda: FIFTY, "members", {"members": 49}),
}


@pytest.mark.parametrize(("build", "limit", "changed"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_ends_at_a_limit_that_is_named(build, limit, changed):
    source = io.BytesIO(build())
    with pytest.raises(LimitExceeded, match=rf"\(limit `{limit}`\)"):
        walk(source, "a.zip", TreeBudget(replace(LIMITS, **changed)))


@pytest.mark.parametrize(
    ("data", "limit"),
    [
        pytest.param(FIFTY, {"members": 50}, id="members"),
        pytest.param(bomb(3 << 20, 0), {"tree_bytes": 3 << 20}, id="bytes"),
        pytest.param(nested(3, EMPTY), {"depth": 3}, id="depth"),
        pytest.param(bomb(UNSUSPICIOUS), {"ratio": 1}, id="an unsuspicious size"),
    ],
)
def test_what_is_just_within_a_limit_is_read(data, limit):
    assert walk(io.BytesIO(data), "a.zip", TreeBudget(replace(LIMITS, **limit))) > 0


def test_what_is_our_own_has_no_limit():
    assert walk(io.BytesIO(nested(20, bomb(UNSUSPICIOUS + 1))), "a.zip", unlimited()) == 21


def test_an_archive_that_lists_more_members_than_allowed_is_not_read_to_its_end():
    counted = []

    class Counting(TreeBudget):
        def member(self):
            counted.append(1)
            super().member()

    with pytest.raises(LimitExceeded):
        members(FIFTY, Counting(replace(LIMITS, members=5)))
    assert len(counted) == 6


def test_a_bomb_stops_while_it_unpacks():
    (member,) = members(bomb(64 << 20), budget := TreeBudget(LIMITS))
    with pytest.raises(LimitExceeded):
        contents(member)
    assert budget._unpacked < UNSUSPICIOUS + (2 << 20)


def test_a_member_counts_once_however_often_it_is_opened():
    (member,) = members(bomb(1000, 0), TreeBudget(replace(LIMITS, tree_bytes=1500)))
    assert contents(member) == contents(member) == bytes(1000)


def test_time_is_a_limit_of_the_whole_tree():
    now = [0.0]
    budget = TreeBudget(replace(LIMITS, tree_seconds=5), clock=lambda: now[0])
    (member,) = members(bomb(1000, 0), budget)
    now[0] = 5.0
    assert contents(member)
    now[0] = 5.1
    for ask in (budget.member, lambda: budget.unpacked(1, 1), budget.check_time):
        with pytest.raises(LimitExceeded, match="`tree_seconds`"):
            ask()


def test_a_level_that_is_left_is_free_again():
    budget = TreeBudget(replace(LIMITS, depth=1))
    for _ in range(3):
        with budget.deeper():
            pass
    with budget.deeper(), pytest.raises(LimitExceeded, match="`depth`"), budget.deeper():
        pass


def test_with_a_depth_of_none_no_member_is_read():
    with pytest.raises(LimitExceeded), TreeBudget(replace(LIMITS, depth=0)).deeper():
        pass


def test_a_directory_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(directory, "_LARGEST", 100)
    assert members(archive(Part("a" * 54)))
    with pytest.raises(InputError, match="directory of more than 100 bytes"):
        members(archive(Part("a" * 55)))


# -- documents made of parts -----------------------------------------------------------------

PARTS = {
    "Office": ([Part("[Content_Types].xml", b"<x/>"), Part("word/document.xml")], "ooxml"),
    "Office, in another order": ([Part("a.xml"), Part("[Content_Types].xml")], "ooxml"),
    "OpenDocument": ([Part("mimetype", b"application/vnd.oasis.opendocument.text")], "odf"),
    "OpenDocument without a type": ([Part("META-INF/manifest.xml")], "odf"),
    "EPUB": ([Part("mimetype"), Part("META-INF/container.xml")], "epub"),
}


@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a.txt", ""])
@pytest.mark.parametrize(("parts", "kind"), PARTS.values(), ids=PARTS)
def test_a_document_made_of_parts_is_no_plain_archive(parts, kind, name):
    form, layout = format_for(io.BytesIO(archive(*parts)), Hints(name))
    assert form.name == layout.format == kind


def test_a_java_archive_is_refused():
    with pytest.raises(InputError, match="a Java archive"):
        format_for(io.BytesIO(archive(Part("META-INF/MANIFEST.MF"))), Hints("a.zip"))


def test_a_folder_with_an_unpacked_document_is_plain():
    data = archive(Part("a/[Content_Types].xml"), Part("a/mimetype"))
    assert format_for(io.BytesIO(data), Hints("a.zip"))[0].name == "zip"


@pytest.mark.parametrize("name", ["a.zip", "a.ZIP", "a.txt", ""])
@pytest.mark.parametrize("data", [archive(), archive(Part("a"))], ids=["empty", "one"])
def test_an_archive_is_known_by_its_bytes(data, name):
    assert format_for(io.BytesIO(data), Hints(name))[0].name == "zip"


def test_what_only_has_the_name_of_an_archive_is_refused():
    with pytest.raises(InputError, match="no end of a ZIP directory"):
        format_for(io.BytesIO(b"Ilse Marsh"), Hints("a.zip"))


# -- memory and time -------------------------------------------------------------------------

KEEP = """
    import io, resource, sys
    from redactor.formats import Hints, ZipArchive
    from redactor.formats.budget import TreeBudget
    from redactor.model import Limits

    class Counted:
        size = 0
        def write(self, data):
            self.size += len(data)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sink, form = Counted(), ZipArchive()
    with open(sys.argv[1], "rb") as source:
        layout = form.layout(source, Hints("a.zip"))
        packer = form.packer(source, layout, sink)
        for member in form.members(source, layout, TreeBudget(Limits())):
            with member.open() as file:
                if sys.argv[2] == "keep":
                    packer.keep(member)
                else:
                    packer.replace(member, [text.text for text in member.texts], file)
        packer.finish(())
    print(sink.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.process
@pytest.mark.parametrize("way", ["keep", "replace"])
def test_a_large_member_takes_little_memory(tmp_path, way):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made, made.open("a.bin", "w") as file:
        for number in range(96):
            file.write(number.to_bytes(1, "little") * (1 << 20))
    command = [sys.executable, "-c", textwrap.dedent(KEEP), str(path), way]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    size, kilobytes = map(int, done.stdout.split())
    assert size == path.stat().st_size
    assert kilobytes < 40_000


def test_the_work_grows_with_the_members_and_no_faster():
    """Calls are counted, not seconds, so that other programs do not matter."""

    def calls(count):
        data = archive(*(Part(f"folder/{n:05}.txt", b"Ilse Marsh") for n in range(count)))
        made = [0]

        def called(frame, event, argument):
            made[0] += 1

        sys.setprofile(called)
        try:
            copy(data, {count: (["a.txt"], b"[PERSON]")})
        finally:
            sys.setprofile(None)
        return made[0]

    assert calls(1600) < 4.1 * calls(400)


def test_nothing_is_left_where_private_files_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (member,) = members(archive(Part("a", bytes(9 << 20))))
    with member.open() as file:
        file.seek(8 << 20)
        assert file.read() == bytes(1 << 20)
        assert list(Path(tmp_path).iterdir()) == []
    assert list(Path(tmp_path).iterdir()) == []


def test_an_archive_that_is_cut_while_it_is_read_is_damaged():
    data = io.BytesIO(archive(Part("a", bytes(200_000))))
    (member,) = ZIP.members(data, ZIP.layout(data, Hints("a.zip")), TreeBudget(LIMITS))
    data.truncate(1000)
    with pytest.raises(InputError, match="the file ends within it"):
        contents(member)
