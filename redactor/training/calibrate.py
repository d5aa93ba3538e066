"""Lean a trained model towards people, by as much as the dev score bears and no more.

The tagger takes the best-scored action at each word. A constant added to the score of the two
actions that begin a person makes it take them more readily: more people found, and more words
that are no people. The constant is chosen by the score that also chose the training step.
"""

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from redactor.training.build import tagger
from redactor.training.evaluate import score_people

AMOUNTS = (0.0, 0.5, 1.0, 1.5)
_BEGINNINGS = ("B-PERSON", "U-PERSON")
WEIGHTS = {"person_f2": 0.6, "ents_f": 0.4}


def lean(nlp: Language, amount: float) -> None:
    """Add the amount to the score of every action that begins a person."""
    upper = tagger(nlp).model.get_ref("upper")
    bias = upper.get_param("b").copy()
    for index, move in enumerate(moves(nlp)):
        if move in _BEGINNINGS:
            bias[index] += amount
    upper.set_param("b", bias)


def moves(nlp: Language) -> list[str]:
    """The actions of the tagger in the order of their scores (`move_names` leaves one out)."""
    actions = tagger(nlp).moves
    return [actions.get_class_name(index) for index in range(actions.n_moves)]


def score(nlp: Language, gold: Sequence[Doc]) -> float:
    """The score of the model on annotated documents."""
    predicted = nlp.pipe(doc.text for doc in gold)
    pairs = (Example(got, want) for got, want in zip(predicted, gold, strict=True))
    scores = score_people(pairs)
    return sum(weight * float(str(scores[name] or 0)) for name, weight in WEIGHTS.items())


def calibrate(nlp: Language, gold: Sequence[Doc]) -> float:
    """Lean the model by the best amount, which is returned; of equals, the least."""
    found: dict[float, float] = {}
    leaned = 0.0
    for amount in AMOUNTS:
        lean(nlp, amount - leaned)
        leaned = amount
        found[amount] = score(nlp, gold)
        print(f"lean {amount}: {found[amount]:.4f}")
    best = max(AMOUNTS, key=lambda amount: (found[amount], -amount))
    lean(nlp, best - leaned)
    return best
