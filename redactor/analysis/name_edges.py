"""Where the name in a span of the name model begins and ends.

The model takes in what stands beside a name: brackets and mark-up, pictures, a place after two
dashes, a line that follows, a verb or a role before it ("ping ottokar", "Kunde Tobias Müllner"),
and takes greetings for names ("Lijep pozdrav").
"""

from __future__ import annotations

from itertools import pairwise

import regex

from redactor.detect.checks.given_names import is_on_list
from redactor.detect.checks.words import GREETINGS, PARTICLES, ROLES_BEFORE, VERBS_BEFORE, is_common
from redactor.detect.evidence.languages import is_foreign

__all__ = ["after_title", "paragraphs", "trimmed"]

# What no name goes on behind: a tag, a square bracket, a semicolon that ends no entity, two dashes
# behind a comma, several commas, a path, a digest of a password, Thai, of which the model's
# vocabulary has no word.
_END = regex.compile(
    r"[<>\[\]{}|]|(?<!&\#?\w{1,30});|,{2,}|:/|:\$\d|,?\s?--|&\w{1,30}=|[†‡*^]|[\u00b9\u00b2\u00b3\u2070-\u2079]|,?\s?\p{Thai}|\p{Extended_Pictographic}"
)
_QUOTE = regex.compile(r"[\"“”„«»]")
_PARAMETER = regex.compile(r"&\w{1,30}\Z")
# A name behind what was cut: then nothing is cut, "Odo <b>Blazeby</b>".
_NAME_AGAIN = regex.compile(r"(?:</?\w[^<>]{0,40}>|[\s>\]]){1,4}\p{Lu}\p{Ll}")
# Brackets, pictures and Thai before a name.
_BEGIN = regex.compile(
    r"(?:[\p{Thai}\s<>\[\](){}|†‡*^_\p{So}\p{Sk}\u200d\ufe0f]|\p{Emoji_Modifier})+"
)
# The same behind one; a semicolon that ends an entity is part of the name: "Jos&eacute;".
_TRAIL = regex.compile(
    r"(?:[\s<>\[\](){}|†‡*^,:_\p{So}\p{Sk}\u200d\ufe0f]|(?<!&\#?\w{1,30});|\p{Emoji_Modifier})+\Z"
)
_LINE = regex.compile(r"[ \t]*\r?\n[ \t>]*")
# A title that is short for something, or an initial: a small word before it is a verb.
_ABBREVIATED = regex.compile(r"M\.|Mme|Mlle|Sra?\.|Sig\.|Dr\.|Dhr\.")
_MONSIEUR = "M. "
# A French preposition right before a span that begins with "M. ", which is then Monsieur.
_LED = regex.compile(r"(?<!\p{L})(?:de|à|par|pour|chez|avec|contre|que|et)[ ]\Z")
# "pan", "pani" and "państwo", shortened: no name begins with a small p and a full stop.
_PAN = regex.compile(r"p{1,2}\.[ ](?=\p{Lu})")
# The number of a ticket, and a class in its packages: "JIRA-4471", "c.e.UserService". "j.Marsh" and
# "j.McNeil" are people.
_TICKET = regex.compile(
    r"[A-Z]{2,10}-\d{1,8}|(?:[a-z]\w{0,20}\.){2,6}[A-Z][a-z0-9]{1,40}[A-Z]\w{1,40}"
)
# The mark of an answer in a transcript, or the tag of GEDCOM, at the start of its line: "A. Astrid?
# Yes.", "2 GIVN Astrid".
_ANSWER = regex.compile(
    r"(?<=\n)[QA][.:][ \t]+(?=\p{Lu}\p{Ll})|(?<=\n\d[ ])[A-Z_]{4,6}[ ](?=\p{Lu}\p{Ll})"
)
# The tags of GEDCOM whose values are trades, faiths and places: "1 OCCU Timmerman".
_NO_NAME = regex.compile(r"(?<=\n\d[ ](?:OCCU|EDUC|RELI|NATI|PLAC|CITY|STAE|CTRY)[ ])")
# What a login is called, and the quote that it begins with: `nick "astrid.moe"`.
_LOGIN = regex.compile(r"(?i:nick(?:name)?|user(?:name)?|login|account|handle)")
_OPENS = regex.compile(r"[ ]?[\"'„“‚‘«]")
# What the account behind it is called, after an article: "the nick otter" is nobody called Nick.
_CALLED = regex.compile(
    r"(?<=\b(?:[Tt]he|[Aa]n?|[Mm]y|[Hh]is|[Hh]er|[Yy]our|[Tt]heir|[Uu]nder)[ ])"
    r"(?:nick|nickname|handle|username|login|account)[ ](?=\p{Ll})"
)
# The court between the year and the number of a judgment: "[2026] EWCA Crim 147".
_REPORT = regex.compile(r"(?<=\[(?:18|19|20)\d\d\][ ])[A-Z]{2,6}(?:[ ]\p{L}{2,8})?[ ]\d")
# The end of a nickname that a span breaks off in, and the surname: `Guadalupe "Lupe` and `" Marsh`.
_AFTER_NICKNAME = regex.compile(r"[\"”][ ]\p{Lu}[\p{L}\p{M}'’-]+")
# The end of a street in German, Dutch and Scandinavian, and the number of a house behind it.
_STREET = regex.compile(
    r"(?<=\p{L}(?:stra(?:ß|ss)e|str\.|weg|allee|platz|gasse|damm|ring|ufer|laan|straat|plein|gracht"
    r"|gatan|vägen|veien|gata|gade|vej))[ ]\d{1,4}"
)
# The mask of an account on a chat server: `nick!user`.
_MASK = regex.compile(r"(?i:nick)!(?:user|ident)")
# The domain before an account: `CORP\otter`. A backslash before n, r, t may be an escape.
_DOMAIN = regex.compile(r"[A-Z][A-Z0-9-]{1,14}\\(?![nrt])(?=\w|\Z)")
# What a number is of, in French: "numéro d'employé : 44712".
_WHOSE = regex.compile(r"[dl]['’]\p{Ll}{3,20}(?=[ \u00a0]?:)")
# The mark of a note in a program, before the one who is to see to it: "TODO(otter): drop this".
_NOTE = regex.compile(r"(?:TODO|FIXME|XXX|HACK|NOTE|BUG|REVIEW)\((?=\w)")
# The number of a row before the name in its next cell: `1003,"Brandt, Ilse"`, and the rest of a
# cell in quotes that a span breaks off in.
_ROW = regex.compile(r"\d{1,12}[,;\t][\"'“„]?(?=\p{Lu})")
_REST_OF_CELL = regex.compile(r",[ ]\p{Lu}[\p{L}\p{M}.'’ -]{0,30}(?=[\"”])")
# The parts of a name with a hyphen that a span leaves out: "Karl-" of "Karl-Otto Vance". German
# writes institutions and streets so: "Ilse-Brandt-Schule".
_FIRST_PART = regex.compile(r"(?<![\w@./-])\p{Lu}[\p{L}\p{M}]+-\Z")
_LAST_PART = regex.compile(
    r"-(?!(?i:\p{L}*)(?i:stra(?:ß|ss)e|weg|platz|allee|haus|schule|stiftung|preis|institut|gymnasium"
    r"|verein|verlag|archiv|museum|halle|gesellschaft|fest|tag|werke?|gruppe|team)\b)"
    r"\p{Lu}[\p{L}\p{M}]+(?![\w-])"
)
# A field of forms with the letter that answers it: "sex F", "Geschlecht: W".
_SEX = regex.compile(
    r"(?i:sex|gender|geschlecht|sexe|sexo|sesso|kön|kjønn|køn|geslacht|płeć)\W{1,3}\p{Lu}"
)
# Greetings, and what leads to whom they are from: "Grüße von Ilse Brandt".
_WISHES = frozenset(
    "grüße grüßen grüsse grüssen gruß gruss saludos saluti groet groeten hilsen hälsning"
    " hälsningar salutations bises bisous pozdrav pozdrowienia pozdravy saudações".split()
)
_FROM = frozenset("von vom de da di do fra från van od".split())
# The folder of a user, who is named up to the next backslash: `C:\Users\Ilse Brandt\Desktop`.
_HOME = regex.compile(r"[A-Za-z]:\\Users\\(?P<name>[^\\\n]+)")
# The name of a parameter or field before its value: `uid=`. Names in small letters have a blank.
_KEY = regex.compile(r"[a-z][a-z0-9_-]{0,30}")
# A title within a span, behind a word that joins it to something else: "Unterlagen von Frau ".
_TITLE_INSIDE = regex.compile(
    r"(?:.*[ ])?"
    r"(?:von|an|für|bei|mit|of|for|to|from|by|with|de|à|di|da|a|til|från|fra|av|af|till|van|aan|dla"
    r"|od|do|la|il)[ ]"
    r"(?:Herrn?|Frau|Mrs?|Ms|Miss|Dr|Mme|Mlle|Madame|Monsieur|Señora?|Sra?|[Ss]ignora?|[Ss]ig\.?ra"
    r"|[Ss]ig|[Dd]ott(?:\.?ssa)?|Hr|Fru|[Mm]evrouw|[Dd]e[ ]heer|Pana?|Pani)\b\.?[ ](?=\p{Lu})"
)
_ARTICLE = regex.compile(r"\b(?:the|an?|die|der|das|den|dem|les?|la|il|el|los|las|de|het)[ ]\Z")
_NEAR = 8  # characters in which an article is
_PART = 24  # characters in which the first part of a given name is
_ADDRESS = regex.compile(r"\w{2,10}://\S*")
# Words of greetings that somebody is called alone: "Moin", "Draga", Mr Lieber.
_NAMES_TOO = frozenset("lieber liebe moin draga dragi dear tag bien mit os".split())
_PARAGRAPH = regex.compile(r"[ \t]*\r?\n[ \t>]*\r?\n[\s>]*")
# A last word that may be none of the name's: in small letters, or the label of what comes next.
_LABEL = regex.compile(
    r"[ \t,]+(?:\p{Ll}{1,20}|DOB|DOD|MRN|NHS|SSN|TEL|FAX|PHONE|EMAIL|MOBILE|HTTP)\Z"
)
_WORD = regex.compile(r"[\p{L}][\p{L}\p{M}'’-]*\.?")


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the name in a span, which is empty if it holds none.

    >>> text = "Odell Marchbank)<br"
    >>> "".join(text[slice(*trimmed(text, 0, len(text)))])
    'Odell Marchbank'
    """
    start, end = _beside_address(text, start, _behind_nickname(text, start, end))
    if _is_greeting(text[start:end]):
        return start, start
    if _is_key(text, start, end):
        return start, start
    if _TICKET.fullmatch(text, start, end) or _ABBREVIATED.fullmatch(text, start, end):
        return start, start
    if begin := _BEGIN.match(text, start, end):
        start = begin.end()
    if home := _HOME.match(text, start, end):
        start, end = home.span("name")
    for mark in (_ANSWER, _NOTE, _CALLED, _ROW):
        if led := mark.match(text, start, end):
            start = led.end()
    if domain := _DOMAIN.match(text, start, end + 1):
        start = min(domain.end(), end)
    start = _after_short_title(text, after_title(text, start, end), end)
    start, end = _within_quotes(text, start, end)
    end = _before_parameter(text, start, end)
    end = min(_before_markup(text, start, end), _before_prose(text, start, end))
    start = _after_role(text, start, end)
    end = _before_label(text, start, end)
    start, end = _with_hyphens(text, start, _with_cell(text, start, end))
    if tail := _TRAIL.search(text, start, end):
        end = _with_its_bracket(text, start, tail.start(), end)
    return (start, end) if _is_named(text[start:end]) else (start, start)


def _with_cell(text: str, start: int, end: int) -> int:
    """Return where a span ends with the rest of the cell in quotes that it begins."""
    rest = _REST_OF_CELL.match(text, end) if text[start - 1 : start] in {'"', "“", "„"} else None
    return rest.end() if rest else end


def _with_hyphens(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span with what is joined to it by hyphens, where that may be part of a name."""
    if not text[start:end][:1].isupper():
        return start, end
    before = _FIRST_PART.search(text, max(0, start - _PART), start)
    if before and is_on_list(before.group()[:-1]):
        start = before.start()
    behind = _LAST_PART.match(text, end)
    if behind and not is_common(behind.group()[1:].casefold()):
        end = behind.end()
    return start, end


