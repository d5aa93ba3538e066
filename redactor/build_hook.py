"""Writes the table of required factors, and the digests of the rules, into the package.

A hook of Hatchling: it runs where pip builds a wheel, which has only what pyproject.toml lists for
it: so the rules are read here, whose factors take ten seconds to derive, and Presidio's patterns,
which take half a second, are left to the processes that use them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import regex
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["FactorTableHook"]

_TABLE = "redactor/detect/prefilter/factors.jsonl"


class FactorTableHook(BuildHookInterface[Any]):
    """Adds the table to a wheel; for an editable install, writes it into the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the table before files are collected."""
        sys.path.insert(0, self.root)
        from redactor.config.rules import SUMS, parse_rules, rule_sums
        from redactor.detect.prefilter.factors import tabulate
        from redactor.detect.rules import PATTERN_FLAGS

        rules = parse_rules(Path(self.root, "rules"))
        patterns = [regex.compile(rule.pattern, PATTERN_FLAGS) for rule in rules]
        if version == "editable":
            tabulate(patterns, Path(self.root, _TABLE))
            return
        self._folder = TemporaryDirectory()
        path = Path(self._folder.name, "factors.jsonl")
        tabulate(patterns, path)
        build_data["force_include"][str(path)] = _TABLE
        listed = Path(self._folder.name, "rules.sha256")
        listed.write_text("\n".join(rule_sums(Path(self.root, "rules"))) + "\n", "ascii")
        build_data["force_include"][str(listed)] = f"redactor/{SUMS}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what the wheel has a copy of."""
        del build_data, artifact_path
        if version != "editable":
            self._folder.cleanup()
