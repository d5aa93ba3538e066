"""Addresses of mail that a table has in two columns: the local part in one, the domain in another.

    email | domain
    teo   | example.org

The local part is removed where detectors find the address that both make. It is no value to look
for elsewhere: `info` and `sales` are words as well.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from redactor.analysis.unit import Piece, Unit
from redactor.model import COLUMN, Finding, Kind, column_name

__all__ = ["split_addresses"]

ENTITY = "EMAIL_ADDRESS"
SOURCE = f"{COLUMN}email and domain"
"""No column has a name with blanks, as `column_name` writes it."""

_LOCALS = frozenset(
    "email e_mail mail email_address mailbox local local_part localpart email_local email_user"
    " email_name mail_user email_prefix username user user_name".split()
)
_DOMAINS = frozenset(
    "domain mail_domain email_domain e_mail_domain domain_name email_host mail_host host"
    " email_suffix mail_server".split()
)
# What may stand before the sign of an address, and a host with a top-level domain.
_LOCAL = re.compile(r"[^\W_][\w.+'-]{0,63}")
_DOMAIN = re.compile(r"@?(?P<host>(?:[^\W_][\w-]{0,62}\.){1,5}[^\W\d_]{2,24})")

Detect = Callable[[str, int], Iterable[Finding]]


def split_addresses(unit: Unit, detect: Detect) -> Iterator[Finding]:
    """Yield the cells of a unit that are local parts of addresses whose domain is beside them."""
    pairs = [pair for row in _rows(unit) for pair in _pairs(row)]
    lines = [f"{local.of.text}@{host}\n" for local, host in pairs]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    if not pairs:
        return
    for one in detect("".join(lines), 0):
        at = bisect_right(starts, one.start) - 1
        whole = one.start == starts[at] and one.end == starts[at + 1] - 1
        if one.entity == ENTITY and whole:
            local, _ = pairs[at]
            yield Finding(0, local.start, local.end, ENTITY, one.score, SOURCE)


def _rows(unit: Unit) -> Iterator[list[Piece]]:
    """Yield the cells of each row of tables."""
    if not any(column_name(label) in _DOMAINS for label in {one.of.label for one in unit.pieces}):
        return
    cells = (one for one in unit.pieces if one.of.location.kind is Kind.CELL and one.of.label)
    for _, row in groupby(cells, key=lambda one: (one.of.path, one.of.location.number)):
        yield list(row)


def _pairs(row: list[Piece]) -> Iterator[tuple[Piece, str]]:
    """Yield the local parts in a row with the host that is beside them, if it is one alone."""
    named = [(column_name(one.of.label), one) for one in row]
    hosts = [
        found["host"]
        for name, one in named
        if name in _DOMAINS and (found := _DOMAIN.fullmatch(one.of.text.strip()))
    ]
    if len(hosts) == 1:
        yield from (
            (one, hosts[0])
            for name, one in named
            if name in _LOCALS and _LOCAL.fullmatch(one.of.text)
        )
