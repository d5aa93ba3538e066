"""How far people are known in a run, and those whose own data stays in all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from redactor.config.allow_list import with_allow_list
from redactor.detect.coreference.name_parser import Name, names_in
from redactor.errors import UsageError
from redactor.model import AllowedPerson, Policy

__all__ = ["Link", "subject_name", "with_link", "with_subjects"]

Link = Literal["document", "collection"]

OWN = frozenset({"PERSON", "EMAIL_ADDRESS", "HANDLE", "USERNAME", "PROFILE_URL"})
"""What stays with a person whose own data is asked for, where it is theirs."""


def with_link(policy: Policy, link: Link) -> Policy:
    """Return a policy under which people are known in one document, or in the whole run."""
    if link == policy.link:
        return policy
    content = json.dumps([policy.digest, link])
    return replace(policy, link=link, digest=hashlib.sha256(content.encode()).hexdigest())


def with_subjects(policy: Policy, names: Iterable[str]) -> Policy:
    """Return a policy that keeps some people, with what is theirs, in all documents of a run.

    Raises UsageError for a name that can be several people's, or nobody's.
    """
    given = list(names)
    if not given:
        return policy
    for number, name in enumerate(given, 1):
        subject_name(name, number)
    subjects = tuple(AllowedPerson(" ".join(one.split()), scope=OWN) for one in given)
    listed = with_allow_list(policy, subjects)
    return with_link(replace(listed, subjects=tuple(dict.fromkeys(subjects))), "collection")


def subject_name(text: str, number: int = 1) -> Name:
    """Return the parsed name of a person to keep; errors name it by its number, not in words."""
    which = f"--keep-person, name {number}:"
    names = names_in(text)
    if not names:
        raise UsageError(f"{which} no name is given")
    if len(names) > 1:
        raise UsageError(f"{which} this is two people: give the option once for each")
    if not names[0].full:
        raise UsageError(f"{which} ambiguous: give name and surname, as in 'Ilse Brandt'")
    return names[0]