def _is_named(rest: str) -> bool:
    """Tell whether the rest of a span may be a name: no digit alone, no small letter alone."""
    return any(map(str.isalpha, rest)) and not (len(rest) == 1 and rest.islower())


def _behind_nickname(text: str, start: int, end: int) -> int:
    """Return where a span ends with the surname behind the nickname that it breaks off in."""
    opened = sum(text.count(quote, start, end) for quote in '"“”') == 1
    surname = _AFTER_NICKNAME.match(text, end) if opened else None
    return surname.end() if surname else end


def _is_key(text: str, start: int, end: int) -> bool:
    """Tell whether a span is a key or label (`uid=`), the court of a report, or a sex."""
    key = text.startswith("=", end) and _KEY.fullmatch(text, start, end)
    label = _LOGIN.fullmatch(text, start, end) and (
        _OPENS.match(text, end) or text[start - 1 : start] + text[end : end + 1] == "<>"
    )
    words = (pattern.match(text, start) for pattern in (_WHOSE, _MASK, _SEX))
    if _NO_NAME.match(text, start) or any(one and one.end() == end for one in words):
        return True
    return bool(key or label) or _REPORT.match(text, start) is not None


def after_title(text: str, start: int, end: int) -> int:
    """Return where a name begins behind a title that something else leads to, if there is one.

    Of "die Unterlagen von Frau Marsh" that of "Marsh": no name has an article before it.
    """
    title = _TITLE_INSIDE.search(text, start, end)
    led = title and _ARTICLE.search(text, max(0, start - _NEAR), start)
    return title.end() if title and led else start


