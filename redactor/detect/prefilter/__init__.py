"""Required literal factors of patterns: a pattern is tried only where a match is possible."""
