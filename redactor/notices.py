"""What is odd about a run though nothing failed: its key, its policy, the clock, its log.

Each notice is a sentence for the summary. None of them stops a run: a person has to judge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from redactor.keys import Key
from redactor.model import Action, EntityPolicy, Policy

# Signs of data, program code and paths, in a line that is taken for a name.
_NO_NAME = re.compile(r"[:=$<>{}|/\\]")
OTHERS = 0o077  # the mode bits of everybody but the owner
_REACHED = 0.9  # the highest score of a rule; what few mentions of names get
_STEP = timedelta(minutes=1)  # by which clocks that are kept right are set back
_DAY = timedelta(days=1)  # by which a clock may be off when it is installed
_EARLIEST = datetime(2024, 9, 11, tzinfo=UTC)  # of the oldest `regex` that this runs with
_LATEST = datetime(2036, 12, 1, tzinfo=UTC)  # ten years after this version was made


def key_notices(key: Key, key_file: Path | None) -> Iterator[str]:
    """Yield what is odd about a key, and about the file that it came from."""
    if key.is_weak:
        yield (
            f"the key {key_file or ''} is no random one: whoever guesses it can try out every "
            "value; a run without --key-file makes a key"
        ).replace("  ", " ")
    if key_file is not None and (mode := key_file.stat().st_mode & OTHERS):
        doing = "read and written" if mode & 0o066 == 0o066 else "read" if mode & 0o044 else "used"
        yield f"the key file {key_file} can be {doing} by others: `chmod 600` it"


def policy_notices(policy: Policy) -> Iterator[str]:
    """Yield what a policy does not remove though it seems to."""
    removing = {name: one for name, one in _entities(policy) if one.action is not Action.KEEP}
    out_of_reach = [name for name, one in removing.items() if one.threshold > _REACHED]
    if len(out_of_reach) == len(removing):
        yield (
            f"the policy {policy.name} removes next to nothing: "
            + ("every threshold is" if removing else "it keeps every type, or its threshold is")
            + f" above {_REACHED}"
        )
    elif out_of_reach:
        named = ", ".join(sorted(out_of_reach))
        yield f"with a threshold above {_REACHED}, next to nothing is removed of: {named}"
    if odd := sum(1 for person in policy.allow_list if _NO_NAME.search(person.name)):
        yield f"{odd} people of the allow list have signs that no name has: is it a list of names?"


def lifted(policy: Policy) -> Iterator[str]:
    """Yield what is kept since its restriction has ended on the day of the run."""
    ended = [name for name, one in _entities(policy) if one.expired]
    people = sum(1 for one in policy.allow_list if one.restrict_until is not None)
    kept = [*sorted(ended), *([f"{people} people of the allow list"] if people else [])]
    if kept:
        yield f"no longer restricted on {policy.as_of}, and kept: {', '.join(kept)}"


def _entities(policy: Policy) -> list[tuple[str, EntityPolicy]]:
    return [*policy.entity_policies.items(), ("other types", policy.unlisted)]


def clock_notices(now: datetime, before: str = "") -> Iterator[str]:
    """Yield what is odd about the time: `before` is that of the last record of a log, if any."""
    installed = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC) - _DAY
    shown = now.isoformat(timespec="seconds")
    if now < max(installed, _EARLIEST):
        yield f"the clock says {shown}, which is before this program was installed: is it right?"
    elif now > _LATEST:
        yield f"the clock says {shown}, ten years after this version was made: is it right?"
    if before and _time(before) > now:
        yield f"the clock says {shown}, which is before the log's last record ({before})"


def _time(said: str) -> datetime:
    """Return a time of a log; one that is none is as old as can be."""
    try:
        time = datetime.fromisoformat(said)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def in_order(times: Sequence[str]) -> bool:
    """Tell whether the times of a log, oldest first, never run backwards by over a minute."""
    known = [_time(one) for one in times if one]
    return all(later >= earlier - _STEP for earlier, later in pairwise(known))


def sealed_notice(lines: int) -> Iterator[str]:
    """Yield that a run found lines in its log that no append finished, if it did."""
    if lines:
        yield (
            f"{lines} lines stood in the log that no run wrote whole: what a dead worker left, "
            "or what somebody added; they are sealed as such, and prove nothing"
        )
