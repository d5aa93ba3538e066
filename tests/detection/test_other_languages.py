"""Names, addresses and telephones in the languages of Europe, and what is none of them."""

from __future__ import annotations

import pytest

from redactor import Key, Redactor

GONE = {  # a text: what of it goes
    "Bürgermeisterin Sabine Rauh dankte den Helfern.": ["Sabine Rauh"],
    "Ordförande Karl-Otto Vance öppnade mötet på torsdag.": ["Karl-Otto Vance"],
    "Interview mit Agnes Marr.\n\nDR: Wie war es?\n\nAM: Kalt, meistens.": ["Agnes Marr", "AM"],
    'Nr,Name,Ort\n1003,"Brandt, Ilse",Linz\n1004,"Vance, Teodor",Graz': [
        "Brandt",
        "Ilse",
        "Teodor",
    ],
    "Она живёт на ул. Садовой, д. 15, кв. 2.": ["Садовой, д. 15, кв. 2"],
    "Вона мешкає: вул. Садова, буд. 12, кв. 7.": ["Садова, буд. 12, кв. 7"],
    "Adres: Zambak Sokak No: 12, Konya": ["Zambak Sokak No: 12"],
    "Locuiește pe str. Lalelelor nr. 15, ap. 3.": ["Lalelelor nr. 15, ap. 3"],
    "Lakcím: Tavasz utca 15.": ["Tavasz utca 15"],
    "Osoite: Niittykuja 6 B 12": ["Niittykuja 6 B 12"],
    "bytem Polní 112/4, Brno": ["Polní 112/4"],
    "Μένει στην οδό Ρόδων, δηλαδή οδός Ρόδων 15.": ["Ρόδων 15"],
    "Du kan ringa 0150-555 01 efter klockan nio.": ["0150-555 01"],
    "Голова Ярослава Богданівна Довженко прийшла.": ["Ярослава Богданівна Довженко"],
}
KEPT = {  # a text: what of it stays
    "Nr,Name,Ort\n1003,Ilse Brandt,Linz": ["1003,", ",Linz"],
    "Ve čtvrtek přišel dopis, že schůze není v pátek, ale v pondělí.": ["čtvrtek", "pátek"],
    "Das Treffen ist am Dienstag, 10. Mai 2031, in Linz.": ["Dienstag", "10. Mai 2031", "Linz"],
    "Heinäkuussa kokous on tiistaina, mutta ei keskiviikkona.": ["Heinäkuussa", "tiistaina"],
    "Herra Vance kommer til Aalborg på torsdag.": ["kommer til Aalborg på torsdag"],
    "Слушали отчёт. Казначей Ларина доложила о воде.": ["Слушали", "Казначей", "доложила"],
    "Sabine Rauh sprach lange und die Leute waren sehr zufrieden.": ["sprach lange"],
    "Die Karl-Vance-Schule und das Haus der Familie sind zu.": ["Schule"],
}


@pytest.fixture(scope="module")
def copy_of():
    redactor = Redactor(key=Key(bytes(32)))
    return lambda text: redactor.redact(text).text


@pytest.mark.parametrize("text", GONE)
def test_what_is_personal_goes(text, copy_of):
    copy = copy_of(text)
    assert [part for part in GONE[text] if part in copy] == []


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_stays(text, copy_of):
    copy = copy_of(text)
    assert [part for part in KEPT[text] if part not in copy] == []
