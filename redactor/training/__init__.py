"""Training of the name models: annotated corpora in, spaCy pipelines out.

Nothing at run time imports this package. `python -m redactor.training accurate --corpora DIR --out
DIR` rebuilds the accurate model from the annotated corpora and the name lists; `fast`, with the
accurate one as `--teacher`, the fast model. Three rules:

1. No official test part is read: `corpora.TRAIN` and `corpora.DEV` list every file that is read.
2. A class that a corpus does not annotate is unknown there, not absent (`missing`).
3. All random draws follow from one seed.
"""
