"""What the parts of a postal address look like, as patterns.

`AFTER` matches one part that follows an address, with what separates it: the group that matched
names its kind. `BEFORE`, `NAMED` and `TOWNS_BEFORE` match a part, in the group `part`, and the
separator, up to the end of the text that they are given. Those called `ANY` are for addresses
without a capital letter.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from redactor.detect.addresses.regions import (
    AU_STATES,
    CA_PROVINCES,
    COUNTIES,
    COUNTRIES,
    US_CODES,
    US_STATES,
)
from redactor.detect.lazy_pattern import lazy_pattern

__all__ = [
    "AFTER",
    "AFTER_ANY",
    "BEFORE",
    "BEFORE_ANY",
    "LONE_TOWN",
    "NAMED",
    "POSTCODE",
    "TOWNS_BEFORE",
]


def _any(names: Iterable[str]) -> str:
    return "|".join(regex.escape(name).replace(r"\ ", r"[ ]") for name in names)


# Between the parts: a comma, a blank, a stroke; a line end, also of HTML or quoted. `_LINE` is all
# of them that are more than a blank.
_LINE = (
    r"(?:[ ]{0,2}[,;|][ ]{0,3}"
    r"|,?[ ]{0,3}(?:\n|<br[ ]?/?>|\\n)(?:[>|*?]{1,3}[ ]?){0,3}[ ]{0,40})"
)
# What separates a core from a postcode or unit: a line end, blanks, or a dash.
_GAP = rf"(?:{_LINE}|[ ]{{1,3}}|[ ]?[-/][ ]?)"

# A word of a town's name: "St.", "Bristol", or a single capital before a blank.
_WORD = r"(?:(?:St|Ste|Mt|Ft|Pt|Sta|Sto|Col|Gr|Kl)\.|\p{Lu}[\p{L}'-]{1,25}|\p{Lu}(?=[ ]))"
# Particles within the names of towns: "Stow on the Wold", "Frankfurt am Main".
_SMALL = (
    r"(?:y|yr|of|the|upon|on|under|by|in|le|la|les|de|del|der|den|di|am|an|im|sur|en|ob|aan|i\.)"
)
# A town of one to four words, with particles between them; "Freiburg i. Br.".
_TOWN = rf"{_WORD}(?:[ -](?:{_SMALL}[ -]){{0,2}}{_WORD}){{0,3}}(?:[ ]i\.[ ]?Br\.)?"
# Words that begin a sentence, a salutation or a line of contact data behind an address.
_NO_TOWN = (
    r"(?!(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Dear|The|He|She|It|We|They|And|But|Then|Telephone|Tel|Phone"
    r"|Fax|Mobile|E-?mail|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|DEAR|TEL|PHONE|FAX|EMAIL|THE)\b)"
)
# A town before a postcode or region, and the state that may precede an American postcode.
_IN_TOWN = rf"(?:{_TOWN},?[ ]{{1,2}})?"
_STATE = rf"(?:(?:{_any(US_CODES)})(?!\w)|{_any(US_STATES)})"
# Postcodes of the United Kingdom ("BS1 4ND", "GIR 0AA") and of Ireland ("D02 X285").
_UK = r"(?:GIR[ ]?0AA|[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2})(?!\w)"
_IRISH = r"[AC-FHKNPRTV-Y]\d[\dW][ ]?[\dAC-FHKNPRTV-Y]{4}(?!\w)"

# Postcodes that could be nothing else, in the order US, Canada, UK, Ireland, Australia, Brazil.
_CODE = rf"""
    {_IN_TOWN}{_STATE},?(?:[ ]{{1,2}}|\n)\d{{5}}(?:-\d{{4}})?(?![\d-])
  |{_IN_TOWN}(?:\(?(?:{_any(CA_PROVINCES)})\)?,?[ ]{{1,2}})?
     [ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d(?!\w)
  |{_IN_TOWN}{_UK}
  |{_IN_TOWN}{_IRISH}
  |{_IN_TOWN}(?:{_any(AU_STATES)}),?[ ]{{1,2}}\d{{4}}(?![\d-])
  |{_TOWN}[ ]-[ ][A-Z]{{2}},?[ ]\d{{5}}-\d{{3}}(?!\d)
"""
# A number and a town, which elsewhere may be a count: those of the continent and of New Zealand.
_LOCALITY = rf"""
    (?:[A-Z]{{1,2}}-[ ]?)?
    (?:\d{{4}}[ ]?[A-Z]{{2}}|\d{{4}}-\d{{3}}|\d{{2}}-\d{{3}}|\d{{3}}[ ]\d{{2}}|\d{{4,5}}
      |1\d\d(?=[ ]Reykjav))
    [ ]{{1,2}}(?:['`]s-)?{_TOWN}
    (?:[ ](?:\d{{1,2}}|[A-ZÖ]{{1,2}}|CEDEX|Cedex(?:[ ]\d{{1,2}})?)(?!\w))?(?:[ ]\([A-Z]{{2}}\))?
  |{_TOWN}[ ](?!(?:1[5-9]|20)\d\d)\d{{4}}(?![\d-])
  |\d{{5}}(?:-\d{{4}})?(?![\d-])
"""

# The number of a flat or suite, and units with it in the forms of several countries: "Apt 4B",
# "Stiege 2", "2. OG links", "3o Esq".
_FLAT = r"(?:[#]?[ ]?(?:\d{1,5}[A-Za-z]?|[A-Za-z]\d{0,4})(?:[/-]\w{1,4})?)(?!\w)"
_UNIT = rf"""
    (?i:apt|apto|apartment|app|appt|suite|ste|unit|flat|room|rm|floor|fl|bldg|building|block|lot
      |trailer|trlr|spc|space|dept|level|shop|studio|stiege|top|tür|bte|boîte|bus|int|interno
      |scala|piano|piso|puerta|esc|planta|local|esq|m|lok|byt|étage|bât|bâtiment|escalier|porte
      |lgh|leil|etg|dørr|haus|aufgang|whg|no|number|lote|sala|bloco|andar|box|site|comp|station
      |stn|succ|mailbox|pmb)\b\.?[ ]?{_FLAT}
  |(?i:station|stn|succ)\.?[ ]{_WORD}
  |[#][ ]?\d{{1,5}}[A-Za-z]?(?!\w)
  |(?i:hinterhaus|vorderhaus|seitenflügel|rear|basement|penthouse|ground[ ]floor|upstairs)\b
  |\d{{1,2}}(?:st|nd|rd|th|er|e|o|\.o?)?[ ]?\.?[ ]?
   (?i:floor|fl|étage|etage|OG|EG|Stock|Obergeschoss|tr|etg|krs|piano|piso|izda|dcha|izq|der|esq
     |dto|andar)\b\.?(?:[ ](?:links|rechts|left|right|front|rear))?
  |\d{{1,2}}\.[ ]?(?:th|tv|mf)\b\.?
  |\d{{1,2}}\.?o[ ](?:[A-Z](?!\w)|Esq\.?|Dto\.?|izda\.?|dcha\.?)
  |\d{{1,2}}[A-Z](?=[,\n])
  |(?:hs|II|III|IV)(?=[,\n])
"""
# A state, province or county at the end of a sentence or line, or before a small letter.
_REGION = rf"""
    {_IN_TOWN}(?:{_STATE}|(?:{_any(CA_PROVINCES)})(?!\w)|(?:{_any(AU_STATES)})(?!\w))
    (?=[.,;:)"'\n]|\Z|[ ]\p{{Ll}})
  |(?:{_any(COUNTIES)})(?!\w)
  |CDMX|\([A-Z]{{2}}\)|FI(?=\n)|Dublin[ ]\d{{1,2}}(?!\w)
"""
# Countries, also in capitals, as in international mail; perhaps with a postcode behind them.
_UPPER_COUNTRIES = tuple(name.upper() for name in COUNTRIES)
_COUNTRY = rf"(?:{_any((*COUNTRIES, *_UPPER_COUNTRIES))})(?:[ ]\d{{4,6}})?(?!\w)"

# Behind a core: after any gap a postcode, locality or unit; after more than a blank also a country,
# a region or a town, which elsewhere would be words of the sentence.
_AFTER = rf"""
    {_GAP}(?:(?P<code>{_CODE})|(?P<locality>{_LOCALITY})|(?P<unit>{_UNIT}))
  |{_LINE}(?:(?P<country>{_COUNTRY})|(?P<region>{_REGION})
     |(?P<town>{_NO_TOWN}{_TOWN}(?=[,\n<]|[ ]{{0,3}}[.;:!?)"]|\Z|[ ]\p{{Ll}})))
"""

# The last word of a house's name: "Willow Court".
_HOUSE = (
    r"(?:House|Court|Mansions?|Buildings?|Towers?|Lodge|Chambers|Mill|Cottages?|Farm|Barn|Hall"
    r"|Manor|Grange|Villas?|Bakery|Rectory|Vicarage|Maltings|Quays?|Wharf|Works|Gatehouse|Stables"
    r"|Forge|Schoolhouse|Heights|Point|Residence|Place|Apartments|Estate)"
)
# Before a core: a unit ("Flat 2, "), a box, or the name of a house.
_BEFORE = rf"""
    (?<![\w.])(?P<part>
      (?i:flat|apt|apartment|unit|suite|ste|room|level|lot|shop|villa|studio|bldg|building|block
        |floor|top)\.?[ ]{_FLAT}
     |(?i:unit|flat|apt|lot|no\.?|number|house[ ]number)(?=[ ]\Z)
     |\d{{1,2}}(?:st|nd|rd|th)[ ](?i:floor)|\dF\d
     |(?i:p\.?[ ]?o\.?[ ]?box)[ ]\d{{1,6}}
    ){_GAP}\Z
  |(?<![\w.])(?P<part>
      (?:{_WORD}[ ]){{1,3}}{_HOUSE}|(?:[Tt]he|THE)[ ]{_WORD}(?:[ ]{_WORD}){{0,2}}
     |(?:Résidence|Residenz|Bât\.|Bâtiment|Immeuble|Domaine)[ ]
      (?:\p{{L}}[\p{{L}}'-]{{0,20}}[ ]?){{1,3}}
    ){_LINE}\Z
"""
# A house name of one to three words at the start of a line, a town before a postcode, and a town
# behind a core: each is only tried beside a part that proves the address.
_NAMED = rf"""
    (?:(?<=\n)|\A)(?P<part>{_NO_TOWN}(?:[Tt]he[ ])?{_WORD}(?:[ ]{_WORD}){{0,2}}),[ ]{{1,2}}\Z
"""
_TOWNS_BEFORE = rf"(?<![\w.])(?P<part>{_NO_TOWN}(?:{_any(COUNTIES)}|{_TOWN}))(?:{_LINE}|[ ])\Z"
_LONE_TOWN = rf"""
    ,[ ]{_NO_TOWN}{_WORD}(?:[ ]{_WORD}){{0,2}}
    (?=[.;:!?)"]|,[ ]|\s*\Z|\n|[ ](?:and|on|in|at|is|was|where|for|since|with)\b)
"""

# Parts after a core and before it; `_ANY` is for a core in small letters. Compiling the longest
# takes 0.2 s, and a text without an address needs none.
AFTER = lazy_pattern(_AFTER, regex.VERBOSE)
AFTER_ANY = lazy_pattern(_AFTER, regex.VERBOSE | regex.IGNORECASE)
BEFORE = lazy_pattern(_BEFORE, regex.VERBOSE)
BEFORE_ANY = lazy_pattern(_BEFORE, regex.VERBOSE | regex.IGNORECASE)
NAMED = lazy_pattern(_NAMED, regex.VERBOSE)
TOWNS_BEFORE = lazy_pattern(_TOWNS_BEFORE, regex.VERBOSE)
LONE_TOWN = lazy_pattern(_LONE_TOWN, regex.VERBOSE)
POSTCODE = regex.compile(rf"(?:{_UK}|{_IRISH})\Z", regex.IGNORECASE)
