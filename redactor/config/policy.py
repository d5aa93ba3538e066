"""Policy files: which entities are redacted, how, and which are kept.

Entities under `remove` are redacted, those under `keep` are kept. An entity that a policy does not
name is redacted: a user writes a rule in order to redact what it finds. Unknown keys are errors,
and so are settings without effect.

`allow_list` and `deny_list` hold values, or the path of a file of them, relative to the policy's
folder. Codes, legal bases, reasons and restrictions are given for an entity or in general; `codes`
names a set of them (`redactor.config.codes`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from redactor.config.actions import PLACEHOLDERS, action_of, check_action
from redactor.config.allow_list import load_allow_list, parse_people, with_allow_list
from redactor.config.codes import (
    NEVER,
    CodeSet,
    ExemptionFields,
    code_set,
    code_set_path,
    exemption_of,
    shipped_code_sets,
)
from redactor.config.deny_list import DENY_LIST, load_deny_list, parse_terms, with_deny_list
from redactor.config.document import (
    NotReadableError,
    YamlContent,
    problems,
    read_yaml,
)
from redactor.config.policy_columns import columns_of
from redactor.config.policy_fields import EntityFields, ModelFields, PolicyFields
from redactor.config.recognizers import policy_recognizers, settings_of
from redactor.config.seeing import check_seeing
from redactor.errors import PolicyError
from redactor.model import (
    MODEL_KINDS,
    Action,
    AllowedPerson,
    EntityPolicy,
    Exemption,
    Limits,
    NameModel,
    Parameters,
    Policy,
    Recognizer,
    Seeing,
)

_FORMER_NAMES = {"people_kept": "allow_list", "terms_removed": "deny_list"}
"""Former names of settings, which are still read, with their present names."""


def shipped_policies() -> list[str]:
    """Return the names of the policies that come with the package."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def policy_path(name_or_path: str) -> Path:
    """Return the file of a shipped policy, by name, or the path itself."""
    shipped = _folder() / f"{name_or_path}.yaml"
    return shipped if name_or_path in shipped_policies() else Path(name_or_path)


def load_policy(name_or_path: str) -> Policy:
    """Return a shipped policy by name, or that of a policy file. Raises PolicyError."""
    path = policy_path(name_or_path)
    return _shipped(path) if path.parent == _folder() else _parsed(path)


@lru_cache(maxsize=16)
def _shipped(path: Path) -> Policy:
    """Return a shipped policy, read once: a call for a short text costs half as much again."""
    return _parsed(path)


def _parsed(path: Path) -> Policy:
    try:
        written = _current_names(read_yaml(path), path)
    except NotReadableError as error:
        shipped = ", ".join(shipped_policies())
        raise PolicyError(f"the policy {path} {error} (shipped are {shipped})") from None
    try:
        return _policy(PolicyFields.model_validate(written.content), written, path)
    except ValidationError as error:
        raise PolicyError(f"the policy {path}, {problems(error, written)}") from None


def _current_names(written: YamlContent, path: Path) -> YamlContent:
    """Return a policy's content with the present names of its settings. Raises PolicyError."""
    given = written.content if isinstance(written.content, dict) else {}
    for former, name in _FORMER_NAMES.items():
        if former in given and name in given:
            line = written.line((former,))
            raise PolicyError(
                f"the policy {path}, line {line}: {former}: is the former name of {name}: "
                "name one of them"
            )
    return written.renamed(_FORMER_NAMES)


