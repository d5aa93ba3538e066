"""Presidio's recognisers over name models of others, read from a folder and nowhere else."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from presidio_analyzer.chunkers.base_chunker import BaseTextChunker, TextChunk
from presidio_analyzer.predefined_recognizers.ner import (
    GLiNERRecognizer,
    HuggingFaceNerRecognizer,
)

from redactor.detect.presidio.patches import Silence
from redactor.errors import ModelError


def token_classifier(folder: Path) -> Any:
    """Return Presidio's recogniser over a Hugging Face token classifier. Raises ModelError.

    It gives the model's own labels, whatever their score. What makes it fail it logs, and goes on
    as if there were nothing to find; who calls it must watch its `ner_pipeline`.
    """
    _need("huggingface", "transformers", "torch")
    return _offline(
        lambda: HuggingFaceNerRecognizer(
            model_name=str(folder),
            label_mapping={},
            label_prefixes=["B-", "I-", "E-", "S-", "U-", "L-"],
            threshold=0.0,
            text_chunker=_Whole(),
            device="cpu",
        ),
        folder,
    )


def gliner(folder: Path, labels: Iterable[str], threshold: float) -> Any:
    """Return Presidio's recogniser over a GLiNER model that looks for labels. Raises ModelError."""
    _need("gliner", "gliner")
    return _offline(
        lambda: GLiNERRecognizer(
            model_name=str(folder),
            entity_mapping={label: label for label in labels},
            threshold=threshold,
            text_chunker=_Whole(),
            map_location="cpu",
            local_files_only=True,
        ),
        folder,
    )


def _need(extra: str, *packages: str) -> None:
    """Raise ModelError, with what installs them, unless all packages are there."""
    if missing := [name for name in packages if find_spec(name) is None]:
        raise ModelError(
            f"this kind of model needs {' and '.join(missing)}: pip install 'redactor[{extra}]'"
        )


def _offline(make: Callable[[], Any], folder: Path) -> Any:
    """Make a recogniser from what is in a folder alone; the network is out of bounds."""
    Silence.install()
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    if (hub := sys.modules.get("huggingface_hub.constants")) is not None:  # read it on import
        vars(hub)["HF_HUB_OFFLINE"] = True
    if (talk := sys.modules.get("transformers.utils.logging")) is not None:
        talk.set_verbosity(logging.CRITICAL)
        talk.disable_progress_bar()
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # whatever a damaged file makes its reader raise
        raise ModelError(
            f"the model {folder.name} is damaged, incomplete, or asks for files that are not in "
            f"its folder ({type(error).__name__})"
        ) from None


class _Whole(BaseTextChunker):
    """A text splitter that splits nothing: `ner.transformers` reads windows that fit the model."""

    def chunk(self, text: str) -> list[TextChunk]:
        """Return the text as one chunk."""
        return [TextChunk(text, 0, len(text))]
