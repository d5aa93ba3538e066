"""Name models: found, whole, of the right version; what they say, and what they may not be."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
import spacy

from redactor.detect.ner import models
from redactor.detect.ner.models import (
    SHIPPED,
    SUMS,
    SpacyReader,
    about,
    check_sums,
    describe_model,
    folder_of,
    load_pipeline,
    shipped,
    write_sums,
)
from redactor.errors import ExitCode, ModelError
from redactor.model import NameModel


@pytest.fixture
def folder(tmp_path):
    """Return a small pipeline that finds two people, with its digests."""
    nlp = spacy.blank("en", meta={"name": "small", "version": "1.2.3", "license": "CC0-1.0"})
    applier = nlp.add_pipe("entity_ruler")
    applier.add_patterns([{"label": "PERSON", "pattern": name} for name in ("Ada", "Korrin")])
    nlp.to_disk(tmp_path / "small")
    (tmp_path / "small" / "MODEL_CARD.md").write_text("A card.\n")
    write_sums(tmp_path / "small")
    return tmp_path / "small"


def _edit(path, **changes):
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | changes))


def _load(folder):
    return load_pipeline(NameModel(str(folder)))


# -- which there are -------------------------------------------------------------------------


def test_the_default_is_shipped_and_so_is_a_fast_one():
    assert NameModel().name == "accurate"
    assert {"accurate", "fast"} == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_is_whole_and_finds_people(name):
    reader = SpacyReader(NameModel(name))
    [names] = reader.read(["Mr Teodor Vance met us."])
    assert "PERSON" in reader.labels
    assert [(one.start, one.end) for one in names if one.label == "PERSON"] == [(3, 15)]


def test_what_a_folder_says_of_itself(folder):
    found = about(NameModel(str(folder)))
    assert (found.name, found.version, found.licence) == ("small", "1.2.3", "CC0-1.0")
    assert found.labels == ("PERSON",)
    assert found.size == sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    assert describe_model(NameModel(str(folder))) == ("small", "1.2.3", found.digest)


def test_a_package_is_found_by_its_name_and_read_from_its_data(folder, tmp_path, monkeypatch):
    package = tmp_path / "site" / "de_tiny"
    shutil.copytree(folder, package / "en_small-1.2.3")
    shutil.copy(folder / "meta.json", package)
    (package / "__init__.py").write_text("")
    info = tmp_path / "site" / "de_tiny-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: de_tiny\nVersion: 1.2.3\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert folder_of(NameModel("de_tiny")) == package / "en_small-1.2.3"
    [names] = SpacyReader(NameModel("de_tiny")).read(["Frau Korrin kam."])
    assert [(one.start, one.end, one.label, one.score) for one in names] == [
        (5, 11, "PERSON", None)
    ]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (NameModel("en_core_nowhere"), "python -m spacy download en_core_nowhere"),
        (NameModel(""), "installed"),
        (NameModel("numpy"), "no spaCy pipeline"),
        (NameModel("some/tagger", "huggingface"), "hf download some/tagger"),
        (NameModel("some/gliner", "gliner"), "nothing is downloaded"),
    ],
)
def test_a_model_that_is_not_there(model, words):
    with pytest.raises(ModelError, match=words) as caught:
        about(model)
    assert caught.value.exit_code is ExitCode.CONFIG


# -- whether they are whole ------------------------------------------------------------------


def test_the_list_of_digests_is_what_sha256sum_writes(folder):
    rows = (folder / SUMS).read_text().splitlines()
    names = [row[66:] for row in rows]
    assert names == sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {SUMS, "MODEL_CARD.md"}
    )
    for row in rows:
        digest = hashlib.sha256((folder / row[66:]).read_bytes()).hexdigest()
        assert row == f"{digest}  {row[66:]}"


def test_a_whole_folder_loads_whatever_its_card_says(folder):
    (folder / "MODEL_CARD.md").write_text("Another card.\n")
    assert [span.text for span in _load(folder)("Ada came.").ents] == ["Ada"]


def test_a_list_that_marks_binary_files_is_read(folder):
    rows = (folder / SUMS).read_text().replace("  ", " *")
    (folder / SUMS).write_text(rows)
    check_sums(folder)


def _damage_config(folder):
    path = folder / "config.cfg"
    path.write_bytes(path.read_bytes() + b"\n")


def _cut_list(folder):
    rows = (folder / SUMS).read_text().splitlines()
    (folder / SUMS).write_text("\n".join(rows[1:]))


DAMAGES = {
    "another byte": (_damage_config, "not as it was made: config.cfg"),
    "a file gone": (lambda f: (f / "tokenizer").unlink(), "incomplete: no tokenizer"),
    "a file too many": (lambda f: (f / "more.bin").write_bytes(b"?"), "more.bin"),
    "a list cut short": (_cut_list, "not as it was made"),
    "no list at all": (lambda f: (f / SUMS).write_bytes(b"\xff\xfe"), "damaged"),
    "no meta data": (lambda f: (f / "meta.json").unlink(), "meta.json is missing or damaged"),
    "odd meta data": (lambda f: (f / "meta.json").write_text("[]"), "meta.json"),
    "half of them": (lambda f: (f / "meta.json").write_text('{"name": "sm'), "meta.json"),
    "another spaCy's": (lambda f: _edit(f / "meta.json", spacy_version=">=2,<3"), "spaCy >=2,<3"),
    "no version": (lambda f: _edit(f / "meta.json", spacy_version="new"), "another version"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_folder_is_refused(folder, name):
    damage, words = DAMAGES[name]
    damage(folder)
    with pytest.raises(ModelError, match=words) as caught:
        _load(folder)
    assert caught.value.exit_code is ExitCode.CONFIG
    assert "reinstall" in caught.value.hint


@pytest.mark.parametrize("file", ["config.cfg", "tokenizer", "vocab/strings.json"])
def test_a_folder_without_digests_that_does_not_load_is_refused(folder, file):
    (folder / SUMS).unlink()
    (folder / file).write_bytes(b"\x00\xff")
    with pytest.raises(ModelError, match="damaged"):
        _load(folder)


def test_a_pipeline_that_finds_no_names_is_refused(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "plain")
    with pytest.raises(ModelError, match="finds names"):
        SpacyReader(NameModel(str(tmp_path / "plain")))


def test_the_shipped_folders_lie_in_the_package():
    assert shipped().parent.parent.parent == folder_of(NameModel("fast")).parents[2]
    assert shipped().parent.parent.name == models.__package__.split(".")[0]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_holds_no_word_of_the_texts_it_was_made_from(name):
    folder = shipped(name)
    held = set(json.loads((folder / "vocab" / "strings.json").read_text("utf-8")))
    labels = about(NameModel(name)).labels
    assert held <= set(spacy.blank("en").vocab.strings) | set(labels) | {"ROOT"}  # a label of spaCy