def _policy(parsed: PolicyFields, written: YamlContent, path: Path) -> Policy:
    _check_effects(parsed, path)
    known = _code_set(parsed, written, path)
    keep = EntityPolicy(Action.KEEP, 0.0)
    default = _entity_policy(parsed, "", known)
    recognizers = policy_recognizers(parsed.recognizers, path, written)
    entity_policies = {
        one: _entity_policy(parsed, one, known) for one in _redacted_types(parsed, known)
    }
    _check_codes(parsed, [*entity_policies.values(), default], known, written, path)
    _check_actions(parsed, default, written, path)
    policy = Policy(
        name=parsed.name,
        about=parsed.about,
        entity_policies=dict.fromkeys((*parsed.keep, *known.types), keep) | entity_policies,
        unlisted=default if parsed.unlisted == "remove" else keep,
        model=_model(parsed.model, path),
        limits=Limits(**parsed.limits.model_dump()),
        titles=parsed.titles,
        parts=parsed.parts,
        media=parsed.media,
        seeing=Seeing(parsed.ocr or "", parsed.raster),
        convert=parsed.convert,
        names=parsed.names,
        link=parsed.link,
        countries=None if parsed.countries is None else frozenset(parsed.countries),
        recognizers=recognizers,
        columns=columns_of(parsed.columns, default, _lines_of_columns(parsed, written, path)),
        digest=_digest(parsed, known, recognizers),
        exemptions={
            exemption.code: exemption for exemption in _exemptions(entity_policies, default, known)
        },
        places={**known.places, **_places(parsed, written, path)},
    )
    return with_deny_list(with_allow_list(policy, _people(parsed, path)), _terms(parsed, path))


def _exemptions(
    entity_policies: Mapping[str, EntityPolicy], default: EntityPolicy, known: CodeSet
) -> Iterator[Exemption]:
    """Yield all exemptions, those of the code set last, since they override others."""
    every = [default, *(entity_policies[entity] for entity in sorted(entity_policies))]
    yield from (one.exemption for one in every if one.exemption.code)
    yield from known.codes.values()


def _redacted_types(parsed: PolicyFields, known: CodeSet) -> set[str]:
    """Return the redacted entities: those listed, and those of the code set unless kept."""
    unlisted = set(known.types) if parsed.unlisted == "remove" else set()
    return {*parsed.remove, *unlisted} - set(parsed.keep)


def _digest(parsed: PolicyFields, known: CodeSet, recognizers: Sequence[Recognizer]) -> str:
    unset = {name for name in ("columns", "ocr", "convert") if not getattr(parsed, name)}
    unset |= {"raster"} if parsed.raster == "none" else set()
    unset |= {"link"} if parsed.link == "document" else set()
    apart = {"allow_list", "deny_list", "recognizers", *unset}
    content = parsed.model_dump(mode="json", exclude=apart)
    content |= {"codes": repr((known.codes, known.types, known.default)) if parsed.codes else None}
    if recognizers:  # no key where there are none, so that other policies keep their digest
        content["recognizers"] = settings_of(recognizers)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _places(parsed: PolicyFields, written: YamlContent, path: Path) -> dict[str, str]:
    """Return the file and line at which the policy names each of its entities."""
    removed = {entity: written.line(("remove", entity)) for entity in parsed.remove}
    kept = {entity: written.line(("keep", at)) for at, entity in enumerate(parsed.keep)}
    return {entity: f"{path}, line {line}" for entity, line in (removed | kept).items()}


def _lines_of_columns(parsed: PolicyFields, written: YamlContent, path: Path) -> dict[str, str]:
    """Return the file and line of each column."""
    lines = {name: written.line(("columns", name)) for name in parsed.columns}
    return {name: f"{path}, line {line}" for name, line in lines.items()}


def _code_set(parsed: PolicyFields, written: YamlContent, path: Path) -> CodeSet:
    """Return the code set that a policy names: a shipped one, or a file relative to its folder."""
    if parsed.codes is None:
        return CodeSet()
    file = code_set_path(parsed.codes, path.parent)
    if not file.is_file():
        raise PolicyError(
            f"{path}, line {written.line(('codes',))}: codes: neither a shipped set nor a file "
            f"(shipped are {', '.join(shipped_code_sets())})"
        )
    return code_set(file)