def _after_short_title(text: str, start: int, end: int) -> int:
    """Return where a name begins behind "p." of Polish, or "M." behind a French preposition."""
    if title := _PAN.match(text, start, end):
        return title.end()
    led = text.startswith(_MONSIEUR, start) and _LED.search(text, max(0, start - _NEAR), start)
    return start + len(_MONSIEUR) if led else start


def paragraphs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the parts that empty lines divide a span into: "J", "Joyce Marsh". All are removed."""
    spans = [found.span() for found in _PARAGRAPH.finditer(text, start, end)]
    ends = [start, *(at for span in spans for at in span), end]
    return list(zip(ends[::2], ends[1::2], strict=True))


def _beside_address(text: str, start: int, end: int) -> tuple[int, int]:
    """Return what stands before the address of a page in a span, or behind it."""
    address = _ADDRESS.search(text, start, end)
    if address is None:
        return start, end
    return (
        (start, address.start()) if text[start : address.start()].strip() else (address.end(), end)
    )


def _before_label(text: str, start: int, end: int) -> int:
    """Return where words in small letters, or labels of the next field, follow a name."""
    if text[start:end].islower():  # "tom hill" is a name in small letters
        return end
    while tail := _LABEL.search(text, start, end):
        word = tail.group().strip()
        if word.islower() and (word in PARTICLES or not _is_word(text, start, tail.start(), word)):
            break
        if tail.start() == start:
            break
        end = tail.start()
    return end


def _is_word(text: str, start: int, end: int, word: str) -> bool:
    """Tell whether a small word behind a name is none of it: "spoke", or "sprach" in German text.

    Two words with capitals are a name that is whole: "Sabine Rauh sprach".
    """
    whole = sum(one[0].isupper() for one in text[start:end].split()) > 1
    return is_common(word) or (whole and is_foreign(text, start, end))


def _within_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without words in small letters on the other side of its only quote."""
    quotes = list(_QUOTE.finditer(text, start, end))
    if len(quotes) != 1:
        return start, end
    left, right = quotes[0].span()
    if text[start:left].islower() and text[left - 1].isspace() and right < end:
        return right, end
    closes = text[right:end].islower() and text[right].isspace()
    return (start, left) if closes and left > start else (start, end)


