"""JSON and tables through the whole program."""

from __future__ import annotations

import csv
import io
import json

import pytest

from redactor.api import redact_bytes
from redactor.errors import RedactorError
from redactor.formats import Csv, Hints, Json
from redactor.keys import Key
from redactor.model import Slot

KEY = Key(b"k" * 32)
PEOPLE = b'''name,email,phone,notes,amount
"Vance, Teodor",teodor.vance@example.org,+1 415-555-0142,"Spoke to Ilse
Brandt about ""it""",12.50
Ilse Brandt,ilse@example.org,14155550123,again with Teodor Vance,3
'''
RECORD = rb"""{"teodor.vance@example.org": {"seen": 3},
"name": "Teodor Vance", "phone": 14155550123, "dup": 1, "dup": 1e400,
"mail": "ilse\u0040example.org",
"notes": "Call Ilse Brandt on +1 415-555-0142.\nShe said \"hi\""}
"""


def copied(data, name, analyzer):
    form = Csv() if name.endswith("csv") else Json()
    return redact_bytes(data, analyzer, KEY, layout=form.layout(io.BytesIO(data), Hints(name)))


def test_a_table_keeps_its_cells_and_its_joins(analyzer):
    copy = copied(PEOPLE, "a.csv", analyzer).decode()
    for gone in ("Vance", "Teodor", "Ilse", "Brandt", "example.org", "555"):
        assert gone not in copy
    rows = list(csv.reader(io.StringIO(copy, newline="")))
    assert [len(row) for row in rows] == [5, 5, 5]
    assert rows[0] == ["name", "email", "phone", "notes", "amount"]
    assert [row[4] for row in rows[1:]] == ["12.50", "3"]
    assert 'about "it"' in rows[1][3]
    [teodor, ilse] = rows[1][0], rows[2][0]
    assert rows[2][3] == f"again with {teodor}"
    assert ilse in rows[1][3]


SPLIT = b"""id,email,domain,notes
1,teo.vance,example.org,the info desk
2,info,mail.example.org,
3,see notes,example.org,x
4,ilse,none,about ilse
"""


def test_a_local_part_whose_domain_is_in_another_column_is_removed(analyzer):
    copy = copied(SPLIT, "a.csv", analyzer).decode()
    rows = list(csv.reader(io.StringIO(copy, newline="")))
    assert [row[1][:15] for row in rows[1:3]] == ["[EMAIL_ADDRESS_"] * 2
    domains = ["example.org", "mail.example.org", "example.org", "none"]
    assert [row[2] for row in rows[1:]] == domains
    assert rows[1][3] == "the info desk"
    assert rows[3][1] == "see notes"


def test_json_stays_json_outside_of_what_is_removed(analyzer):
    copy = copied(RECORD, "a.json", analyzer).decode()
    for gone in ("ance", "eodor", "lse", "randt", "example", "555"):
        assert gone not in copy
    read = json.loads(copy)
    assert list(read)[1:] == ["name", "phone", "dup", "mail", "notes"]
    assert read["notes"].endswith('.\nShe said "hi"')
    assert '"dup": 1, "dup": 1e400' in copy


@pytest.mark.parametrize(
    ("form", "name", "data"), [(Csv, "a.csv", PEOPLE), (Json, "a.json", RECORD)]
)
def test_a_reader_that_skips_a_slot_is_found_out(form, name, data, analyzer, monkeypatch):
    whole = form.tokens

    def skipping(self, source, layout):
        for token in whole(self, source, layout):
            hides = token.slot in {Slot.TEXT, Slot.CELL} and "lse Brandt" in (token.text or "")
            yield type(token)(token.raw) if hides else token

    more = b"Ilse Brandt,,,,\n" if form is Csv else b'\n"Dear Ilse" "Teodor Vance"'
    assert b"Ilse" not in copied(data + more, name, analyzer)
    monkeypatch.setattr(form, "tokens", skipping)
    with pytest.raises(RedactorError):
        copied(data + more, name, analyzer)