def _check_codes(
    parsed: PolicyFields,
    entity_policies: Sequence[EntityPolicy],
    known: CodeSet,
    written: YamlContent,
    path: Path,
) -> None:
    """Raise PolicyError for codes that are undefined or cannot be shown in a copy."""
    rows: list[tuple[tuple[str, ...], ExemptionFields]] = [((), parsed)]
    rows += [(("remove", entity), given) for entity, given in parsed.remove.items() if given]
    for place, given in rows:
        line = f"{path}, line {written.line((*place, 'code'))}"
        if given.code and parsed.codes and given.code not in known.codes and not given.basis:
            raise PolicyError(f"{line}: code: the set has no such code, and it has no `basis` here")
        if given.restrict_until == NEVER and not isinstance(parsed.restrict_until, date):
            line = f"{path}, line {written.line((*place, 'restrict_until'))}"
            raise PolicyError(f"{line}: restrict_until: nothing ends, so `never` has no effect")
    if parsed.placeholder and not any(one.shows for one in entity_policies):
        line = f"{path}, line {written.line(('placeholder',))}"
        raise PolicyError(f"{line}: placeholder: no action shows it, so it has no effect")
    shown = [one.exemption.code for one in entity_policies if "code" in one.shows]
    line = f"{path}, line {written.line(('placeholder',))}"
    if shown and not any(shown):
        raise PolicyError(f"{line}: placeholder: there is no code to show")
    if not all(map(str.isascii, shown)):
        raise PolicyError(f"{line}: placeholder: a code that copies show is of plain ASCII signs")


def _check_actions(
    parsed: PolicyFields, default: EntityPolicy, written: YamlContent, path: Path
) -> None:
    """Raise PolicyError for an impossible action, or a `placeholder` without effect on it."""
    rows: list[tuple[str, tuple[str, ...], Action, Parameters]]
    rows = [("", ("action",), default.action, default.parameters)]
    for entity, given in parsed.remove.items():
        if given and given.action is not None:
            rows.append((entity, ("remove", entity, "action"), *action_of(given.action)))
    for entity, place, action, parameters in rows:
        if problem := check_action(action, parameters, entity):
            raise PolicyError(f"{path}, line {written.line(place)}: action: {problem}")
    for entity, given in parsed.remove.items():
        if given and given.placeholder:
            shown = action_of(given.action or parsed.action)
            if not _shows(*shown):
                line = written.line(("remove", entity, "placeholder"))
                raise PolicyError(
                    f"{path}, line {line}: placeholder: has no effect on `{shown[0].value}`"
                )


def _people(parsed: PolicyFields, path: Path) -> tuple[AllowedPerson, ...]:
    """Return the allow list: from the policy, or from a file relative to its folder."""
    match parsed.allow_list:
        case None:
            return ()
        case str(name):
            return load_allow_list(path.parent / name)
        case items:
            return parse_people(list(enumerate(items, 1)), f"{path}: allow_list", "entry")


def _terms(parsed: PolicyFields, path: Path) -> tuple[tuple[str, str], ...]:
    """Return terms and entities of the deny list: from the policy, or a file beside it."""
    match parsed.deny_list:
        case None:
            return ()
        case str(name):
            return load_deny_list(path.parent / name)
        case items:
            rows = [(number, item, DENY_LIST) for number, item in enumerate(items, 1)]
            return parse_terms(rows, f"{path}: deny_list", "entry")


def _entity_policy(parsed: PolicyFields, entity: str, known: CodeSet) -> EntityPolicy:
    """Return the settings for an entity; the general ones for an empty name."""
    given = parsed.remove.get(entity) or EntityFields()
    threshold = parsed.threshold if given.threshold is None else given.threshold
    review = parsed.review if given.review is None else given.review
    shows = parsed.placeholder if given.placeholder is None else given.placeholder
    action, parameters = action_of(given.action or parsed.action)
    return EntityPolicy(
        action,
        threshold,
        review or 0.0,
        exemption_of(entity, given, parsed, known),
        # the code, then the amount
        tuple(sorted(set(shows or ()), reverse=True)) if _shows(action, parameters) else (),
        parameters=parameters,
    )


