"""Allow lists: three kinds of file, what they say, and that a refusal names lines and no names."""

from __future__ import annotations

import pytest

from redactor.api import prepare_policy
from redactor.config.allow_list import load_allow_list, with_allow_list
from redactor.config.policy import check_entities, load_policy
from redactor.errors import AllowListError, ExitCode, PolicyError, UsageError
from redactor.model import AllowedPerson

CANARY = "Zebedee"
VANCE, MARSH = AllowedPerson("Teodor Vance"), AllowedPerson("Ilse Marsh")
MAYOR = AllowedPerson(
    "Ilse Marsh",
    aliases=("I. Holm-Marsh", "Ilse Holm"),
    roles=("Mayor", "head of council"),
    period=(2010, 2018),
    scope=frozenset({"PERSON", "HANDLE"}),
)


@pytest.fixture
def load(tmp_path):
    def load(name, data):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return load_allow_list(path)

    return load


# -- what lists say --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("Teodor Vance\nIlse Marsh\n", id="one a line"),
        pytest.param("\ufeffTeodor Vance\r\nIlse Marsh", id="byte order mark and CRLF"),
        pytest.param("# staff\n\n  Teodor Vance  # chair\n#\nIlse Marsh #", id="comments"),
        pytest.param("Teodor Vance\nIlse Marsh\nTeodor Vance\n", id="somebody twice"),
    ],
)
def test_a_plain_list_names_people(load, data):
    assert load("keep.txt", data) == (VANCE, MARSH)
    assert load("keep", data) == (VANCE, MARSH)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            "name,role,period,scope,also_known_as\nTeodor Vance,,,,\n"
            "Ilse Marsh,Mayor; head of council,2010-2018,PERSON;HANDLE,Ilse Holm;I. Holm-Marsh\n",
            id="in full",
        ),
        pytest.param(
            "\ufeffName;Aliases;Scope;Role;Period\r\n\r\nTeodor Vance\r\n"
            '"Ilse Marsh";"I. Holm-Marsh; Ilse Holm";"HANDLE;PERSON";"head of council;Mayor";'
            "2010–2018\r\n",
            id="semicolons, another order, a short row",
        ),
        pytest.param(
            "name\tperiod\trole\taliases\talso_known_as\tscope\n# the council,\nTeodor Vance\n"
            "Ilse Marsh\t2010 to 2018\tMayor;head of council\tIlse Holm\tI. Holm-Marsh\t"
            "PERSON;HANDLE\n",
            id="tabs, a comment",
        ),
    ],
)
def test_a_table_names_people_and_conditions(load, data):
    assert load("keep.csv", data) == (VANCE, MAYOR)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            "- Teodor Vance\n- name: Ilse Marsh\n  role: [Mayor, head of council]\n"
            "  period: 2010-2018\n  scope: [PERSON, HANDLE]\n"
            "  also_known_as: [Ilse Holm]\n  aliases: I. Holm-Marsh\n",
            id="lists",
        ),
        pytest.param(
            "# people\n- name: Teodor Vance\n- {name: Ilse Marsh, role: Mayor; head of council,"
            " period: 2010/2018, scope: PERSON; HANDLE, aliases: Ilse Holm; I. Holm-Marsh}\n",
            id="texts",
        ),
    ],
)
def test_a_yaml_list_names_people_and_conditions(load, data):
    assert load("keep.yaml", data) == (VANCE, MAYOR)
    assert load("KEEP.YML", data) == (VANCE, MAYOR)


PERIODS = [
    ("2014", (2014, 2014)),
    (" 2010 - 2018 ", (2010, 2018)),
    ("2010-", (2010, 9999)),
    ("-2018", (0, 2018)),
]


@pytest.mark.parametrize(("text", "period"), PERIODS)
def test_a_period_is_of_whole_years(load, text, period):
    (person,) = load("keep.csv", f"name,period\nIlse Marsh,{text}\n")
    assert person.period == period


def test_a_year_may_be_a_number_in_yaml(load):
    assert load("keep.yaml", "[{name: Ilse Marsh, period: 2014}]")[0].period == (2014, 2014)


def test_one_person_may_have_held_two_offices(load):
    rows = "name,role,period\nIlse Marsh,Mayor,2010-2014\nIlse Marsh,Senator,2015-2019\n"
    assert [person.roles for person in load("keep.csv", rows)] == [("Mayor",), ("Senator",)]


# -- what is refused -------------------------------------------------------------------------

