"""Documents, policies, logs and vaults at random, for as long as one likes.

    python tests/benchmarks/fuzz.py MINUTES [SEED]

Each example damages something real: bytes are turned, cut out, doubled, or taken from another file,
with what is known to be hard in between. Whatever comes of it, a command ends with one of its exit
codes and not as a bug; it says nothing that only the document holds; a source stays as it was; no
draft is left; copies verify; and no changed log passes for whole. Prints what does not hold, with
its number: the same seed and number make the same example.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from command_line import CommandLine, Run, SerialTeam  # noqa: E402  # found by the line above

from redactor.errors import ExitCode  # noqa: E402
from redactor.formats import FORMATS  # noqa: E402

CANARY = "Quixworthy"
LETTER = f"Dear Mr Teodor {CANARY},\nwrite to teodor.{CANARY}@example.org or ring 212-555-0198.\n"
# What readers stumble over: controls, halves of characters, starts of what never ends.
HARD = (
    *(b"\0", b"\x0c", b"\x1b[31m", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf0\x9f"),
    *(b"<!--", b"<![CDATA[", b"<script>", b"&#x110000;", b"&lt", b"PK\x03\x04", b"PK\x05\x06"),
    *(
        b"\r",
        b"\r\n",
        b"\xe2\x80\xae",
        b"\xc2\xad",
        b"\xcc\x81",
        b"[PERSON_",
        b"]]",
        b"=3D",
        b"%40",
    ),
    *(
        b"- ",
        b": ",
        b"&a *a ",
        b"!!python/object:x ",
        b"{",
        b'"',
        b"9" * 40,
        b"-1",
        b"1e400",
        b".nan",
    ),
)
_MOST = 60_000  # bytes of a document; one example should take no more than a second or two


def main(minutes: float, seed: int) -> int:
    """Try examples until the time is up; return how many did not hold."""
    end, tried, failed = time.monotonic() + 60 * minutes, Counter[str](), 0
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("redactor.batch.Team", SerialTeam),
    ):
        fuzz = Fuzz(Path(folder), seed)
        number = 0
        while time.monotonic() < end:
            kind, problems = fuzz.example(number)
            tried[kind] += 1
            for problem in problems:
                failed += 1
                print(f"{seed}:{number} {kind}: {problem}", flush=True)
            number += 1
    print(
        ", ".join(f"{count} {kind}" for kind, count in sorted(tried.items())), f"; {failed} failed"
    )
    return failed


class Fuzz:
    """Examples in a folder, each made by its number."""

    def __init__(self, base: Path, seed: int) -> None:
        self._base, self._seed = base, seed
        self._cli = CommandLine(base)
        found = [
            path
            for form in FORMATS
            for path in _files(TESTS / "cases" / form.name)
            if path.name != "README.md"
        ]
        self._documents = [*found, *_files(TESTS.parent / "seeds")]
        policies = TESTS.parent / "redactor" / "config" / "policies"
        self._policies = sorted(policies.glob("*.yaml"))
        self._finished = base / "finished"
        self._finish()

    def example(self, number: int) -> tuple[str, list[str]]:
        """Return the kind of an example, and what did not hold."""
        draw = random.Random(f"{self._seed}:{number}")
        kind, attempt = draw.choice(
            [("documents", self._document), ("policies", self._policy), ("logs", self._log)]
        )
        work = self._base / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        return kind, list(attempt(draw, work))

    def _finish(self) -> None:
        """Make a finished run, with a vault where pyrage is installed, to be damaged."""
        (self._finished / "src").mkdir(parents=True)
        (self._finished / "src/letter.txt").write_text(LETTER * 3, "utf-8")
        (self._finished / "src/page.html").write_text(f"<p>{LETTER}</p>", "utf-8")
        (self._finished / "key").write_text("0123456789abcdef" * 4 + "\n")
        (self._finished / "key").chmod(0o600)
        vault = ("--seal-to", _public_key(self._finished)) if find_spec("pyrage") else ()
        redacted = ("redact", "src", "--out", "out", "--key-file", "key", *vault)
        run = self._run(self._finished, *redacted)
        assert run.code == ExitCode.DONE, run.err

    def _document(self, draw: random.Random, work: Path) -> Iterator[str]:
        path = draw.choice(self._documents)
        data = self._damaged(draw, path.read_bytes()[:_MOST])
        at = draw.randrange(len(data) + 1)
        source = work / "src" / f"damaged{path.suffix}"
        source.parent.mkdir()
        source.write_bytes(data[:at] + LETTER.encode() + data[at:])
        before = source.read_bytes()
        run = self._run(work, "redact", "src", "--out", "out")
        yield from _ended(run, {ExitCode.DONE, ExitCode.INPUT})
        if source.read_bytes() != before:
            yield "the source changed"
        copies = [path for path in _files(work / "out") if path.is_file()]
        if bool(copies) != (run.code == ExitCode.DONE):
            yield f"exit code {run.code} with {len(copies)} copies"
        if [path for path in work.rglob("*") if path.name.endswith((".draft", ".tmp"))]:
            yield "a draft is left"
        if path.suffix in {".txt", ".md"} and any(_holds(copy) for copy in copies):
            yield "the name stands in the copy"
        yield from _ended(self._run(work, "verify", "out"), {ExitCode.DONE, ExitCode.OUTPUT})

    def _policy(self, draw: random.Random, work: Path) -> Iterator[str]:
        data = self._damaged(draw, draw.choice(self._policies).read_bytes())
        (work / "policy.yaml").write_bytes(
            data.replace(b"about", CANARY.encode(), draw.choice([0, 1]))
        )
        run = self._run(work, "policy", "check", "policy.yaml")
        yield from _ended(run, {ExitCode.DONE, ExitCode.CONFIG}, secret=False)

    def _log(self, draw: random.Random, work: Path) -> Iterator[str]:
        shutil.copytree(self._finished, work / "run")
        files = [path for path in _files(work / "run/out.audit") if path.name != "key"]
        path = draw.choice(files)
        before = path.read_bytes()
        path.write_bytes(after := self._damaged(draw, before))
        verified = self._run(work / "run", "audit", "verify", "out.audit", "--key-file", "key")
        yield from _ended(verified, {*ExitCode} - {ExitCode.BUG, ExitCode.INTERRUPTED})
        if path.name == "audit.jsonl" and after != before and verified.code == ExitCode.DONE:
            yield "a changed log passes for whole"
        for command in (("show",), ("report",), ("export", "--format", "premis"), ("lookup", "x")):
            name, *more = command
            where = ["x", "out.audit"] if name == "lookup" else ["out.audit", *more]
            arguments = where[:2] if name == "lookup" else where
            run = self._run(work / "run", "audit", name, *arguments, "--key-file", "key")
            yield from _ended(run, {*ExitCode} - {ExitCode.BUG, ExitCode.INTERRUPTED})
        run = self._run(work / "run", "verify", "out", "--key-file", "key")
        yield from _ended(run, {*ExitCode} - {ExitCode.BUG, ExitCode.INTERRUPTED})
        if (work / "run" / "id").exists():
            yield from self._restored(work / "run")

    def _restored(self, run: Path) -> Iterator[str]:
        """Put back what can be, which is a source byte for byte or nothing."""
        keys = ("--identity", "id", "--key-file", "key", "--reason", "Trial", "--to", "back")
        ended = self._run(run, "restore", "out", *keys)
        yield from _ended(ended, {*ExitCode} - {ExitCode.BUG, ExitCode.INTERRUPTED})
        for path in _files(run / "back"):
            if path.read_bytes() != (run / "src" / path.relative_to(run / "back")).read_bytes():
                yield "what was put back is not what was removed"

    def _run(self, folder: Path, *arguments: str) -> Run:
        return self._cli(*arguments, cwd=folder)

    def _damaged(self, draw: random.Random, data: bytes) -> bytes:
        for _ in range(draw.choice([0, 1, 1, 2, 5, 20])):
            at = draw.randrange(len(data) + 1)
            to = min(len(data), at + draw.choice([0, 1, 2, 16, 400]))
            other = draw.choice(self._documents).read_bytes()
            start = draw.randrange(len(other) + 1)
            put = draw.choice(
                [
                    *(draw.choice(HARD), draw.randbytes(draw.choice([1, 8])), data[at:to] * 2, b""),
                    other[start : start + draw.choice([4, 64, 600])],
                ]
            )
            data = data[:at] + put + data[to:]
        return data


def _public_key(folder: Path) -> str:
    """Return the public key of an identity, which is written into a folder."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    (folder / "id").write_text(f"{identity}\n")
    (folder / "id").chmod(0o600)
    return str(identity.to_public())


def _ended(run: Run, codes: set[ExitCode], *, secret: bool = True) -> Iterator[str]:
    """Yield what is wrong with how a command ended."""
    said = run.raw_out + run.raw_err
    if run.code not in codes:
        yield f"exit code {run.code}: {run.raw_err[-300:]!r}"
    if b"Traceback" in said:
        yield f"a traceback: {said[-600:]!r}"
    if secret and CANARY.encode().lower() in said.lower():
        yield "it says what only the document holds"


def _holds(copy: Path) -> bool:
    return f"teodor.{CANARY}@example.org".encode() in copy.read_bytes()


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


if __name__ == "__main__":
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    sys.exit(bool(main(float(sys.argv[1]), seed)))
