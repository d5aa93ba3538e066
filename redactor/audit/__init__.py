"""The audit: what was redacted, where and why, in a log that shows every later change."""

from redactor.audit.folder import LogDamaged
from redactor.audit.log import AuditLog
from redactor.audit.records import (
    DocumentRecord,
    Record,
    RedactionRecord,
    RunEnd,
    RunStart,
    Scope,
    Verification,
    amount,
    document_id,
    fingerprint,
    residue,
    source_mac,
    to_fields,
)
from redactor.audit.walk import Damage, LogReport, check, read

__all__ = [
    "AuditLog",
    "Damage",
    "DocumentRecord",
    "LogDamaged",
    "LogReport",
    "Record",
    "RedactionRecord",
    "RunEnd",
    "RunStart",
    "Scope",
    "Verification",
    "amount",
    "check",
    "document_id",
    "fingerprint",
    "read",
    "residue",
    "source_mac",
    "to_fields",
]
