"""People whose own data stays in all documents of a run, as for a subject access request.

Errors and sentences name them by number: their names are in no record and on no terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from redactor.config.allow_list import with_allow_list
from redactor.config.linking import with_link
from redactor.detect.coreference.name_parser import Name, names_in
from redactor.detect.coreference.register import RegisterBuilder
from redactor.errors import UsageError
from redactor.model import AllowedPerson, Policy

__all__ = ["checked", "with_subjects"]


def with_subjects(policy: Policy, names: Iterable[str]) -> Policy:
    """Return a policy that keeps some people with what is theirs, and links the whole run.

    Raises UsageError for a name that can be several people's, or nobody's.
    """
    given = [" ".join(one.split()) for one in names]
    if not given:
        return policy
    for number, name in enumerate(given, 1):
        _parsed(name, number)
    subjects = tuple(map(AllowedPerson, dict.fromkeys(given)))
    listed = with_allow_list(policy, subjects)
    return with_link(replace(listed, subjects=subjects), "collection")


def checked(subjects: Sequence[AllowedPerson], builder: RegisterBuilder) -> Iterator[str]:
    """Yield which of them no document names in full.

    Raises UsageError for a name that can be that of several people of the collection.
    """
    for number, one in enumerate(subjects, 1):
        name = _parsed(one.name, number)
        if builder.is_shared(name):
            raise UsageError(
                f"{_which(number)} ambiguous: documents name several people who may be meant; give "
                "a middle name as well"
            )
        if not builder.is_named(name):
            yield f"{_which(number)} no document has it in full"


def _parsed(text: str, number: int) -> Name:
    names = names_in(text)
    if not names:
        raise UsageError(f"{_which(number)} no name is given")
    if len(names) > 1:
        raise UsageError(f"{_which(number)} this is two people: give the option once for each")
    if not names[0].full:
        raise UsageError(f"{_which(number)} ambiguous: give name and surname, as in 'Jane Ashwell'")
    return names[0]


def _which(number: int) -> str:
    return f"--keep-person, name {number}:"
