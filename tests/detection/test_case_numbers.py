"""What a public record or a letter is filed under stays by default; a person's own number goes."""

from __future__ import annotations

import pytest

from redactor import redact_text

PUBLIC = {
    "a docket number": ("Case No. 2:19-cv-01234-ABC was filed.", "2:19-cv-01234-ABC"),
    "a reference": ("Your reference: HMC/2291/07, thank you.", "HMC/2291/07"),
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_numbers_stay_by_default_and_go_in_strict(name):
    text, number = PUBLIC[name]
    assert number in redact_text(text)
    assert number not in redact_text(text, policy="strict")


@pytest.mark.parametrize("policy", ["default", "strict"])
def test_a_persons_own_number_goes(policy):
    assert "12345/67" not in redact_text("Application no. 12345/67 is his.", policy=policy)
