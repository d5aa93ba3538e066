"""Write the table of what the shipped patterns need: `python tests/rules/write_anchors.py`.

With `--check`, exit with 1 if it is another one. In a process of its own, since what a process has
loaded is not asked about again.
"""

import sys
from unittest import mock

from redactor.analysis.analyzer import Analyzer
from redactor.config.policy import load_policy
from redactor.detect.prefilter import search
from redactor.detect.prefilter.factors import worked_out
from redactor.detect.prefilter.table import TABLE, key_of, line_of
from redactor.detect.presidio import searches


def table() -> str:
    """Return the lines of every pattern that rules and recognisers ask about."""
    lines: dict[str, str] = {}

    def noted(pattern: str, flags: int) -> object:
        required_factors = worked_out(pattern, flags)
        lines[key_of(pattern, flags)] = line_of(key_of(pattern, flags), required_factors)
        return required_factors

    with (
        mock.patch.object(search, "required_factors", noted),
        mock.patch.object(searches, "required_factors", noted),
    ):
        Analyzer(load_policy("default"))
    return "".join(f"{lines[key]}\n" for key in sorted(lines))


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(TABLE.read_text("utf-8") != table())
    TABLE.write_text(table(), "utf-8")
