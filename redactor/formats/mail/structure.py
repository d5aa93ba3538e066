"""What a header block says of the body below it: type, boundary, charset, transfer encoding."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from email.utils import collapse_rfc2231_value

# The lines of which a header block is made, as `email` has it (RFC 5322, 2.2; RFC 4155 for the
# separator of a mailbox): a field; the separator.
FIELD = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:")
SEPARATOR = re.compile(rb">?From ")

# Fields that describe the body. Those about other parts are of no use here.
_DESCRIBES = frozenset(
    {"content-type", "content-disposition", "content-transfer-encoding", "mime-version"}
)

# File names by whose suffixes a part of a type is read. All other text is plain text.
_HINTS = {
    "text/html": "part.html",
    "text/xml": "part.xml",
    "text/csv": "part.csv",
    "text/comma-separated-values": "part.csv",
    "text/tab-separated-values": "part.tsv",
    "text/json": "part.json",
    "text/rtf": "part.rtf",
    "text/richtext": "part.txt",
    "text/calendar": "part.ics",
    "text/vcard": "part.vcf",
    "text/x-vcard": "part.vcf",
    "text/directory": "part.vcf",
    "text/ldif": "part.ldif",
    "text/vtt": "part.vtt",
    "text/rfc822-headers": "part.mail-header",
    "message/rfc822": "part.eml",
    "message/global": "part.eml",
    "application/json": "part.json",
    "application/xml": "part.xml",
    "application/xhtml+xml": "part.xhtml",
    "application/zip": "part.zip",
    "application/x-zip-compressed": "part.zip",
    "application/gzip": "part.gz",
    "application/rtf": "part.rtf",
    "application/mbox": "part.mbox",
    "application/pdf": "part.pdf",
    "application/ics": "part.ics",
    "application/javascript": "part.js",
    "application/pgp-encrypted": "part.txt",
    "application/pgp-keys": "part.txt",
}

# Types of parts that hold what only a key opens.
_ENCRYPTED = {
    "application/pkcs7-mime": "S/MIME",
    "application/x-pkcs7-mime": "S/MIME",
    "application/pgp": "PGP",
}
SIGNATURE_TYPES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    }
)
MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
ENCODED = frozenset({"base64", "quoted-printable"})
"""Transfer encodings in which a body is not as it is."""

_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_LONGEST_NAME = 1 << 10


# Fields of which a message has several; a text may begin with one of them.
_STRONG = re.compile(
    rb"^(received|message-id|date|from|to|subject|return-path|delivered-to|mime-version|x-[\w-]+"
    rb"|content-type|sender|reply-to|cc|path|newsgroups):",
    re.IGNORECASE | re.MULTILINE,
)
_CERTAIN = frozenset({b"received", b"message-id", b"return-path", b"mime-version", b"delivered-to"})


def looks_like_header(head: bytes) -> bool:
    """Tell whether the first kilobyte is the header of a message: at least three of its fields."""
    block = re.split(rb"\n\r?\n", head, maxsplit=1)[0]
    lines = block.splitlines()[:-1] or block.splitlines()
    if not lines or not all(
        FIELD.match(line) or SEPARATOR.match(line) or (line[:1] in b" \t" and number)
        for number, line in enumerate(lines)
    ):
        return False
    found = {name.lower() for name in _STRONG.findall(block)}
    return len(found) >= 3 and (b"from" in found or b"received" in found or bool(found & _CERTAIN))


@dataclass(frozen=True, slots=True)
class Entity:
    """What a header block says of the body below it."""

    type: str = "text/plain"
    boundary: bytes = field(default=b"", repr=False)
    charset: str = ""
    transfer: str = ""
    name: str = field(default="", repr=False)
    within: str = ""
    """The type of the multipart that it is a part of."""

    @property
    def is_multipart(self) -> bool:
        """Tell whether the body has parts."""
        return self.type.startswith("multipart/") and bool(self.boundary)

    @property
    def is_message(self) -> bool:
        """Tell whether the body is a message, as it is and not in base64."""
        return self.type in MESSAGES and self.transfer not in ENCODED

    @property
    def is_signature(self) -> bool:
        """Tell whether the body is a signature over another part."""
        return self.type in SIGNATURE_TYPES

    @property
    def hint(self) -> str:
        """Return a file name by which the format of the body is chosen."""
        if known := _HINTS.get(self.type):
            return known
        if self.type.startswith("text/") or (
            self.type.startswith(("message/", "multipart/")) and not self.name
        ):
            return "part.txt"
        return self.name or f"part.{self.type.rpartition('/')[2][:20]}"

    @property
    def refusal(self) -> tuple[str, bool]:
        """Return why the body cannot be examined, and whether it is encrypted; empty if it can."""
        name = self.name.lower()
        if kind := _ENCRYPTED.get(self.type):
            return f"the content is encrypted or signed with {kind}", True
        if name.endswith((".p7m", ".p7c")):
            return "the content is encrypted or signed with S/MIME", True
        if self.within == "multipart/encrypted" and self.type == "application/octet-stream":
            return "the content is encrypted with PGP", True
        if self.type in _TNEF or name == "winmail.dat":
            return "the content is TNEF (winmail.dat), which is not supported yet", False
        return "", False


def entity(block: bytes, within: str = "") -> Entity:
    """Return what a header block says of its body; of several fields of a name the first counts."""
    message = Message()
    for name, value in fields(block):
        if name in _DESCRIBES and name not in message:
            message[name] = value
    default = "message/rfc822" if within == "multipart/digest" else "text/plain"
    if "content-type" not in message:
        return Entity(default, transfer=_transfer(message), name=_name(message), within=within)
    try:
        boundary = message.get_boundary() or ""
        charset = _parameter(message, "charset")
        kind = message.get_content_type()
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        return Entity(default, transfer=_transfer(message), within=within)
    return Entity(
        kind,
        boundary.encode("utf-8", "surrogateescape").rstrip(b" \t")[:_LONGEST_NAME],
        charset.strip().strip("'\"").lower(),
        _transfer(message),
        _name(message),
        within,
    )


def fields(block: bytes) -> list[tuple[str, str]]:
    """Return names, in lower case, and unfolded values of the fields of a header block."""
    found: list[tuple[str, str]] = []
    for line in block.decode("ascii", "surrogateescape").splitlines():
        name, colon, value = line.partition(":")
        if line[:1] in {" ", "\t"}:
            if found:
                found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif colon:
            found.append((name.strip().lower(), value.strip()))
    return found


def _transfer(message: Message) -> str:
    value = str(message.get("content-transfer-encoding", "")).split("(", 1)[0]
    return value.split(";", 1)[0].strip().strip("\"'").lower()


def _parameter(message: Message, name: str, header: str = "content-type") -> str:
    value = message.get_param(name, "", header)
    if isinstance(value, tuple):
        return collapse_rfc2231_value(value)
    return str(value)


def _name(message: Message) -> str:
    """Return the name of a part, as its last step: it serves to choose a format."""
    for name, header in (("filename", "content-disposition"), ("name", "content-type")):
        try:
            value = _parameter(message, name, header)
        except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError):
            continue
        if value:
            return value[-_LONGEST_NAME:].replace("\\", "/").rpartition("/")[2]
    return ""
