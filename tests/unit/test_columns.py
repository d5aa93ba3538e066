"""Columns and keys that a policy treats by name."""

from __future__ import annotations

import csv
import io
import json

import pytest

from redactor.analysis.analyzer import Analyzer
from redactor.api import redact_bytes
from redactor.config.policy import load_policy
from redactor.errors import PolicyError
from redactor.formats import Csv, Hints, Json
from redactor.keys import Key

POLICY = """\
name: columns
about: a policy of columns
remove: {EMAIL_ADDRESS: , PERSON: }
unlisted: keep
model: fast
columns:
  notes: detect
  Customer ID: pseudonym
  amount: keep
  name: {action: pseudonym, entity: PERSON}
  user.born: mask
"""
TABLE = b"""\
name,customer_id,amount,notes
Zed Q,1042,teo@example.org,"1042 wrote to
ilse@example.org, Zed Q"
,yes,,yes
Xi B,1042,"3, 5",
"""
RECORD = {
    "customerId": "kept",
    "customer-id": 1042,
    "user": {"born": "1961", "amount": {"x": "y@example.org"}, "name": ["Zed Q", "Xi B"]},
    "born": "1961",
    "amount": "z@example.org",
}


@pytest.fixture(scope="module")
def treated(tmp_path_factory):
    path = tmp_path_factory.mktemp("policies") / "columns.yaml"
    path.write_text(POLICY)
    analyzer = Analyzer(load_policy(str(path)))

    def copied(form, data, name):
        layout = form.layout(io.BytesIO(data), Hints(name))
        return redact_bytes(data, analyzer, Key(b"k" * 32), layout=layout).decode()

    return copied


def test_cells_of_a_named_column_are_replaced_as_a_whole(treated):
    copy = treated(Csv(), TABLE, "a.csv")
    head, one, two, three = csv.reader(io.StringIO(copy, newline=""))
    assert head == ["name", "customer_id", "amount", "notes"]
    assert [one[0][:8], two[0], three[0][:8]] == ["[PERSON_", "", "[PERSON_"]
    assert one[0] != three[0]
    assert one[1].startswith("[COLUMN_")
    assert [two[1] != one[1], three[1] == one[1]] == [True, True]
    assert [one[2], two[2], three[2]] == ["teo@example.org", "", "3, 5"]
    assert one[3].startswith("1042 wrote to\n[EMAIL_ADDRESS_")
    assert one[3].endswith(f", {one[0]}")
    assert [two[3], three[3]] == ["yes", ""]


def test_keys_are_named_alone_or_by_those_that_lead_to_them(treated):
    copy = json.loads(treated(Json(), json.dumps(RECORD).encode(), "a.json"))
    assert copy["customerId"] == "kept"
    assert copy["customer-id"].startswith("[COLUMN_")
    assert copy["user"]["born"] not in {"1961", ""}
    assert copy["born"] == "1961"
    assert [name[:8] for name in copy["user"]["name"]] == ["[PERSON_", "[PERSON_"]
    assert copy["user"]["amount"]["x"].startswith("[EMAIL_ADDRESS_")
    assert copy["amount"] == "z@example.org"


def test_the_same_value_has_the_same_pseudonym_in_two_tables(treated):
    one = treated(Csv(), b"a,Customer ID\n1,77\n", "a.csv").splitlines()[1].split(",")[1]
    two = treated(Csv(), b"customer_id;b\n77;x\n", "b.csv").splitlines()[1].split(";")[0]
    assert one == two != "77"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("{notes: shred}", "columns"),
        ("{'--': keep}", "a name without letters"),
        ("{a b: keep, A_b: label}", "differ in signs alone"),
        ("{a: {action: label, entity: person}}", "entity"),
        ("{a: {action: date_shift}}", "date_shift"),
    ],
)
def test_columns_that_cannot_be_obeyed_are_refused(columns, said, tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(POLICY[: POLICY.index("columns:")] + f"columns: {columns}\n")
    with pytest.raises(PolicyError) as caught:
        load_policy(str(path))
    assert said in str(caught.value)
