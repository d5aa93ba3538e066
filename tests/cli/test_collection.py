"""`--link collection`: a person has one pseudonym in all of a run, and nobody has by mistake."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import partial
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import pytest
from command_line import SerialTeam

from redactor.audit import read
from redactor.errors import ExitCode
from redactor.keys import Key

LINKED = ("--link", "collection", "--workers", "1")
TOKEN = re.compile(r"PERSON_[0-9A-HJKMNP-TV-Z]{8}")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MESSAGE = "From: board@example.org\nTo: office@example.org\nSubject: cranes\n\n"


def docx(text: str) -> bytes:
    """A document of Word with one paragraph, and nothing that it could do without."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{kind}" Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body>'
            "</w:document>"
        ),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


HARBOUR = {
    "1.txt": "Dr Teodor Vance chaired the meeting of the harbour board.\n",
    "2.eml": MESSAGE + "Then Vance said the harbour would stay shut until Friday.\n",
    "3.html": "<p>Please see teo_vance about the cranes, he has the file.</p>\n",
    "4.docx": docx("Teo said he would call back on Tuesday."),
    "5.txt": "T. Vance signed. My nick is teovance77.\n",
    "sub/vance-minutes.txt": "The tide was high.\n",
    "broken.zip": b"PK\x03\x04 no archive",
}


