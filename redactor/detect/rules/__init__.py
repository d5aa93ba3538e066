"""Rules: the detector, the check of their examples, the check for superlinear patterns."""

import regex

__all__ = ["PATTERN_FLAGS"]

PATTERN_FLAGS = regex.MULTILINE | regex.IGNORECASE | regex.VERSION0
"""The flags of every rule's pattern: they are part of the format of rules."""
