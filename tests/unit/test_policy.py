"""Policies: what ships, what is refused, and that a refusal quotes nothing of the file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redactor.analysis.analyzer import Analyzer
from redactor.config.policy import (
    check_entities,
    load_policy,
    policy_path,
    shipped_policies,
)
from redactor.detect.presidio.detector import PresidioDetector
from redactor.detect.presidio.registry import known_countries, known_entities, registry
from redactor.errors import ExitCode, PolicyError
from redactor.model import Action, AllowedPerson, EntityPolicy, Limits, NameModel
from redactor.text import view

CANARY = "Zebedee-555-0142"

MINIMAL = """
name: mine
about: A test.
remove: {PERSON: }
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "mine.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_policy(str(path))

    return load


# -- what ships ------------------------------------------------------------------------------


def test_the_shipped_policies():
    assert shipped_policies() == ["default", "hipaa", "strict"]


@pytest.mark.parametrize("name", shipped_policies())
def test_a_shipped_policy_loads_and_names_only_what_can_be_found(name, analyzer):
    policy = load_policy(name)
    assert policy.name == name
    assert policy.about
    check_entities(policy, analyzer.detectors.entities)


@pytest.mark.parametrize("name", shipped_policies())
def test_a_shipped_policy_says_what_happens_to_everything_that_can_be_found(name, analyzer):
    assert analyzer.detectors.entities <= set(load_policy(name).entity_policies)


@pytest.mark.parametrize(
    "entity",
    [
        "CREDENTIAL",
        "CREDIT_CARD",
        "DATE_OF_BIRTH",
        "EMAIL_ADDRESS",
        "HANDLE",
        "IBAN_CODE",
        "IP_ADDRESS",
        "PERSON",
        "PHONE_NUMBER",
        "STREET_ADDRESS",
        "UK_NHS",
        "UK_NINO",
        "USERNAME",
        "US_SSN",
    ],
)
@pytest.mark.parametrize("name", ["default", "strict"])  # hipaa may not: see test_codes
def test_direct_identifiers_go_as_pseudonyms(name, entity):
    assert load_policy(name).entity_policy(entity).action is Action.PSEUDONYM


@pytest.mark.parametrize("entity", ["ORGANIZATION", "LOCATION", "DATE_TIME", "NRP", "URL"])
def test_organisations_places_and_dates_stay_by_default_and_go_under_strict(entity):
    assert load_policy("default").entity_policy(entity).action is Action.KEEP
    assert load_policy("strict").entity_policy(entity).action is Action.PSEUDONYM


@pytest.mark.parametrize("name", shipped_policies())
def test_what_no_list_names_goes(name):
    assert load_policy(name).entity_policy("BADGE").action is not Action.KEEP


def test_a_file_is_loaded_by_its_path_and_a_shipped_name_is_no_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "default").write_text(MINIMAL)
    (tmp_path / "other").write_text(MINIMAL)
    assert load_policy("default").name == "default"
    assert load_policy("./default").name == load_policy("other").name == "mine"
    assert policy_path("other").name == "other"


# -- what a file may say ---------------------------------------------------------------------


def test_a_policy_says_what_happens_to_each_entity(load):
    policy = load(
        """
        name: mine
        about: A test.
        action: label
        threshold: 0.5
        unlisted: keep
        remove:
          PERSON:
          US_SSN: {action: mask, threshold: 0}
          HANDLE: {threshold: 0.9}
          EMAIL_ADDRESS: {action: number}
        keep: [LOCATION]
        limits: {file_bytes: 100, rule_seconds: 0.5}
        model: en_core_web_sm
        """
    )
    assert dict(policy.entity_policies) == {
        "PERSON": EntityPolicy(Action.LABEL, 0.5),
        "US_SSN": EntityPolicy(Action.MASK, 0.0),
        "HANDLE": EntityPolicy(Action.LABEL, 0.9),
        "EMAIL_ADDRESS": EntityPolicy(Action.NUMBER, 0.5),
        "LOCATION": EntityPolicy(Action.KEEP, 0.0),
    }
    assert policy.entity_policy("BADGE").action is Action.KEEP
    assert policy.limits == Limits(100, 0.5)
    assert policy.model == NameModel("en_core_web_sm")


def test_a_policy_says_how_much_a_tree_of_documents_may_ask_for(load):
    limits = "{tree_bytes: 5, members: 4, depth: 0, ratio: 3, tree_seconds: 0.5}"
    assert load(f"{MINIMAL}\nlimits: {limits}").limits == Limits(
        tree_bytes=5, members=4, depth=0, ratio=3, tree_seconds=0.5
    )