def fill(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def text_of(path: Path) -> str:
    if path.suffix != ".docx":
        return path.read_text()
    with zipfile.ZipFile(path) as archive:
        return archive.read("word/document.xml").decode()


@pytest.fixture
def redact(cli, tmp_path, key_file):
    """A function that redacts files, and returns the run and the texts of the copies."""

    def run(files: dict[str, str | bytes], *more: str | Path):
        src, out = fill(tmp_path / "src", files), tmp_path / "out"
        given = more or LINKED
        done = cli("redact", src, "--out", out, "--key-file", key_file, *given)
        copies = [path for path in sorted(out.rglob("*")) if path.is_file()] if out.exists() else []
        return done, {path.relative_to(out).as_posix(): text_of(path) for path in copies}

    return run


@pytest.fixture(scope="module")
def harbour(cli, tmp_path_factory, key_file):
    base = tmp_path_factory.mktemp("harbour")
    src = fill(base / "src", HARBOUR)
    done = cli("redact", src, "--out", base / "out", "--key-file", key_file, *LINKED)
    return base, done


def records(audit: Path, key_file: Path, kind: str) -> list[dict]:
    return [one for one in read(audit, Key.load(key_file)) if one["type"] == kind]


def test_a_person_has_one_pseudonym_in_all_formats_and_names(harbour):
    base, _ = harbour
    copies = {path.name: text_of(path) for path in (base / "out").rglob("*") if path.is_file()}
    [name] = [name for name in copies if name.endswith("-minutes.txt")]
    found = [set(TOKEN.findall(copies[one])) for one in ("1.txt", "2.eml", "3.html", "4.docx")]
    assert found == [{name.removesuffix("-minutes.txt")}] * 4
    assert len(TOKEN.findall(copies["5.txt"])) == 2
    assert set(TOKEN.findall(copies["5.txt"])) == found[0]
    everything = "".join((*copies, *copies.values()))
    assert not re.search("vance|teo", everything, re.IGNORECASE)


def test_what_cannot_be_examined_is_named_as_ever(harbour):
    _, done = harbour
    assert done.code == ExitCode.INPUT
    assert "broken.zip" in done.err
    assert "linked: 1 people, from 6 documents in" in done.out


def test_the_reason_is_sealed_and_the_people_are_in_no_file(harbour, key_file):
    base, _ = harbour
    audit = base / "out.audit"
    reasons = [one["because"] for one in records(audit, key_file, "redaction")]
    assert sum("link:collection" in some for some in reasons) == 5
    told = b"".join(path.read_bytes() for path in audit.iterdir()).lower()
    assert not [word for word in (b"link:collection", b"vance", b"teodor") if word in told]


def test_a_given_name_alone_is_a_question(harbour, key_file):
    base, _ = harbour
    found = records(base / "out.audit", key_file, "redaction")
    assert sum("link" in (one.get("review") or ()) for one in found) == 1


def test_the_first_pass_says_how_far_it_is(redact):
    files = {"a.txt": "The tide was low.\n", "b.txt": "The tide was high.\n"}
    done, _ = redact(files, *LINKED, "--progress", "json")
    events = [json.loads(line) for line in done.error_lines if line.startswith("{")]
    assert [(one["event"], one.get("of")) for one in events[:3]] == [
        ("gathered", 2),
        ("gathered", 2),
        ("started", None),
    ]


def test_the_order_of_work_is_of_no_matter(harbour, cli, tmp_path, key_file, files):
    base, _ = harbour

    class BackwardTeam(SerialTeam):
        def run(self, jobs):
            return super().run(reversed(list(jobs)))

    with patch("redactor.batch.Team", BackwardTeam):
        cli("redact", base / "src", "--out", tmp_path / "out", "--key-file", key_file, *LINKED)
    assert files(tmp_path / "out") == files(base / "out")
    digests = [
        records(one, key_file, "run-start")[0]["people"]
        for one in (base / "out.audit", tmp_path / "out.audit")
    ]
    assert digests[0] == digests[1]


def test_two_workers_make_what_one_makes(harbour, forked_cli, tmp_path, key_file, files):
    base, _ = harbour
    done = forked_cli(
        *("redact", base / "src", "--out", tmp_path / "out", "--key-file", key_file),
        *("--link", "collection", "--workers", "2"),
    )
    assert done.code == ExitCode.INPUT, done.err
    assert files(tmp_path / "out") == files(base / "out")


def test_two_of_one_surname_are_not_told_apart_by_it(redact, tmp_path, key_file):
    done, copies = redact(
        {
            "a.txt": "Mr Teodor Vance spoke first.\n",
            "b.txt": "Ilse Vance wrote it down.\n",
            "c.txt": "Then Vance left the room.\n",
            "d.txt": "Teodor Vance came back, and Vance was late.\n",
        }
    )
    assert done.code == 0, done.err
    teodor, ilse, nobody, here = (TOKEN.findall(text) for text in copies.values())
    assert len({*teodor, *ilse, *nobody}) == 3
    assert here == teodor * 2  # what the document says itself comes first
    doubts = records(tmp_path / "out.audit", key_file, "redaction")
    assert [one["because"] for one in doubts if "link" in (one.get("review") or ())] == [
        ["link:collection", "link:name", "model:names_accurate"]
    ]


def test_years_of_birth_tell_two_people_of_one_name_apart(redact):
    _, copies = redact(
        {
            "a.txt": "Ilse Brandt, born 1961, wrote the first report.\n",
            "b.txt": "Ilse Brandt (born 12 May 1994) wrote the second report.\n",
            "c.txt": "Ilse Brandt was there as well.\n",
        }
    )
    assert len({TOKEN.findall(text)[0] for text in copies.values()}) == 3


def test_forms_of_a_name_in_several_documents_are_one_person(redact):
    _, copies = redact(
        {
            "a.txt": "William Marsh signed.\n",
            "b.txt": "Bill Marsh paid the rent.\n",
            "c.txt": "MARSH, William - file\n",
        }
    )
    assert len({one for text in copies.values() for one in TOKEN.findall(text)}) == 1


KEPT = (
    "The Marlin kernel was patched on Monday. We climbed the hill, and the rose by the field in "
    "Sydney. Brandt AG shares fell in Jordan. Marlin County was flooded. Hill Street was shut.\n"
)


def test_a_name_does_not_spread_to_what_is_no_person(redact):
    _, copies = redact(
        {
            "a.txt": (
                "Dr Ada Marlin and Mr Tom Hill met Rose Sydney and Jordan Field. Kevin Brandt "
                "paid.\n"
            ),
            "b.txt": KEPT,
            "hill-report.txt": "Nothing.\n",
        }
    )
    assert copies["b.txt"] == KEPT
    assert "hill-report.txt" in copies


def test_without_the_option_documents_are_strangers(redact):
    _, copies = redact(
        {"a.txt": "Teodor Vance spoke.\n", "b.txt": "Then Vance left the room.\n"},
        *("--workers", "1"),
    )
    assert len({one for text in copies.values() for one in TOKEN.findall(text)}) == 2


def test_a_policy_links_and_the_option_has_the_last_word(redact, cli, tmp_path):
    policy = tmp_path / "linked.yaml"
    policy.write_text("name: linked\nabout: For tests.\nlink: collection\nremove:\n  PERSON:\n")
    pair = {"a.txt": "Teodor Vance spoke.\n", "b.txt": "Then Vance left the room.\n"}
    _, copies = redact(pair, "--policy", policy)
    assert len({one for text in copies.values() for one in TOKEN.findall(text)}) == 1
    out = tmp_path / "apart"
    done = cli("redact", tmp_path / "src", "--out", out, "--policy", policy, "--link", "document")
    assert "linked:" not in done.out
    assert (out / "a.txt").read_text().split()[0] not in (out / "b.txt").read_text()


# -- runs that go on ------------------------------------------------------------------------------


class StoppedTeam(SerialTeam):
    """A team that Ctrl-C reaches after some documents of the pass that writes."""

    def __init__(self, context, size, *, stop: int):
        super().__init__(context, size)
        self._stop = stop

    def run(self, jobs):
        jobs = list(jobs)
        if jobs and jobs[0].census:
            yield from super().run(jobs)
            return
        yield from islice(super().run(jobs), self._stop)
        if self._stop < len(jobs):
            raise KeyboardInterrupt


THREE = {
    "a.txt": "Teodor Vance spoke for an hour.\n",
    "b.txt": "Then Vance left the room.\n",
    "c.txt": "The tide was high.\n",
}


def stopped(redact, after: int):
    with patch("redactor.batch.Team", partial(StoppedTeam, stop=after)):
        done, _ = redact(THREE)
    assert done.code == ExitCode.INTERRUPTED


def test_a_run_that_was_broken_off_goes_on(redact):
    stopped(redact, after=1)
    done, copies = redact({}, *LINKED, "--resume")
    assert done.code == 0, done.err
    assert "redact 2 not done yet, keep 1 as they are" in done.out
    assert len({one for text in copies.values() for one in TOKEN.findall(text)}) == 1


def test_it_does_not_go_on_with_other_people(redact):
    stopped(redact, after=1)
    done, _ = redact({"d.txt": "Ilse Vance came.\n"}, *LINKED, "--resume")
    assert done.code == ExitCode.CONFIG
    assert "the people of the collection" in done.err


def test_an_update_redoes_all_once_the_people_changed(redact):
    _, first = redact(THREE)
    same, _ = redact({"d.txt": "The tide was low.\n"}, *LINKED, "--update")
    assert "redact 1 new, keep 3 as they are" in same.out
    changed, copies = redact({"e.txt": "Ilse Vance came.\n"}, *LINKED, "--update")
    assert "not as in the last run: the people of the collection" in changed.out
    assert copies["a.txt"] == first["a.txt"]
    assert copies["b.txt"] != first["b.txt"]  # two people now


def test_a_run_that_is_stopped_in_the_first_pass_leaves_nothing(redact, tmp_path):
    class NeverTeam(SerialTeam):
        def run(self, jobs):
            yield from islice(super().run(jobs), 1)
            raise KeyboardInterrupt

    with patch("redactor.batch.Team", NeverTeam):
        done, copies = redact(THREE)
    assert (done.code, copies) == (ExitCode.INTERRUPTED, {})
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.audit").exists()


def test_what_an_out_would_need_is_said_without_reading_everything(redact):
    redact(THREE)
    done, _ = redact({}, *LINKED)
    assert done.code == ExitCode.OUTPUT
    assert "--update would read all documents for their people" in done.err


# -- who asks for their own data ------------------------------------------------------------------

REQUEST = {
    "a.txt": "Ilse Brandt (@nightowl77) wrote to tk@example.org. Mr Tom Keogh read it.\n",
    "b.txt": "Then Brandt said that Keogh was rude. I. Brandt signed.\n",
    "c.txt": "@nightowl77 and ilse.brandt@example.org and tk@example.org answered.\n",
    "brandt_file.txt": "Nothing here.\n",
    "keogh_file.txt": "Nothing here.\n",
}


def test_who_asks_for_their_own_data_keeps_it_and_nobody_else(redact, tmp_path, key_file):
    done, copies = redact(REQUEST, "--keep-person", "Ilse  Brandt", "--workers", "1")
    assert done.code == 0, done.err
    assert "Ilse Brandt (@nightowl77) wrote to [EMAIL_ADDRESS_" in copies["a.txt"]
    assert copies["b.txt"].startswith("Then Brandt said that [PERSON_")
    assert "I. Brandt signed" in copies["b.txt"]
    assert copies["c.txt"].startswith("@nightowl77 and ilse.brandt@example.org and [EMAIL_")
    assert "brandt_file.txt" in copies
    assert not re.search("eogh|tk@", "".join((*copies, *copies.values())))
    kept = records(tmp_path / "out.audit", key_file, "redaction")
    reasons = [one["because"] for one in kept if one["action"] == "keep"]
    assert len(reasons) == 6
    assert all("list:keep-person" in some for some in reasons)


def test_who_asks_is_in_no_file_of_the_log(redact, cli, tmp_path, other_key_file):
    redact(REQUEST, "--keep-person", "Ilse Brandt", "--workers", "1")
    audit = tmp_path / "out.audit"
    told = b"".join(path.read_bytes() for path in audit.iterdir()).lower()
    assert b"brandt" not in told
    cli(
        *("redact", tmp_path / "src", "--out", tmp_path / "again", "--key-file", other_key_file),
        *("--keep-person", "Ilse Brandt", "--workers", "1"),
    )
    logs = [(tmp_path / f"{name}.audit/audit.jsonl").read_text() for name in ("out", "again")]
    assert len({json.loads(log.splitlines()[0])["policy_digest"] for log in logs}) == 2


def test_a_surname_that_another_document_has_for_somebody_else_goes(redact):
    more = {"d.txt": "Ada Brandt came too.\n"}
    _, copies = redact(REQUEST | more, "--keep-person", "Ilse Brandt", "--workers", "1")
    assert copies["b.txt"].startswith("Then [PERSON_")
    assert "Ilse Brandt" in copies["a.txt"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "no name is given"),
        ("Brandt", "ambiguous: give name and surname"),
        ("Kevin and Ada Marsh", "this is two people"),
    ],
)
def test_a_name_that_says_not_enough_is_refused(redact, tmp_path, name, why):
    done, copies = redact(REQUEST, "--keep-person", name)
    assert (done.code, copies) == (ExitCode.USAGE, {})
    assert f"--keep-person, name 1: {why}" in done.err
    assert not name or name not in done.err


