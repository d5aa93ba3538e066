"""Finds and removes personal data in documents, and proves what it did.

    >>> from redactor import redact_text, scan
    >>> redact_text("Write to jane@corp.internal.")  # doctest: +SKIP
    'Write to [EMAIL_ADDRESS_7FQ2M9XA].'

The public names are loaded when first used: importing the package costs nothing.
"""

from importlib import import_module

__version__ = "0.1.0"

_PUBLIC = {
    "redact_text": "redactor.api",
    "redact_file": "redactor.api",
    "redact_folder": "redactor.api",
    "scan": "redactor.api",
    "BatchResult": "redactor.batch",
    "Key": "redactor.keys",
    "Action": "redactor.model",
    "Finding": "redactor.model",
    "AllowedPerson": "redactor.model",
    "Outcome": "redactor.model",
    "Policy": "redactor.model",
    "Status": "redactor.model",
    "ExitCode": "redactor.errors",
    "RedactorError": "redactor.errors",
}

__all__ = [*sorted(_PUBLIC), "__version__"]  # noqa: PLE0604


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)