WRONG = [
    ("keep.txt", b"", "names nobody"),
    ("keep.txt", b"# Zebedee\n\n", "names nobody"),
    ("keep.txt", b"Ilse Marsh\n12\n", "line 2: name names nobody"),
    ("keep.txt", b"Ilse Marsh\nZebedee \xff", "cannot read .*: line 2 is not UTF-8"),
    ("keep.csv", b"", "line 1"),
    ("keep.csv", b"name,role\n", "names nobody"),
    ("keep.csv", b"role,period\nMayor,2014\n", "no column called name, line 1"),
    ("keep.csv", b"name,Zebedee\n", "unknown or repeated column, line 1: column 2"),
    ("keep.csv", b"name,role,role\n", "line 1: column 3"),
    ("keep.csv", b"Zebedee Vance\n", "line 1: column 1"),
    ("keep.csv", b"name\nZebedee,Mayor\n", "more cells than columns, line 2"),
    ("keep.csv", b'name\nIlse Marsh\n"Zebedee\n', "not CSV, line 3"),
    ("keep.csv", b'name\n"Zebedee"Vance\n', "not CSV, line 2"),
    ("keep.csv", b"name,role\nIlse Marsh,x\n,Zebedee\n", "line 3: name field required"),
    ("keep.csv", b"name,role\nZebedee,Mayor;;\n", "line 2: role has no word"),
    ("keep.csv", b"name,period\nZebedee,201\n", "line 2: period is neither a year"),
    ("keep.csv", b"name,period\nZebedee,Zebedee\n", "line 2: period is neither a year"),
    ("keep.csv", b"name,period\nZebedee,-\n", "line 2: period is neither a year"),
    ("keep.csv", b"name,period\n\nZebedee,2018-2010\n", "line 3: period ends before it begins"),
    ("keep.csv", b"name,scope\nZebedee,HANDLE\n", "line 2: scope leaves out PERSON"),
    ("keep.csv", b"name,scope\nZebedee,person\n", "line 2: scope names entities in capitals"),
    ("keep.csv", b"name,aliases\nIlse Marsh,12\n", "line 2: aliases names nobody"),
    ("keep.csv", b"name,role\nZebedee\nIlse\nzebed\xc3\xa9e,Mayor\n", "line 4: .* once without"),
    (
        "keep.csv",
        b'name,scope\nZebedee Vance,PERSON;HANDLE\n"VANCE, Zebedee",PERSON\n',
        "line 3: another scope",
    ),
    ("keep.yaml", b"", "names nobody"),
    ("keep.yaml", b"[]", "names nobody"),
    ("keep.yaml", b"name: Zebedee\n", "is no list, line 1"),
    ("keep.yaml", b"- Ilse Marsh\n- [Zebedee\n", "not YAML.*, line 3"),
    ("keep.yaml", b"- Ilse Marsh\n- name: a\n  name: Zebedee\n", "not YAML.*, line 2"),
    ("keep.yaml", b"- Ilse Marsh\n- name: a\n  zebedee: b\n", "line 2: neither a name nor"),
    ("keep.yaml", b"- Ilse Marsh\n- 12\n-\n", "line 2: neither .*; line 3: neither"),
    ("keep.yaml", b"- name: [Zebedee]\n", "line 1: name input should be a valid string"),
    ("keep.yaml", b"- {name: Zebedee, period: true}\n", "line 1: period is neither a year"),
    ("keep.yaml", b"- {name: Zebedee, period: 2014-05-01}\n", "line 1: period is neither"),
    ("keep.yaml", b"- !!python/name:os.system\n", "not YAML.*, line 1"),
]


@pytest.mark.parametrize(("name", "data", "message"), WRONG)
def test_a_list_that_is_wrong_is_refused_by_line(load, name, data, message):
    with pytest.raises(AllowListError, match=message) as caught:
        load(name, data)
    said = f"{caught.value} {caught.value.hint}"
    assert "zebed" not in said.casefold()
    assert "Marsh" not in said
    assert name in said
    assert caught.value.exit_code is ExitCode.CONFIG
    assert caught.value.__cause__ is None


def test_of_many_problems_the_first_are_told_and_the_rest_counted(load):
    rows = "".join("- {name: Zebedee, period: x}\n" for _ in range(9))
    with pytest.raises(AllowListError, match=r"line 5: [^;]*; and 4 more$"):
        load("keep.yaml", rows)


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(AllowListError, match="cannot read the allow list"):
        load_allow_list(tmp_path / "missing.csv")