@pytest.mark.parametrize(
    "files",
    [
        {"a.txt": "Ada Louise Marsh came.\n", "b.txt": "Ada Ruth Marsh left.\n"},
        {"a.txt": "Ada Marsh, born 1961, came.\n", "b.txt": "Ada Marsh (born 1994) left.\n"},
    ],
)
def test_a_name_of_several_people_is_refused(redact, files):
    done, copies = redact(files, "--keep-person", "Ada Marsh", "--workers", "1")
    assert (done.code, copies) == (ExitCode.USAGE, {})
    assert "ambiguous: documents name several people" in done.err
    assert "Marsh" not in done.err


# -- lists and passages ---------------------------------------------------------------------------


def test_an_ordinary_word_of_a_deny_list_goes_from_names_of_files_too(redact, tmp_path):
    terms = tmp_path / "terms.txt"
    terms.write_text("harbour plan\n")
    done, copies = redact(
        {"harbour-plan.txt": "The harbour plan.\n", "tide.txt": "The tide.\n"},
        *("--deny-list", terms, "--workers", "1"),
    )
    assert done.code == 0, done.err
    assert not [one for one in (*copies, *copies.values()) if re.search("harbour.plan", one)]
    assert "tide.txt" in copies


SHARED = (
    "The harbour board heard on Tuesday that Marsh had approved the crane repairs\nwithout a "
    "survey, and the union asked for a new inspection of berth nine.\n"
)


def test_passages_of_two_documents_that_differ_are_listed_by_place(redact, tmp_path):
    files = {
        "a.txt": f"Kevin Marsh signed.\n\n{SHARED}",
        "b.txt": f"Intro\n\n\n{SHARED.replace(chr(10), ' ')}\n",
        "c.html": f"<p>x</p>\n<p>{SHARED}</p>\n",
    }
    done, _ = redact(files, "--workers", "1")
    assert "redacted differently: 1 (listed in" in done.out
    path = tmp_path / "out.audit/differences-1.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {
            "one": {"file": "a.txt", "part": "text", "line": 3},
            "other": {"file": "b.txt", "part": "text", "line": 4},
        }
    ]


def test_once_documents_are_linked_they_do_not_differ(redact, tmp_path):
    done, _ = redact({"a.txt": f"Kevin Marsh signed.\n\n{SHARED}", "b.txt": SHARED})
    assert "differently" not in done.out
    assert not list((tmp_path / "out.audit").glob("differences*"))
