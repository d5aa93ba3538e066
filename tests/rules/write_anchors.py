"""Write the table of what the shipped patterns need: `python tests/rules/write_anchors.py`.

With `--check`, exit with 1 if it is another one. In a process of its own, since what a process has
loaded is not asked about again.
"""

import sys
from unittest import mock

from redactor.config.policy import load_policy
from redactor.detect import search
from redactor.detect.anchors import TABLE, key_of, line_of
from redactor.detect.needs import worked_out
from redactor.detect.presidio import searches
from redactor.examine import Examiner


def table() -> str:
    """Return the lines of every pattern that rules and recognisers ask about."""
    lines: dict[str, str] = {}

    def noted(pattern: str, flags: int) -> object:
        needs = worked_out(pattern, flags)
        lines[key_of(pattern, flags)] = line_of(key_of(pattern, flags), needs)
        return needs

    with mock.patch.object(search, "needs", noted), mock.patch.object(searches, "needs", noted):
        Examiner(load_policy("default"))
    return "".join(f"{lines[key]}\n" for key in sorted(lines))


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(TABLE.read_text("utf-8") != table())
    TABLE.write_text(table(), "utf-8")
