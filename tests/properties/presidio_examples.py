"""Presidio's published examples of recognisers: its documentation's, its tutorial's, its file's.

The values are theirs, the texts around them ours.
"""

from __future__ import annotations

from pathlib import Path

import presidio_analyzer

__all__ = ["CONF", "EXAMPLES", "TEXT"]

CONF = Path(presidio_analyzer.__file__).parent / "conf"

_ZIP = r"(\\b\\d{5}(?:\\-\\d{4})?\\b)"

# of each: the suffix of its file, what it says, and what is to be found in TEXT
EXAMPLES: dict[str, tuple[str, str, dict[str, list[str]]]] = {
    "the file that Presidio ships": (
        ".yaml",
        (CONF / "example_recognizers.yaml").read_text("utf-8"),
        {"TITLE": ["Mr.", "Mrs.", "Dr.", "Miss"]},
    ),
    "ad-hoc, a pattern with context": (
        ".json",
        f"""{{"name": "Zip code Recognizer", "supported_language": "en",
        "patterns": [{{"name": "zip code (weak)", "regex": "{_ZIP}", "score": 0.01}}],
        "context": ["zip", "code"], "supported_entity": "ZIP"}}""",
        {"ZIP": ["10023", "90210"]},
    ),
    "ad-hoc, a deny list, as in a request": (
        ".json",
        """{"ad_hoc_recognizers": [{"name": "Mr. Recognizer", "supported_language": "en",
        "deny_list": ["Mr", "Mr.", "Mister"], "supported_entity": "MR_TITLE"}]}""",
        {"MR_TITLE": ["Mr", "Mister"]},
    ),
    "a deny list": (
        ".yaml",
        "recognizers:\n- name: titles\n  supported_entity: TITLE\n  deny_list: [Mr., Mrs., Miss]\n",
        {"TITLE": ["Mr.", "Mrs.", "Miss"]},
    ),
    "numbers": (
        ".yaml",
        """
name: numbers
supported_entity: NUMBER
patterns: [{name: numbers_pattern, regex: '\\d+', score: 0.5}]
""",
        {"NUMBER": ["510", "10023", "90210", "2026", "4111", "1111"]},
    ),
    "zip codes with two words beside them": (
        ".yaml",
        """
recognizers:
- name: US zip
  supported_entity: US_ZIP_CODE
  patterns:
  - {name: zip code (weak), score: 0.01, regex: '(\\b\\d{5}(?:\\-\\d{4})?\\b)'}
  context: [zip, zipcode]
""",
        {"US_ZIP_CODE": ["10023", "90210"]},
    ),
    "patterns and a deny list for two languages": (
        ".yaml",
        f"""
global_regex_flags: 26
supported_languages: [en, es]
recognizers:
- name: ExampleCustomRecognizer
  patterns:
  - {{name: zip code (weak), regex: "{_ZIP}", score: 0.01}}
  - {{name: zip code (weak), regex: "{_ZIP}", score: 0.01}}
  supported_languages:
  - {{language: en, context: [credit]}}
  - {{language: es, context: [tarjeta, credito]}}
  supported_entity: ZIP
  deny_list: [Mr., Mrs., Ms., Miss, Dr., Prof.]
  deny_list_score: 1
  type: custom
  enabled: true
""",
        {"ZIP": ["Mr.", "10023", "90210", "Mrs.", "Miss", "Dr."]},
    ),
    "one of Presidio's own, by name alone": (
        ".yaml",
        "recognizers:\n- CreditCardRecognizer\n- {name: UsSsnRecognizer, type: predefined}\n",
        {"CREDIT_CARD": ["4111 1111 1111 1111"]},
    ),
    "the registry that Presidio ships": (
        ".yaml",
        (CONF / "default_recognizers.yaml").read_text("utf-8"),
        {"CREDIT_CARD": ["4111 1111 1111 1111"], "URL": ["example.org"]},
    ),
}

TEXT = """\
Mr. Quillmoth and Mrs. Brandle, of 510 Broad st., moved in 2026.
Zip code: 10023. My credit card is 4111 1111 1111 1111, issued by example.org
Miss Oddney has the zipcode 90210; Dr. Varga and Mister Plum have none. Mr Quillmoth agrees.
"""
