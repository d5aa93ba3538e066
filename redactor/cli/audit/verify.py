"""`redactor audit verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.audit.options import say_unfinished
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption
from redactor.cli.output import say
from redactor.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from redactor.audit import LogReport, Pin, PublicKey

PublicKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--public-key", metavar="FILE", help="The public key that signs the log, in PEM form."
    ),
]


def verify(  # noqa: PLR0913  # one parameter an option
    log: Annotated[
        Path | None,
        typer.Argument(metavar="OUT.audit", help="The folder of the log, or OUT itself."),
    ] = None,
    public_key: PublicKeyOption = None,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="FILE|HEAD", help="A head that was kept elsewhere."),
    ] = None,
    timestamp: Annotated[
        Path | None,
        typer.Option("--timestamp", metavar="FILE", help="An RFC 3161 time stamp over a head."),
    ] = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option(
            "--tsa-ca", metavar="FILE", help="Certificates of who may stamp, in PEM form."
        ),
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option("--proof", metavar="FILE", help="Check a proof of `audit prove` instead."),
    ] = None,
    log_only: Annotated[
        bool,
        typer.Option("--log-only", help="Do not ask for the sealed vault, which is elsewhere."),
    ] = False,
    print_head: Annotated[
        bool, typer.Option("--print-head", help="Print the head to keep elsewhere, and no more.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Check a log with the public key alone: is it whole, and if not, what was done to it.

    \b
    Examples:
      redactor audit verify redacted.audit --print-head > head.txt     # keep it elsewhere
      redactor audit verify redacted.audit --public-key ours.pem --head head.txt
      redactor audit verify --proof proof.json --public-key ours.pem

    Without --head, a log that was cut back to an older head of its own looks whole. Exits with 5
    for a log that is not as it was signed, and names the first bad record and what befell it; for
    one whose run did not end; and for a sealed vault that is not as signed, unless --log-only says
    not to look at it.
    """
    with errors(debug=debug):
        pinned = _pinned(head)
        if proof is not None:
            _verify_proof(proof, log, public_key, pinned)
            return
        if log is None:
            raise UsageError("OUT.audit is missing")
        if (timestamp is None) != (tsa_ca is None):
            raise UsageError("--timestamp and --tsa-ca go together")
        report, ended = _check(log, public_key, pinned, quiet=print_head)
        if not log_only:
            _check_vault(log, quiet=print_head)
        if print_head and report.head is not None:
            say(str(report.head.pin))
        if timestamp is not None and tsa_ca is not None:
            _verify_timestamp(log, timestamp, tsa_ca)
        if not ended:
            raise typer.Exit(int(ExitCode.OUTPUT))


def _check(
    log: Path, public_key: Path | None, pinned: Pin | None, *, quiet: bool
) -> tuple[LogReport, bool]:
    """Check a log, say what was found, and whether its run ended; leave with 5 if it is damaged."""
    from redactor.audit import check, read, require_begun
    from redactor.audit.endings import unfinished
    from redactor.audit.manifest import manifest_problem
    from redactor.requests import locate

    folder, _ = locate(log)
    require_begun(folder)
    report = check(folder, _public(folder, public_key), pinned)
    if report.damage is not None:
        say(f"redactor: {report.sentence}", err=True)
        raise typer.Exit(int(ExitCode.OUTPUT))
    if (wrong := manifest_problem(folder)) is not None:
        say(f"redactor: {wrong}", err=True)
        raise typer.Exit(int(ExitCode.OUTPUT))
    missing = unfinished(read(folder))
    if missing is not None:
        say_unfinished(missing)
    if not quiet and report.head is not None:
        say(f"{folder}: {report.sentence}", f"head: {report.head.pin}")
        if public_key is None:
            say(
                "The public key was found beside the log, where whoever can change one can change "
                "both: name one that came another way with --public-key."
            )
        if pinned is None:
            say("Keep the head elsewhere, and give it with --head: an older one then shows.")
    return report, missing is None


def _check_vault(log: Path, *, quiet: bool) -> None:
    """Check the sealed vault, if there is one; leave with 5 if it is not as it was signed."""
    from redactor.audit.slots import check_vault
    from redactor.requests import locate

    report = check_vault(locate(log)[0])
    if report is not None and report.damage:
        for one in report.damage:
            say(f"redactor: the vault is damaged at {one}", err=True)
        raise typer.Exit(int(ExitCode.OUTPUT))
    if report is not None and not quiet:
        say(report.sentence)


def _pinned(head: str | None) -> Pin | None:
    from redactor.audit import Pin
    from redactor.audit.folder import LONGEST_LINE
    from redactor.folders import read_regular

    if head is None:
        return None
    try:
        text = read_regular(Path(head), LONGEST_LINE).decode("utf-8")
    except (OSError, ValueError):  # no file, no name of one, or a file that is no text
        text = head
    return Pin.parse(text)


def _public(folder: Path | None, public_key: Path | None) -> PublicKey:
    from redactor.audit import PublicKey
    from redactor.audit.folder import PUBLIC

    if public_key is None and folder is None:
        raise UsageError("--public-key FILE is missing")
    return PublicKey.load(public_key or Path(folder or "", PUBLIC))


def _verify_proof(proof: Path, log: Path | None, public_key: Path | None, pin: Pin | None) -> None:
    from redactor.audit.folder import LONGEST_LINE
    from redactor.audit.proofs import check_proof
    from redactor.folders import read_regular
    from redactor.requests import locate

    public = _public(locate(log)[0] if log else None, public_key)
    try:
        data = read_regular(proof, 4 * LONGEST_LINE)
    except OSError as error:
        raise UsageError(f"cannot read {proof}: {error.strerror}") from None
    say(f"{proof}: {check_proof(data, public, pin)}")


def _verify_timestamp(log: Path, stamp: Path, authorities: Path) -> None:
    from redactor.audit.reading import heads_of
    from redactor.audit.timestamp import check_timestamp
    from redactor.requests import locate

    seen = check_timestamp(stamp, authorities, heads_of(locate(log)[0]))
    say(f"{stamp}: the first {seen.head.size} records were there by {seen.time.isoformat()}")
