"""What the library of a format alone does with a document: reads all of it, and writes it again."""

from __future__ import annotations

import csv
import email
import email.policy
import gzip
import io
import json
import mailbox
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path


def text(path: Path, out: Path) -> None:
    out.write_text(path.read_text("utf-8"), "utf-8")


def html(path: Path, out: Path) -> None:
    import lxml.html

    page = lxml.html.parse(path)
    deque(page.getroot().itertext())
    page.write(out, method="html")


def xml(path: Path, out: Path) -> None:
    import lxml.etree

    document = lxml.etree.parse(path)
    deque(document.getroot().itertext())
    document.write(out)


def jsonl(path: Path, out: Path) -> None:
    with path.open() as file, out.open("w") as copy:
        copy.writelines(json.dumps(json.loads(line)) + "\n" for line in file)


def table(path: Path, out: Path) -> None:
    with path.open(newline="") as file, out.open("w", newline="") as copy:
        csv.writer(copy).writerows(csv.reader(file))


def parquet(path: Path, out: Path) -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(path)
    rows.to_pylist()
    pq.write_table(rows, out)


def message(path: Path, out: Path) -> None:
    out.write_bytes(_again(path.read_bytes()))


def _again(data: bytes) -> bytes:
    made = email.message_from_bytes(data, policy=email.policy.default)
    for part in made.walk():
        if not part.is_multipart():
            part.get_content()
    return made.as_bytes()


def mailboxes(path: Path, out: Path) -> None:
    copy = mailbox.mbox(out)
    for one in mailbox.mbox(path):
        copy.add(_again(one.as_bytes()))
    copy.flush()


def docx(path: Path, out: Path) -> None:
    import docx as library

    document = library.Document(str(path))
    deque(one.text for one in document.paragraphs)
    document.save(str(out))


def xlsx(path: Path, out: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    deque(cell.value for sheet in book for row in sheet.iter_rows() for cell in row)
    book.save(out)


def pdf(path: Path, out: Path) -> None:
    import pikepdf

    with pikepdf.open(path) as document:
        for page in document.pages:
            again = pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page))
            page.Contents = document.make_stream(again)
        document.save(out)


def pdf_text(path: Path, out: Path) -> None:
    from pdfminer.high_level import extract_text

    out.write_text(extract_text(path), "utf-8")


def rtf(path: Path, out: Path) -> None:
    from striprtf.striprtf import rtf_to_text

    out.write_text(rtf_to_text(path.read_text("latin-1")), "utf-8")


def archive(path: Path, out: Path) -> None:
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as copy:
        for one in source.infolist():
            copy.writestr(one, source.read(one))


def books(path: Path, out: Path) -> None:
    import lxml.etree

    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as copy:
        for one in source.infolist():
            data = source.read(one)
            if one.filename != "mimetype":
                data = lxml.etree.tostring(lxml.etree.fromstring(data))
            copy.writestr(one, data)


def tar(path: Path, out: Path) -> None:
    with tarfile.open(path) as source, tarfile.open(out, "w") as copy:
        for one in source:
            copy.addfile(one, io.BytesIO(source.extractfile(one).read()))


def packed(path: Path, out: Path) -> None:
    out.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))


def warc(path: Path, out: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.warcwriter import WARCWriter

    with path.open("rb") as file, out.open("wb") as copy:
        writer = WARCWriter(copy, gzip=True)
        for record in ArchiveIterator(file):
            writer.write_record(record)


def index(path: Path, out: Path) -> None:
    with path.open() as file, out.open("w") as copy:
        for line in file:
            key, _, block = line.partition(" {")
            copy.write(f"{key} {json.dumps(json.loads('{' + block))}\n")


def picture(path: Path, out: Path) -> None:
    from PIL import Image

    Image.open(path).save(out, "PNG")


def deque(texts: object) -> None:
    """Read something to its end."""
    for _ in texts:
        pass


LIBRARIES: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "txt": ("Python", text),
    "html": ("lxml", html),
    "xml": ("lxml", xml),
    "jsonl": ("json", jsonl),
    "csv": ("csv", table),
    "parquet": ("pyarrow", parquet),
    "eml": ("email", message),
    "mbox": ("mailbox, email", mailboxes),
    "docx": ("python-docx", docx),
    "xlsx": ("openpyxl", xlsx),
    "epub": ("zipfile, lxml", books),
    "pdf": ("pikepdf", pdf),
    "rtf": ("striprtf, text alone", rtf),
    "vcf": ("Python", text),
    "srt": ("Python", text),
    "zip": ("zipfile", archive),
    "tar": ("tarfile", tar),
    "txt.gz": ("gzip", packed),
    "warc.gz": ("warcio", warc),
    "cdxj": ("json", index),
    "png": ("Pillow", picture),
}
"""The library of each format by its suffix, and what it does."""
