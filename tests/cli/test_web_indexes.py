"""An index beside its archives: the addresses, places and digests of the copied archives."""

from __future__ import annotations

import io
import json
from functools import partial
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import pyrage
import pytest
from command_line import SerialTeam
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from redactor.audit import read
from redactor.errors import ExitCode
from redactor.formats.warc.beside import Beside
from redactor.formats.warc.surt import surt
from redactor.keys import Key

SMALL = "name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\nnames: redact\n"
ADDRESS = "http://example.org/{}?page={}@example.org"
PAGE = b"<p>Write to %d.ilse@example.org about the tide, and again to ilse@example.org.</p>"


def archive(path: Path, people) -> Path:
    """Write an archive of a page for each of some people."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        for number, person in enumerate(people):
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
            body = io.BytesIO(PAGE % number)
            address = ADDRESS.format(number, person)
            record = writer.create_warc_record(address, "response", body, http_headers=http)
            writer.write_record(record)
            record.raw_stream.close()
    return path


def found(path: Path):
    """Yield, for each record of an archive, what an index says of it."""
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            address = record.rec_headers.get_header("WARC-Target-URI")
            digest = record.rec_headers.get_header("WARC-Payload-Digest")
            record.content_stream().read()
            yield address, records.get_record_offset(), records.get_record_length(), digest


def as_cdxj(path: Path) -> list[str]:
    return [
        f"{surt(address)} 20260102030405 "
        + json.dumps(
            {
                "url": address,
                "digest": digest,
                "length": str(length),
                "offset": str(offset),
                "filename": path.name,
            }
        )
        for address, offset, length, digest in found(path)
    ]


def as_cdx(path: Path) -> list[str]:
    rows = [
        f"{surt(address)} 20260102030405 {address} text/html 200 {digest[5:]} - - "
        f"{length} {offset} {path.name}"
        for address, offset, length, digest in found(path)
    ]
    return [" CDX N b a m s k r M S V g", *rows]


def written(path: Path, lines) -> None:
    path.write_text("".join(f"{line}\n" for line in sorted(lines)))


def entries(path: Path):
    """Yield address, offset, length, digest and name of the archive of each line of an index."""
    for line in path.read_text().splitlines():
        key, _, block = line.partition(" {")
        if block:
            said = json.loads("{" + block)
            assert key.split()[0] == surt(said["url"])
            yield [said[name] for name in ("url", "offset", "length", "digest", "filename")]
        elif not line.startswith(" CDX "):
            columns = line.split(" ")
            assert columns[0] == surt(columns[2])
            yield [columns[at] for at in (2, 9, 8, 5, 10)]


def check(index: Path) -> int:
    """Check that each entry leads to the record of its address, as warcio reads it."""
    lines = index.read_text().splitlines()
    assert lines == sorted(lines)
    count = 0
    for address, offset, length, digest, name in entries(index):
        data = next(index.parent.rglob(name)).read_bytes()
        piece = data[int(offset) : int(offset) + int(length)]
        [record] = ArchiveIterator(io.BytesIO(piece))
        assert record.rec_headers.get_header("WARC-Target-URI") == address
        assert record.rec_headers.get_header("WARC-Payload-Digest").endswith(digest)
        count += 1
    return count


@pytest.fixture
def src(tmp_path) -> Path:
    source = tmp_path / "src"
    source.mkdir()
    one = archive(source / "one.warc.gz", ["zoe", "ilse", "teodor"])
    two = archive(source / "two.warc", ["anna", "zoe"])
    written(source / "one.cdx", as_cdx(one))
    written(source / "all.cdxj", as_cdxj(one) + as_cdxj(two))
    return source


class OrderedTeam(SerialTeam):
    """A team that ends after some documents, as if it were interrupted; its jobs are noted."""

    def __init__(self, context, size, *, stop, jobs):
        super().__init__(context, size)
        self._left, self._jobs = stop, jobs

    def run(self, jobs):
        for outcome in islice(super().run(jobs), self._left):
            self._left -= 1
            self._jobs.append(outcome.name)
            yield outcome
        if not self._left:
            raise KeyboardInterrupt


@pytest.fixture
def redact(cli, src, tmp_path, key_file):
    policy = tmp_path / "small.yaml"
    policy.write_text(SMALL)

    def run(*more, out="out", stop=99):
        jobs: list[str] = []
        with patch("redactor.batch.Team", partial(OrderedTeam, stop=stop, jobs=jobs)):
            done = cli(
                *("redact", src, "--out", tmp_path / out, "--policy", policy),
                *("--key-file", key_file, *more),
            )
        return done, jobs

    return run


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "out"


def verified(cli, out, key_file):
    done = cli("verify", out, "--key-file", key_file)
    return (done.code, done.err) == (0, "")


def test_each_entry_of_an_index_leads_to_its_copied_record(redact, cli, out, key_file):
    done, jobs = redact()
    assert (done.code, "without places" in done.err + done.out) == (0, False)
    assert set(jobs[2:]) == {"one.cdx", "all.cdxj"}
    assert (check(out / "one.cdx"), check(out / "all.cdxj")) == (3, 5)
    assert b"ilse" not in (out / "all.cdxj").read_bytes() + (out / "one.cdx").read_bytes()
    assert verified(cli, out, key_file)


def test_a_copy_as_a_source_changes_nothing(redact, cli, out, tmp_path, key_file):
    redact()
    policy = tmp_path / "small.yaml"
    again = ("--out", tmp_path / "again", "--policy", policy, "--key-file", key_file)
    assert cli("redact", out, *again).code == 0
    for path in sorted(out.iterdir()):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.process
def test_workers_make_the_same_indexes_in_any_number(forked_cli, redact, src, tmp_path, key_file):
    redact()
    options = ("--policy", tmp_path / "small.yaml", "--key-file", key_file, "--workers", "2")
    assert forked_cli("redact", src, "--out", tmp_path / "two", *options).code == 0
    for path in (tmp_path / "out").iterdir():
        assert (tmp_path / "two" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_run_that_is_resumed_ends_with_the_same_indexes(redact, cli, out, key_file, stop):
    redact(out="whole")
    assert redact(stop=stop)[0].code == ExitCode.INTERRUPTED
    done, _ = redact("--resume")
    assert done.code == 0
    for path in (out.parent / "whole").iterdir():
        assert (out / path.name).read_bytes() == path.read_bytes()
    assert verified(cli, out, key_file)


def test_an_update_renews_the_indexes_of_archives_that_changed(redact, cli, out, src, key_file):
    redact()
    assert redact("--update")[1] == []
    archive(src / "two.warc", ["longer.name", "zoe"])
    done, jobs = redact("--update")
    assert (done.code, jobs) == (0, ["two.warc", "all.cdxj"])
    assert redact("--update")[1] == []
    assert verified(cli, out, key_file)


def test_an_index_that_an_interrupted_update_did_not_reach_is_renewed(redact, out, src):
    redact()
    archive(src / "two.warc", ["longer.name", "zoe"])
    redact("--update", stop=1)
    assert redact("--resume")[1] == ["all.cdxj"]


def test_an_index_of_an_archive_that_is_gone_loses_its_places(redact, cli, out, src, key_file):
    redact()
    (src / "two.warc").unlink()
    done, jobs = redact("--update")
    assert (done.code, jobs) == (0, ["all.cdxj"])
    assert "indexes of web archives without places: 1 (all.cdxj)" in done.out + done.err
    places = [offset for _, offset, _, _, _ in entries(out / "all.cdxj")]
    assert (places.count("-"), len(places)) == (2, 5)
    assert verified(cli, out, key_file)


def test_an_index_of_an_archive_that_was_refused_says_that_it_has_no_places(redact, out, src):
    data = (src / "two.warc").read_bytes()
    (src / "two.warc").write_bytes(data[:-9])
    done, _ = redact()
    assert done.code == ExitCode.INPUT
    assert "indexes of web archives without places: 1 (all.cdxj)" in done.out + done.err
    assert "".join(offset for _, offset, *_ in entries(out / "all.cdxj")).count("-") == 2
    assert check(out / "one.cdx") == 3


def test_an_index_in_another_folder_means_the_only_archive_of_that_name(redact, out, src):
    for folder in ("archive", "indexes"):
        (src / folder).mkdir()
    for name in ("one.warc.gz", "two.warc"):
        (src / name).rename(src / "archive" / name)
    (src / "all.cdxj").rename(src / "indexes" / "all.cdxj")
    assert redact()[0].code == 0
    for address, offset, *_, name in entries(out / "indexes" / "all.cdxj"):
        assert offset.isdecimal()
        assert (out / "archive" / name).exists()
        assert "ilse" not in address


def test_two_archives_of_one_name_elsewhere_are_none(redact, out, src):
    for folder in ("a", "b"):
        (src / folder).mkdir()
        (src / folder / "two.warc").write_bytes((src / "two.warc").read_bytes())
    (src / "two.warc").unlink()
    assert "without places: 1" in redact()[0].out
    assert len({offset for _, offset, *_ in entries(out / "all.cdxj")} - {"-"}) == 3


def test_an_archive_that_has_another_name_in_the_copy_has_it_in_the_index(redact, out, src):
    old = src / "two.warc"
    new = old.rename(src / "ilse@example.net.warc")
    written(src / "all.cdxj", as_cdxj(new))
    assert redact()[0].code == 0
    [name] = {name for *_, name in entries(out / "all.cdxj")}
    assert "ilse" not in name
    assert check(out / "all.cdxj") == 2


def test_a_folder_that_leads_to_the_source_is_left_out(redact, out, src):
    lines = [line.replace('"one.', f'"{src}/one.') for line in as_cdxj(src / "one.warc.gz")]
    written(src / "all.cdxj", lines)
    assert redact()[0].code == 0
    assert check(out / "all.cdxj") == 3


def test_with_a_vault_places_are_renewed_as_well(redact, out, tmp_path):
    (tmp_path / "ours.pub").write_text(f"{pyrage.x25519.Identity.generate().to_public()}\n")
    done, _ = redact("--seal-to", tmp_path / "ours.pub")
    assert done.code == 0
    assert all(offset.isdecimal() for _, offset, *_ in entries(out / "all.cdxj"))


def test_a_writer_that_puts_in_another_place_is_found_out(redact, out, monkeypatch):
    whole = Beside.placed

    def shifted(self, source, copy, sink):
        data = io.BytesIO()
        left = whole(self, source, copy, data)
        sink.write(data.getvalue().replace(b'"offset": "', b'"offset": "1'))
        return left

    monkeypatch.setattr(Beside, "placed", shifted)
    assert redact()[0].code == ExitCode.OUTPUT
    assert not (out / "all.cdxj").exists()


def test_the_log_says_which_index_has_no_places(redact, out, src, key_file):
    (src / "two.warc").unlink()
    redact()
    key = Key.load(key_file)
    records = [r for r in read(out.with_name("out.audit"), key) if r["type"] == "document"]
    assert sorted(str(r.get("dropped")) for r in records) == ["None", "None", "[['text', 'index']]"]
