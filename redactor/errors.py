"""Every error of the project, and the exit code each one means.

    RedactorError                     1  a bug, unless a subclass says otherwise
    ├── InternalError                 1  an exception that nobody foresaw
    ├── UsageError                    2  the call itself makes no sense
    ├── ConfigError                   3
    │   ├── PolicyError                  a policy that cannot be obeyed
    │   │   ├── AllowListError           a list of people and values to keep that is wrong
    │   │   ├── DenyListError            a list of terms to redact that is wrong
    │   │   └── DecisionsError           decisions of reviewers that cannot be applied
    │   ├── ModelError                   a name model that is missing, damaged or of no use
    │   ├── RuleError                    a rule that does not load or fails its own examples
    │   ├── SampleError                  answers to a sample that are malformed or incomplete
    │   ├── GoldError                    gold to measure against that is malformed or empty
    │   ├── KeyFileError                 a key that is unreadable, malformed or the wrong one
    │   ├── ProgramUnavailable           a program of the system that is needed and missing
    │   └── UnsupportedPlatform          a system that cannot keep the promises about files
    ├── InputError                    4  a document that could not be examined
    │   ├── UnsupportedFormat
    │   ├── EncodingError
    │   ├── EncryptedDocument
    │   ├── DamagedDocument
    │   ├── LimitExceeded
    │   │   └── OutOfTime                it took longer than the policy allows
    │   ├── PartNotExamined
    │   ├── MediaNotExamined
    │   ├── UnsteadyReading
    │   ├── SourceChanged
    │   ├── WorkerDied
    │   │   └── OutOfMemory              it needs more memory than the policy allows
    │   ├── DetectionIncomplete
    │   └── OperatorError                an action that failed on a value, or did not hide it
    ├── OutputError                   5  a copy or a log not written, or not as recorded
    └── LeakError                     6  something removed is still there

The rule for messages: what happened, where, and (in `hint`) what to do next. Never a word of
a document. Raise `from None` when the cause may quote its input, as codecs, json, PyYAML and
pydantic errors do.
"""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What a run ends with; a batch ends with the worst of its documents' (`worst`).

    7 is no error: it is the answer of `audit lookup` that a value was not removed.
    """

    DONE = 0
    BUG = 1
    USAGE = 2
    CONFIG = 3
    INPUT = 4
    OUTPUT = 5
    LEAK = 6
    ABSENT = 7
    HANGUP = 129
    INTERRUPTED = 130
    TERMINATED = 143


# A leak comes first: no bug in another document may hide it. A bug comes next, since what else
# the run says is then in doubt; no unreadable document may hide that.
_WORST_FIRST = (
    ExitCode.LEAK,
    ExitCode.BUG,
    ExitCode.OUTPUT,
    ExitCode.INPUT,
    ExitCode.CONFIG,
    ExitCode.USAGE,
    ExitCode.TERMINATED,
    ExitCode.HANGUP,
    ExitCode.INTERRUPTED,
    ExitCode.ABSENT,
    ExitCode.DONE,
)


def worst(codes: Iterable[int]) -> ExitCode:
    """Return the most serious of some exit codes: `[4, 0, 1]` -> `BUG`; DONE if there are none."""
    return min(map(ExitCode, codes), key=_WORST_FIRST.index, default=ExitCode.DONE)


class RedactorError(Exception):
    """Base of all errors; `exit_code` and `hint` belong to the class."""

    exit_code = ExitCode.BUG
    hint = "This is a bug: please report it, without the document."


class InternalError(RedactorError):
    """An exception that nobody foresaw while a document was examined: a bug."""


class UsageError(RedactorError):
    """The call makes no sense: a missing source, an output inside its input."""

    exit_code = ExitCode.USAGE
    hint = "See `redactor --help`."


class ConfigError(RedactorError):
    """Settings that cannot be obeyed."""

    exit_code = ExitCode.CONFIG
    hint = "Correct the file and run again."


class PolicyError(ConfigError):
    """A policy that is malformed, contradicts itself, or sets something without effect."""

    hint = "`redactor policy check FILE` shows every problem of a policy."


class AllowListError(PolicyError):
    """An allow list that is unreadable, malformed, or contradicts itself."""

    hint = "One name a line; or CSV or YAML with name, role, period, scope, also_known_as."


class DenyListError(PolicyError):
    """A deny list that is unreadable, malformed, or contradicts another list."""

    hint = "One term a line; or CSV with term, type."


class DecisionsError(PolicyError):
    """Decisions of reviewers that are malformed, contradictory, or about what is not there."""

    hint = "Nothing was changed. `redactor review OUT.audit` writes a file to start from."


class MarksError(PolicyError):
    """A marked copy that cannot be read back: its text was changed, or it is of another run."""

    hint = (
        "Nothing was written. `redactor review OUT.audit` lists the places without marked copies."
    )


class ModelError(ConfigError):
    """A name model that is missing, damaged, of another version, or that finds no people."""

    hint = "`redactor model list` shows those that are shipped; reinstall one that is damaged."


class RuleError(ConfigError):
    """A rule that does not load, or that fails one of its own examples."""

    hint = "`redactor rules test FOLDER` shows every problem of a folder of rules."


class SampleError(ConfigError):
    """Answers to a sample that are malformed, incomplete, or about another sample."""

    hint = "Nothing is stated. `redactor audit sample OUT.audit` draws a sample."


class GoldError(ConfigError):
    """Gold to measure against that is malformed, out of range or empty."""

    hint = "`redactor evaluate --help` shows what gold looks like."


class KeyFileError(ConfigError):
    """A key file that is unreadable, malformed, or not the one that was used."""

    hint = "A key file holds 64 hexadecimal digits; a run without --key-file makes one."


class ProgramUnavailable(ConfigError):
    """A program that a policy needs, tesseract or LibreOffice, that is missing or does not run."""

    hint = "Install it (Debian: tesseract-ocr, tesseract-ocr-deu; libreoffice), or run without."


class UnsupportedPlatform(ConfigError):
    """A system that cannot do with files what is promised of them."""

    hint = "Run it on Linux or another POSIX system; on Windows, in its subsystem for Linux (WSL)."


class InputError(RedactorError):
    """A document that could not be fully examined, and so gets no copy."""

    exit_code = ExitCode.INPUT
    hint = "The document was left out; mend it or treat it by hand."


class UnsupportedFormat(InputError):
    """No format of ours reads this kind of file."""

    hint = "Convert it to a supported format (`redactor formats` lists them) or treat it by hand."


class EncodingError(InputError):
    """Bytes that are no text in the encoding at hand."""

    hint = "Name the encoding with --encoding, for example --encoding utf-16-le."


class EncryptedDocument(InputError):
    """A document, or a part of one, that cannot be read without a password or a key."""

    hint = "Decrypt it first, or treat it by hand."


class DamagedDocument(InputError):
    """A document that is broken, contradicts itself, or that two readers would read differently."""

    hint = "Have it made anew by the program that it comes from, or treat it by hand."


class LimitExceeded(InputError):
    """A document larger, deeper or slower than a limit allows."""

    hint = "Raise the limit in the policy (`limits:`) if the document is legitimate."


class PartNotExamined(InputError):
    """A document some part of which could not be examined: a member of an archive, say."""

    hint = "Treat such a part by hand; `parts: omit` in the policy publishes copies without it."


class MediaNotExamined(InputError):
    """A document with pictures, sounds, films or fonts, which the policy refuses."""

    hint = "`media: keep` in the policy publishes them unexamined, `media: omit` leaves them out."


class UnsteadyReading(InputError):
    """A picture in which OCR reads something that is to be removed in the copy alone."""

    hint = "Scan it anew, straight, at 200 to 300 dots an inch, or treat it by hand."


class SourceChanged(InputError):
    """A document that was written to while it was read."""

    hint = "Run again when nothing writes to the source."


class WorkerDied(InputError):
    """The process that examined a document died; the rest of the batch went on."""

    hint = "Often a lack of memory: run again with --workers 1."


class OutOfMemory(WorkerDied):
    """A document that needs more memory than the policy, or the machine, allows."""

    hint = "Raise `limits: {memory_bytes: ...}` in the policy, or run with --workers 1."


class OutOfTime(LimitExceeded):
    """A document that took longer than the policy allows, and whose worker was killed."""

    hint = "Raise `limits: {document_seconds: ...}` in the policy if the document is legitimate."


class DetectionIncomplete(InputError):
    """A detector gave up, so silence from it means nothing."""

    hint = "Raise `limits: {rule_seconds: ...}` in the policy, or simplify the rule."


class OperatorError(InputError):
    """An operator that failed on a value, returned no text, or text that still holds the value.

    An input's error, since one document gets no copy and the run goes on; operators that cannot be
    used at all are refused with the policy, before anything is read.
    """

    hint = "The document has no copy. Mend the operator, or choose another action in the policy."


class OutputError(RedactorError):
    """A copy or a log that could not be written, or that is not as recorded."""

    exit_code = ExitCode.OUTPUT
    hint = "Nothing half-written was left behind; check space and permissions."


class LeakError(RedactorError):
    """A value that was to be removed is still readable; the copy is not published."""

    exit_code = ExitCode.LEAK
    hint = "The draft was deleted. Please report the kind of document, without its text."
