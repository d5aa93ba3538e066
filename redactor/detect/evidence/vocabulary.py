"""Words that speak against a person, by what they are. Folded."""

from __future__ import annotations

__all__ = ["FONTS", "LIST_WORDS", "NOT_NAMES", "ORGANISATION_SIGNS", "SURNAMES_OF_PLACES"]

# Latin and abbreviations of courts and notes, and words of programs, that models take for names.
NOT_NAMES = frozenset(
    """
    supra infra ibid ibidem idem passim ante curiam cite cited citing cf viz et al seq sic
    certiorari per v vs j jj cj appellant appellants appellee petitioner petitioners
    respondent respondents mme mlle dissenting concurring adv advs anr ors nos coram
    elif elsif elseif endif esac sprintf printf croak stdin stdout stderr errno argv argc iostream
    """.split()
)

# The last word of a display name that is a list's, a company's or a vehicle's, and nobody's.
ORGANISATION_SIGNS = frozenset(
    """
    list lists mailinglist announce newsletter rail rails railway railways airways airlines airline
    buses bus ferries ferry trains metro tram trams water electric gas power homes schools harbour
    harbor airport port docks marina stadium arena cathedral castle museum borough parish village
    festival alerts bot daily radio records tickets helpdesk
    """.split()
)

# The last word of a mailing list's name.
LIST_WORDS = frozenset("list lists mailinglist announce newsletter digest developers users".split())

# Families of type. "Gill" and "Franklin" are surnames too: they count only beside a word on fonts.
FONTS = frozenset(
    """
    arial|helvetica|verdana|tahoma|georgia|calibri|cambria|candara|consolas|constantia|corbel
    |garamond|palatino|bodoni|baskerville|futura|univers|frutiger|optima|rockwell|didot|lato|roboto
    |ubuntu|cantarell|inter|inconsolata|menlo|monaco|geneva|lucida|gill|franklin|courier|trebuchet
    |century|bookman|bembo|caslon|sabon|myriad|minion|noto|segoe|impact|times|perpetua|gotham|avenir
    |din|eurostile|clarendon|goudy|joanna|plantin|source|open sans|fira|droid|liberation|dejavu
    |comic sans|montserrat|oswald|raleway|merriweather|playfair|arial black
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)

# Surnames that end the name of a place as well.
SURNAMES_OF_PLACES = frozenset(
    """
    park parks hill hills green field fields wood woods lake lakes ford marsh rivers brook brooks
    moor moore bridge bridges church hall heath dale glen bay banks stone rock lane lea mills pool
    waters well wells castle forest
    """.split()
)
