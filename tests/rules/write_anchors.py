"""Write the table of what the shipped patterns need: `python tests/rules/write_anchors.py`."""

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
    TABLE.write_text(table(), "utf-8")
