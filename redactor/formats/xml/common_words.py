"""Words of the names that office programs give to styles, shapes, layouts, themes and fonts."""

from __future__ import annotations

import re

_WORDS = frozenset(
    """
    accent action address affinity and angle annotation arrow art autoshape background balloon bang
    bar basic bent bevel bibliography black blank block blue body book border bottom box brace
    bracket bubble bullet button calculation callout can caption cell center centered chapter char
    chart check chevron circle closing cloud code color colorful column comma comment compact
    connector content contents continue contemporary control corner cross cube currency curved
    custom dark date default definition design diagonal diagram diamond document donut double down
    elbow elegant ellipse emphasis end endnote envelope equation even excel explanatory extract
    fact figure first fixed flowchart followed font footer footnote for form format frame freeform
    frontmatter full gray graphic green grid group hanging head header heading hexagon horizontal
    html hyperlink icon image indent index input inset intense isosceles item keyboard label
    large last layout left letter light line linked list logo macro main mark master medium mention
    message messages microsoft middle multimedia neutral no nonproportional normal note notes number
    numbered numbering object objects octagon odd of office only or outline output oval page panel
    paragraph parallelogram pasted pentagon percent photo pic picture pie placeholder plain plaque
    plus preformatted print professional quad quick quotation quote quotations rectangle red
    reference related resolved return ribbon right rounded row running sample screen section shading
    shape sheet shelf side signature simple single slide small smart smartart smartlink solid
    sound source spacing sparkline spelling standard star straight striped strong style subject
    subtitle subtle sun symbol tab table teardrop term text textbox textfield theme themed through
    time title to toc top total trapezoid triangle two twist typewriter unresolved up user variable
    vertical video visited warning wave web white wingding with word wordart work world wrap
    yellow zero salutation objectwithshadow drawing arrowline dimension default1 lines hatched
    filled shapes outlines a b c d e f g h i x y z bad good linkedcell followedhyperlink
    internet horizontal illustration symbols frame contents anchor drawing heading preformatted
    quotations marginalia addressee sender visited main addition alphabetical endnotes line
    separator rules placeholder pagestyle sheet report result result2 object background
    subtitle outline1 default workbook chartsheet vml graphicframe img sp id office2007 gradient
    presentation hatch bitmap worksheets named ranges titles used template embedded ole servers
    charts macros comparison panoramic outlined dashed bullets strikeout teletype tight hlink
    arial calibri cambria candara consolas constantia corbel courier new times roman segoe ui
    tahoma trebuchet ms verdana wingdings helvetica century gothic mt gill sans liberation serif
    folhlink measurelines measureline builtin built normaltok verbatim compactlist definitionterm
    """.split()
)
_RUN = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_common_name(name: str) -> bool:
    """Tell whether a name is made of words of programs, such as `Heading 1 Char`, `TextBox 4`."""
    return all(
        run.lower() in _WORDS or all(word.lower() in _WORDS for word in _CAMEL.split(run))
        for run in _RUN.findall(name)
    )