def test_what_a_policy_leaves_out(load):
    policy = load(MINIMAL)
    assert policy.entity_policy("PERSON") == EntityPolicy(Action.PSEUDONYM, 0.4)
    assert policy.entity_policy("BADGE") == EntityPolicy(Action.PSEUDONYM, 0.4)
    assert policy.limits == Limits()
    assert policy.model == NameModel()
    assert policy.allow_list == ()


def test_a_policy_marks_for_review_in_general_and_for_a_kind(load):
    policy = load(
        """
        name: mine
        about: A test.
        threshold: 0.3
        review: 0.5
        remove:
          PERSON: {review: 0.8}
          HANDLE: {threshold: 0.6}
          US_SSN:
          EMAIL_ADDRESS: {review: 0.3}
        """
    )
    bands = {e: (t.threshold, t.review) for e, t in policy.entity_policies.items()}
    assert bands == {
        "PERSON": (0.3, 0.8),
        "HANDLE": (0.6, 0.5),
        "US_SSN": (0.3, 0.5),
        "EMAIL_ADDRESS": (0.3, 0.3),
    }


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("model: fast", NameModel("fast")),
        ("model: {spacy: de_core_news_lg}", NameModel("de_core_news_lg")),
        (
            "model: {spacy: pl_core_news_lg, labels: {persName: PERSON}, score: 0.6}",
            NameModel("pl_core_news_lg", labels=(("persName", "PERSON"),), score=0.6),
        ),
        ("model: {huggingface: /models/ner}", NameModel("/models/ner", "huggingface")),
        (
            "model: {gliner: /models/gliner, labels: {somebody: PERSON}}",
            NameModel("/models/gliner", "gliner", (("somebody", "PERSON"),)),
        ),
    ],
)
def test_a_policy_chooses_a_model(load, text, model):
    assert load(MINIMAL + text).model == model


def test_a_folder_is_told_from_the_policys(load, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "meta.json").write_text("{}")
    assert load(MINIMAL + "model: mine").model == NameModel(str(tmp_path / "mine"))
    given = load(MINIMAL + "model: {huggingface: ner}").model
    assert given == NameModel(str(tmp_path / "ner"), "huggingface")


@pytest.mark.parametrize(
    "text",
    [
        "model: {}",
        "model: {labels: {PER: PERSON}}",
        "model: {spacy: en_core_web_lg, gliner: folder}",
        "model: {transformers: folder}",
        "model: {spacy: en_core_web_lg, score: 2}",
        "model: 7",
        "review: 0.2",
        "review: 1.2",
    ],
)
def test_a_model_or_a_review_band_that_makes_no_sense(load, text):
    with pytest.raises(PolicyError) as caught:
        load(MINIMAL + text)
    assert caught.value.exit_code is ExitCode.CONFIG


@pytest.mark.parametrize("setting", ["{review: 0.3}", "{threshold: 0.6, review: 0.5}"])
def test_a_review_band_below_its_threshold(load, setting):
    with pytest.raises(PolicyError, match="`review` of PERSON is below the threshold"):
        load(MINIMAL.replace("{PERSON: }", "{PERSON: " + setting + "}"))


def test_labels_mean_only_what_can_be_found(load, analyzer):
    policy = load(MINIMAL + "model: {spacy: x, labels: {PER: PERSON, WOW: MARVEL}}")
    with pytest.raises(PolicyError, match="nothing finds MARVEL"):
        check_entities(policy, analyzer.detectors.entities)


def test_the_digest_is_of_what_a_policy_says_and_not_of_how(load):
    same = load(MINIMAL).digest
    assert load("# a comment\nabout: 'A test.'\nname: mine\nremove: {PERSON: null}").digest == same
    assert load(MINIMAL.replace("A test", "Another")).digest != same
    assert load(MINIMAL + "threshold: 0.6").digest != same
    assert len(same) == 64


# -- countries -------------------------------------------------------------------------------

SSN_AND_NINO = "SSN 536-22-8145, and his national insurance number is AB 12 34 56 C."


@pytest.fixture(scope="module")
def entities():
    """Return a function from a setting to what is found under it in one sentence."""

    def entities(countries, rules=()):
        policy = replace(load_policy("default"), countries=countries)
        analyzer = Analyzer(policy, rules)
        found = analyzer.detectors.find(view(SSN_AND_NINO), 0, 0, policy)
        return {finding.entity for finding in found if finding.score >= 0.4}

    return entities


