"""Dates: moved by one keyed number of days and written as they were, or made into years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cases import KEY, OTHER, one, operand, replaced
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from redactor.keys import Key
from redactor.model import Action
from redactor.operators.date_shift import offset
from redactor.operators.dates import dates_in, shifted

few = settings(max_examples=200, deadline=None)
LABEL = "[DATE_TIME]"

# each text, and the same 100 days later
WRITTEN = {
    "2014-05-03": "2014-08-11",
    "2014/5/3": "2014/8/11",
    "3 May 2014": "11 August 2014",
    "03 May 2014": "11 August 2014",
    "3rd May 2014": "11th August 2014",
    "3rd of May, 2014": "11th of August, 2014",
    "May 3, 2014": "August 11, 2014",
    "May 3rd, 2014": "August 11th, 2014",
    "MAY 3, 2014": "AUGUST 11, 2014",
    "Sept. 3, 2014": "Dec. 12, 2014",
    "3-May-2014": "11-August-2014",
    "03/05/2014": "11/08/2014",
    "3/5/2014": "11/8/2014",
    "3.5.14": "11.8.14",
    "05/25/2014": "09/02/2014",
    "Saturday, 3 May 2014": "Monday, 11 August 2014",
    "Sat 3 May 2014": "Mon 11 August 2014",
    "3. Mai 2014": "11. August 2014",
    "le 1er mai 2014": "le 9 août 2014",
    "3 de mayo de 2014": "11 de agosto de 2014",
    "3 May 2014 - 5 May 2014": "11 August 2014 - 13 August 2014",
    "from 3 May 2014 until 5 May 2014": "from 11 August 2014 until 13 August 2014",
    "3 May 2014 at 14:30": "11 August 2014 at 14:30",
    "2014-05-03T14:30:00Z": "2014-08-11T14:30:00Z",
    "3 May 2014, 5 pm": "11 August 2014, 5 pm",
}


@pytest.mark.parametrize(("text", "later"), WRITTEN.items())
def test_a_date_is_moved_and_written_as_it_was(text, later):
    assert shifted(text, 100, dayfirst=True) == later


def test_the_policy_says_which_number_is_the_day():
    assert shifted("03/05/2014", 1, dayfirst=True) == "04/05/2014"
    assert shifted("03/05/2014", 1, dayfirst=False) == "03/06/2014"


NO_DATES = [
    *("2014", "May 2014", "Tuesday", "3 May", "yesterday", "31 February 2014", "29/02/2014"),
    *("3 May 2014 Teodor", "Teodor, 3 May 2014", "3 May 2014 and 31 June 2014", "5 pm", ""),
    *("99/99/9999", "1.2.3.4", "31 December 9999"),
]


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_full_date_is_not_moved(text):
    assert shifted(text, 100, dayfirst=True) is None


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_not_moved_gets_the_label(text):
    key = next(k for k in map(_key, range(99)) if offset(k, "", 365) > 0)
    assert one(Action.DATE_SHIFT, "DATE_TIME", text, key=key) == LABEL


def _key(number):
    return Key(bytes([number]) * 32)


DAYS = st.dates(date(1000, 1, 1), date(2999, 12, 31))


@few
@given(DAYS, DAYS, st.binary(min_size=32, max_size=32))
def test_intervals_are_kept(one_day, other_day, secret):
    texts = [
        operand(Action.DATE_SHIFT, "DATE_TIME", one_day.isoformat()),
        operand(
            Action.DATE_SHIFT, "DATE_OF_BIRTH", f"{other_day.day} {other_day:%B} {other_day:%Y}"
        ),
    ]
    moved = [dates_in(text, dayfirst=True) for text in replaced(*texts, key=Key(secret))]
    first, second = (found[0].day for found in moved)
    assert first - second == one_day - other_day
    assert 1 <= abs((first - one_day).days) <= 365


FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%B %d, %Y", "%A, %d %B %Y", "%d.%m.%Y", "%d %b. %Y"]


@few
@given(DAYS, st.sampled_from(FORMATS), st.integers(-5000, 5000))
def test_the_format_is_kept(day, form, days):
    later = day + timedelta(days)
    assume(later.year > 999)
    assume(not (form == "%d %b. %Y" and 5 in (day.month, later.month)))  # May has no short form
    if "B" in form or "b" in form:  # "13 May" does not say how the third would be written
        form = form.replace("%d", "%-d") if day.day > 9 else form
    assert shifted(day.strftime(form), days, dayfirst=True) == later.strftime(form)


@few
@given(st.binary(min_size=32, max_size=32), st.integers(1, 36500), st.text(max_size=5))
def test_dates_are_moved_by_one_to_the_most_days_in_either_direction(secret, most, scope):
    assert 1 <= abs(offset(Key(secret), scope, most)) <= most


def test_offsets_use_their_whole_range():
    assert {offset(_key(number), "", 2) for number in range(99)} == {-2, -1, 1, 2}


def test_a_collection_has_one_offset_and_so_has_a_document_if_the_policy_says_so():
    def moved(document, per, key=KEY):
        context = {"document": document}
        return one(Action.DATE_SHIFT, "DATE_TIME", "2014-05-03", context=context, per=per, key=key)

    assert moved("a.txt", "collection") == moved("b.txt", "collection")
    assert moved("a.txt", "document") != moved("b.txt", "document")
    assert moved("a.txt", "document") == moved("a.txt", "document")
    assert moved("a.txt", "collection") != moved("a.txt", "collection", OTHER)
