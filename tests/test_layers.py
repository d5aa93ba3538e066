"""The layers of the architecture: nothing is imported from a higher one, and in no cycle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import redactor

ROOT = Path(redactor.__file__).parent
LAYERS = (
    {"", "model", "errors", "possessive"},
    {"keys", "files", "folders", "process", "text"},
    {"formats", "detect", "config", "decide", "operators", "audit", "notices"},
    {"analysis", "decisions", "verify", "pipeline", "proposals"},
    {"runners", "batch", "scanning", "api", "evaluation", "explain", "report", "review", "unseal"}
    | {
        "presidio",
        "sources",
        "source_files",
        "badredactions",
        "beginning",
        "collection",
        "differences",
        "earlier",
        "indexes",
        "ending",
        "intended",
        "naming",
        "opening",
        "planning",
        "requests",
        "run_records",
    }
    | {"run_settings", "subjects", "uncopied", "progress", "dry_run", "status", "used_output"}
    | {"working"},
    {"cli", "__main__", "training", "build_hook"},
)
LAYER = {part: number for number, parts in enumerate(LAYERS) for part in parts}
ALONE = {  # where a library may be imported: one place, or one and the way in for its users
    "presidio_analyzer": ("detect.presidio", "presidio"),
    "presidio_anonymizer": "operators",
    "faker": "operators.surrogate",
    "pydantic": "config",
    "typer": "cli",
    "rich": "cli",
    "jinja2": "report.render",
    "rfc3161_client": "audit.timestamp",
    "pyrage": "audit.age",
    "selectolax": "formats.html.reader",
    "pikepdf": ("formats.pdf", "badredactions"),
    "pdfminer": "formats.pdf",
    "pypdfium2": ("formats.pdf.reader", "formats.pdf.rendering", "badredactions.rendering"),
    "PIL": ("formats.picture", "formats.pdf"),
    "striprtf": "formats.rtf",
    "warcio": "formats.warc.rereading",
    "pyspark": "runners.spark",
    "py4j": "runners.spark",
    "pyarrow": ("runners.spark", "formats.parquet"),
}
OUTWARD = {"print", "input", "exit", "quit", "SystemExit", "breakpoint"}
OUTWARD_OF_SYSTEM = {"exit", "_exit", "abort", "stdout", "stderr", "stdin"}  # of `sys` and `os`

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    .removesuffix("__init__")
    .rstrip("."): path
    for path in sorted(ROOT.rglob("*.py"))
}


@cache
def _tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"))


@cache
def _imports(name: str) -> frozenset[str]:
    """Return what a module imports, in full, ours as `redactor.x`; a name that is a module too."""
    return frozenset(_imported(name))


def _imported(name: str) -> Iterator[str]:
    for node in _executed(name):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import"
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
            ours = [module for module in modules if module.removeprefix("redactor.") in MODULES]
            yield from ours or [str(node.module)]


def _executed(name: str) -> Iterator[ast.AST]:
    """Yield the nodes of a module; of the package itself, without what type checkers alone see.

    It hands on public names of every layer, loaded on first use.
    """
    for statement in _tree(name).body:
        match statement:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) if not name:
                continue
        yield from ast.walk(statement)


def _ours(name: str) -> set[str]:
    found = {module for module in _imports(name) if module.split(".")[0] == "redactor"}
    return {module.removeprefix("redactor").lstrip(".") for module in found}


def _within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def test_every_part_has_a_layer():
    assert {name.split(".")[0] for name in MODULES} == set(LAYER)


def test_the_prefilter_is_known_by_three_names_alone():
    home = "detect.prefilter"
    users = {
        name: imported
        for name in MODULES
        if not _within(name, home) and name != "build_hook"  # which writes the table
        for imported in [{one for one in _ours(name) if _within(one, home)}]
        if imported
    }
    assert users.keys() >= {"detect.rules.detector", "detect.presidio.searches"}
    assert set().union(*users.values()) == {home}
    import redactor.detect.prefilter as public

    assert public.__all__ == ["Prefilter", "repetitions", "required_factors"]


def test_a_module_imports_nothing_from_higher_layers():
    higher = {
        (name, module)
        for name in MODULES
        for module in _ours(name)
        if LAYER[module.split(".")[0]] > LAYER[name.split(".")[0]]
    }
    assert higher == set()


def test_no_part_imports_itself_by_way_of_others():
    parts: dict[str, set[str]] = {}
    for name in MODULES:
        part = name.split(".")[0]
        parts.setdefault(part, set()).update(m.split(".")[0] for m in _ours(name))
    graph = {part: others - {part} for part, others in parts.items()}
    list(TopologicalSorter(graph).static_order())


def test_no_room_of_the_detectors_imports_itself_by_way_of_others():
    rooms: dict[str, set[str]] = {}
    for name in (name for name in MODULES if name.startswith("detect.")):
        room = name.split(".")[1]
        rooms.setdefault(room, set()).update(
            module.split(".")[1] for module in _ours(name) if module.startswith("detect.")
        )
    list(TopologicalSorter({r: others - {r} for r, others in rooms.items()}).static_order())


def test_no_module_imports_itself_by_way_of_others():
    list(TopologicalSorter({name: _ours(name) for name in MODULES}).static_order())


@pytest.mark.parametrize(("library", "home"), ALONE.items())
def test_a_library_is_used_in_one_place(library, home):
    users = {name for name in MODULES if any(_within(module, library) for module in _imports(name))}
    assert users
    homes = (home,) if isinstance(home, str) else home
    assert not {name for name in users if not any(_within(name, one) for one in homes)}


def test_nothing_of_ours_needs_the_way_in_for_presidio():
    assert not [
        name
        for name in MODULES
        if not _within(name, "presidio") and any(_within(one, "presidio") for one in _ours(name))
    ]


def test_only_its_command_knows_of_spark():
    home = "runners.spark"
    users = {name for name in MODULES if any(_within(one, home) for one in _ours(name))}
    assert {name for name in users if not _within(name, home)} == {"cli.spark"}


def test_nothing_at_run_time_imports_the_training():
    users = {name for name in MODULES if any(_within(module, "training") for module in _ours(name))}
    assert not {name for name in users if not _within(name, "training")}


def test_only_the_command_line_prints_or_exits():
    silent = [n for n in MODULES if not _within(n, "cli") and not _within(n, "training")]
    found = {name: used for name in silent if (used := _outward(_tree(name)))}
    assert found == {"runners.worker_process": {"_exit"}}  # it ends the process that it began


def _outward(module: ast.Module) -> set[str]:
    """Return the names by which a module would print or exit."""
    nodes = list(ast.walk(module))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    attributes = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.value.id in {"sys", "os"}
    }
    return names & OUTWARD | attributes & OUTWARD_OF_SYSTEM


@pytest.mark.parametrize("code", ["print(1)", "raise SystemExit", "sys.stderr.write('')"])
def test_what_prints_or_exits_is_seen(code):
    assert _outward(ast.parse(code))
