"""The records of a run itself: its start, with all settings that its copies depend on, and its end.

Two runs with the same settings make the same copies of the same sources; `differences` names what
is not the same.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from uuid import uuid4

from redactor import __version__
from redactor.audit import RunEnd, RunResume, RunStart
from redactor.config.restrictions import on_day
from redactor.config.rules import bundled_rules
from redactor.decisions.loading import LoadedDecisions
from redactor.detect.ner.models import describe_model
from redactor.errors import ExitCode
from redactor.files import tree_digest
from redactor.formats.libreoffice import described
from redactor.formats.ocr import describe_ocr
from redactor.keys import Key
from redactor.model import Outcome, Policy
from redactor.pipeline import RunContext

_LIBRARIES = ("faker", "presidio-analyzer", "presidio-anonymizer", "spacy")
"""Those whose versions may change what is found, or what replaces it."""


def run_start(
    settings: RunContext, decided: LoadedDecisions, command: tuple[str, ...], *, update: bool
) -> RunStart:
    """Return the start of a run, without the numbers of workers and of documents."""
    policy = settings.policy
    model, model_version, model_digest = describe_model(policy.model)
    versions = {name: version(name) for name in _LIBRARIES} | {"python": platform.python_version()}
    if policy.seeing.ocr:
        versions["ocr"] = describe_ocr(policy.seeing.ocr)
    if policy.convert:
        versions["libreoffice"] = described().partition(" ")[2]
    return RunStart(
        run=uuid4().hex,
        started=now(),
        tool=__version__,
        policy=policy.name,
        policy_digest=_policy_digest(policy, settings.key),
        rules_digest=tree_digest((bundled_rules(), *settings.rules)),
        model=model,
        model_version=model_version,
        model_digest=model_digest,
        versions=tuple(sorted(versions.items())),
        key_id=settings.key.id,
        workers=0,
        command=command,
        as_of=policy.as_of.isoformat() if policy.as_of else None,
        decisions=decided.macs or None,
        round=decided.round or None,
        sealed_to=settings.vault.recipients if settings.vault else None,
        encoding=settings.encoding,
        update=update or None,
        people=settings.register.digest if settings.register else None,
    )


def _policy_digest(policy: Policy, key: Key) -> str:
    """Return the digest of a policy.

    It is keyed if the policy lists terms, or people whom the whole run keeps: none can be guessed.
    """
    lists = any(one.deny_list for one in policy.recognizers)
    private = policy.deny_list.terms or policy.subjects or lists
    return key.mac("audit policy", policy.digest).hex() if private else policy.digest


def run_resume(start: RunStart) -> RunResume:
    """Return the record of a run that goes on: its start, as it would be recorded now."""
    return RunResume(
        run=start.run,
        resumed=start.started,
        workers=start.workers,
        command=start.command,
        planned=start.planned or 0,
    )


def run_end(run: str, outcomes: Sequence[Outcome], code: ExitCode) -> RunEnd:
    """Return the end of a run that had these outcomes."""
    documents = Counter(outcome.status.value for outcome in outcomes)
    return RunEnd(
        run=run,
        finished=now(),
        documents=tuple(sorted(documents.items())),
        redactions=sum(count for outcome in outcomes for _, count in outcome.counts),
        exit_code=int(code),
    )


def now() -> str:
    """Return the time as records of runs have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def differences(before: RunStart, after: RunStart, policy: Policy) -> list[str]:
    """Name each setting of a run that is not as in an earlier one; `policy` is that of the run."""
    same = {
        f"the version of redactor ({before.tool} then, {after.tool} now)": (
            before.tool == after.tool
        ),
        f"the policy ({before.policy} then, {after.policy} now)": (
            before.policy_digest == after.policy_digest
        ),
        "the rules": before.rules_digest == after.rules_digest,
        f"the name model ({before.model} then, {after.model} now)": (
            (before.model, before.model_version, before.model_digest)
            == (after.model, after.model_version, after.model_digest)
        ),
        "the key": before.key_id == after.key_id,
        "the encoding": before.encoding == after.encoding,
        "the decisions of reviewers": (before.decisions or ()) == (after.decisions or ()),
        "the people of the collection": before.people == after.people,
        "the keys of the vault": set(before.sealed_to or ()) == set(after.sealed_to or ()),
        f"the day ({before.as_of} then, {after.as_of} now)": _same_day(before, after, policy),
    }
    return [*(name for name, equal in same.items() if not equal), *_versions(before, after)]


def _same_day(before: RunStart, after: RunStart, policy: Policy) -> bool:
    """Tell whether the same restrictions had ended on the days of two runs."""
    days = (before.as_of, after.as_of)
    if days[0] == days[1]:
        return True
    if None in days:
        return False
    then, today = (
        replace(on_day(policy, date.fromisoformat(str(one))), as_of=None) for one in days
    )
    return then == today


def _versions(before: RunStart, after: RunStart) -> Iterator[str]:
    then, today = dict(before.versions), dict(after.versions)
    for name in sorted({*then, *today}):
        if then.get(name) != today.get(name):
            yield f"the version of {name} ({then.get(name)} then, {today.get(name)} now)"
