"""Documents of each format with about so many characters of prose, made by other libraries."""

from __future__ import annotations

import csv
import email.message
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from html import escape

from streaming import paragraphs

Lines = list[str]
_TAR_MEMBER = 50  # lines of a member of an archive, a message, a page


def groups(lines: Lines) -> Iterator[Lines]:
    """Yield the lines in groups of some."""
    return (lines[at : at + _TAR_MEMBER] for at in range(0, len(lines), _TAR_MEMBER))


def text(lines: Lines) -> bytes:
    return "".join(lines).encode()


def html(lines: Lines) -> bytes:
    rows = "".join(f"<p class='a'>{escape(one)}</p>\n" for one in lines)
    return f"<!doctype html><html><body>{rows}</body></html>".encode()


def xml(lines: Lines) -> bytes:
    return f"<?xml version='1.0'?><r>{''.join(f'<p>{escape(x)}</p>' for x in lines)}</r>".encode()


def jsonl(lines: Lines) -> bytes:
    return "".join(json.dumps({"id": n, "note": x}) + "\n" for n, x in enumerate(lines)).encode()


def table(lines: Lines) -> bytes:
    data = io.StringIO()
    csv.writer(data).writerows([("id", "note"), *enumerate(lines)])
    return data.getvalue().encode()


def parquet(lines: Lines) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = io.BytesIO()
    pq.write_table(pa.table({"id": list(range(len(lines))), "note": lines}), data)
    return data.getvalue()


def message(lines: Lines, number: int = 0) -> bytes:
    made = email.message.EmailMessage()
    made["From"], made["To"] = f"Clerk <clerk{number}@example.org>", "hall@example.org"
    made["Date"], made["Message-ID"] = "Fri, 2 Jan 2026 03:04:05 +0000", f"<{number}@example.org>"
    made["Subject"] = "Minutes"
    made.set_content("".join(lines))
    made.add_alternative(html(lines).decode(), subtype="html")
    return made.as_bytes()


def mailbox(lines: Lines) -> bytes:
    head = b"From clerk@example.org Fri Jan  2 03:04:05 2026\n"
    return b"".join(head + message(some, n) + b"\n" for n, some in enumerate(groups(lines)))


def docx(lines: Lines) -> bytes:
    import docx as library

    made, data = library.Document(), io.BytesIO()
    for line in lines:
        made.add_paragraph(line.strip())
    made.save(data)
    return data.getvalue()


def xlsx(lines: Lines) -> bytes:
    import openpyxl

    made, data = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = made.create_sheet("minutes")
    for number, line in enumerate(lines):
        sheet.append([number, line.strip()])
    made.save(data)
    return data.getvalue()


def epub(lines: Lines) -> bytes:
    head = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body>"
    pages = {
        f"OEBPS/{n}.xhtml": head + "".join(f"<p>{escape(x)}</p>" for x in some) + "</body></html>"
        for n, some in enumerate(groups(lines))
    }
    return zipped({"mimetype": "application/epub+zip"} | pages)


def pdf(lines: Lines) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    for some in groups(lines):
        for at, line in enumerate(some):
            canvas.drawString(20, 820 - 16 * at, line.strip())
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def rtf(lines: Lines) -> bytes:
    return ("{\\rtf1\\ansi " + "\\par\n".join(one.strip() for one in lines) + "}").encode()


def contacts(lines: Lines) -> bytes:
    cards = (f"BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE:{x.strip()}\r\nEND:VCARD\r\n" for x in lines)
    return "".join(cards).encode()


def subtitles(lines: Lines) -> bytes:
    head = "{}\n00:00:01,000 --> 00:00:02,000\n{}\n\n"
    return "".join(head.format(n, x.strip()) for n, x in enumerate(lines, 1)).encode()


def zipped(members: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def archive(lines: Lines) -> bytes:
    return zipped({f"{n}.txt": "".join(some) for n, some in enumerate(groups(lines))})


def tar(lines: Lines) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as made:
        for number, some in enumerate(groups(lines)):
            info = tarfile.TarInfo(f"{number}.txt")
            info.size = len(text(some))
            made.addfile(info, io.BytesIO(text(some)))
    return data.getvalue()


def warc(lines: Lines) -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    data = io.BytesIO()
    writer = WARCWriter(data, gzip=True)
    for number, some in enumerate(groups(lines)):
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
        address, body = f"http://example.org/{number}", io.BytesIO(html(some))
        writer.write_record(writer.create_warc_record(address, "response", body, http_headers=http))
    return data.getvalue()


def index(lines: Lines) -> bytes:
    said = (
        '{{"url": "http://example.org/{0}", "title": {1}, "offset": "{0}", "filename": "a.warc"}}'
    )
    rows = (f"org,example)/{n} 20260102030405 " + said.format(n, json.dumps(x)) for n, x in
            enumerate(lines))  # fmt: skip
    return "\n".join(rows).encode()


def pictures(lines: Lines) -> bytes:
    """Return a picture with as many bytes as the prose has, and some of it as a comment."""
    from PIL import Image

    data, size = io.BytesIO(), int((sum(map(len, lines)) / 3) ** 0.5)
    import random

    pixels = random.Random(0).randbytes(size * size * 3)
    Image.frombytes("RGB", (size, size), pixels).save(data, "PNG", compress_level=1)
    return data.getvalue()


MAKERS: dict[str, Callable[[Lines], bytes]] = {
    "txt": text,
    "html": html,
    "xml": xml,
    "jsonl": jsonl,
    "csv": table,
    "parquet": parquet,
    "eml": message,
    "mbox": mailbox,
    "docx": docx,
    "xlsx": xlsx,
    "epub": epub,
    "pdf": pdf,
    "rtf": rtf,
    "vcf": contacts,
    "srt": subtitles,
    "zip": archive,
    "tar": tar,
    "txt.gz": lambda lines: gzip.compress(text(lines)),
    "warc.gz": warc,
    "cdxj": index,
    "png": pictures,
}
"""What makes a document, by its suffix."""


def sample(suffix: str, characters: int) -> bytes:
    """Return a document of that suffix with so many characters of prose."""
    return MAKERS[suffix](list(paragraphs(characters, 0)))
