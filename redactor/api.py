"""The library: the same work as the commands, for other programs.

A policy is a `Policy`, or the name of a shipped one, or a path; `as_of` is the day by which its
restrictions are taken to have ended (today, in UTC). Detectors are loaded once a process (some
seconds); afterwards each call costs only its text. Positions are character offsets in the given
text, half open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.batch import BatchRequest, BatchResult, redact_batch
from redactor.config.allow_list import load_allow_list, with_allow_list
from redactor.config.deny_list import DENY_LIST, load_deny_list, parse_terms, with_deny_list
from redactor.config.linking import Link, with_link
from redactor.config.policy import load_policy
from redactor.config.restrictions import on_day, today
from redactor.config.seeing import with_seeing
from redactor.errors import UsageError
from redactor.formats import Layout
from redactor.keys import Key
from redactor.model import AllowedPerson, Finding, NameModel, Outcome, Policy, RasterPages
from redactor.pipeline.examination import Redaction
from redactor.pipeline.memory import PLAIN, encoded_text, redacted
from redactor.subjects import with_subjects
from redactor.text import normalize

SearchTerm = str | tuple[str, str]
"""A term of a deny list, alone or with its entity: `"Nightjar"`, `("Nightjar", "CASE_NUMBER")`."""

AllowList = Iterable[str | AllowedPerson] | Path
"""People and values that are kept: names, entries with conditions, or the path of a file."""

DenyList = Iterable[SearchTerm] | Path
"""Terms that are redacted wherever they occur, or the path of a file of them."""

_FORMER = {"keep": "allow", "remove": "deny"}
"""Parameters by the names that they had before, which are still accepted."""

_Given = ParamSpec("_Given")
_Returned = TypeVar("_Returned")


def _former_names(function: Callable[_Given, _Returned]) -> Callable[_Given, _Returned]:
    """Return a function that also takes `keep` and `remove`, for `allow` and `deny`."""

    @wraps(function)
    def renamed(*args: _Given.args, **given: _Given.kwargs) -> _Returned:
        for former, name in _FORMER.items():
            if former in given:
                if name in given:
                    raise UsageError(f"`{former}` is the former name of `{name}`: give one of them")
                given[name] = given.pop(former)
        return function(*args, **given)

    return renamed


@_former_names
def prepare_policy(  # noqa: PLR0913, PLR0917  # one parameter an option
    policy: Policy | str | Path,
    allow: AllowList = (),
    model: str | None = None,
    deny: DenyList = (),
    as_of: date | None = None,
    ocr: str | None = None,
    raster: RasterPages | None = None,
    convert: bool | None = None,
    *,
    link: Link | None = None,
    subjects: Iterable[str] = (),
) -> Policy:
    """Return a policy with an allow list, a deny list and, if given, another name model.

    It is the policy of one day (today, in UTC, if none is given): what it restricts until an
    earlier day is kept.

    `allow` holds names or, with conditions, `AllowedPerson` entries; or it is the path of an allow
    list. `deny` holds terms, or pairs of a term and its entity; or it is the path of a deny list.
    `ocr`, `raster` and `convert` are as in the policy: how pixels and old documents are examined.
    `link` tells how far people are known, and `subjects` are names of those whose own data is kept
    in the whole run. Raises PolicyError, and UsageError for a name that may be several people's.
    """
    loaded = policy if isinstance(policy, Policy) else load_policy(str(policy))
    people = load_allow_list(allow) if isinstance(allow, Path) else _people(allow)
    terms = load_deny_list(deny) if isinstance(deny, Path) else _terms(deny)
    changed = with_deny_list(with_allow_list(loaded, people), terms)
    changed = replace(changed, model=NameModel.named(model) if model else loaded.model)
    changed = with_subjects(with_link(changed, link) if link else changed, subjects)
    return on_day(with_seeing(changed, ocr, raster, convert), as_of or loaded.as_of or today())


def _terms(deny: Iterable[SearchTerm]) -> Iterable[tuple[str, str]]:
    if isinstance(deny, str):
        raise UsageError("`deny` takes several terms, or the Path of a deny list")
    pairs = [(one, DENY_LIST) if isinstance(one, str) else one for one in deny]
    rows = [(number, term, entity) for number, (term, entity) in enumerate(pairs, 1)]
    return parse_terms(rows, "`deny`", "term") if rows else ()


def _people(allow: Iterable[str | AllowedPerson]) -> list[AllowedPerson]:
    if isinstance(allow, str):
        raise UsageError("`allow` takes several names, or the Path of an allow list")
    people = (one if isinstance(one, AllowedPerson) else AllowedPerson(one) for one in allow)
    return [person for person in people if normalize(person.name)]


@dataclass(frozen=True, slots=True)
class Result:
    """A redacted text, what was redacted in it, and what of that a person should look at.

    Positions of `findings` are those in the text that was given.
    """

    text: str
    findings: tuple[Finding, ...]
    needs_review: tuple[Finding, ...] = ()


class Redactor:
    """A policy with its detectors, loaded once, and a key.

    >>> redactor = Redactor(policy="default", allow=["Delphine Astruc-Holm"])  # doctest: +SKIP
    >>> redactor.redact("Write to jane@corp.internal.").text  # doctest: +SKIP
    'Write to [EMAIL_ADDRESS_7FQ2M9XA].'

    `allow` are names of people who are kept, or the path of an allow list; `deny` are terms that
    are redacted wherever they occur, or the path of a deny list; `rules` are folders of rules.
    Without a `key` one is made and forgotten with the object: pseudonyms are consistent within it.
    """

    def __init__(  # noqa: PLR0913  # keyword-only, one for each thing a user may choose
        self,
        *,
        policy: Policy | str | Path = "default",
        key: Key | Path | None = None,
        allow: AllowList = (),
        deny: DenyList = (),
        as_of: date | None = None,
        rules: Iterable[Path] = (),
        model: str | None = None,
    ) -> None:
        """Load the detectors. Raises ConfigError for what cannot be obeyed."""
        self.policy = prepare_policy(policy, allow, model, deny, as_of)
        self._given, self._rules = key, tuple(rules)
        self._key = load_key(key)
        self._analyzer = Analyzer(self.policy, self._rules)

    def scan(self, text: str) -> list[Finding]:
        """Return what the policy would remove from a text, sorted, without overlaps.

        Each finding has `.start` and `.end` (offsets in `text`), `.entity`, `.score` (0 to 1) and
        `.source`. Where several findings overlapped, it is their union under the winner's entity.
        Raises InputError when the text could not be examined.
        """
        encoded_text(text)
        decisions = (one.decision for one in self._analyzer.analyze(text_unit(text)).removals)
        return [replace(one.finding, start=one.start, end=one.end) for one in decisions]

    def redact(self, text: str) -> Result:
        """Return a redacted text, verified as a file is. Raises InputError, LeakError."""
        copy, found = redacted(encoded_text(text), self._analyzer, self._key, layout=PLAIN)
        return Result(copy.decode("utf-8"), *_findings(found))

    def redact_bytes(self, data: bytes, *, encoding: str | None = None) -> bytes:
        """Return the copy of a document at hand, of any format that is read."""
        return redacted(data, self._analyzer, self._key, encoding=encoding)[0]

    def redact_file(self, source: Path | str, out: Path | str) -> Outcome:
        """Redact one file into the folder `out`, with its audit beside; return its outcome."""
        if Path(source).is_dir():
            raise UsageError(f"{source} is a folder: redact_folder takes it")
        return self.redact_folder(source, out, workers=1).outcomes[0]

    def redact_folder(
        self, source: Path | str, out: Path | str, *, workers: int | None = None
    ) -> BatchResult:
        """Redact a folder into `out`, with its audit beside, as `redactor redact` does.

        A key that is no file cannot be handed to workers: name the path of a key file, or none.
        """
        if isinstance(self._given, Key):
            raise UsageError("a folder takes the path of a key file, which its log is kept under")
        return redact_batch(
            BatchRequest(
                (Path(source),), Path(out), self.policy, self._rules, self._given, None, workers
            )
        )


@_former_names
def scan(  # noqa: PLR0913  # keyword-only, one for each thing a user may choose
    text: str,
    *,
    policy: Policy | str | Path = "default",
    allow: AllowList = (),
    deny: DenyList = (),
    as_of: date | None = None,
    rules: Iterable[Path] = (),
) -> list[Finding]:
    """Return what the policy would remove from a text: `Redactor(...).scan(text)`, once."""
    encoded_text(text)
    redactor = Redactor(policy=policy, allow=allow, deny=deny, as_of=as_of, rules=rules)
    return redactor.scan(text)


@_former_names
def redact_text(  # noqa: PLR0913  # keyword-only, one for each thing a user may choose
    text: str,
    *,
    policy: Policy | str | Path = "default",
    key: Key | Path | None = None,
    allow: AllowList = (),
    deny: DenyList = (),
    as_of: date | None = None,
    rules: Iterable[Path] = (),
) -> str:
    """Return a text with everything replaced that the policy removes, verified as a file is.

    `Redactor(...).redact(text).text`, once. Without a `key` (or the path of a key file) one is made
    and forgotten. Raises ConfigError, InputError, or LeakError.
    """
    encoded_text(text)
    redactor = Redactor(policy=policy, key=key, allow=allow, deny=deny, as_of=as_of, rules=rules)
    return redactor.redact(text).text


def redact_bytes(
    data: bytes,
    analyzer: Analyzer,
    key: Key,
    *,
    encoding: str | None = None,
    layout: Layout | None = None,
) -> bytes:
    """Return a redacted copy of a document at hand, verified as a file's. Raises InputError."""
    return redacted(data, analyzer, key, encoding=encoding, layout=layout)[0]