def _shows(action: Action, parameters: Parameters) -> bool:
    """Tell whether the replacement of an action can show code and amount."""
    return action in PLACEHOLDERS or (action is Action.MASK and not parameters)


def _model(given: str | ModelFields | None, path: Path) -> NameModel:
    """Return the name model of a policy. The path of a folder is relative to the policy's."""
    if not isinstance(given, ModelFields):
        return NameModel() if given is None else NameModel(_beside(given, path))
    chosen = [(kind, name) for kind in MODEL_KINDS if (name := getattr(given, kind)) is not None]
    if len(chosen) != 1:
        raise PolicyError(f"{path}: model: name one of {', '.join(MODEL_KINDS)}")
    kind, name = chosen[0]
    name = _beside(name, path) if kind == "spacy" else str(path.parent / name)
    return NameModel(name, kind, tuple(sorted(given.labels.items())), given.score)


def _beside(name: str, path: Path) -> str:
    """Return the folder of a pipeline beside the policy, if there is one, or the name itself."""
    folder = path.parent / name
    return str(folder) if (folder / "meta.json").is_file() else name


def _check_effects(parsed: PolicyFields, path: Path) -> None:
    """Raise PolicyError for settings that contradict each other or have no effect."""
    both = sorted(set(parsed.remove) & set(parsed.keep))
    if both:
        raise PolicyError(f"{path}: both removed and kept: {', '.join(both)}")
    if not parsed.remove and parsed.unlisted == "keep":
        raise PolicyError(f"{path}: the policy removes nothing")
    if parsed.titles == "remove" and "PERSON" in parsed.keep:
        raise PolicyError(f"{path}: removes the titles of people who stay")
    same = [entity for entity, given in parsed.remove.items() if given and _repeats(given, parsed)]
    if same:
        raise PolicyError(f"{path}: repeats the general setting: {', '.join(sorted(same))}")
    _check_review(parsed, path)
    check_seeing(Seeing(parsed.ocr or "", parsed.raster), f"{path}: raster")


def _repeats(given: EntityFields, parsed: PolicyFields) -> bool:
    own = given.model_dump(exclude_none=True)
    return any(value == getattr(parsed, setting) for setting, value in own.items())


def _check_review(parsed: PolicyFields, path: Path) -> None:
    """Raise PolicyError for a `review` below its threshold: no finding would be marked."""
    own = [entity for entity, given in parsed.remove.items() if given and given.review is not None]
    low = [e for e in own if (t := _entity_policy(parsed, e, CodeSet())).review < t.threshold]
    if low or (parsed.review is not None and parsed.review < parsed.threshold):
        where = f" of {', '.join(sorted(low))}" if low else ""
        raise PolicyError(f"{path}: `review`{where} is below the threshold: it has no effect")


def check_countries(policy: Policy, known: frozenset[str]) -> None:
    """Raise PolicyError for countries without any recogniser or rule."""
    unknown = sorted((policy.countries or frozenset()) - known)
    if unknown:
        raise PolicyError(
            f"policy {policy.name}: nothing is known of {', '.join(unknown)} "
            f"(known countries are {', '.join(sorted(known))})"
        )


def check_entities(policy: Policy, known: frozenset[str]) -> None:
    """Raise PolicyError for entities that no detector finds: a misspelt one has no effect.

    `known` are those of every country. A policy may name entities of countries that it leaves out,
    so that a copy of a shipped policy can be restricted by the line `countries` alone.
    """
    kept = {
        entity for person in (*policy.allow_list, *policy.restricted) for entity in person.scope
    }
    kept |= {entity for _, entity in policy.allowed_terms.terms}
    from_labels = {entity for _, entity in policy.model.labels}
    unknown = sorted({*policy.entity_policies, *kept, *from_labels} - known)
    if unknown:
        where = policy.places.get(unknown[0], f"policy {policy.name}")
        raise PolicyError(f"{where}: nothing finds {', '.join(unknown)}")


def _folder() -> Path:
    return Path(__file__).parent / "policies"
