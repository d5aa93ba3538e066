"""How pixels are examined, where an option says it instead of the policy."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from redactor.errors import PolicyError
from redactor.model import Policy, RasterPages, Seeing, check_languages

__all__ = ["check_seeing", "with_seeing"]


def check_seeing(seeing: Seeing, named: str) -> None:
    """Raise PolicyError if pages become pictures that nothing reads."""
    if seeing.raster != "none" and not seeing.ocr:
        raise PolicyError(
            f"{named}: pages that become pictures are read by OCR: say --ocr eng, or `ocr: eng`"
        )


def with_seeing(
    policy: Policy, ocr: str | None, raster: RasterPages | None, convert: bool | None = None
) -> Policy:
    """Return a policy by which OCR reads these languages, and these pages become pictures.

    With `convert` old documents are converted. None leaves the policy as it is. Its digest depends
    on all three. Raises PolicyError.
    """
    before = policy.seeing
    try:
        seeing = Seeing(
            before.ocr if ocr is None else check_languages(ocr), raster or before.raster
        )
    except ValueError as error:
        raise PolicyError(f"--ocr: {error}") from None
    check_seeing(seeing, "--raster")
    changed = replace(policy, seeing=seeing, convert=convert or policy.convert)
    if changed == policy:
        return policy
    said = f"{policy.digest} {seeing} {changed.convert}"
    return replace(changed, digest=hashlib.sha256(said.encode()).hexdigest())
