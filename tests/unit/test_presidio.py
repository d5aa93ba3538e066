"""Presidio, as far as we lean on it: loud when it gives up, silent otherwise, and exact."""

from __future__ import annotations

import logging
import socket

import pytest
import tldextract
from hostile import LONG_THINGS, PATTERNS, repeated
from presidio_analyzer import pattern_recognizer
from presidio_analyzer.predefined_recognizers.generic import email_recognizer, iban_recognizer
from pytest_socket import SocketBlockedError
from steps import growth

from redactor.detect.presidio.detector import PresidioDetector
from redactor.detect.presidio.patches import limit_patterns
from redactor.errors import DetectionIncomplete
from redactor.text import View, view

SECONDS = 10.0
CANARY = "Zebedee"


@pytest.fixture(scope="module")
def presidio():
    return PresidioDetector(SECONDS, unfiltered=0)


@pytest.fixture
def find(presidio):
    def find(text, *entities):
        """Return (text, entity, score) of what is found of some entities, in order."""
        found = sorted(presidio.find(view(text)), key=lambda f: (f.start, f.end, f.entity))
        return [
            (text[f.start : f.end], f.entity, f.score)
            for f in found
            if not entities or f.entity in entities
        ]

    return find


def as_it_is(text):
    """Return a view of a text that leaves it as it is."""
    return View(text, (0,), (0,), (len(text),))


# -- giving up -------------------------------------------------------------------------------


@pytest.fixture
def hurried():
    yield PresidioDetector(1e-9)
    limit_patterns(SECONDS)


def test_recognisers_that_run_out_of_time_are_an_error_that_quotes_nothing(hurried):
    with pytest.raises(DetectionIncomplete) as caught:
        hurried.find(view(f"{CANARY} wrote to teodor@example.org. " * 50))
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1 2 3 4 " * 100_000, id="digits"),
        pytest.param("Call 555 0123. " * 20_000, id="words"),
        pytest.param("a@example.org, " * 20_000, id="addresses"),
        pytest.param("ABCDEF-1" * 20_000, id="one word"),
    ],
)
def test_all_recognisers_together_stop_when_their_time_is_up(text):
    with pytest.raises(DetectionIncomplete):
        PresidioDetector(0.02).find(view(text))
    limit_patterns(SECONDS)


def test_a_recogniser_that_gives_up_on_its_own_is_an_error_too(presidio, monkeypatch):
    def gives_up(*_, **__):
        logging.getLogger("presidio-analyzer").warning("Regex pattern '%s' timed out", CANARY)
        return []

    monkeypatch.setattr(presidio._adapters[0], "results", gives_up)
    with pytest.raises(DetectionIncomplete):
        presidio.find(view("a line"))
    monkeypatch.undo()
    assert presidio.find(view("a line")) == []


def test_the_limit_of_the_policy_is_the_limit_of_presidio(presidio):
    for module in (pattern_recognizer, iban_recognizer):
        assert vars(module)["REGEX_TIMEOUT_SECONDS"] == SECONDS


def test_a_check_that_fails_says_nothing(presidio):
    text = "UEN T\u0661\u0660VH1751J here"
    [found] = [one for one in presidio.find(as_it_is(text)) if one.entity == "SG_UEN"]
    assert (found.start, found.end, found.score) == (4, 14, 0.65)


# -- silence ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{CANARY} <teodor@example.org>", id="something found"),
        pytest.param(f"IBAN GB00 {CANARY.upper()} 0000 0000 0000 00", id="a broken IBAN"),
        pytest.param("IBAN DE89 3704 0044 0532 0130 01", id="an IBAN with a wrong check digit"),
        pytest.param("4111 1111 1111 1112 and 219-09-0000", id="numbers that do not check"),
        pytest.param("10.0.0.999 and ::ffff:999.1.1.1 and fe80::1%eth0", id="broken hosts"),
        pytest.param("http://[::1/ and ftp://a.b:99999", id="broken links"),
    ],
)
def test_nothing_of_presidio_is_ever_logged(presidio, caplog, text):
    with caplog.at_level(logging.DEBUG):
        for name in ("presidio-analyzer", "presidio_analyzer", "decision_process", "tldextract"):
            caplog.set_level(logging.DEBUG, name)
        presidio.find(view(text))
    assert caplog.records == []


