"""What Presidio must not do here: log what it reads, go to the network, give up in silence."""

from __future__ import annotations

import logging
import re
from functools import cache
from types import SimpleNamespace

import tldextract
from presidio_analyzer import RecognizerResult, pattern_recognizer
from presidio_analyzer.predefined_recognizers.generic import email_recognizer, iban_recognizer

from redactor.errors import DetectionIncomplete

_LONGEST_SCHEME = 300
_IN_WEB_ADDRESS = re.compile(r"://[^\s\"'<>]*\Z")
# A login in a web address whose password has a blank, as an escape becomes one.
_IN_LOGIN = re.compile(
    r"://[^\s/@:\"'<>]{1,60}:(?!\d{1,5} )[^\s/@\"'<>]{1,80}(?: [^\s/@\"'<>]{1,40}){0,2} \Z"
)
_QUERY = re.compile(r"[/?=&#][^/?=&#]+\Z")
_VARIABLE = re.compile(r"[\w.-]+=(?=\w[^=]*\Z)")


@cache
def pin_suffix_list() -> None:
    """Give the e-mail recogniser the list of public suffixes that tldextract carries."""
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    vars(email_recognizer)["tldextract"] = SimpleNamespace(extract=extract)


def limit_patterns(seconds: float) -> None:
    """Set Presidio's time limit, which it reads once, from the environment, on import."""
    for module in (pattern_recognizer, iban_recognizer):
        vars(module)["REGEX_TIMEOUT_SECONDS"] = seconds


def source(result: RecognizerResult) -> str:
    """Return who found a result, as findings name it."""
    return f"presidio:{_recognizer(result)}"


def _recognizer(result: RecognizerResult) -> str:
    metadata: dict[str, str] = result.recognition_metadata
    return metadata[RecognizerResult.RECOGNIZER_NAME_KEY]


# Signs that RFC 5322 allows in a local part and no address has: in `<mailto:a@b|a@b>` of chats, and
# in TeX the command and its brace, `texttt{a@b`.
_BEFORE_LOCAL = re.compile(r"[|{}]")


def in_one_piece(text: str, result: RecognizerResult) -> bool:
    """Cut a result back to what it says it is; tell whether anything is left of it.

    To the e-mail recogniser slashes, braces, question and equals signs belong to a local part: it
    takes in the web address, the name of the variable or the command of TeX that an address belongs
    to, and takes for one what only has a profile's "@" or a login in it.
    """
    if result.entity_type != "EMAIL_ADDRESS":
        return True
    local = text[result.start : result.end].partition("@")[0]
    if _IN_WEB_ADDRESS.search(text, max(0, result.start - _LONGEST_SCHEME), result.start):
        local = re.split(r"[/?=&#]", local)[-1] if _QUERY.search(local) else ""
    elif _IN_LOGIN.search(text, max(0, result.start - _LONGEST_SCHEME), result.start):
        local = ""
    elif named := _VARIABLE.match(local):
        local = local[named.end() :]
    local = _BEFORE_LOCAL.split(local)[-1] or local
    result.start = text.index("@", result.start) - len(local)
    return bool(local)


class Silence(logging.Filter):
    """Keeps Presidio's logger quiet, since it quotes documents, and remembers time-outs."""

    timed_out = False

    @classmethod
    @cache
    def install(cls) -> Silence:
        """Put the one filter there is on Presidio's logger."""
        silence = cls()
        logging.getLogger("presidio-analyzer").addFilter(silence)
        return silence

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop the record; a time-out is remembered."""
        self.timed_out = self.timed_out or "timed out" in str(record.msg)
        return False

    def raise_timeout(self) -> None:
        """Raise DetectionIncomplete if a pattern gave up since the last call."""
        if self.timed_out:
            self.timed_out = False
            raise DetectionIncomplete("a Presidio pattern ran out of time")
