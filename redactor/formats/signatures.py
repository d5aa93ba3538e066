"""What bytes are that are no text, by their first bytes: encrypted, compressed, archives, media.

One table for all: `format_for` applies it to documents and to members of archives, the detectors to
what base64 and other codes decode to.
Source of the signatures: the specifications of the formats, and those of file(1).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from redactor.errors import EncodingError, EncryptedDocument, InputError, UnsupportedFormat

__all__ = [
    "HEAD",
    "check_is_text",
    "has_binary",
    "is_drawing",
    "is_media",
    "known_content",
    "medium_of",
    "refusal",
]

HEAD = 1 << 10
"""Bytes in which a signature is looked for."""


@dataclass(frozen=True, slots=True)
class _Signature:
    """Bytes that begin a document, and what they say in words.

    A `short` signature is too short to be one amid other bytes.
    """

    pattern: re.Pattern[bytes]
    content: str
    encrypted: bool = False
    short: bool = False


def _at(offset: int, *starts: bytes) -> re.Pattern[bytes]:
    """Return a pattern of one of some byte strings at an offset."""
    every = b"|".join(re.escape(start) for start in starts)
    return re.compile(b".{%d}(?:%s)" % (offset, every), re.DOTALL)


# OpenPGP (RFC 9580): the tag of a packet, its length in one of several forms, its version.
_OPENPGP = re.compile(
    rb"(?:\x84.|\x85..|[\xc1\xd2](?:[\x00-\xbf]|[\xc0-\xdf].|[\xe0-\xfe]))[\x03\x06]"
    rb"|(?:\x8c.|\x8d..|\xc3[\x00-\xbf])[\x04-\x06][\x01-\x0b]"
    rb"|\xd2(?:[\x00-\xbf]|[\xc0-\xdf].|[\xe0-\xfe])[\x01\x02]"
    rb"|\xa3[\x01-\x03][^\x00-\x1f]?[\x00-\x08\x0e-\x1f\x80-\x9f]",
    re.DOTALL,
)
_SIGNATURES = (
    _Signature(_at(0, b"age-encryption.org/"), "encrypted with age", encrypted=True),
    _Signature(_at(0, b"Salted__"), "encrypted with OpenSSL", encrypted=True),
    _Signature(_at(0, b"$ANSIBLE_VAULT;"), "encrypted with Ansible Vault", encrypted=True),
    _Signature(_at(0, b"LUKS\xba\xbe"), "an encrypted disk (LUKS)", encrypted=True),
    _Signature(_at(0, b"\x03\xd9\xa2\x9a"), "a KeePass database", encrypted=True),
    _Signature(_OPENPGP, "encrypted with PGP, or packed by it", encrypted=True, short=True),
    _Signature(_at(0, b"\xfd7zXZ\0"), "compressed with xz"),
    _Signature(re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), "compressed with bzip2"),
    _Signature(
        re.compile(rb"[\x50-\x5f\x28\x22-\x27]\x2a\x4d\x18|\x28\xb5\x2f\xfd"),
        "compressed with zstd",
    ),
    _Signature(re.compile(rb"\x1f\x8b\x08[\0-\x1f]"), "compressed with gzip"),
    _Signature(_at(0, b"\x1f\x8b"), "compressed with gzip", short=True),
    _Signature(_at(0, b"\x04\x22\x4d\x18", b"\x02\x21\x4c\x18"), "compressed with lz4"),
    _Signature(_at(0, b"LZIP\x01"), "compressed with lzip"),
    _Signature(_at(0, b"\x89LZO\0\r\n\x1a\n"), "compressed with lzop"),
    _Signature(
        _at(0, b"\x1f\x9d", b"\x1f\xa0", b"\x1f\x1e"),
        "compressed with compress or pack",
        short=True,
    ),
    _Signature(
        re.compile(rb"\x5d\0\0[\0-\xff]{2}(?:\xff{8}|.{3}\0{5})", re.DOTALL), "compressed with LZMA"
    ),
    _Signature(_at(0, b"\xff\x06\0\0sNaPpY"), "compressed with Snappy"),
    _Signature(_at(0, b"Rar!\x1a\x07"), "a RAR archive"),
    _Signature(_at(0, b"7z\xbc\xaf"), "a 7-Zip archive"),
    _Signature(_at(0, b"MSCF\0\0\0\0"), "a cabinet"),
    _Signature(_at(0, b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"), "a ZIP archive"),
    _Signature(_at(0, b"filedesc://"), "a web archive in the old form (ARC)"),
    _Signature(_at(0, b"!<arch>\n"), "an ar archive or a package"),
    _Signature(_at(257, b"ustar"), "a tar archive"),
    _Signature(re.compile(rb"07070[127][0-9A-Fa-f]{48}"), "a cpio archive"),
    _Signature(_at(0, b"xar!\0"), "a xar archive"),
    _Signature(
        _at(2, b"-lh0-", b"-lh1-", b"-lh4-", b"-lh5-", b"-lh6-", b"-lh7-", b"-lhd-"),
        "an LHA archive",
    ),
    _Signature(re.compile(rb"\x60\xea.\0[\x1e-\x30]", re.DOTALL), "an ARJ archive"),
    _Signature(_at(7, b"**ACE**"), "an ACE archive"),
    _Signature(re.compile(rb"SIT!.{6}rLau|StuffIt \(c\)1997", re.DOTALL), "a StuffIt archive"),
    _Signature(_at(0, b"hsqs", b"sqsh"), "a SquashFS image"),
    _Signature(_at(0, b"%PDF-"), "PDF"),
    _Signature(_at(0, b"\xd0\xcf\x11\xe0"), "an old Office document"),
    _Signature(_at(0, b"{\\rtf"), "RTF"),
    _Signature(_at(0, b"!BDN"), "an Outlook mailbox"),
    _Signature(_at(0, b"SQLite format 3\0"), "an SQLite database"),
    _Signature(_at(0, b"\x89PNG"), "PNG"),
    _Signature(_at(0, b"\xff\xd8\xff"), "JPEG"),
    _Signature(_at(0, b"GIF87a", b"GIF89a"), "GIF"),
    _Signature(re.compile(rb"RIFF.{4}[A-Z]{3}", re.DOTALL), "RIFF (WebP, WAV or AVI)"),
    _Signature(_at(0, b"II*\0", b"MM\0*"), "TIFF"),
    _Signature(re.compile(rb"\0\0\0.ftyp", re.DOTALL), "MP4 or HEIF"),
    _Signature(_at(0, b"OggS\0", b"fLaC\0", b"ID3\x02", b"ID3\x03", b"ID3\x04"), "sound"),
    _Signature(_at(0, b"wOFF\0", b"wOF2\0", b"OTTO\0", b"\0\1\0\0\0"), "a font"),
    _Signature(_at(0, b"PAR1\x15"), "Parquet"),
    _Signature(_at(0, b"\x7fELF", b"MZ\x90\0", b"\xca\xfe\xba\xbe", b"\0asm"), "a program"),
    _Signature(
        _at(0, b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
        "a program",
    ),
)
_MEDIA = frozenset(
    {"PNG", "JPEG", "GIF", "RIFF (WebP, WAV or AVI)", "TIFF", "MP4 or HEIF", "sound", "a font"}
)

# Archives behind a stub of text: what unpacks itself, a script with a payload.
_BURIED = (
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"MSCF\0\0\0\0", "a cabinet"),
    (b"\xfd7zXZ\0\0", "data compressed with xz"),
    (b"PK\x01\x02", "a ZIP archive"),
    (b"PK\x03\x04\x14\0", "a ZIP archive"),
    (b"\x1f\x8b\x08\0", "data compressed with gzip"),
)
_LONGEST = max(len(mark) for mark, _ in _BURIED) - 1

# Printable ASCII, byte after byte, as text in UTF-16 hardly has: of Latin letters every second byte
# is 0, and of Chinese ones less than half are such. Rows of boxes or Braille have one byte in two.
_NARROW_RUN = re.compile(rb"[\t\n\r\x20-\x7e]{8,}")
# Bytes, or all there are. Of 1.2 million characters drawn from the Chinese block whose upper bytes
# are all printable, in either byte order, two runs had 32.
_NARROW = 48
_UNEVEN = 3  # a byte that is more than one in so many is the upper half of characters of a block

# Bytes that no text in a code page has, separators and the escape of terminals apart; and those of
# which cp1252 has no characters.
_NO_TEXT = bytes(
    {*range(0x20), 0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D}
    - {*b"\x07\x08\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f"}
)
_CONTROLS = bytes(byte for byte in _NO_TEXT if byte < 0x80)  # the others are halves in UTF-8
_BLOCK = 1 << 12  # bytes in which they are counted
_FEW, _SHARE = 8, 32  # so many of them are no accident, and more than one byte in so many

# Letters, digits and the blank of EBCDIC; the letters of ASCII, which are rare signs in it.
_EBCDIC = bytes(
    {0x40, *range(0x81, 0x8A), *range(0x91, 0x9A), *range(0xA2, 0xAA)}
    | {*range(0xC1, 0xCA), *range(0xD1, 0xDA), *range(0xE2, 0xEA), *range(0xF0, 0xFA)}
)
_EBCDIC_SMALL = bytes((*range(0x81, 0x8A), *range(0x91, 0x9A), *range(0xA2, 0xAA)))
_SHORTEST_EBCDIC = 16  # bytes; fewer say nothing
_CHUNK = 1 << 16
# Its header alone is two signs of cp1252: what follows must inflate, to so many bytes.
_ZLIB = _Signature(re.compile(rb"x[\x01\x5e\x9c\xda]"), "compressed with zlib")
_INFLATED, _INFLATED_WHOLE = 64, 16


def known_content(data: bytes) -> str:
    """Return what decoded bytes are by their signature; empty for text, media, what is not known.

    Pictures, sounds and fonts are not examined in pages either, and are nothing here.
    """
    found = _known(data)
    return "" if found is None or found.short or found.content in _MEDIA else found.content


def is_media(data: bytes) -> bool:
    """Tell whether bytes are a picture, a sound or a font by their signature."""
    found = _known(data)
    return found is not None and found.content in _MEDIA


def is_drawing(data: bytes) -> bool:
    """Tell whether bytes are a picture of an office program: EMF, WMF, SVM, BMP, PCX, ICO, JXR."""
    return _DRAWING.match(data) is not None


# [MS-EMF] 2.3.4.2, [MS-WMF] 2.3.2.3 (placeable) and 2.3.2.2; the metafile of StarView, and packed
# ones of the first two, which begin as gzip; MPEG sound without a head, MIDI, AIFF, ASF, old Flash.
_DRAWING = re.compile(
    rb"\x01\0\0\0.{36} EMF|\xd7\xcd\xc6\x9a\0\0|\x01\0\x09\0\0[\x01\x03]|VCLMTF|BM.{4}\0{4}"
    rb"|\x0a[\0-\x05]\x01[\x01\x08]|\0\0[\x01\x02]\0[\x01-\xff]\0|II\xbc|\xff[\xfb\xf3\xfa\xf2]"
    rb"|MThd\0\0\0\x06|FORM.{4}AIF|\x30\x26\xb2\x75\x8e\x66\xcf\x11|[FC]WS[\x03-\x30].{2}\0"
    rb"|\0.{3}(?:moov|mdat|wide|free)|#!AMR\n|\.snd\0|\x1aE\xdf\xa3|FLV\x01|\0\0\x01[\xba\xb3]"
    rb"|.{8}[\0-\x02]\0[\x01\x02]\0.{22}LP|ttcf\0[\x01\x02]\0\0|\0\0\0\x0cjP  ",
    re.DOTALL,
)


# Sounds among them; films that begin with a brand or a box of MP4, Matroska, Flash and ASF.
_SOUND = re.compile(
    rb"OggS\0|fLaC\0|ID3[\x02-\x04]|RIFF.{4}WAVE|\xff[\xfb\xf3\xfa\xf2]|MThd|FORM.{4}AIF|#!AMR|\.snd\0",
    re.DOTALL,
)
_STILL = re.compile(rb".{4}ftyp(?:hei|hev|mif1|msf1|avi[fs])", re.DOTALL)
_FILM = re.compile(
    rb"RIFF.{4}AVI |.{4}(?:ftyp|moov|mdat|wide|free)|\x1aE\xdf\xa3|[FC]WS|FLV\x01"
    rb"|\x30\x26\xb2\x75|\0\0\x01[\xba\xb3]",
    re.DOTALL,
)
_FONT = re.compile(rb"wOFF\0|wOF2\0|OTTO\0|\0\x01\0\0\0|ttcf\0|.{34}LP", re.DOTALL)


def medium_of(data: bytes) -> str:
    """Return what of a picture, a sound, a film or a font is not examined; empty for other bytes.

    `pixels` for a picture, by its first bytes.
    """
    if not (is_media(data) or is_drawing(data)):
        return ""
    if _SOUND.match(data):
        return "sound"
    if _FILM.match(data) and not _STILL.match(data):
        return "film"
    return "font" if _FONT.match(data) else "pixels"


def _inflates(data: bytes) -> bool:
    stream = zlib.decompressobj()
    try:
        size = len(stream.decompress(data[:_CHUNK], _CHUNK))
    except zlib.error:
        return False
    return size >= (_INFLATED_WHOLE if stream.eof else _INFLATED)


def refusal(head: bytes) -> InputError | None:
    """Return the error for a document that begins with the signature of something else."""
    found = _known(head)
    if found is None:
        return None
    if found.encrypted:
        return EncryptedDocument(f"the content is {found.content}")
    return UnsupportedFormat(f"the content is {found.content}, which is not supported yet")


def _known(head: bytes) -> _Signature | None:
    zlib_data = [_ZLIB] if _ZLIB.pattern.match(head) and _inflates(head) else []
    return next((one for one in (*_SIGNATURES, *zlib_data) if one.pattern.match(head)), None)


def check_is_text(source: BinaryIO, codec: str) -> None:
    """Raise InputError for bytes that a codec decodes and that are no text all the same.

    These are an archive behind a stub, binary data, EBCDIC unless its code page was named, and
    text of one byte a character in what is marked or named as UTF-16.
    """
    source.seek(0)
    before = b""
    single = not codec.startswith("utf-")
    while data := source.read(_CHUNK):
        whole = before + data
        for mark, content in _BURIED:
            if mark in whole and (single or b"\0" in whole):
                raise UnsupportedFormat(f"holds {content} behind other bytes")
        if single:
            _check_blocks(data, codec)
        if codec.startswith("utf-16"):
            _check_wide(whole, alone=not before and len(data) < _CHUNK)
        before = whole[-max(_LONGEST, _NARROW) :]


def _check_wide(data: bytes, *, alone: bool) -> None:
    """Raise EncodingError for ASCII in UTF-16; `data` that is `alone` is a whole document."""
    text = data.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    for run in _NARROW_RUN.findall(text):
        long = len(run) >= _NARROW or (alone and len(run) == len(text))
        if long and max(map(run.count, set(run))) * _UNEVEN <= len(run):
            raise EncodingError("the text is marked as UTF-16, and holds text that is not")


def _check_blocks(data: bytes, codec: str) -> None:
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        if codec in ("cp1252", "latin-1") and _is_ebcdic(block):
            raise EncodingError("the text looks like EBCDIC (name its code page, as cp037)")
        found = len(block) - len(block.translate(None, _NO_TEXT))
        if codec in ("cp1252", "latin-1") and found > max(_FEW, len(block) // _SHARE):
            raise UnsupportedFormat("the content is binary data, not text")


def has_binary(source: BinaryIO, *, wide: bool = False) -> bool:
    """Tell whether a text has NULs, or as many bytes that no text has as binary data does.

    By this a document is judged whose name does not say that it is text. In `wide` characters NULs
    are halves of some.
    """
    signs = _CONTROLS.replace(b"\0", b"") if wide else _CONTROLS
    source.seek(0)
    while block := source.read(_BLOCK):
        found = len(block) - len(block.translate(None, signs))
        if (b"\0" in block and not wide) or found > max(_FEW, len(block) // _SHARE):
            return True
    return False


def _is_ebcdic(block: bytes) -> bool:
    """Tell whether bytes are words in EBCDIC: its letters and blanks, hardly any of ASCII."""
    own = len(block) - len(block.translate(None, _EBCDIC))
    small = len(block) - len(block.translate(None, _EBCDIC_SMALL))
    ascii_letters = sum(block.count(byte) for byte in range(0x61, 0x7B)) + block.count(b" ")
    return (
        len(block) >= _SHORTEST_EBCDIC
        and (block.count(b"\x40") * 25 >= len(block) or small * 3 >= len(block))
        and own * 10 >= len(block) * 7
        and ascii_letters * 8 <= len(block)
    )
