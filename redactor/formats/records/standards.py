"""The words of the standards of contacts and calendars (RFC 5545, 5546, 6350, vCard 2.1).

A value of theirs is no text; any other is one, whatever its parameter or property is.
"""

from __future__ import annotations

import codecs
import re

from redactor.formats.records.lines import unfolded

# Values without a name in vCard 2.1: any other word is a text, and may be one that is removed.
_ENCODINGS = frozenset({"quoted-printable", "base64", "8bit", "7bit"})
_TYPES = frozenset(
    "home work pref voice fax msg cell pager bbs modem car isdn video dom intl postal parcel"
    " internet x400 aol applelink attmail cis eworld ibmmail mcimail powershare prodigy tlx main"
    " other mobile url uri text gif cgm wmf bmp met pmb dib pict tiff ps pdf jpeg mpeg mpeg2 avi"
    " qtime wave pcm aiff x509 pgp utf-8 text textphone contact acquaintance friend met co-worker"
    " colleague co-resident neighbor child parent sibling spouse kin muse crush date sweetheart me"
    " agent emergency iphone png webp svg heic basic".split()
)
# Their words (RFC 5545, 5546, 6350, and vCalendar 1.0): any other value is a text.
_WORDS = {
    name: re.compile(rb"(?:%s)" % words.replace(" ", "|").encode(), re.IGNORECASE)
    for name, words in {
        "version": r"[0-9][0-9.;]{0,8}",
        "calscale": "gregorian",
        "method": "publish request reply add cancel refresh counter declinecounter",
        "status": "tentative confirmed cancelled needs-action completed in-process draft final"
        " accepted declined delegated sent",
        "transp": "opaque transparent [01]",
        "class": "public private confidential",
        "action": "audio display email procedure none",
        "kind": "individual group org location application device",
        "profile": "vcard",
    }.items()
}
# The words of parameters (the same standards, and vCard 2.1), and how others of theirs are written.
_NUMBER, _MEDIA = (
    rb"[0-9.]{1,12}",
    rb"(?:application|audio|font|image|message|model|multipart|text|video)/[A-Za-z0-9.+-]{1,40}",
)
_PARAMETER_WORDS = {
    **{
        name: re.compile(rb"(?:%s)(?:,(?:%s))*" % (one, one), re.IGNORECASE)
        for name, words in {
            "type": " ".join(sorted(_TYPES)),
            "encoding": "b quoted-printable base64 8bit 7bit",
            "value": "text uri url date date-time date-and-or-time time timestamp boolean integer"
            " float utc-offset language-tag binary cal-address duration period recur content-id"
            " inline",
            "calscale": "gregorian",
            "role": "req-participant opt-participant chair non-participant attendee organizer owner"
            " delegate",
            "partstat": "needs-action accepted declined tentative delegated completed in-process",
            "rsvp": "true false yes no",
            "cutype": "individual group resource room unknown",
            "fbtype": "free busy busy-unavailable busy-tentative",
            "range": "thisandfuture thisandprior",
            "reltype": "parent child sibling",
            "related": "start end",
            "display": "badge graphic fullsize thumbnail",
            "level": "expert average beginner high medium low",
            "schedule-agent": "server client none",
            "feature": "audio chat feed moderator phone screen video",
        }.items()
        for one in (words.replace(" ", "|").encode(),)
    },
    **dict.fromkeys(("pref", "altid", "size", "index", "x-num-guests"), re.compile(_NUMBER)),
    **dict.fromkeys(("mediatype", "fmttype"), re.compile(_MEDIA, re.IGNORECASE)),
    **dict.fromkeys(("scheduled-status", "schedule-status"), re.compile(rb"[0-9.,;]{1,40}")),
    "language": re.compile(rb"[A-Za-z]{2,3}(?:[-_](?:[A-Za-z]{2}|[0-9]{3}|Han[st]|Latn|Cyrl))*"),
}
_TIMES = frozenset(
    "sequence priority duration trigger repeat tzoffsetfrom tzoffsetto percent-complete dtstart"
    " dtend dtstamp due created last-modified rev recurrence-id exdate rdate freebusy completed"
    " acknowledged refresh-interval x-published-ttl".split()
)
# A rule by which events recur: parts with numbers, dates, weekdays and words of their own.
_RULE = re.compile(
    rb"(?:(?:FREQ|UNTIL|COUNT|INTERVAL|BY(?:SECOND|MINUTE|HOUR|DAY|MONTHDAY|YEARDAY|WEEKNO|MONTH"
    rb"|SETPOS)|WKST|RSCALE|SKIP)="
    rb"(?:(?:SECOND|MINUTE|HOUR|DAI|WEEK|MONTH|YEAR)LY|GREGORIAN|OMIT|BACKWARD|FORWARD"
    rb"|(?:[0-9TZL,+-]|MO|TU|WE|TH|FR|SA|SU){0,500});?)+"
    # vCalendar 1.0: "MD1 1 20270101T000000Z"
    rb"|(?:(?:MP|MD|YM|YD|[DWM])[0-9]|[0-9TZ#+$ -]|MO|TU|WE|TH|FR|SA|SU|LD){1,300}",
    re.IGNORECASE,
)
# Zones and the state of a request are called as one likes.
_CALLED = re.compile(rb"[A-Za-z0-9:;=,+./_ -]{0,300}")
_FREE = frozenset({"tzid", "tzname", "request-status"})
_RULES = frozenset({"rrule", "exrule"})
_DIGITS = re.compile(rb"[0-9TZPWDHMS:/,+-]{0,2000}")
# What begins and ends in contacts and calendars.
COMPONENT = re.compile(
    rb"v(?:card|calendar|event|todo|journal|freebusy|timezone|alarm|availability|location|resource)"
    rb"|standard|daylight|available|participant",
    re.IGNORECASE,
)


def is_kept(name: str, data: bytes) -> bool:
    """Tell whether a value is a word, a date or a number of the standards."""
    plain = unfolded(data)[0]
    if name in _TIMES:
        return _DIGITS.fullmatch(plain) is not None
    if name in {"begin", "end"}:
        return COMPONENT.fullmatch(plain.strip()) is not None
    known = _CALLED if name in _FREE else _RULE if name in _RULES else _WORDS.get(name)
    return known is not None and known.fullmatch(plain.strip()) is not None


def is_parameter(name: str) -> bool:
    """Tell whether a word is the name of a parameter of the standards."""
    return name.lower() in _PARAMETER_WORDS or name.lower() in {"charset", "tzid", "cn"}


def is_kept_parameter(name: str, value: bytes) -> bool:
    """Tell whether the value of a parameter is a word or a number of the standards."""
    if name.endswith("charset"):
        return _is_charset(value)
    known = _CALLED if name == "tzid" else _PARAMETER_WORDS.get(name)
    return known is not None and known.fullmatch(value) is not None


def _is_charset(value: bytes) -> bool:
    try:
        return bool(codecs.lookup(value.decode("ascii")))
    except (LookupError, UnicodeDecodeError, ValueError):
        return False


def bare_name(value: str) -> str:
    """Return the name of a parameter without one (vCard 2.1); none of a word that is not known."""
    word = value.lower()
    return "encoding" if word in _ENCODINGS else "type" if word in _TYPES else ""
