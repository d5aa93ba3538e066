"""Our rules and our name model as recognisers of Microsoft Presidio.

They are added to the registry of an `AnalyzerEngine`:

    >>> from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    >>> from redactor.presidio import NameRecognizer, RulesRecognizer
    >>> registry = RecognizerRegistry()
    >>> registry.load_predefined_recognizers()  # doctest: +SKIP
    >>> registry.add_recognizer(RulesRecognizer())  # doctest: +SKIP
    >>> registry.add_recognizer(NameRecognizer())  # doctest: +SKIP
    >>> engine = AnalyzerEngine(registry=registry)  # doctest: +SKIP

or loads them from YAML; importing this package registers the classes by name:

    >>> from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider
    >>> from redactor.presidio import registry_conf_path
    >>> provider = RecognizerRegistryProvider(conf_file=registry_conf_path())  # doctest: +SKIP
    >>> registry = provider.create_recognizer_registry()  # doctest: +SKIP

This package is a public interface beside the library and the command line, so it stands above the
detectors in the layers, and no other module imports it. It is the one place outside of
`redactor.detect.presidio` that imports Presidio, whose classes it extends. The other direction,
recognisers written for Presidio that `redactor` runs, is `--rules FILE`.

Presidio's logger and global settings are not changed.
"""

from redactor.presidio.recognizers import NameRecognizer, RulesRecognizer, registry_conf_path

__all__ = ["NameRecognizer", "RulesRecognizer", "registry_conf_path"]
