"""Finds and removes personal data in documents, and proves what it did.

    >>> from redactor import Redactor
    >>> Redactor().redact("Write to jane@corp.internal.").text  # doctest: +SKIP
    'Write to [EMAIL_ADDRESS_7FQ2M9XA].'

The public names are loaded when first used: importing the package costs nothing.
"""

import sys
from importlib import import_module

if sys.version_info < (3, 11, 5):
    import_module("redactor.possessive").mend()

TYPE_CHECKING = False  # as type checkers know it; importing `typing` would cost more than all else
if TYPE_CHECKING:
    from redactor.api import Redactor, Result, redact_file, redact_folder, redact_text, scan
    from redactor.batch import BatchResult
    from redactor.errors import (
        AllowListError,
        ConfigError,
        DamagedDocument,
        DecisionsError,
        DenyListError,
        DetectionIncomplete,
        EncodingError,
        EncryptedDocument,
        ExitCode,
        GoldError,
        InputError,
        InternalError,
        KeyFileError,
        LeakError,
        LimitExceeded,
        MarksError,
        MediaNotExamined,
        ModelError,
        OperatorError,
        OutOfMemory,
        OutOfTime,
        OutputError,
        PartNotExamined,
        PolicyError,
        ProgramUnavailable,
        RedactorError,
        RuleError,
        SampleError,
        SourceChanged,
        UnsteadyReading,
        UnsupportedFormat,
        UnsupportedPlatform,
        UsageError,
        WorkerDied,
    )
    from redactor.keys import Key
    from redactor.model import Action, AllowedPerson, Finding, Outcome, Policy, Status

__version__ = "0.1.0"

_HOMES = {  # of the public names that are no errors
    "redactor.api": "Redactor Result redact_file redact_folder redact_text scan",
    "redactor.batch": "BatchResult",
    "redactor.keys": "Key",
    "redactor.model": "Action AllowedPerson Finding Outcome Policy Status",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Action",
    "AllowListError",
    "AllowedPerson",
    "BatchResult",
    "ConfigError",
    "DamagedDocument",
    "DecisionsError",
    "DenyListError",
    "DetectionIncomplete",
    "EncodingError",
    "EncryptedDocument",
    "ExitCode",
    "Finding",
    "GoldError",
    "InputError",
    "InternalError",
    "Key",
    "KeyFileError",
    "LeakError",
    "LimitExceeded",
    "MarksError",
    "MediaNotExamined",
    "ModelError",
    "OperatorError",
    "OutOfMemory",
    "OutOfTime",
    "Outcome",
    "OutputError",
    "PartNotExamined",
    "Policy",
    "PolicyError",
    "ProgramUnavailable",
    "Redactor",
    "RedactorError",
    "Result",
    "RuleError",
    "SampleError",
    "SourceChanged",
    "Status",
    "UnsteadyReading",
    "UnsupportedFormat",
    "UnsupportedPlatform",
    "UsageError",
    "WorkerDied",
    "__version__",
    "redact_file",
    "redact_folder",
    "redact_text",
    "scan",
]


if not TYPE_CHECKING:  # a name that is not imported above is an error to a type checker

    def __getattr__(name: str) -> object:
        """Load a public name on first use."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(_HOME_OF.get(name, "redactor.errors"))
        value = globals()[name] = getattr(home, name)
        return value

    def __dir__() -> list[str]:
        """Name what is public, loaded or not."""
        return sorted({*globals(), *__all__})
