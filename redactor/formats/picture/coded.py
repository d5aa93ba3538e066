"""Pictures within documents of text, in base64 or hexadecimal: without their metadata.

What cannot be read as a picture is kept as it is, unless it holds a sign of metadata.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
from urllib.parse import unquote

from redactor.errors import DamagedDocument, InputError
from redactor.formats.picture import cleaned, kind_of
from redactor.formats.picture.pixels import check_pixels

__all__ = ["cleaned_code", "is_cleanable"]

# What begins metadata in any format: Exif, XMP, IPTC, texts of PNG, comments of tools; all of HEIF,
# in which nothing marks a name or a thumbnail.
_SIGNS = re.compile(
    rb"\A.{4}ftyp|Exif\0|ns\.adobe\.com|xmpmeta|8BIM|tEXt|zTXt|iTXt|eXIf|Photoshop|CREATOR:|JFXX",
    re.IGNORECASE | re.DOTALL,
)
_URL = re.compile(rb"data:[^,]{1,300};base64,(?:%20|\s)*")
# PNG or JPEG, which RTF has, and bytes in RTF behind their number.
_HEXADECIMAL = re.compile(rb"(?<![0-9A-Za-z])(?:89504e47|ffd8ff)[0-9a-f\s]*", re.IGNORECASE)
_BINARY = re.compile(rb"\\bin(?P<size>[0-9]{1,9}) ")
# What ends a line of a code: as it is, or as JSON writes it; blanks behind it fold a line.
_LINE_END = re.compile(rb"(?:\r\n|\n|\r|\\r\\n|\\n)[ \t]*")


def is_cleanable(data: bytes) -> bool:
    """Tell whether metadata can be taken out of bytes, or have to be, since they are a picture."""
    if not kind_of(data[:16]):
        return False
    try:
        cleaned(data)
    except InputError:
        return _SIGNS.search(data) is not None
    return True


def cleaned_code(code: bytes) -> bytes:
    """Return a picture without its metadata: in base64, perhaps a `data:` URL, or as RTF has it.

    Raises DamagedDocument for one that cannot be read and holds a sign of metadata.
    """
    if code[:1] == b"\\" or _HEXADECIMAL.match(code):
        return _in_rtf(code)
    head = _URL.match(code)
    begins = head.end() if head else 0
    rest = code[begins:]
    data = _decoded(_LINE_END.sub(b"", rest))
    new = _cleaned(data)
    return code if new == data else code[:begins] + _in_lines(base64.b64encode(new), rest)


def _in_rtf(code: bytes) -> bytes:
    """Return the inside of a picture in RTF: control words, then hexadecimal or bytes."""
    if binary := _BINARY.search(code):
        start, end = binary.end(), binary.end() + int(binary["size"])
        data = code[start:end]
        new = _cleaned(data)
        return code[: binary.start()] + b"\\bin%d " % len(new) + new + code[end:]
    found = _HEXADECIMAL.search(code)
    if found is None:
        return code
    data = _unhex(_LINE_END.sub(b"", found[0]))
    new = _cleaned(data)
    if new == data:
        return code
    written = binascii.hexlify(new)
    written = written if found[0] == found[0].lower() else written.upper()
    return code[: found.start()] + _in_lines(written, found[0]) + code[found.end() :]


def _cleaned(data: bytes) -> bytes:
    """Return a picture without its metadata, proved by Pillow; other bytes as they are."""
    if not kind_of(data[:16]):
        return data
    try:
        new = cleaned(data)
    except InputError:
        if _SIGNS.search(data):
            raise DamagedDocument("a picture in it cannot be read, and may have metadata") from None
        return data
    if new != data:
        check_pixels(io.BytesIO(data), io.BytesIO(new))
    return new


def _unhex(code: bytes) -> bytes:
    found = b"".join(code.split())
    return binascii.unhexlify(found[: len(found) // 2 * 2])


def _decoded(code: bytes) -> bytes:
    text = code.decode("ascii", "ignore").replace("\\/", "/")
    text = unquote(html.unescape(text)) if "%" in text or "&" in text else text
    text = re.sub(r"[^A-Za-z0-9+/]", "", text)
    return binascii.a2b_base64(text[: len(text) // 4 * 4] + _rest(text))


def _rest(text: str) -> str:
    """Return the last two or three signs of a code with the signs that fill them up."""
    rest = text[len(text) // 4 * 4 :]
    return rest + "=" * (4 - len(rest)) if len(rest) > 1 else ""


def _in_lines(code: bytes, source: bytes) -> bytes:
    """Return a code in lines as long as those of the source, with the same ends."""
    ends = list(_LINE_END.finditer(source))
    lead = ends[0][0] if ends and not ends[0].start() else b""
    has_tail = bool(ends) and ends[-1].end() == len(source) > len(lead)
    tail = ends[-1][0] if has_tail else b""
    body = source[len(lead) : len(source) - len(tail)]
    inner = list(_LINE_END.finditer(body))
    if not inner:
        return lead + code + tail
    first = inner[0].start()
    # The first line may be shorter, behind the name of a property; the last one is.
    width = inner[1].start() - inner[0].end() if len(inner) > 1 else first
    lines = [code[:first], *(code[at : at + width] for at in range(first, len(code), width))]
    return lead + inner[0][0].join(filter(None, lines)) + tail