def test_a_list_may_not_name_what_nothing_finds():
    policy = with_allow_list(
        load_policy("default"), [AllowedPerson("Zebedee", scope=frozenset({"HANDEL"}))]
    )
    with pytest.raises(PolicyError, match=r"default: nothing finds HANDEL$") as caught:
        check_entities(policy, frozenset(policy.entity_policies))
    assert CANARY not in str(caught.value)


# -- lists and policies ----------------------------------------------------------------------

POLICY = "name: mine\nabout: A test.\nremove: {PERSON: }\n"


def policy_of(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(POLICY + text)
    return load_policy(str(tmp_path / "mine.yaml"))


def test_a_policy_may_keep_people_itself(tmp_path):
    assert policy_of(tmp_path, "allow_list: [Teodor Vance, {name: Ilse Marsh}]").allow_list == (
        MARSH,
        VANCE,
    )


def test_a_policy_may_name_an_allow_list_in_its_own_folder(tmp_path):
    (tmp_path / "mayors.csv").write_text("name\nIlse Marsh\n")
    assert policy_of(tmp_path, "allow_list: mayors.csv").allow_list == (MARSH,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("allow_list: [Ilse Marsh, 12]", "allow_list, entry 2: neither a name"),
        ("allow_list: []", "allow_list names nobody"),
        ("allow_list: nowhere.csv", "cannot read the allow list .*nowhere.csv"),
        ("allow_list: {name: Zebedee}", "allow_list"),
    ],
)
def test_a_policy_that_keeps_people_badly_is_refused(tmp_path, text, message):
    with pytest.raises(PolicyError, match=message) as caught:
        policy_of(tmp_path, text)
    assert CANARY not in str(caught.value)


def test_the_digest_depends_on_who_is_kept_and_how_and_not_on_the_order():
    plain = load_policy("default")
    both = prepare_policy(plain, [VANCE, MARSH])
    assert prepare_policy(plain).digest == plain.digest
    assert prepare_policy(plain, ["Ilse Marsh", "Teodor Vance"]).digest == both.digest
    digests = {plain.digest, both.digest, prepare_policy(plain, [VANCE]).digest}
    digests |= {
        prepare_policy(plain, [VANCE, AllowedPerson("Ilse Marsh", **one)]).digest for one in ONE
    }
    assert len(digests) == 3 + len(ONE)
    assert all(len(digest) == 64 for digest in digests)


ONE = [
    {"aliases": ("Ilse Holm",)},
    {"roles": ("Mayor",)},
    {"period": (2010, 2018)},
    {"scope": frozenset({"PERSON", "HANDLE"})},
]


def test_keeping_somebody_again_changes_nothing():
    policy = prepare_policy("default", [VANCE, MARSH])
    assert prepare_policy(policy, [MARSH]) == policy


def test_two_lists_that_contradict_each_other_are_refused():
    policy = prepare_policy("default", [MAYOR])
    with pytest.raises(AllowListError, match="contradict") as caught:
        prepare_policy(policy, ["Ilse Marsh"])
    assert "Marsh" not in str(caught.value)


def test_a_lone_text_is_no_list_of_names():
    with pytest.raises(UsageError, match="several names"):
        prepare_policy("default", "Ilse Marsh")


# --- former names of settings ----------------------------------------------------------------

FORMER = "people_kept: [Ilse Marsh]\nterms_removed: [Nightjar]"
PRESENT = "allow_list: [Ilse Marsh]\ndeny_list: [Nightjar]"


def test_former_names_of_policy_settings_are_read_and_have_the_same_digest(tmp_path):
    former, present = policy_of(tmp_path, FORMER), policy_of(tmp_path, PRESENT)
    assert former.allow_list == present.allow_list == (MARSH,)
    assert former.deny_list.terms == present.deny_list.terms == (("Nightjar", "DENY_LIST"),)
    assert former.digest == present.digest
    assert former.digest != policy_of(tmp_path, "").digest


def test_an_error_in_a_former_setting_still_has_its_line(tmp_path):
    with pytest.raises(PolicyError, match=r"line 4: allow_list"):
        policy_of(tmp_path, "people_kept: 12")


@pytest.mark.parametrize(
    "both",
    ["allow_list: [A B]\npeople_kept: [A B]", "terms_removed: [Nightjar]\ndeny_list: [Nightjar]"],
)
def test_a_setting_under_both_of_its_names_is_refused(tmp_path, both):
    with pytest.raises(PolicyError, match=r"line \d: \w+: is the former name of (allow|deny)_list"):
        policy_of(tmp_path, both)
