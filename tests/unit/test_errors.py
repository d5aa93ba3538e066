"""Exit codes: one order of what is worst."""

from __future__ import annotations

import itertools

import pytest

from redactor.errors import ExitCode, InternalError, RedactorError, worst

# what came together: what the run ends with
TOGETHER = {
    "nothing": ((), ExitCode.DONE),
    "all done": ((0, 0), ExitCode.DONE),
    "a bug and an unreadable document": ((4, 1), ExitCode.BUG),
    "a bug and a full disk": ((1, 5), ExitCode.BUG),
    "a bug and a leak": ((1, 6), ExitCode.LEAK),
    "a full disk and an unreadable document": ((4, 5, 0), ExitCode.OUTPUT),
    "a value that was not removed, in a damaged log": ((7, 5), ExitCode.OUTPUT),
    "a value that was not removed": ((0, 7), ExitCode.ABSENT),
    "an interrupt": ((130, 0), ExitCode.INTERRUPTED),
}


@pytest.mark.parametrize(("codes", "code"), TOGETHER.values(), ids=TOGETHER)
def test_the_worst_of_some_codes(codes, code):
    assert worst(codes) is code


@pytest.mark.parametrize("code", ExitCode)
def test_no_code_is_hidden_by_success(code):
    assert {worst(order) for order in itertools.permutations((code, 0))} == {code}


def test_a_code_that_is_none_of_ours_is_refused():
    with pytest.raises(ValueError, match="99"):
        worst([99])


def test_a_bug_asks_for_a_report():
    assert InternalError.exit_code is ExitCode.BUG
    assert InternalError.hint == RedactorError.hint
