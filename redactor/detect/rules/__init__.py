"""YAML rules at work: the detector, the check of their examples, the check for slow patterns."""

import regex

__all__ = ["PATTERN_FLAGS"]

PATTERN_FLAGS = regex.MULTILINE | regex.IGNORECASE | regex.VERSION0
"""What the patterns of rules are compiled with."""
