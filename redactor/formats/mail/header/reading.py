"""Values of fields as the standard library's `email` reads them: the independent reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32, default
from email.utils import collapse_rfc2231_value

from redactor.formats.mail.header.fields import RECEIVED
from redactor.formats.mail.header.kept import DATE, is_kept
from redactor.formats.mail.header.syntaxes import FOLDED as PLAIN

__all__ = ["PLAIN", "values"]

_LONGEST = 4096
"""Characters of a value that the parser of the default policy reads; it takes time in proportion to
the square of the length of some. Longer ones are decoded without their grammar."""

_DATE = re.compile(DATE, re.IGNORECASE)
_FAILS = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


def values(data: bytes) -> Iterator[str]:
    """Yield the values of all fields of a header block, dates and queue ids left out."""
    message = BytesHeaderParser(policy=compat32).parsebytes(data)
    for name, value in message.raw_items():
        yield _without_kept(name.lower(), _value(name, str(value)))
    if first := message.get_unixfrom():
        yield _DATE.sub(" ", first)
    rest = message.get_payload()
    if isinstance(rest, str):  # what is behind a line that is no field
        yield _DATE.sub(" ", rest)


def _value(name: str, value: str) -> str:
    if name.lower() in {"content-type", "content-disposition"}:
        return "\n".join(_parameters(name, value))
    plain = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if len(value) <= _LONGEST:
        try:
            return str(default.header_factory(name, re.sub(r"[\r\n]+", "", plain)))
        except _FAILS:
            pass
    try:
        return str(make_header(decode_header(re.sub(r"[\r\n]+", "", plain))))
    except _FAILS:
        return plain


def _parameters(name: str, value: str) -> Iterator[str]:
    message = Message()
    message[name] = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        found = message.get_params(header=name) or []
        for key, one in found[1:]:
            shown = collapse_rfc2231_value(one)
            if not is_kept(key.lower().split("*")[0], shown):
                yield str(make_header(decode_header(shown)))
    except _FAILS:
        return


def _without_kept(name: str, value: str) -> str:
    if name in {"received", "x-received"}:
        value = RECEIVED.sub(lambda found: found["angle"] or " ", value)
    return _DATE.sub(" ", value)
