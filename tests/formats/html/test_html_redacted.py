"""Pages redacted by the whole pipeline."""

from __future__ import annotations

import pytest

from redactor.api import redact_bytes
from redactor.formats import Layout
from redactor.keys import Key

LAYOUT = Layout("html", (("encoding", "utf-8"),))


@pytest.mark.parametrize("script", ["'kevin'+'8L'", "'f0' + 'kevin' + '8xL'", "'of'+'Marsh'+'all'"])
def test_a_name_in_a_string_that_a_script_joins_to_others_goes(analyzer, script):
    page = f"<p>Dear Mr Kevin Marsh,</p><script>show({script})</script>"
    copy = redact_bytes(page.encode(), analyzer, Key(b"k" * 32), layout=LAYOUT).decode()
    strings = copy[copy.index("show") :]
    assert "kevin" not in strings.lower()
    assert "marsh" not in strings.lower()
    assert "[PERSON_" in strings