def test_every_country_is_looked_for_unless_some_are_named(load, entities):
    assert load(MINIMAL).countries is None
    assert {"US_SSN", "UK_NINO"} <= entities(None)


def test_only_the_named_countries_are_looked_for(load, entities):
    us = load(MINIMAL + "countries: [US]").countries
    assert us == {"us"}
    assert entities(us) & {"US_SSN", "UK_NINO"} == {"US_SSN"}
    assert entities(frozenset({"uk"})) & {"US_SSN", "UK_NINO"} == {"UK_NINO"}


def test_what_is_of_no_country_is_always_looked_for():
    nowhere = PresidioDetector(10.0, frozenset())
    assert {"CREDIT_CARD", "IBAN_CODE", "EMAIL_ADDRESS", "PHONE_NUMBER"} <= nowhere.entities
    assert not {e for e in nowhere.entities if e.startswith(("US_", "UK_", "AU_", "IN_", "ZA_"))}


def test_each_country_adds_what_is_its_own_and_all_of_them_are_everything():
    every = [PresidioDetector(10.0, frozenset({one})).entities for one in known_countries()]
    assert len(every) > 5
    assert all(len(one) > len(frozenset.intersection(*every)) for one in every)
    assert frozenset.union(*every) == PresidioDetector(10.0).entities == known_entities()


def test_presidios_recognisers_of_a_country_all_say_so():
    for recognizer in registry().recognizers:
        at_home = "country_specific" in type(recognizer).__module__
        assert at_home == (recognizer.country_code() in known_countries())


def test_the_iso_code_of_the_united_kingdom_and_an_odd_order_change_nothing(load):
    given = load(MINIMAL + "countries: [gb, us]")
    assert given.countries == {"uk", "us"}
    assert given.digest == load(MINIMAL + "countries: [us, uk, US]").digest
    assert given.digest != load(MINIMAL).digest != load(MINIMAL + "countries: []").digest


def test_an_unknown_country_is_refused_with_a_list_of_those_that_are_known(load):
    with pytest.raises(PolicyError, match=r"nothing is known of qq \(known .*\bau, .*\buk, us"):
        Analyzer(load(MINIMAL + "countries: [us, qq]"))


def test_a_policy_may_name_what_its_countries_leave_out(load):
    analyzer = Analyzer(load(MINIMAL.replace("PERSON: ", "UK_NHS: ") + "countries: [us]"))
    assert "UK_NHS" not in analyzer.detectors.sought
    assert "US_SSN" in analyzer.detectors.sought
    with pytest.raises(PolicyError, match="nothing finds UK_NSH"):
        Analyzer(load(MINIMAL.replace("PERSON: ", "UK_NSH: ") + "countries: [us]"))


RULE = r"""
entity: BADGE
about: A word of one country.
pattern: '\binsurance\b'
score: 0.9
countries: [qq, zz]
finds: ['his [[insurance]]']
ignores: ['his assurance']
"""


def test_a_rule_may_be_for_some_countries_and_makes_them_known(tmp_path, load, entities):
    (tmp_path / "badge.yaml").write_text(RULE)
    assert "BADGE" in entities(None, (tmp_path,))
    assert "BADGE" in entities(frozenset({"us", "zz"}), (tmp_path,))
    assert "BADGE" not in entities(frozenset({"us"}), (tmp_path,))
    assert "BADGE" in Analyzer(load(MINIMAL + "countries: [us]"), (tmp_path,)).detectors.entities


# -- what is refused -------------------------------------------------------------------------

