"""One account, one pseudonym: values are the same by what they are, whichever rule saw them.

`twitter.com/dov_lindgren`, `@dov_lindgren` and `dov_lindgren` in one document are one account.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from redactor.analysis.result import Removal

__all__ = ["ACCOUNTS", "is_organisations", "one_each"]

ACCOUNTS = ("HANDLE", "USERNAME", "PROFILE_URL", "SHORT_LINK")
"""Entities whose values name an account. All its places have the first of those that it has."""

# What follows the name of an account that is an organisation's: "the otterjs organization".
_ORGANISATION = r"[ \t]+(?:organi[sz]ation|org|project|team|foundation|community|maintainers)\b"


def is_organisations(account: str, text: str) -> bool:
    """Tell whether a text calls an account that of an organisation or project."""
    name = re.escape(account.strip("@~/"))
    return re.search(rf"(?<![\w@]){name}{_ORGANISATION}", text) is not None


def one_each(removals: Iterable[Removal]) -> tuple[Removal, ...]:
    """Return removals, those of one account with one entity and value.

    A word that is an account somewhere in the document is that account wherever it stands alone.
    What the policy treats differently stays apart.
    """
    found = tuple(removals)
    of: dict[str, list[Removal]] = defaultdict(list)
    for one in found:
        if key := _account(one):
            of[key].append(one)
    first = {key: _first(same) for key, same in of.items() if _differ(same)}
    return tuple(_as(one, first.get(_account(one))) for one in found) if first else found


def _account(removal: Removal) -> str:
    """Return the letters and digits of an account or of a lone word; nothing of other values."""
    entity = removal.decision.finding.entity
    if entity not in ACCOUNTS and (entity != "PERSON" or len(removal.text.split()) != 1):
        return ""
    name = re.split(r"(?<=\w)[@#:]", removal.text.strip("@~/"))[0]
    return "".join(filter(str.isalnum, name)).casefold()


def _differ(same: Sequence[Removal]) -> bool:
    """Tell whether an account is known by several entities or values."""
    known = {(one.decision.finding.entity, one.value) for one in same}
    return len(known) > 1 and any(entity in ACCOUNTS for entity, _ in known)


def _first(same: Sequence[Removal]) -> Removal:
    """Return the removal whose entity and value all of one account get."""
    accounts = [one for one in same if one.decision.finding.entity in ACCOUNTS]
    return min(accounts, key=lambda one: (ACCOUNTS.index(one.decision.finding.entity), one.value))


def _as(removal: Removal, first: Removal | None) -> Removal:
    """Return a removal with entity and value of another, if the policy treats both alike."""
    if first is None:
        return removal
    own, other = removal.decision, first.decision
    alike = (own.action, own.exemption, own.shows, own.parameters) == (
        (other.action, other.exemption, other.shows, other.parameters)
    )
    if not alike:
        return removal
    finding = replace(own.finding, entity=other.finding.entity)
    return replace(removal, decision=replace(own, finding=finding), value=first.value)
