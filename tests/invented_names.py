"""Invented names: as many short ones as long ones, and what a solver of widths tries for a box."""

from __future__ import annotations

from faker.providers.person.de_DE import Provider as German
from faker.providers.person.en_US import Provider as English
from faker.providers.person.fr_FR import Provider as French
from faker.providers.person.it_IT import Provider as Italian

GIVEN = (
    "Ed Bo Amy Uma Ravi Ilse Otto Greta Nadia Yusuf Leila Kwame Priya Teodor Ingrid Oswald Mirela "
    "Magnus Hester Anselm Tomasz Joaquin Hannah Siobhan Quentin Ophelia Lorraine Florence Beatrice "
    "Delphine Rosalind Percival Theodora Dorothea Ignatius Katarzyna Friedrich Sebastian Cornelius "
    "Josephine Gwendolyn Raphaela Anneliese Valentina Nathaniel Jacqueline Marguerite Emmanuel "
    "Konstantin Maximilian"
).split()
SURNAMES = (
    "Li Pym Moss Gray Quill Vance Oduya Yates Brandt Petrov Dubois Ionescu Barrera Fenwick Boateng "
    "Eriksen Okonkwo Iversen Xenakis Quincey Kowalski Nakamura Kaminski Lefebvre Grimaldi Yamamoto "
    "Donnelly Halvorsen Marchetti Lindqvist Hernandez Jankowski Rasmussen Schneider Trevelyan "
    "Underwood Whitfield Abernathy Blackwood Achterberg Castellano Fitzgerald Pemberton Villanueva "
    "Zimmermann Cartwright Montgomery Nightingale Oppenheimer Featherstonehaugh"
).split()

IN_FULL = [f"{given} {name}" for given in GIVEN for name in SURNAMES]
"""2,500 given names with surnames."""


def _lone() -> list[str]:
    """Return 2,500 given names and surnames, from all of the alphabet."""
    lists = [getattr(one, name) for one in _LOCALES for name in ("first_names", "last_names")]
    every = sorted({name for some in lists for name in some if name.isascii() and name.isalpha()})
    return [every[at * len(every) // len(IN_FULL)] for at in range(len(IN_FULL))]


_LOCALES = (English, German, French, Italian)
LONE = _lone()
