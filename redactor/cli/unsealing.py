"""What the commands that open the sealed vault ask their user for."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from redactor.errors import UsageError

if TYPE_CHECKING:
    from redactor.audit.age import Identity
    from redactor.unseal import Justification


def asked_identity(path: Path) -> Identity:
    """Return the identity in a file; its passphrase, if it has one, is asked for on the terminal.

    Raises IdentityInvalid, UsageError where there is no terminal.
    """
    from redactor.audit.age import Identity

    return Identity.load(path, _passphrase)


def _passphrase() -> str:
    if not sys.stdin.isatty():
        raise UsageError("the identity has a passphrase, and there is no terminal to ask for it on")
    return str(typer.prompt("Passphrase of the identity", hide_input=True, err=True))


def stated_purpose(who: str | None, reason: str) -> Justification:
    """Return who opens the vault, and why. Raises UsageError."""
    from redactor.unseal import Justification

    if who is None:
        try:
            who = getpass.getuser()
        except (KeyError, OSError):
            raise UsageError("there is no login name: say who you are with --who") from None
    return Justification(who, reason)
