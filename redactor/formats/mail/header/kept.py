"""What of a header is not examined: dates and times, parameters in a standard's own words."""

from __future__ import annotations

import re

from redactor.formats.mail.charsets import python_codec

__all__ = ["DATE", "ZONE", "is_kept", "is_known"]

_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# Date and time (RFC 5322, 3.3, and what programs make of it), with the zone. Any other word is a
# text: what looks like a date may be "Monika, 3 Ilse 2026".
DATE = (
    rf"(?:{_DAY},?[ \t\r\n]+)?"
    rf"(?:\d{{1,2}}[ \t-]+{_MONTH}\.?[ \t-]+\d{{2,4}}|{_MONTH}[ \t]+\d{{1,2}})[ \t\r\n]+"
    r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?"
    r"(?:[ \t\r\n]*(?:[AP]M|[+-]\d{4}|\(?(?:(?-i:[A-Z]{1,5})|[+-]\d{2,4})\)?|\d{4})){0,4}"
)

# A comment that names the zone: (CET), (GMT+01:00), (Pacific Standard Time). Others are texts.
ZONE = (
    r"[ \t]*\((?-i:[A-Z]{1,5}|(?:GMT|UTC)?[+-]\d{1,2}:?\d{0,2}"
    r"|[A-Z][a-z]{2,12}(?: [A-Z][a-z]{2,12}){0,3} Time)\)"
)

_MEDIA_TYPE = (
    r"(?:text|multipart|message|application|image|audio|video|font|model)(?:/[a-z0-9.+-]{1,80})?"
)
# Hash functions as RFC 3156 and RFC 8551 call them, one or several.
_HASHES = r"(?:(?:pgp-|rsa-)?(?:md5|sha-?\d{1,3}|ripemd160|tiger192),?)+|unknown"

# The values that a standard has for each parameter: RFC 2045, 2183, 3676, 6522, 3156, 8551, 2046.
_VALUES = {
    "boundary": r"[^@\[\]]{0,300}",  # not a replacement of ours, which is a text
    "format": r"flowed|fixed",
    "delsp": r"yes|no",
    "report-type": r"[a-z]{1,20}-(?:status|notification|report)",
    "protocol": _MEDIA_TYPE,
    "type": _MEDIA_TYPE,
    "micalg": _HASHES,
    "smime-type": r"(?:enveloped|authenveloped|signed|compressed)-data|certs-only|signed-receipt",
    "reply-type": r"original|response",
    "access-type": r"(?:anon-|t)?ftp|afs|local-file|mail-server|url|content-id",
    **dict.fromkeys(("size", "padding", "x-unix-mode", "version"), r"[\d.]{1,20}"),
    **dict.fromkeys(("creation-date", "modification-date", "read-date"), DATE),
}
_GRAMMARS = {name: re.compile(values, re.IGNORECASE) for name, values in _VALUES.items()}
# Charsets without a codec: RFC 1428, and what old programs call theirs.
_CHARSET = re.compile(r"unknown(?:-8bit)?|x-unknown|default|binary|", re.IGNORECASE)


# Other parameters of the standards (RFC 2045 to 2231, 8098, 2387, 4021 and their like), and what
# mail programs add: `x-apple-part-url`, `x-mac-type`.
_KNOWN = frozenset(
    "name filename title start start-info conversions url site directory mode server subject"
    " expiration number total id header method handling alternative component profile level"
    " level-id codecs encoding value".split()
)
_PROGRAMS = re.compile(r"x-(?:apple|mac|unix|ms|gmail|mozilla)-[a-z-]{1,24}")


def is_known(name: str) -> bool:
    """Tell whether a parameter, in lower case, has a name that says nothing of people."""
    own = name in _GRAMMARS or name in _KNOWN or name == "charset"
    return own or _PROGRAMS.fullmatch(name) is not None


def is_kept(name: str, value: str) -> bool:
    """Tell whether a parameter says in a standard's own words how a body is to be read.

    `format=flowed` does, and `format="Teodor Vance"` does not: that is a text.
    """
    if name == "charset":
        return _CHARSET.fullmatch(value) is not None or bool(python_codec(value.lower()))
    grammar = _GRAMMARS.get(name)
    return grammar is not None and grammar.fullmatch(value) is not None
