"""The making of the name model: corpora in, a spaCy pipeline out.

Nothing at run time imports this package. `python -m redactor.training --corpora DIR --out DIR`
rebuilds the model from the annotated corpora and the name lists alone. Three rules:

1. No official test part is read: `corpora.TRAIN` and `corpora.DEV` name every file that is.
2. A class that a corpus does not annotate is unknown there, not absent (`missing`).
3. One seed decides everything that is drawn.
"""
