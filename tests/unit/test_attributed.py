"""A place that linking alone found names the detectors that saw its value elsewhere."""

from __future__ import annotations

from redactor.analysis.unit import text_unit


def test_a_link_is_listed_under_the_detectors_of_its_value(analyzer):
    text = "username: ottergrove77\n\nWe saw that ottergrove77 was there."
    seen, linked = (one.decision for one in analyzer.analyze(text_unit(text)).removals)
    own = {source for source in seen.because if not source.startswith("link:")}
    assert linked.finding.source.startswith("link:")
    assert own
    assert own <= set(linked.because)
