"""PREMIS 3.0: each copy an object, each document's redaction an event, the tool an agent.

An event of the type `redaction` of the Library of Congress's vocabulary stands for the redaction
of one document in one run; each place in it is an `eventDetailInformation` of its own. Documents
have no time of their own in the log: an event bears that of its run's end. What was not examined
has no copy; its event says that it failed, and why. The first event of a run that did not end says
that. Nothing here depends on a removed value: no score, no rule, no length that the copy hides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from redactor import __version__
from redactor.audit.endings import Unfinished
from redactor.report.evidence import Evidence
from redactor.report.meaning import reason
from redactor.report.summary import Document, Redaction, Run

# Namespace and schema of PREMIS 3.0, and the event type "redaction" of the Library of Congress.
SPACE = "http://www.loc.gov/premis/v3"
SCHEMA = "https://www.loc.gov/standards/premis/premis.xsd"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
VOCABULARY = "http://id.loc.gov/vocabulary/preservation"
REDACTION = f"{VOCABULARY}/eventType/red"

ET.register_namespace("premis", SPACE)
ET.register_namespace("xsi", INSTANCE)


def premis(evidence: Evidence) -> bytes:
    """Return the PREMIS document of a log: objects, then events, then agents."""
    evidence = evidence.public
    summary = evidence.summary
    root = Element(f"{{{SPACE}}}premis", {"version": "3.0"})
    root.set(f"{{{INSTANCE}}}schemaLocation", f"{SPACE} {SCHEMA}")
    places: dict[tuple[int, str], list[Redaction]] = defaultdict(list)
    for one in summary.redactions:  # of all runs: each is an event
        if one.removed:
            places[one.run, one.document].append(one)
    _objects(root, evidence)
    if summary.unfinished and summary.runs:
        _unfinished(root, summary.runs[-1], summary.unfinished)
    for document in summary.documents:
        if document.status not in _NO_EVENT:
            run = summary.runs[document.run]
            _event(root, document, run, places[document.run, document.id])
    for version in sorted({run.start.tool for run in summary.runs} or {__version__}):
        _agent(root, version)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _objects(root: Element, evidence: Evidence) -> None:
    """Add the copies that there are, and what has none."""
    summary = evidence.summary
    standing = {one.id for one in summary.latest if one.status != "withdrawn"}
    copied = [one for one in summary.documents if one.has_copy and one.id in standing]
    latest = {one.id: one for one in copied}  # a later run's copy is the one
    for document in latest.values():
        _object(root, document, evidence)
    without = {one.id: one for one in summary.documents if one.status not in _NO_EVENT}
    for document in without.values():
        if document.id not in latest:
            _original(root, document, summary.runs[document.run])


_NO_EVENT = frozenset({"excluded", "withdrawn"})  # nothing was redacted


def event_id(document: Document, run: Run) -> str:
    """Return the identifier of the event that redacted a document in a run."""
    return f"{run.id}/{document.id}"


def _object(root: Element, document: Document, evidence: Evidence) -> None:
    made = _add(root, "object")
    made.set(f"{{{INSTANCE}}}type", "premis:file")
    _identifier(made, "object", document.id)
    traits = _add(made, "objectCharacteristics")
    _add(traits, "compositionLevel", "0")
    fixity = _add(traits, "fixity")
    _add(fixity, "messageDigestAlgorithm", "SHA-256")
    _add(fixity, "messageDigest", document.sha256)
    if document.size is not None:
        _add(traits, "size", str(document.size))
    designation = _add(_add(traits, "format"), "formatDesignation")
    _add(designation, "formatName", document.format)
    if document.id in evidence.names:
        _add(made, "originalName", _xml_text(evidence.names[document.id]))
    run = evidence.summary.runs[document.run]
    _identifier(made, "linkingEvent", event_id(document, run))


def _original(root: Element, document: Document, run: Run) -> None:
    """Add what has no copy: nothing of it is known that a file must have."""
    made = _add(root, "object")
    made.set(f"{{{INSTANCE}}}type", "premis:intellectualEntity")
    _identifier(made, "object", document.id)
    _identifier(made, "linkingEvent", event_id(document, run))


def _event(root: Element, document: Document, run: Run, places: Sequence[Redaction]) -> None:
    event = _add(root, "event")
    _identifier(event, "event", event_id(document, run))
    _redaction_type(event)
    _add(event, "eventDateTime", run.when or "unknown")
    for one in places:
        _add(_add(event, "eventDetailInformation"), "eventDetail", _xml_text(_detail(one)))
    outcome = _add(event, "eventOutcomeInformation")
    _add(outcome, "eventOutcome", "success" if document.has_copy else "fail")
    for note in _notes(document, len(places)):
        _add(_add(outcome, "eventOutcomeDetail"), "eventOutcomeDetailNote", _xml_text(note))
    agent = _identifier(event, "linkingAgent", f"redactor {run.start.tool}")
    _add(agent, "linkingAgentRole", "executing program")
    linked = _identifier(event, "linkingObject", document.id)
    _add(linked, "linkingObjectRole", "outcome" if document.has_copy else "source")


def _unfinished(root: Element, run: Run, missing: Unfinished) -> None:
    """Add the event of a run that did not end: it failed, whatever became of single documents."""
    event = _add(root, "event")
    _identifier(event, "event", f"{run.id}/end")
    _redaction_type(event)
    _add(event, "eventDateTime", run.when or "unknown")
    outcome = _add(event, "eventOutcomeInformation")
    _add(outcome, "eventOutcome", "fail")
    _add(_add(outcome, "eventOutcomeDetail"), "eventOutcomeDetailNote", missing.sentence)
    agent = _identifier(event, "linkingAgent", f"redactor {run.start.tool}")
    _add(agent, "linkingAgentRole", "executing program")


def _redaction_type(event: Element) -> None:
    kind = _add(event, "eventType", "redaction")
    kind.set("authority", "eventType")
    kind.set("authorityURI", f"{VOCABULARY}/eventType")
    kind.set("valueURI", REDACTION)


def _detail(one: Redaction) -> str:
    """Return a place in words: every field by name, those without a value left out."""
    line = "" if one.line is None else str(one.line)
    said = {
        "redaction": one.id,
        "part": one.part,
        "line": line,
        "characters": f"{one.start}-{one.end}",
        "type": one.entity,
        "amount": one.amount,
        "code": one.code,
        "basis": one.basis,
        "reason": one.reason,
        "restrict until": one.restrict_until,
        "decision": one.decision,
        "reviewer": one.reviewer,
        "note": one.note,
        "supersedes": one.supersedes,
        "earlier": ", ".join(f"{name} {value}" for name, value in one.earlier),
    }
    return "; ".join(f"{name}: {value}" for name, value in said.items() if value)


def _notes(document: Document, places: int) -> list[str]:
    missing = [f"not examined: {part}: {reason(code)}" for part, code in document.not_examined]
    media = [f"not examined: {document.media_in_words}"] if document.media else []
    dropped = [document.dropped_in_words] if document.dropped else []
    read = [*filter(None, (document.read_in_words, document.converted_in_words))]
    return [f"{places} places redacted", *missing, *media, *read, *dropped]


def _agent(root: Element, version: str) -> None:
    agent = _add(root, "agent")
    _identifier(agent, "agent", f"redactor {version}")
    _add(agent, "agentName", "redactor")
    _add(agent, "agentType", "software")
    _add(agent, "agentVersion", version)


def _identifier(parent: Element, kind: str, value: str) -> Element:
    identifier = _add(parent, f"{kind}Identifier")
    _add(identifier, f"{kind}IdentifierType", "local")
    _add(identifier, f"{kind}IdentifierValue", value)
    return identifier


def _add(parent: Element, name: str, value: str = "") -> Element:
    element = SubElement(parent, f"{{{SPACE}}}{name}")
    element.text = value or None
    return element


def _xml_text(value: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return "".join(char if _allowed(char) else "\N{REPLACEMENT CHARACTER}" for char in value)


def _allowed(char: str) -> bool:
    surrogate = "\ud800" <= char <= "\udfff"
    return char in "\t\n\r" or (char >= " " and not surrogate and char not in "\ufffe\uffff")
