"""Names of files and folders: redacted as the texts are, the same for all paths, none lost."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from redactor.audit import document_id, read
from redactor.config.policy import load_policy
from redactor.keys import Key
from redactor.model import Job
from redactor.naming import named
from redactor.source_files import SourceFile, SourceFiles

KEY = Key(bytes(range(32)))
LETTER = "Dear Mr Teodor Vance,\nthank you.\n"
NAMES = {
    "HR/Vance, Teodor (b. 1961)/letter 3.txt": LETTER,
    "HR/Vance, Teodor (b. 1961)/letter 4.txt": "Nothing in here.\n",
    "letter to Teodor Vance.txt": LETTER,
    "letter to Teodor  Vance.txt": "Another one.\n",
    "ilse.marsh@example.org.md": "Nothing in here.\n",
    "notes.txt": LETTER,
    "Makefile.txt": "all:\n",
}
GONE = re.compile(r"vance|teodor|1961|ilse|marsh|example", re.IGNORECASE)


def entries(*names: str) -> list[SourceFile]:
    return SourceFiles(
        SourceFile(Job(Path(name), Path("out", name), name, out=Path("out"))) for name in names
    )


def shown(*names: str, policy: str = "default", **settings) -> list[str]:
    """Return the names of copies, in the order of the sources."""
    chosen = replace(load_policy(policy), **settings)
    return [one.job.shown_name for one in named(entries(*names), chosen, (), KEY)]


def test_a_name_is_redacted_and_the_rest_stays():
    [letter, other, cv, cv2, mail, notes, make] = shown(*NAMES)
    assert not [one for one in (letter, other, cv, cv2, mail) if GONE.search(one)]
    assert re.fullmatch(r"HR/PERSON_\w{8} \(b\. DATE_OF_BIRTH_\w{8}\)/letter 3\.txt", letter)
    assert other == letter.replace("3.txt", "4.txt")
    assert re.fullmatch(r"letter to PERSON_\w{8}(?:_2)?\.txt", cv)
    assert mail.endswith(".md")
    assert (notes, make) == ("notes.txt", "Makefile.txt")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("teo.vance@example.net.txt", ".txt"),
        ("letter to hill@example.org.md", ".md"),
        ("ilse@example.com/notes.txt", "/notes.txt"),
        ("ilse@example.org.warc.gz", ".warc.gz"),
    ],
)
def test_an_address_is_removed_to_its_end(name, kept):
    [new] = shown(name)
    assert re.fullmatch(rf"(?:letter to )?EMAIL_ADDRESS_\w{{8}}{re.escape(kept)}", new)


def test_a_folder_that_is_called_as_a_type_of_file_stays():
    assert shown("heic/scan 3.heic", "odt/notes.txt") == ["heic/scan 3.heic", "odt/notes.txt"]


def test_two_that_become_one_have_numbers_and_no_order_of_work_matters():
    names = ["Teodor Vance.txt", "Teodor Vance.md", "teodor vance.txt"]
    first = shown(*names)
    assert len(set(first)) == len(names)
    assert sorted(shown(*reversed(names))) == sorted(first)


def test_a_copy_of_a_copy_has_the_name_of_the_copy():
    once = shown(*NAMES)
    assert shown(*once) == once


def test_names_stay_where_the_policy_keeps_them():
    assert shown(*NAMES, names="keep") == list(NAMES)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(f"Teodor Vance {'x' * 231}.txt", id="of 248 bytes"),
        pytest.param(os.fsdecode(b"Teodor Vance \xe9.txt"), id="no UTF-8"),
        pytest.param("Teodor Vance\n.txt", id="a line end"),
        pytest.param("Zoe\u0308 Vance-Marsh, Dr.txt", id="a mark by itself"),
        pytest.param("Teodor Vance..txt", id="a dot at the end"),
    ],
)
def test_odd_names_lose_the_person_and_keep_to_what_disks_take(name):
    [new] = shown(name)
    assert not GONE.search(new)
    assert new.endswith(".txt")
    assert len(os.fsencode(new)) <= 255


def test_a_run_writes_copies_under_these_names_and_finds_them_again(
    forked_cli, key_file, tmp_path, files
):
    source, out = tmp_path / "in", tmp_path / "out"
    for name, text in NAMES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    (source / "Teodor Vance.xyz").write_bytes(b"\x7fELF")
    done = forked_cli("redact", source, "--out", out, "--key-file", key_file, "--workers", "1")
    assert not GONE.search(done.out + done.err)
    copies = files(out)
    assert len(copies) == len(NAMES)
    assert not GONE.search("\n".join(copies))
    [folder] = {name.split("/")[1] for name in copies if name.startswith("HR/")}
    [person] = re.findall(r"PERSON_\w{8}", folder)
    assert f"HR/{folder}/letter 3.txt" in copies
    assert person in copies[f"HR/{folder}/letter 3.txt"].decode()
    assert forked_cli("verify", out, "--key-file", key_file).code == 0
    rows = forked_cli("audit", "show", f"{out}.audit", "--key-file", key_file).out
    assert f"HR/{folder}/letter 3.txt" in rows
    records = [one for one in read(Path(f"{out}.audit")) if one["type"] == "document"]
    key = Key.load(key_file)
    assert {one.get("copy_id", one["document"]) for one in records if "output_sha256" in one} == {
        document_id(key, name) for name in copies
    }
    assert not GONE.search(Path(f"{out}.audit", "audit.jsonl").read_text())
    (source / "letter to Teodor Vance.txt").unlink()
    again = ("redact", source, "--out", out, "--key-file", key_file, "--update", "--workers", "1")
    forked_cli(*again)
    assert set(files(out)) < set(copies)
    assert len(files(out)) == len(copies) - 1
    assert forked_cli("verify", out, "--key-file", key_file).code == 0