def test_nothing_is_logged_when_time_runs_out(hurried, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(DetectionIncomplete):
        hurried.find(view(f"{CANARY} wrote to teodor@example.org. " * 50))
    assert caplog.records == []


# -- no network ------------------------------------------------------------------------------


def test_addresses_are_found_with_the_network_gone(find):
    with pytest.raises((SocketBlockedError, UserWarning)):
        socket.socket()
    assert find("To teodor@example.org.", "EMAIL_ADDRESS") == [
        ("teodor@example.org", "EMAIL_ADDRESS", 1.0)
    ]


def test_the_suffix_list_is_the_one_that_is_installed(presidio):
    assert vars(email_recognizer)["tldextract"] is not tldextract
    extract = vars(email_recognizer)["tldextract"].extract
    assert extract.suffix_list_urls == ()
    assert extract("a.example.co.uk").suffix == "co.uk"


# -- what it finds ---------------------------------------------------------------------------


def test_scores_and_names_are_those_of_presidio(presidio):
    (found,) = [
        finding
        for finding in presidio.find(view("to teodor@example.org"), 4, 100)
        if finding.entity == "EMAIL_ADDRESS"
    ]
    assert (found.segment, found.start, found.end) == (4, 103, 121)
    assert (found.score, found.source) == (1.0, "presidio:EmailRecognizer")


def test_positions_are_those_of_the_source(find):
    text = "&lt;teodor%40example.org&gt;"
    assert ("teodor%40example.org", "EMAIL_ADDRESS", 1.0) in find(text)


def test_it_finds_what_it_says_and_no_person(presidio):
    assert {"EMAIL_ADDRESS", "US_SSN", "IBAN_CODE", "CREDIT_CARD"} <= presidio.entities
    assert not {"PERSON", "ORGANIZATION"} & {
        finding.entity for finding in presidio.find(view("Teodor Vance of Vance Ltd"))
    }


NUMBER = "H12234567"
CONTEXT = [
    pytest.param("duplicate", False, id="not where it stands inside a word: lic"),
    pytest.param("lic", True, id="as a whole word"),
    pytest.param("lics", True, id="in the plural"),
    pytest.param("LIC", True, id="in capitals"),
    pytest.param("license", False, id="nor as the beginning of one"),
    pytest.param("driver", False, id="nor a word that occurs beside anything"),
]


@pytest.mark.parametrize(("word", "raises"), CONTEXT)
def test_words_beside_a_number_raise_its_score(find, word, raises):
    plain = find(f"the {NUMBER}", "US_DRIVER_LICENSE")
    beside = find(f"the {word} number {NUMBER}", "US_DRIVER_LICENSE")
    assert [text for text, _, _ in plain] == [text for text, _, _ in beside] == [NUMBER]
    assert (beside[0][2] > plain[0][2]) is raises


# -- long texts ------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [" ", "\n", ", "])
@pytest.mark.parametrize("shift", [0, 7, 15])
def test_addresses_are_found_once_and_where_they_stand(presidio, gap, shift):
    parts, length = ["x" * shift], shift
    expected = []
    number = 0
    while length < 12_000:
        address = f"teodor{number}@example.org"
        expected.append((length + len(gap), length + len(gap) + len(address)))
        parts.append(gap + address)
        length += len(parts[-1])
        number += 1
    text = "".join(parts)
    found = [f for f in presidio.find(view(text)) if f.entity == "EMAIL_ADDRESS"]
    assert sorted((f.start, f.end) for f in found) == expected


@pytest.mark.parametrize("before", [3_000, 300, 20, 1, 0])
def test_an_unbroken_stretch_loses_nothing(presidio, before):
    address = "teodor@example.org"
    text = "x" * before + ";" + address + ";" + "x" * 4_000
    found = [f for f in presidio.find(view(text)) if f.entity == "EMAIL_ADDRESS"]
    assert [text[f.start : f.end] for f in found] == [address]


def test_a_text_of_nothing_has_nothing_in_it(presidio):
    assert presidio.find(view("")) == []
    assert presidio.find(view("\u200b")) == []


# -- hostile texts ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def patient():
    yield PresidioDetector(600.0, unfiltered=0)
    limit_patterns(SECONDS)


@pytest.mark.parametrize("unit", PATTERNS.values(), ids=PATTERNS)
def test_twice_the_hostile_text_is_twice_the_work(patient, unit):
    assert growth(lambda size: patient.find(as_it_is(repeated(unit, size))), 2_000, 2) < 2.2


@pytest.mark.parametrize("made", LONG_THINGS.values(), ids=LONG_THINGS)
def test_so_it_is_with_a_single_long_thing(patient, made):
    assert growth(lambda size: patient.find(as_it_is(made(size))), 10_000) < 2.2


def test_a_million_at_signs_are_read_to_the_end(patient):
    assert patient.find(as_it_is("@" * 1_000_000)) == []
