"""The values of fields, each cut by the grammar of its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from redactor.errors import DamagedDocument
from redactor.formats.mail.header.kept import DATE, ZONE
from redactor.formats.mail.header.parameters import parameters
from redactor.formats.mail.header.parts import Part, labelled, text
from redactor.formats.mail.header.syntaxes import FOLDED, PHRASE, QUOTED
from redactor.formats.mail.header.words import WORD
from redactor.model import Slot

_DATE = re.compile(rf"{DATE}[ \t]*(?:{ZONE})?", re.IGNORECASE)
# Values of numbers and few letters: status and lengths.
_STATUS = re.compile(
    r"[0-9A-Fa-fx]{1,16}|[A-Z]{1,6}|[0-9][0-9 ./-]{0,30}|<?true>?|no|yes", re.ASCII
)
_MECHANISM = re.compile(r"7-?bit|8-?bit|binary|base64|quoted-printable|x-?uu?e\w*", re.IGNORECASE)

# The line before a message in a mailbox: a sender, a date, and what else is behind it, such as
# `remote from kevin-laptop`.
_SEPARATOR = re.compile(
    r"(>?From )(?:(?P<sender>.*?)"
    r"(?P<date>[ \t]*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[,\w]*[ \t]+(?:\d{1,2}[ \t]+[A-Za-z]{3}|"
    r"[A-Za-z]{3}[ \t]+\d{1,2}),?[ \t]+[\d: \t]+(?:[A-Z]{1,5}(?=[ \t]+\d{4})|[+-]\d{4}|[ \t]|"
    r"\d{4})*))?(?P<rest>.*)",
    re.DOTALL,
)
# What is no encoded word, and an address between angle brackets. What else is between them is
# running text: it may hold words and quotes.
_NO_WORD = r"(?!=\?)"
_INNER = rf"(?:{_NO_WORD}[^<>(),;\"])*"

# What is kept of `Received`: protocol, queue id, time.
RECEIVED = re.compile(
    rf"(?P<date>;[ \t\r\n]*{DATE}(?:{ZONE})?)"
    r"|\b(?P<id>id[ \t\r\n]+(?=[A-Za-z.+-]{0,79}[0-9])[\w.+-]{1,80}(?![\w@.+\[-]))"
    r"|\b(?P<with>with[ \t\r\n]+(?:UTF8)?(?:E?SMTPS?A?|L?MTPS?A?|HTTPS?|MAPI|IMAP|POP3)\b)"
    rf"|<(?P<angle>{_INNER})>",
    re.IGNORECASE,
)
_ANGLE = re.compile(rf"<((?:{_NO_WORD}[^<>])*)>")
_URL = re.compile(r"\s*(?:[a-z][a-z0-9+.-]{1,20}:|//)", re.IGNORECASE)

# The lexemes of a list of addresses (RFC 5322, 3.4).
_LEXEMES = re.compile(
    rf"(?P<word>{WORD})"
    rf"|<(?P<angle>{_INNER})>"
    r"|\((?P<comment>[^()]*)\)"
    rf"|(?P<bare>(?:\"(?:[^\"\\]|\\.)*\"|(?:{_NO_WORD}[^\s<>()\",;:\\@])+)"
    rf"@(?:{_NO_WORD}[^\s<>()\",;])+)"
    r"|\"(?P<quoted>(?:[^\"\\]|\\.)*)\""
    rf"|(?P<phrase>(?:{_NO_WORD}[^\s\"<>(),;:@])+|\s+|=)"
    r"|(?P<other>.)",
    re.DOTALL,
)

# A comment right behind a word, or one that is not closed, with a quote in it: a finding may reach
# into it from the word.
_GLUED_COMMENT = re.compile(r"(?:[^\s(,;<>]\(|\((?![^()]*\)))[^()\"]*\"")
# A backslash, or a comment that is not closed.
_UNCLOSED = re.compile(r"\\|\((?![^()]*\))")

_ADDRESSES = frozenset(
    "from to cc bcc reply-to sender return-path delivered-to x-original-to errors-to"
    " envelope-to apparently-to mail-followup-to mail-reply-to x-envelope-from"
    " x-envelope-to x-sender x-receiver"
    " x-rcpt-to x-mailfrom x-google-original-from x-original-from x-original-sender envelope-from"
    " disposition-notification-to return-receipt-to x-confirm-reading-to x-beenthere original-from"
    " resent-from resent-to resent-cc resent-bcc resent-sender resent-reply-to x-forwarded-to"
    " x-forwarded-for x-apparently-to original-recipient-address approved x-loop author".split()
)
_IDS = frozenset(
    "message-id in-reply-to references resent-message-id original-message-id x-message-id"
    " x-original-message-id x-ms-exchange-parent-message-id supersedes article-references".split()
)
_DATES = frozenset(
    "date resent-date delivery-date expires orig-date x-original-date x-original-arrival-date"
    " arrival-date last-attempt-date nntp-posting-date injection-date x-received-date".split()
)
_STATES = frozenset(
    "mime-version content-length lines status x-status x-mozilla-status x-mozilla-status2"
    " x-uid x-evolution x-priority priority importance x-msmail-priority"
    " precedence auto-submitted".split()
)
_URLS = frozenset(
    "list-id list-post list-help list-subscribe list-unsubscribe list-archive list-owner"
    " list-unsubscribe-post x-list-unsubscribe".split()
)


def parts_of(name: str, value: str, end: str) -> Iterator[Part]:
    """Yield the parts of the value of a field, which tile it; `end` is the header's line end.

    Without a name the line is no field: the line before a message in a mailbox, or broken.
    """
    if not name:
        yield from _separator(value, end)
        return
    known = name.lower()
    if known in {"content-type", "content-disposition"}:
        yield from parameters(value, end)
        return
    yield from labelled(_grammar(known)(value, end), name)


def _grammar(name: str) -> Callable[[str, str], Iterator[Part]]:
    return next((grammar for names, grammar in _GRAMMARS if name in names), text)


def _separator(value: str, end: str) -> Iterator[Part]:
    """Yield the parts of the line before a message; its date is markup."""
    found = _SEPARATOR.fullmatch(value)
    if found is None:
        yield from labelled(text(value, end), "")
        return
    yield Part(found[1])
    if sender := found["sender"]:
        slot = Slot.MAILBOX if "@" in sender else Slot.TEXT
        yield Part(sender, FOLDED, slot, label="From")
    if found["date"]:
        yield Part(found["date"])
    yield from labelled(text(found["rest"], end), "")


def addresses(value: str, end: str) -> Iterator[Part]:
    """Yield the parts of a list of addresses: names, addresses, comments.

    Raises DamagedDocument for a comment with half of a quoted text, or with one right behind a
    word: without what is around it, a quoted text would begin there.
    """
    phrase = ""
    if _GLUED_COMMENT.search(value):
        raise DamagedDocument("a comment among addresses has a quote, and is part of a word")
    # With a quote that is not closed, another one would close it; in a comment that is not, quotes
    # would be damage.
    name = FOLDED if value.count('"') % 2 or _UNCLOSED.search(value) else PHRASE
    for found in _LEXEMES.finditer(value):
        if found.lastgroup in {"phrase", "word"}:
            phrase += found[0]
            continue
        yield from text(phrase, end, name)
        phrase = ""
        if found.lastgroup == "quoted":
            yield Part('"')
            yield from text(found["quoted"], end, QUOTED)
            yield Part('"')
        elif found.lastgroup == "angle":
            yield from _in_angles(found["angle"], Slot.MAILBOX)
        elif found.lastgroup == "bare":
            yield Part(found[0], FOLDED, Slot.MAILBOX, joins=True)
        elif found.lastgroup == "comment" and found[0].count('"') % 2:
            raise DamagedDocument("a comment among addresses has a quote that is not closed")
        else:
            yield from text(found[0], end)
    yield from text(phrase, end, name)


def _in_angles(inner: str, slot: Slot) -> Iterator[Part]:
    """Yield what is between angle brackets, and these as text, which they are for detectors."""
    yield Part("<", FOLDED, joins=True)
    if inner:
        yield Part(inner, FOLDED, Slot.URL if _URL.match(inner) else slot, joins=True)
    yield Part(">", FOLDED, joins=True)


def _between_angles(value: str, end: str, slot: Slot) -> Iterator[Part]:
    done = 0
    for found in _ANGLE.finditer(value):
        yield from text(value[done : found.start()], end)
        yield from _in_angles(found[1], slot)
        done = found.end()
    yield from text(value[done:], end)


def _ids(value: str, end: str) -> Iterator[Part]:
    if "<" not in value and "@" in value:
        yield from text(value, end, slot=Slot.MAILBOX)
    else:
        yield from _between_angles(value, end, Slot.MAILBOX)


def _content_ids(value: str, end: str) -> Iterator[Part]:
    # As in a `cid:` link of the page that shows the part, which is a URL.
    yield from _between_angles(value, end, Slot.IDENTIFIER)


def _urls(value: str, end: str) -> Iterator[Part]:
    yield from _between_angles(value, end, Slot.URL)


def _location(value: str, end: str) -> Iterator[Part]:
    yield from text(value, end, slot=Slot.URL)


def _dates(value: str, end: str) -> Iterator[Part]:
    yield from [Part(value)] if _DATE.fullmatch(value) else text(value, end)


def _states(value: str, end: str) -> Iterator[Part]:
    yield from [Part(value)] if _STATUS.fullmatch(value) else text(value, end)


def _mechanism(value: str, end: str) -> Iterator[Part]:
    yield from [Part(value)] if _MECHANISM.fullmatch(value) else text(value, end)


def _received(value: str, end: str) -> Iterator[Part]:
    """Yield the parts of a trace of delivery; its protocol, queue id and time are markup."""
    done = 0
    for found in RECEIVED.finditer(value):
        yield from text(value[done : found.start()], end)
        if found.lastgroup == "angle":
            yield from _in_angles(found["angle"], Slot.MAILBOX)
        else:
            yield Part(found[0])
        done = found.end()
    yield from text(value[done:], end)


_GRAMMARS: tuple[tuple[frozenset[str], Callable[[str, str], Iterator[Part]]], ...] = (
    (_ADDRESSES, addresses),
    (_IDS, _ids),
    (frozenset({"received", "x-received"}), _received),
    (_DATES, _dates),
    (_STATES, _states),
    (_URLS, _urls),
    (frozenset({"content-id", "x-attachment-id"}), _content_ids),
    (frozenset({"content-location", "content-base"}), _location),
    (frozenset({"content-transfer-encoding"}), _mechanism),
)
"""The grammar of each field; that of any other is running text."""
