"""`redactor audit sample`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from redactor.cli.audit.options import warn_about
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, KeyOption
from redactor.cli.output import say
from redactor.errors import ExitCode, SampleError, UsageError

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s?%?")


def sample(  # noqa: PLR0913  # one parameter an option
    log: Annotated[
        Path | None,
        typer.Argument(metavar="OUT.audit", help="The folder of the log, or OUT itself."),
    ] = None,
    confidence: Annotated[
        str, typer.Option("--confidence", metavar="PERCENT", help="How sure the bound shall be.")
    ] = "95",
    max_miss: Annotated[
        str,
        typer.Option(
            "--max-miss", metavar="PERCENT", help="The share of passages that may hold a miss."
        ),
    ] = "1%",
    removed: Annotated[
        bool, typer.Option("--removed", help="Draw removed places: which should have stayed?")
    ] = False,
    seed: Annotated[
        str, typer.Option("--seed", metavar="WORD", help="Draws the same again; random if unset.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="A new file; OUT.audit/sample.yaml if unset."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="State what the answers in it come to."),
    ] = None,
    key_file: KeyOption = None,
    debug: DebugOption = False,
) -> None:
    """Draw passages of the copies for a person to read, and state what the answers come to.

    \b
    Examples:
      redactor audit sample OUT.audit --confidence 95 --max-miss 1%
      redactor audit sample OUT.audit --answers OUT.audit/sample.yaml

    Drawn are as many passages (lines, or pieces of long ones) as it takes to state, if none holds
    a miss: with 95 % confidence, at most 1 % of passages hold something missed. What was not
    examined has no copy, and nothing is said of it. Exits with 6 if the aim is not reached.
    --removed draws removed places instead, and --max-miss is the share that should have stayed.
    """
    with errors(debug=debug):
        if answers is not None:
            raise typer.Exit(_state(answers, log, key_file))
        if log is None:
            raise UsageError("OUT.audit is missing")
        sure, most = _percent(confidence, "--confidence"), _percent(max_miss, "--max-miss")
        raise typer.Exit(
            _draw(log, (sure, most), "places" if removed else "passages", seed, out, key_file)
        )


def _percent(text: str, option: str) -> float:
    found = _PERCENT.fullmatch(text.strip())
    if found is None or not 0 < float(found[1]) < 100:
        raise UsageError(f"{option} takes percent between 0 and 100")
    return float(found[1])


def _draw(  # noqa: PLR0913  # what the options say
    log: Path,
    aim: tuple[float, float],
    kind: str,
    seed: str,
    out: Path | None,
    key_file: Path | None,
) -> int:
    import secrets

    from redactor.files import create_private
    from redactor.report.evidence import check_private, gather, key_of
    from redactor.report.names import escaped
    from redactor.review.sampling import as_csv, as_yaml, draw

    if seed and not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", seed):
        raise UsageError("--seed takes a word of letters, digits, - and _")
    key_of(log, key_file)
    evidence = gather(log, key_file)
    if code := warn_about(evidence):
        return code
    target = out or evidence.audit / "sample.yaml"
    check_private(target, evidence)
    drawn = draw(evidence, *aim, seed or secrets.token_hex(8), kind)
    is_csv = target.suffix.lower() == ".csv"
    create_private(
        target, as_csv(drawn) if is_csv else as_yaml(drawn, escaped(evidence.audit.name))
    )
    plan = drawn.plan
    say(
        f"sample: {target} ({plan.drawn} of {plan.population} {kind}, seed {plan.seed}; "
        "keep it private)"
    )
    return int(ExitCode.DONE)


def _state(answers: Path, log: Path | None, key_file: Path | None) -> int:
    from redactor.audit import Pin, PublicKey, check
    from redactor.config.answers import load_answers
    from redactor.report.evidence import gather, key_of
    from redactor.review.sampling import Plan, check_against, stated

    said, given = load_answers(answers)
    plan = Plan.parse(said)
    statement = stated(given, plan, answers)
    if log is not None:
        key = key_of(log, key_file)
        evidence = gather(log, key_file)
        if code := warn_about(evidence):
            return code
        seen = check(evidence.audit, PublicKey.of(key), Pin.parse(plan.head))
        if seen.damage is not None:
            raise SampleError(f"{answers}: the sample was not drawn from this log")
        check_against(evidence, given, plan, answers)
    say(str(statement))
    if log is None:
        say("The sample was not compared with the copies: name OUT.audit for that.")
    if statement.misses and plan.kind == "passages":
        say("Add what was missed (`redactor review`), redact again, draw a new sample.")
    return int(ExitCode.DONE if statement.reached else ExitCode.LEAK)