REFUSED = [
    pytest.param(f"{MINIMAL}\nthresold: '{CANARY}'", "thresold", id="unknown key"),
    pytest.param(
        f"{MINIMAL}\nlimits: {{bytes: '{CANARY}'}}", r"limits\.bytes", id="unknown key inside"
    ),
    pytest.param(
        MINIMAL.replace("{PERSON: }", f"{{PERSON: {{note: {CANARY}}}}}"),
        r"remove\.PERSON\.note",
        id="unknown key of an entity",
    ),
    pytest.param(MINIMAL.replace("{PERSON: }", CANARY), "remove", id="text for a table"),
    pytest.param(MINIMAL.replace("{PERSON: }", f"[{CANARY}]"), "remove", id="list for a table"),
    pytest.param(MINIMAL.replace("PERSON: ", f"PERSON: {CANARY}"), r"PERSON", id="no treatment"),
    pytest.param(MINIMAL.replace("mine", f"[{CANARY}]"), "name", id="list for a text"),
    pytest.param(f"{MINIMAL}\nthreshold: {CANARY}", "threshold", id="text for a number"),
    pytest.param(f"{MINIMAL}\nthreshold: 1.5", "threshold", id="threshold above one"),
    pytest.param(f"{MINIMAL}\nthreshold: -1", "threshold", id="threshold below nought"),
    pytest.param(f"{MINIMAL}\nthreshold: .nan", "threshold", id="threshold that is no number"),
    pytest.param(f"{MINIMAL}\naction: {CANARY}", "action", id="unknown action"),
    pytest.param(f"{MINIMAL}\naction: keep", "action", id="an action that does not remove"),
    pytest.param(f"{MINIMAL}\nunlisted: {CANARY}", "unlisted", id="unknown choice"),
    pytest.param(f"{MINIMAL}\nlimits: {{file_bytes: 0}}", "file_bytes", id="no bytes at all"),
    *(
        pytest.param(f"{MINIMAL}\nlimits: {{{name}: {value}}}", name, id=f"{name} of {value}")
        for name, value in {
            "tree_bytes": 0,
            "members": 0,
            "depth": 65,
            "ratio": 0.5,
            "tree_seconds": 0,
        }.items()
    ),
    pytest.param(f"{MINIMAL}\nlimits: {{rule_seconds: 0}}", "rule_seconds", id="no time at all"),
    pytest.param(f"name: mine\nremove: {{PERSON: }}\nkeep: [{CANARY}]", "about", id="key missing"),
    pytest.param(f"{MINIMAL}\nkeep: [PERSON]", "both removed and kept: PERSON", id="both"),
    pytest.param(
        f"name: mine\nabout: {CANARY}\nremove: {{}}\nunlisted: keep", "nothing", id="no effect"
    ),
    pytest.param(
        MINIMAL.replace("PERSON: ", "PERSON: {action: pseudonym}"), "repeats", id="repeats action"
    ),
    pytest.param(
        MINIMAL.replace("PERSON: ", "PERSON: {threshold: 0.4}"), "repeats", id="repeats threshold"
    ),
    pytest.param(
        MINIMAL.replace("PERSON: ", "PERSON: , PERSON: {threshold: 0.9}"),
        "mine.yaml",
        id="one entity twice",
    ),
    pytest.param(f"{MINIMAL}\nname: {CANARY}", "mine.yaml", id="one key twice"),
    pytest.param(f"{MINIMAL}\ncountries: [us, {CANARY}]", r"countries\.1", id="no country"),
    pytest.param(f"{MINIMAL}\ncountries: us", "countries", id="a text for countries"),
    pytest.param(f"{MINIMAL}\ncountries: [no]", "write it in quotes", id="Norway"),
    pytest.param("", "the file", id="empty"),
    pytest.param(f"- {CANARY}", "the file", id="a list"),
    pytest.param(CANARY, "the file", id="a text"),
    pytest.param(f"name: [{CANARY}", "not YAML", id="not YAML"),
    pytest.param(f"name: !!python/object:{CANARY} x", "not YAML", id="a tag of Python's"),
    pytest.param(b"name: \xff" + CANARY.encode(), "not YAML", id="not UTF-8"),
    pytest.param(f"name: {CANARY}\nabout: 2024-13-45", "not YAML", id="a date that is none"),
    pytest.param(f"name: {CANARY}\x00", "not YAML", id="a control character"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_malformed_policy_is_refused_without_quoting_a_value_of_it(load, text, message):
    with pytest.raises(PolicyError, match=message) as caught:
        load(text)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert caught.value.exit_code is ExitCode.CONFIG


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_policy_that_cannot_be_read_is_refused_with_a_list_of_those_that_ship(
    tmp_path, monkeypatch, name
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PolicyError, match=r"shipped are .*default.*strict"):
        load_policy(name)


def test_an_entity_that_nothing_finds_is_refused():
    policy = load_policy("default")
    misspelt = replace(
        policy, entity_policies={"PERSON": policy.unlisted, "PRESON": policy.unlisted}
    )
    with pytest.raises(PolicyError, match=r"default: nothing finds PRESON$"):
        check_entities(misspelt, frozenset({"PERSON", "HANDLE"}))


# -- the people who stay ---------------------------------------------------------------------


def test_a_policy_shows_none_of_the_people_who_stay():
    assert "vance" not in repr(
        replace(load_policy("default"), allow_list=(AllowedPerson("teodor vance"),))
    )
