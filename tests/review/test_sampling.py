"""Acceptance sampling: bounds that hold, draws that can be repeated, and what may be stated."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from redactor.config.answers import load_answers
from redactor.errors import ExitCode, OutputError, SampleError
from redactor.report.evidence import gather
from redactor.review.confidence import chance, most_bad, needed
from redactor.review.passages import LONGEST, cut, passages
from redactor.review.sampling import Plan, as_csv, as_yaml, check_against, draw, numbers, stated

LARGE = 10**9
TEXT = "".join(f"Line {number} of the minutes.\n\n" for number in range(80))


# -- bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "confidence", "size"),
    [(0.01, 0.95, 299), (0.05, 0.95, 59), (0.10, 0.95, 29), (0.10, 0.90, 22), (0.01, 0.99, 459)],
)
def test_sample_sizes_without_a_failure_are_those_of_the_tables(share, confidence, size):
    assert needed(LARGE, share, confidence) == size


@pytest.mark.parametrize(
    ("drawn", "bad", "bound"),
    [(100, 1, 0.04656), (100, 2, 0.06162), (100, 3, 0.07571), (20, 0, 0.13911), (10, 10, 1.0)],
)
def test_bounds_of_a_large_population_are_those_of_clopper_and_pearson(drawn, bad, bound):
    assert most_bad(LARGE, drawn, bad, 0.95) / LARGE == pytest.approx(bound, abs=1e-5)


@given(st.integers(1, 10**6), st.floats(0.5, 0.999))
def test_without_a_failure_the_binomial_formula_is_met(drawn, confidence):
    formula = 1 - (1 - confidence) ** (1 / drawn)
    if drawn <= 10**4:
        bound = most_bad(LARGE, drawn, 0, confidence) / LARGE
        assert bound == pytest.approx(formula, rel=2e-3, abs=1e-8)


def exactly(population, bad, drawn, seen):
    ways = sum(comb(bad, k) * comb(population - bad, drawn - k) for k in range(seen + 1))
    return Fraction(ways, comb(population, drawn))


@given(st.data())
def test_chances_are_those_of_counting(data):
    population = data.draw(st.integers(1, 60))
    bad, drawn = (data.draw(st.integers(0, population)) for _ in range(2))
    seen = data.draw(st.integers(0, drawn))
    exact = float(exactly(population, bad, drawn, seen))
    assert chance(population, bad, drawn, seen) == pytest.approx(exact, abs=1e-9)


@given(st.integers(1, 40), st.data(), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]))
def test_the_bound_holds_as_often_as_it_says(population, data, confidence):
    """For any truth: the samples whose bound is below it are no more likely than they may be."""
    drawn = data.draw(st.integers(0, population))
    bad = data.draw(st.integers(0, population))
    least, most = max(0, drawn - (population - bad)), min(bad, drawn)
    wrong = [k for k in range(least, most + 1) if most_bad(population, drawn, k, confidence) < bad]
    ways = sum(comb(bad, k) * comb(population - bad, drawn - k) for k in wrong)
    assert Fraction(ways, comb(population, drawn)) <= Fraction(1 - confidence) + Fraction(1, 10**9)


@given(st.integers(1, 5000), st.floats(0.001, 0.5), st.sampled_from([0.9, 0.95, 0.99]))
def test_the_size_is_the_least_that_does(population, share, confidence):
    size = needed(population, share, confidence)
    assert most_bad(population, size, 0, confidence) <= share * population
    if size:
        assert most_bad(population, size - 1, 0, confidence) > share * population


def test_who_reads_everything_knows():
    assert most_bad(50, 50, 3, 0.95) == 3
    assert needed(50, 0.001, 0.99) == 50
    assert needed(50, 0.001, 0.95) == 48  # the last two hide one bad one in 25 samples


@pytest.mark.parametrize("numbers", [(5, 6, 0, 0.9), (5, 3, 4, 0.9), (5, 3, 0, 1.0)])
def test_numbers_that_do_not_go_together_are_refused(numbers):
    with pytest.raises(ValueError, match="no sample"):
        most_bad(*numbers)


# -- drawing ----------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_and_another_does_not():
    assert numbers("a", 1000, 50) == numbers("a", 1000, 50)
    assert numbers("a", 1000, 50) != numbers("b", 1000, 50)
    assert numbers("a", 1000, 50)[:5] == [490, 282, 515, 940, 834]  # on any machine


def test_every_passage_is_as_likely_as_any_other():
    seen = Counter(n for seed in range(3000) for n in numbers(str(seed), 10, 3))
    assert set(seen) == set(range(1, 11))
    assert sum(seen.values()) == 9000
    square = sum((count - 900) ** 2 / 900 for count in seen.values())
    assert square < 21.67  # chi-square, nine degrees of freedom: one time in a hundred


def test_a_census_draws_everything_once():
    assert sorted(numbers("x", 40, 40)) == list(range(1, 41))


@given(st.lists(st.text("ab c\n.", max_size=900), max_size=6))
def test_passages_do_not_depend_on_how_a_text_comes_and_lose_nothing(parts):
    whole = list(cut(["".join(parts)]))
    assert list(cut(parts)) == whole
    letters = [char for _, text in whole for char in text if char.isalnum()]
    assert letters == [char for char in "".join(parts) if char.isalnum()]
    assert all(len(text) <= LONGEST for _, text in whole)
    assert all(any(map(str.isalnum, text)) for _, text in whole)


def test_passages_have_the_lines_of_the_copy():
    assert list(cut(["one\n\n--\ntw", "o\n", "x " * 200])) == [
        (1, "one"),
        (4, "two"),
        (5, " ".join("x" * 150)),
        (5, " ".join("x" * 50)),
    ]


def test_only_copies_as_recorded_are_drawn_from(desk):
    at = desk(a=TEXT, b="One line.\n")
    assert len(list(passages(gather(at.audit)))) == 81
    (at.out / "b.txt").write_text("Another line.\n")
    with pytest.raises(OutputError, match=r"b\.txt is not the copy"):
        list(passages(gather(at.audit)))
    (at.out / "b.txt").unlink()
    with pytest.raises(OutputError, match="copy is missing"):
        list(passages(gather(at.audit)))


def test_no_passage_no_sample(desk):
    at = desk(a="...\n")
    with pytest.raises(SampleError, match="no passages"):
        draw(gather(at.audit), 95, 1, "a")


# -- answers ----------------------------------------------------------------------------------


@pytest.fixture
def sampled(desk):
    at = desk(a=TEXT, b="=SUM(A1)\n+1\n")
    evidence = gather(at.audit)
    return at, evidence, draw(evidence, 95, 5, "seed-1")


def answered(sampled, path: Path, *misses: int) -> tuple[str, tuple]:
    _, _, sample = sampled
    words = ["miss" if at in misses else "Clean" for at in range(sample.plan.drawn)]
    if path.suffix == ".csv":
        sheet = list(csv.DictReader(io.StringIO(as_csv(sample).decode("utf-8-sig"))))
        for row, word in zip(sheet, words, strict=True):
            row["answer"] = word
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(sheet[0]))
            writer.writeheader()
            writer.writerows(sheet)
    else:
        content = yaml.safe_load(as_yaml(sample, "out.audit"))
        for row, word in zip(content["rows"], words, strict=True):
            row["answer"] = word
        path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return load_answers(path)


@pytest.mark.parametrize("name", ["a.yaml", "a.csv"])
def test_answers_come_back_and_state_the_bound(sampled, tmp_path, name):
    said, answers = answered(sampled, tmp_path / name)
    plan = Plan.parse(said)
    assert plan == sampled[2].plan
    check_against(sampled[1], answers, plan, tmp_path / name)
    statement = stated(answers, plan, tmp_path / name)
    assert statement.reached
    assert re.fullmatch(
        r"(\d+) of 82 passages were read, 0 hold a miss\.\nWith 95 % confidence at most 4\.88 % "
        r"of passages \(4 of 82\) hold something missed: the aim of 5 % was reached\.",
        str(statement),
    )


def test_with_misses_the_bound_is_worse_and_says_so(sampled, tmp_path):
    said, answers = answered(sampled, tmp_path / "a.yaml", 0, 7)
    statement = stated(answers, Plan.parse(said), tmp_path / "a.yaml")
    assert statement.misses == 2
    assert statement.most_missed == most_bad(82, statement.plan.drawn, 2, 0.95) > 4
    assert str(statement).endswith("the aim of 5 % was not reached.")


def test_a_share_is_rounded_up():
    from redactor.review.sampling import Statement

    plan = Plan("passages", "s", 30_000, 300, 95, 1, "")
    assert Statement(plan, 0, 1).percent == 0.01
    assert Statement(plan, 0, 300).percent == 1.0


def other_than(rows):
    return next(number for number in range(1, 83) if number not in {r["number"] for r in rows})


def stated_in(path):
    said, answers = load_answers(path)
    return stated(answers, Plan.parse(said), path)


WRONG = {
    "one unanswered": (lambda rows: rows[3].update(answer=None), "1 of .* have no answer"),
    "one left out": (lambda rows: rows.pop(), "these are not the"),
    "another one": (lambda rows: rows[0].update(number=other_than(rows)), "these are not the"),
    "one twice": (lambda rows: rows.append(dict(rows[0])), "answered twice"),
    "a third word": (lambda rows: rows[0].update(answer="Vance"), "none of clean, miss"),
    "no number": (lambda rows: rows[0].update(number="x"), "rows.0.number"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_incomplete_or_odd_answers_state_nothing(sampled, tmp_path, wrong):
    change, message = WRONG[wrong]
    path = tmp_path / "a.yaml"
    answered(sampled, path)
    content = yaml.safe_load(path.read_text("utf-8"))
    change(content["rows"])
    path.write_text(yaml.safe_dump(content), "utf-8")
    with pytest.raises(SampleError, match=message) as error:
        stated_in(path)
    assert "Vance" not in str(error.value)


def test_a_passage_that_is_not_as_drawn_is_refused(sampled, tmp_path):
    said, answers = answered(sampled, tmp_path / "a.yaml")
    odd = [replace(answers[0], passage="Another."), *answers[1:]]
    with pytest.raises(SampleError, match="not as it was drawn"):
        check_against(sampled[1], odd, Plan.parse(said), tmp_path / "a.yaml")


@pytest.mark.parametrize("said", ["", "x", "passages s 5 6 95 1 1:" + "a" * 64 + ":" + "b" * 32])
def test_a_plan_that_is_not_as_written_is_refused(said):
    with pytest.raises(SampleError):
        Plan.parse(said)


def test_removed_places_are_sampled_as_well(desk, tmp_path):
    at = desk(a="Kevin Marsh met Jane Marsh. Write to jane.marsh@example.org.\n")
    evidence = gather(at.audit)
    sample = draw(evidence, 90, 40, "s", "places")
    assert sample.plan.population == len(at.now) == 3
    content = yaml.safe_load(as_yaml(sample, "out.audit"))
    assert all("‹[" in row["passage"] for row in content["rows"])
    for row in content["rows"]:
        row["answer"] = "right"
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    assert "of removed places (1 of 3) should have stayed" in str(stated_in(path))
    content["rows"][0]["answer"] = "clean"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(SampleError, match="answers right or wrong"):
        stated_in(path)


# -- the command ------------------------------------------------------------------------------


@pytest.fixture
def run(cli):
    """Return a function from options to how `audit sample` ended, and what it printed."""

    def ended(*arguments: str | Path) -> tuple[int, str, str]:
        done = cli("audit", "sample", *arguments)
        return done.code, done.out, done.err

    return ended


def test_the_command(run, desk):
    at = desk(a=TEXT)
    code, out, _ = run(at.audit, "--max-miss", "5%", "--seed", "s1")
    path = at.audit / "sample.yaml"
    assert (code, path.stat().st_mode & 0o777) == (0, 0o600)
    assert "of 80 passages, seed s1" in out
    first = path.read_text("utf-8")
    assert run(at.audit, "--max-miss", "5%", "--seed", "s1")[0] == ExitCode.OUTPUT
    again = at.base / "again.yaml"
    assert run(at.audit, "--max-miss", "5", "--seed", "s1", "--out", again)[0] == 0
    assert again.read_text("utf-8") == first
    code, out, err = run(at.audit, "--answers", path)
    assert (code, out) == (ExitCode.CONFIG, "")
    assert "have no answer" in err
    path.write_text(first.replace("answer:", "answer: clean"), "utf-8")
    code, out, _ = run(at.audit, "--answers", path)
    assert code == 0
    assert "With 95 % confidence at most 5.00 % of passages (4 of 80)" in out
    path.write_text(path.read_text("utf-8").replace("clean\n  note", "miss\n  note", 1), "utf-8")
    code, out, _ = run("--answers", path)
    assert code == ExitCode.LEAK
    assert "was not reached" in out
    assert "was not compared with the copies" in out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--max-miss", "0"], ExitCode.USAGE),
        (["--confidence", "100"], ExitCode.USAGE),
        (["--confidence", "sure"], ExitCode.USAGE),
        (["--seed", "a b"], ExitCode.USAGE),
        (["--key-file", "nowhere"], ExitCode.CONFIG),
        (["--answers", "nowhere.yaml"], ExitCode.CONFIG),
    ],
)
def test_what_cannot_be_drawn(run, desk, options, code):
    at = desk(a="One line.\n")
    found, out, err = run(at.audit, *options)
    assert (found, out) == (code, "")
    assert err.startswith("redactor: ")
    assert not (at.audit / "sample.yaml").exists()
