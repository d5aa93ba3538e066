"""How far people are known: in one document, or in all of a run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Literal

from redactor.model import Policy

__all__ = ["Link", "with_link"]

Link = Literal["document", "collection"]


def with_link(policy: Policy, link: Link) -> Policy:
    """Return a policy under which people are known in one document, or in the whole run."""
    if link == policy.link:
        return policy
    content = json.dumps([policy.digest, link])
    return replace(policy, link=link, digest=hashlib.sha256(content.encode()).hexdigest())
