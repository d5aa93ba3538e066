"""Templates filled with drawn names: texts of which every name is known.

The slots are those of `_PERSON_SLOTS`, `_WORD_SLOTS` and `Filler._other`. Those of names become
spans.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence

from redactor.training.corpora import Record, Span
from redactor.training.names import (
    NameLists,
    Person,
    draw_form,
    draw_organisation,
    draw_person,
    initials,
    surname_first,
)
from redactor.training.templates import NO_PEOPLE, PEOPLE

CORPUS = "templates"


def _choices(text: str) -> tuple[str, ...]:
    """The choices between the bars."""
    return tuple(text.split("|"))


_ROLES = _choices(
    "Press office|Head of Communications|Data Protection Officer|Senior Analyst|Managing Director"
    "|Office Manager|Clerk to the Council|Chief Executive|Project Officer|Editor|Staff Nurse"
    "|Research Fellow|Sales Manager|Community Organiser|Secretary|Treasurer|Chair|Solicitor"
    "|Consultant|Volunteer|Case Officer|Team Leader|Archivist|Policy Adviser|Vice President"
)
_TITLES = _choices(
    "Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Cllr|Councillor|Sir|Lady|Lord|Rev|Mr.|Mrs.|Ms.|Dr.|Prof."
    "|Judge|Justice|Sgt|Captain|Lt|PC|Inspector|Sister|Father|Mx|Shri|Smt.|Senator|President"
)
_LOUD = ("MR.", "MS.", "MRS.", "DR.", "JUDGE", "MR", "MRS", "MS", "SGT.", "CHAIRMAN", "SEN.")
_SUBJECTS = _choices(
    "Budget Meeting|Invoice overdue|Weekly update|Account Number|Transaction History|Agenda"
    "|Matters Arising|Any Other Business|Press Release|Annual Report|Terms and Conditions"
    "|Freedom of Information Request|Planning Application|Contents|Introduction|Witness Statement"
    "|Exhibit A|Date of birth|First name|Last name|Phone Number|Home Address|Job Title"
    "|Customer Service|Human Resources|Monthly Statement|Privacy Policy|Table of Contents"
    "|Case Number|Medical History|Blood Pressure|Current Medication|Next Steps|Action Points"
    "|Total Amount Due|Payment Method|Order Confirmation|Shipping Address|Tracking Number"
    "|Meeting Notes|Key Findings|Executive Summary|Appendix B|Chapter 3|Figure 2|Status|Pending"
    "|Approved|Rejected|Completed|In progress|Yes|No|Unknown|Not applicable|Male|Female|Married"
    "|Single|Monday|Credit Card|Debit Card|Savings Account|Line Manager|Room 4|Main Hall"
    "|High Priority|Low Priority|Accounts Payable|Marketing|Sales|Finance|Subject|Message|Notes"
    "|Comments|Description|Quantity|Unit Price|Good Morning|Happy Birthday|Merry Christmas"
    "|Breaking News|Sign up|Log in|Read more|Home|About us|Contact Us|Search|Back to top"
)
_SENTENCES = _choices(
    "Please find the report attached.|Could you send me the figures by Friday?|I do not remember."
    "|That is correct.|We will look into it and let you know.|The meeting was moved to next week."
    "|What happened after that?|It was raining when we left.|I will call you tomorrow."
    "|The application was refused.|No, I did not see the car.|Thank you for your help so far."
    "|The council noted the report.|Let me know if you have any questions.|Objection, Your Honour."
    "|Can you see what is written there?|this is so funny i cant|we had a great time last night."
    "|The payment did not go through.|See you at the station.|It costs too much for what it is."
    "|The complaint was not upheld.|They never answered my letter.|Sounds good to me."
    "|The patient reports pain in the left knee.|Please forward this to the team."
    "|Everyone agreed that the road is unsafe.|I have lived here for ten years.|ok will do"
    "|There were about forty people at the gate.|You may answer the question.|Sure, no problem."
    "|Where were you that evening?|The funding ends this year.|good luck with the exam"
)
_CLAUSES = _choices(
    "the road was closed|it was never paid|nobody had asked them|the letter arrived too late"
    "|they would not sign|the plan had changed|it was all a mistake|i was there on time"
    "|the money was gone|we should wait|make this statement as follows|has been unwell since then"
)
_MATTERS = _choices("the invoice|your letter|the noise|my order|the new school|last night|the rent")
_BLENDS = _choices(
    "Will you mark the bill before June?|Mark the page and sue no one.|May I have the bill?"
    "|I hope the rose will grow in the dawn.|Grant funding was frank and rich in detail."
    "|Faith, hope and joy.|They chase the summer.|The art of grace is hard.|Drew a line."
    "|A pat on the back and a jack for the car.|In May the roses bloom; in August they fade."
    "|Christian charities met in April.|Will do. Bill me later.|Bob the boat down the river."
    "|Rob a bank? Never.|Amber lights and ruby rings.|Crystal clear, olive green, hazel eyes."
    "|Miles to go, a penny saved.|Bill Payment|Mark Scheme|Will and Testament|May Day|Rose Garden"
    "|Joy Division of labour|Grace Period|Frank Discussion|Grant Application|Hope Street"
    "|Dawn Service|Summer School|Carol Concert|Jack Plug|Art Room|Pat Down|Dean of Studies"
    "|Baker, Cook and Carpenter wanted|Young people|Black and White|Green fields."
    "|Brown bread, white rice|King and Queen|Mason work|The Bishop spoke|Major works|Page 4"
)
_MONTHS = _choices(
    "January|February|March|April|May|June|July|August|September|October|November|December"
)

_Pick = tuple[str, str | None]
_SLOT = re.compile(r"\{([A-Za-z])(\d?)\}")


class Filler:
    """Fills templates from the name lists; equal numbers are one person."""

    def __init__(self, lists: NameLists, rng: random.Random) -> None:
        """Draw every slot from these lists with this generator."""
        self._lists = lists
        self._rng = rng
        self._known: dict[str, Person] = {}

    def fill(self, template: str) -> Record:
        """The template as a record, with a span for every name that was filled in."""
        self._known = {}
        text, at = "", 0
        spans: list[Span] = []
        for slot in _SLOT.finditer(template):
            text += template[at : slot.start()]
            value, label = self._pick(slot[1], slot[2])
            if label is not None:
                spans.append(Span(len(text), len(text) + len(value), label))
            text, at = text + value, slot.end()
        return Record(text + template[at:], tuple(spans), CORPUS, "")

    def _pick(self, kind: str, number: str) -> _Pick:
        if kind in _PERSON_SLOTS:
            return _PERSON_SLOTS[kind](self._person(number), self._rng), "PERSON"
        return self._other(kind)

    def _person(self, number: str) -> Person:
        if not number:
            return draw_person(self._lists, self._rng)
        if number not in self._known:
            self._known[number] = draw_person(self._lists, self._rng)
        return self._known[number]

    def _other(self, kind: str) -> _Pick:
        if kind in _WORD_SLOTS:
            return self._rng.choice(_WORD_SLOTS[kind]), None
        if kind in "Cc":
            place = self._rng.choice(self._lists.places)
            return (place if kind == "C" else place.lower()), "LOC"
        return self._composed(kind)

    def _composed(self, kind: str) -> _Pick:
        surname = self._rng.choice(self._lists.surnames)
        match kind:
            case "O":
                return draw_organisation(self._lists, self._rng), "ORG"
            case "K":
                tie = self._rng.choice((" & ", " and ", ", "))
                return surname + tie + self._rng.choice(self._lists.surnames), "ORG"
            case "D":
                return draw_date(self._rng), "DATE"
            case "E":
                return f"{surname.lower()}@example.org", None
            case "n" | "q":
                return self._number(kind), None
            case "h":
                return f"{surname.lower()}{self._rng.randint(1, 99)}", None
        raise ValueError(kind)

    def _number(self, kind: str) -> str:
        """Return an identifier, or an invented telephone."""
        draw = self._rng.randint
        if kind == "q":
            return f"{draw(200, 989)}-555-01{draw(10, 99)}"
        return str(draw(1_000, 999_999))


def draw_date(rng: random.Random) -> str:
    """A date in one of the usual forms."""
    day, month, year = rng.randint(1, 28), rng.choice(_MONTHS), rng.randint(1950, 2026)
    forms = (
        f"{month} {day}, {year}",
        f"{day} {month} {year}",
        f"{day} {month}",
        f"{month} {year}",
        month,
        f"{day:02}/{rng.randint(1, 12):02}/{year}",
        f"{year}-{rng.randint(1, 12):02}-{day:02}",
    )
    return rng.choice(forms)


def _inverted(person: Person, rng: random.Random) -> str:
    return surname_first(person, rng)


def _inverted_loud(person: Person, rng: random.Random) -> str:
    return surname_first(person, rng).upper()


_PersonSlot = Callable[[Person, random.Random], str]
_PERSON_SLOTS: dict[str, _PersonSlot] = {
    "F": lambda person, _: person.full,
    "P": lambda person, rng: draw_form(person, rng.choice((2, 3, 3)), rng),
    "G": lambda person, _: person.given,
    "S": lambda person, _: person.surname,
    "I": lambda person, _: f"{initials(person)} {person.surname}",
    "U": lambda person, _: person.full.upper(),
    "u": lambda person, rng: draw_form(person, 3, rng).upper(),
    "Y": lambda person, _: person.surname.upper(),
    "Z": lambda person, rng: rng.choice((person.full, person.full.upper())),
    "L": lambda person, rng: rng.choice((person.given, person.full)).lower(),
    "l": lambda person, _: person.given.lower(),
    "X": _inverted,
    "x": _inverted_loud,
}
_WORD_SLOTS: dict[str, tuple[str, ...]] = {
    "R": _ROLES,
    "T": _TITLES,
    "t": _LOUD,
    "W": _SUBJECTS,
    "w": _MATTERS,
    "V": _SENTENCES,
    "v": _CLAUSES,
    "B": _BLENDS,
}


def invent(
    lists: NameLists,
    rng: random.Random,
    *,
    people: int,
    others: int,
    kinds: tuple[Sequence[str], Sequence[str]] = (PEOPLE, NO_PEOPLE),
) -> Iterator[Record]:
    """Invented records: `people` of them with people, then `others` without."""
    filler = Filler(lists, rng)
    for count, templates in zip((people, others), kinds, strict=True):
        for _ in range(count):
            yield filler.fill(rng.choice(templates))