def _before_parameter(text: str, start: int, end: int) -> int:
    """Return where the next parameter begins, of which a span has the name: "Betty&lname"."""
    last = _PARAMETER.search(text, start, end)
    return last.start() if last and text[end : end + 1] == "=" else end


def _before_markup(text: str, start: int, end: int) -> int:
    """Return where a span meets mark-up, a bracket that it did not open, or a picture."""
    if cut := _END.search(text, start, end):
        again = _NAME_AGAIN.match(text, cut.start(), end)
        end = end if again else cut.start()
    closed = text.find(")", start, end)
    opened = text.find("(", start, end)
    return closed if closed >= 0 and not 0 <= opened < closed else end


def _before_prose(text: str, start: int, end: int) -> int:
    """Return where the first line of a span begins that is prose, a street, an office or a role."""
    street = _STREET.match(text, end)
    for line in _LINE.finditer(text, start, end):
        below = _LINE.search(text, line.end(), end)
        words = _WORD.findall(text, line.end(), below.start() if below else end)
        prose = any(word.islower() and word.casefold() not in PARTICLES for word in words)
        if prose or (street and not below) or (words and words[0].casefold() in ROLES_BEFORE):
            return line.start()
    return end


def _after_role(text: str, start: int, end: int) -> int:
    """Return where a span goes on behind verbs, roles and greetings, if a name comes then."""
    words = list(_WORD.finditer(text, start, end))
    small, first = text[start:end].islower(), start
    greeted = False
    for word, after in pairwise(words):
        titled = word.group().islower() and _ABBREVIATED.fullmatch(after.group()) is not None
        led = titled or (greeted and word.group() in _FROM) or _leads(word.group(), small=small)
        if word.start() != start or not led:
            break
        greeted = word.group().casefold() in _WISHES
        start = after.start()
    if start != first and text.startswith(_MONSIEUR, start, end):  # behind "de", not an initial
        start += len(_MONSIEUR)
    return start


def _leads(word: str, *, small: bool) -> bool:
    """Tell whether a word stands before a name and is no part of it."""
    form = word.casefold().rstrip(".")
    if form in ROLES_BEFORE or form in GREETINGS:
        return True
    if not word.islower():
        return False
    return form in VERBS_BEFORE or (not small and form not in PARTICLES and is_common(form))


def _with_its_bracket(text: str, start: int, cut: int, end: int) -> int:
    """Return the end of a span without its tail, with a bracket that closes one inside of it."""
    inside = text[start:cut]
    closes = inside.count("(") > inside.count(")")
    return cut + 1 if closes and text[cut:end].startswith(")") else cut


def _is_greeting(name: str) -> bool:
    """Tell whether a name has no word that is not a role or one of greetings."""
    words = [word.casefold().rstrip(".") for word in _WORD.findall(name)]
    if len(words) == 1 and words[0] in _NAMES_TOO:
        return False
    return bool(words) and all(word in GREETINGS or word in ROLES_BEFORE for word in words)