def _findings(
    redactions: Sequence[Redaction],
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return the findings of redactions in a text, and those that a person should look at."""
    rows = [(one.removal.decision, one.place.source) for one in redactions]
    every = [replace(d.finding, start=start, end=end) for d, (start, end) in rows]
    review = [one for one, (decision, _) in zip(every, rows, strict=True) if decision.review]
    return tuple(every), tuple(review)


def load_key(key: Key | Path | None) -> Key:
    """Return a key as it is, from its file, or a fresh one. Raises KeyFileError."""
    if key is None:
        return Key.new()
    return key if isinstance(key, Key) else Key.load(key)


@_former_names
def redact_folder(  # noqa: PLR0913  # keyword-only, one for each thing a user may choose
    source: Path | str | Iterable[Path | str],
    out: Path | str,
    *,
    policy: Policy | str | Path = "default",
    key: Path | None = None,
    allow: AllowList = (),
    deny: DenyList = (),
    as_of: date | None = None,
    rules: Iterable[Path] = (),
    encoding: str | None = None,
    workers: int | None = None,
    decisions: Iterable[Path] = (),
    seal_to: Iterable[str] = (),
    resume: bool = False,
    update: bool = False,
    propose: bool = False,
    link: Link | None = None,
    keep_people: Iterable[str] = (),
) -> BatchResult:
    """Redact one or several folders or files into the folder `out`, as `redactor redact` does.

    `key` is the path of a key file; without it a key is made beside the audit log. `decisions` are
    files of reviewers' decisions, from every review there was; `out` may then be the folder that
    they are about. `seal_to` are public keys of age or SSH, or files of them, that a sealed vault
    is encrypted to; if none are named, a log that is continued keeps its own. To `resume` goes on
    with a run that was broken off, to `update` does what is new or changed; to `propose` writes
    marked copies for reviewers beside the log. With `link` "collection" a person is known in all
    documents; `keep_people` are names of those whose own data is kept in all of them. Raises
    UsageError,
    ConfigError or OutputError if the run cannot start. The result of a document is its `Outcome` in
    the report, and the worst of them is `report.exit_code`.
    """
    sources = (source,) if isinstance(source, (str, Path)) else tuple(source)
    return redact_batch(
        BatchRequest(
            sources=tuple(Path(one) for one in sources),
            out=Path(out),
            policy=prepare_policy(
                policy, allow, deny=deny, as_of=as_of, link=link, subjects=keep_people
            ),
            rules=tuple(rules),
            key_file=key,
            encoding=encoding,
            workers=workers,
            decisions=tuple(decisions),
            seal_to=tuple(seal_to),
            resume=resume,
            update=update,
            as_of=as_of,
            propose=propose,
        )
    )


@_former_names
def redact_file(  # noqa: PLR0913  # as above
    source: Path | str,
    out: Path | str,
    *,
    policy: Policy | str | Path = "default",
    key: Path | None = None,
    allow: AllowList = (),
    deny: DenyList = (),
    as_of: date | None = None,
    rules: Iterable[Path] = (),
) -> Outcome:
    """Redact one file into the folder `out`, under its own name, and return its outcome.

    The audit goes to `OUT.audit/`, as for a folder. Raises as `redact_folder` does.
    """
    if Path(source).is_dir():
        raise UsageError(f"{source} is a folder: redact_folder takes it")
    report = redact_folder(
        source,
        out,
        policy=policy,
        key=key,
        allow=allow,
        deny=deny,
        as_of=as_of,
        rules=rules,
        workers=1,
    )
    return report.outcomes[0]
