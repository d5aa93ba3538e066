"""A folder of small generated documents in 22 formats, for a soak: the same seed, the same bytes.

    python tests/benchmarks/soak_folder.py FOLDER 20000

Every document holds addresses, telephone numbers or secrets of invented people. One in fifty is
damaged, so that a run has something to refuse by name.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "formats" / one) for one in ("office", "pdf")]

from office_building import S, content_types, package, relationships, word  # noqa: E402
from pdf_building import new, saved, shown  # noqa: E402

GIVEN = "Teodor Ingrid Kwame Delphine Rosalind Oswald Mirela Joaquin Hester Anselm Priya".split()
SURNAMES = "Vance Halvorsen Boateng Marchetti Achterberg Fenwick Ionescu Barrera Quill".split()
_WORDS = "the minutes of a meeting were read and approved by those who came to the hall".split()
DAMAGED = 50  # one in so many loses its second half


def person(draw: random.Random) -> tuple[str, str, str]:
    """Return an invented person: name, e-mail address, telephone number."""
    given, surname = draw.choice(GIVEN), draw.choice(SURNAMES)
    mail = f"{given}.{surname}{draw.randrange(1000)}@example.org".lower()
    return f"{given} {surname}", mail, f"212-555-{draw.randrange(100, 200):04}"


def lines(draw: random.Random) -> list[str]:
    """Return some lines of prose, of which every third says how somebody is reached."""
    made = []
    for number in range(draw.randrange(1, 5)):
        said = " ".join(draw.choices(_WORDS, k=9)).capitalize()
        name, mail, phone = person(draw)
        made.append(f"{said}. {name} is at {mail} or {phone}." if number % 3 == 0 else f"{said}.")
    return made


def _html(draw: random.Random) -> bytes:
    inner = "".join(f"<p>{line}</p>\n" for line in lines(draw))
    _, mail, _ = person(draw)
    return f'<!DOCTYPE html><title>Minutes</title>\n{inner}<a href="mailto:{mail}">ask</a>'.encode()


def _mail(draw: random.Random) -> bytes:
    (name, mail, _), (other, theirs, _) = person(draw), person(draw)
    head = f"From: {name} <{mail}>\nTo: {other} <{theirs}>\nSubject: Minutes\nMIME-Version: 1.0\n"
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
    body = "\n".join(lines(draw)) + "\n"
    if draw.random() < 0.5:
        return f"{head}{kind}8bit\n\n{body}".encode()
    return f"{head}{kind}base64\n\n{base64.encodebytes(body.encode()).decode()}".encode()


def _mailbox(draw: random.Random) -> bytes:
    start = b"From clerk@example.org Mon Jan  5 10:00:00 2026\n"
    return b"".join(start + _mail(draw) + b"\n" for _ in range(draw.randrange(1, 4)))


def _table(draw: random.Random, separator: str = ",") -> bytes:
    rows = [person(draw) for _ in range(draw.randrange(1, 5))]
    return "".join(
        f"{separator.join(one)}\n" for one in [("name", "mail", "phone"), *rows]
    ).encode()


def _objects(draw: random.Random) -> list[dict[str, str]]:
    names = ("name", "mail", "phone")
    return [dict(zip(names, person(draw), strict=True)) for _ in range(draw.randrange(1, 4))]


def _word(draw: random.Random) -> bytes:
    return word("".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines(draw)))


def _workbook(draw: random.Random) -> bytes:
    rows = ""
    for _ in range(draw.randrange(1, 4)):
        cells = (f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in person(draw))
        rows += f"<row>{''.join(cells)}</row>"
    related = relationships(("officeDocument", "xl/workbook.xml", ""))
    sheet = f"<worksheet {S}><sheetData>{rows}</sheetData></worksheet>"
    book = f'<workbook {S}><sheets><sheet name="One" sheetId="1"/></sheets></workbook>'
    types = content_types("xl/workbook.xml")
    names = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
    return package(dict(zip(names, (types, related, book, sheet), strict=True)))


def _zip(draw: random.Random) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(draw.randrange(1, 3)):
            suffix = draw.choice(("txt", "csv", "eml", "docx"))
            info = zipfile.ZipInfo(f"inner/{number}.{suffix}", (2026, 1, 5, 10, 0, 0))
            archive.writestr(info, MAKERS[suffix](draw))
    return sink.getvalue()


def _tar(draw: random.Random) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for number, suffix in enumerate(("txt", "html")):
            data, info = MAKERS[suffix](draw), tarfile.TarInfo(f"inner/{number}.{suffix}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(sink.getvalue(), mtime=0)


def _web_archive(draw: random.Random, *, packed: bool = False) -> bytes:
    records = []
    for number in range(draw.randrange(1, 3)):
        body = _html(draw)
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{draw.randrange(16**12):012x}>\r\n"
            f"WARC-Target-URI: http://example.org/{number}?who={draw.choice(SURNAMES)}\r\n"
            "WARC-Date: 2026-01-05T10:00:00Z\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        record = head.encode() + http + b"\r\n\r\n"
        records.append(gzip.compress(record, mtime=0) if packed else record)
    return b"".join(records)


def _pdf(draw: random.Random) -> bytes:
    return saved(new(*(shown(*lines(draw)) for _ in range(draw.randrange(1, 3)))))


def _rtf(draw: random.Random) -> bytes:
    return ("{\\rtf1\\ansi " + "\\par ".join(lines(draw)) + "}").encode()


def _card(draw: random.Random) -> bytes:
    name, mail, phone = person(draw)
    rows = ("BEGIN:VCARD", "VERSION:4.0", f"FN:{name}", f"EMAIL:{mail}", f"TEL:{phone}")
    return "\r\n".join((*rows, "END:VCARD", "")).encode()


def _subtitles(draw: random.Random) -> bytes:
    cues = (
        f"{number}\n00:00:{number:02},000 --> 00:00:{number + 1:02},000\n{line}\n"
        for number, line in enumerate(lines(draw), 1)
    )
    return "\n".join(cues).encode()


def _xml(draw: random.Random) -> bytes:
    inner = "".join(f"<p>{line}</p>" for line in lines(draw))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<minutes>{inner}</minutes>\n'.encode()


def _text(draw: random.Random) -> bytes:
    return "".join(f"{line}\n" for line in lines(draw)).encode()


MAKERS: dict[str, Callable[[random.Random], bytes]] = {
    "txt": _text,
    "md": lambda draw: b"# Minutes\n\n" + _text(draw).replace(b"\n", b"\n\n"),
    "html": _html,
    "eml": _mail,
    "mbox": _mailbox,
    "csv": _table,
    "tsv": lambda draw: _table(draw, "\t"),
    "json": lambda draw: json.dumps(_objects(draw), indent=1).encode(),
    "jsonl": lambda draw: "".join(f"{json.dumps(one)}\n" for one in _objects(draw)).encode(),
    "docx": _word,
    "xlsx": _workbook,
    "pdf": _pdf,
    "zip": _zip,
    "tar.gz": _tar,
    "warc": _web_archive,
    "warc.gz": lambda draw: _web_archive(draw, packed=True),
    "rtf": _rtf,
    "vcf": _card,
    "srt": _subtitles,
    "xml": _xml,
    "txt.gz": lambda draw: gzip.compress(_text(draw), mtime=0),
    "log": _text,
}
"""Makes a document, by its suffix."""


def fill(folder: Path, documents: int, seed: int = 17, *, damaged: int = DAMAGED) -> Path:
    """Write so many documents into a folder, a hundred to each of its folders, and return it.

    One in `damaged` is, or none if that is 0.
    """
    suffixes = list(MAKERS)
    for number in range(documents):
        draw = random.Random(f"{seed}:{number}")
        suffix = suffixes[number % len(suffixes)]
        data = MAKERS[suffix](draw)
        if draw.randrange(damaged or DAMAGED) == 0 and damaged:
            data = data[: len(data) // 2]
        who = f"-{draw.choice(SURNAMES)}" if draw.random() < 0.2 else ""
        path = folder / f"{number // 100:03}" / f"{number:05}{who}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
