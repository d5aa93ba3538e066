"""The names of HTML, SVG and MathML, and what they mean for the text around them.

An unknown name may be personal data: `<kevin.marsh@example.org>` is a tag to a browser. So names of
a standard are markup, and all others are texts that are examined.
"""

from __future__ import annotations

import re

VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track"
    " wbr".split()
)
"""Elements without content."""

# Elements that end the running text: browsers show them in a line or a box of their own.
BLOCKS = frozenset(
    "address area article aside blockquote button center circle dd desc details dialog dir"
    " div dl dt embed fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup"
    " hr iframe input keygen legend li main map marquee math menu nav noembed noframes"
    " object ol optgroup option p plaintext pre search section select summary svg"
    " template text textarea title ul xml xmp".split()
)

# Parts of a table that hold text, each apart from the others.
CELLS = frozenset("caption td th".split())
TABLE = CELLS | frozenset("col colgroup table tbody tfoot thead tr".split())
"""Parts of a table. Parsers ignore their tags outside of a table, and move text that is in a table
but in no cell before it."""

UNSEEN = frozenset(
    "base body frame frameset head html link meta param script source style track".split()
)
"""Elements that show nothing at their position, or enclose the page: the text around one joins."""

# Elements within running text, which joins across their tags.
INLINE = frozenset(
    "a abbr acronym applet audio b bdi bdo basefont bgsound big blink br canvas cite code"
    " command content data datalist del dfn em font i image img ins isindex kbd label listing"
    " mark menuitem meter multicol nextid nobr noscript output picture portal progress q rb"
    " rbc rp rt rtc ruby s samp shadow slot small spacer span strike strong sub sup time tt u"
    " var video wbr".split()
)

# SVG 2 and MathML 3, whose names are no words of a language.
FOREIGN = frozenset(
    "altglyph altglyphdef altglyphitem animate animatecolor animatemotion animatetransform clippath"
    " cursor defs discard ellipse feblend fecolormatrix fecomponenttransfer fecomposite"
    " feconvolvematrix fediffuselighting fedisplacementmap fedistantlight fedropshadow feflood"
    " fefunca fefuncb fefuncg fefuncr fegaussianblur feimage femerge femergenode femorphology"
    " feoffset fepointlight fespecularlighting fespotlight fetile feturbulence filter font-face"
    " foreignobject g glyph glyphref hatch hatchpath hkern line lineargradient marker mask mesh"
    " meshgradient meshpatch meshrow metadata mpath path pattern polygon polyline radialgradient"
    " rect set solidcolor stop switch symbol textpath tref tspan unknown use view vkern annotation"
    " annotation-xml maction maligngroup malignmark menclose merror mfenced mfrac mglyph mi"
    " mlabeledtr mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mscarries"
    " mscarry msgroup mslongdiv mspace msqrt msrow mstack mstyle msub msubsup msup mtable mtd mtext"
    " mtr munder munderover none semantics".split()
)

ELEMENTS = VOID | BLOCKS | TABLE | UNSEEN | INLINE | FOREIGN

RCDATA = frozenset({"title", "textarea"})
"""Elements whose content is text with references, and no tags."""

RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"})
"""Elements whose content is text without references and tags. `noscript` is none of them, since it
is read as markup where scripts do not run."""

INTEGRATION = frozenset("annotation-xml desc foreignobject mi mn mo ms mtext title".split())
"""Elements of SVG and MathML whose content is HTML ("integration points")."""

BREAKOUT = frozenset(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li"
    " listing menu meta nobr ol p pre ruby s small span strike strong sub sup table tt u ul"
    " var".split()
)
"""Elements of HTML that end the SVG or MathML around them."""

NOT_RAW_IN_XML = RAW - {"script", "style"}
"""Elements whose content is markup in XHTML. XML has no raw content; scripts and styles are read as
if they had it."""

URLS = frozenset(
    "action archive background cite classid codebase data data-href data-original data-src"
    " data-srcset data-url dynsrc formaction href icon imagesrcset itemid itemtype longdesc lowsrc"
    " manifest ping poster profile src srcset usemap xlink:href xml:base".split()
)
"""Attributes whose values are URLs."""

LABELLED = frozenset({"alt", "title", "placeholder", "summary", "label", "aria-label"})
"""Attributes whose names serve as labels of their values."""

# Attributes of the standards, and those that tools write. Any other name was chosen by the author
# of the page, and is examined.
ATTRIBUTES = (
    URLS
    | LABELLED
    | frozenset(
        "abbr id value movablelimits accept accept-charset accesskey align alink allow as async"
        " allowfullscreen alpha autocapitalize autocomplete autofocus autoplay axis bgcolor"
        " blocking border bordercolor cellpadding cellspacing char charoff charset checked class"
        " clear code codetype color cols colspan command commandfor compact content"
        " contenteditable controls coords crossorigin datetime declare decoding default defer"
        " dir dirname disabled download draggable enctype enterkeyhint exportparts face"
        " fetchpriority for form formenctype formmethod formnovalidate formtarget frame"
        " frameborder headers height hidden high hreflang hspace http-equiv imagesizes inert"
        " inputmode integrity is ismap itemprop itemref itemscope kind lang language leftmargin"
        " link list loading loop low marginheight marginwidth max maxlength media method min"
        " minlength multiple muted name nohref nomodule nonce noresize noshade novalidate nowrap"
        " object open optimum part pattern playsinline popover popovertarget popovertargetaction"
        " preload prompt property readonly referrerpolicy rel required resource rev reversed"
        " role rows rowspan rules sandbox scheme scope scrolling selected shadowrootmode shape"
        " size sizes slot span spellcheck standby srcdoc srclang start step style tabindex"
        " target text topmargin translate type typeof valign valuetype version vlink vocab"
        " vspace width wrap writingsuggestions about datatype inlist prefix xml:lang xml:space"
        " xmlns xmlns:xlink xmlns:og xmlns:fb xmlns:v xmlns:o xmlns:w xmlns:svg amp layout on"
        " tooltip"
        # SVG and MathML
        " accent accentunder attributename attributetype baseprofile begin by calcmode clip"
        " clip-path clip-rule clippathunits columnalign cx cy d definitionurl"
        " depth display displaystyle dominant-baseline dur dx dy encoding end fence fill"
        " fill-opacity fill-rule filter filterunits flood-color flood-opacity focusable font-family"
        " font-size font-style font-weight from fx fy gradienttransform gradientunits in in2 k1 k2"
        " k3 k4 letter-spacing linethickness lspace markerheight markerunits markerwidth mask"
        " maskunits mathbackground mathcolor mathsize mathvariant maxsize minsize mode"
        " notation offset opacity operator order orient overflow paint-order pathlength"
        " patterntransform patternunits points preserveaspectratio r radius refx refy"
        " repeatcount restart result rotate rowalign rspace rx ry scriptlevel separator"
        " shape-rendering spreadmethod stddeviation stop-color stop-opacity stretchy"
        " stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin"
        " stroke-miterlimit stroke-opacity stroke-width symmetric systemlanguage tablevalues"
        " text-anchor text-decoration textlength to transform values vector-effect viewbox"
        " visibility word-spacing x x1 x2 xchannelselector y y1 y2 ychannelselector z"
        " zoomandpan".split()
    )
)

# `aria-*` and the event handlers, which grow with every version of a standard.
_FAMILIES = re.compile(
    r"aria-[a-z]{2,16}|on(?:abort|after|animation|before|blur|cancel|change|click|close|copy|cut"
    r"|dblclick|drag|drop|end|error|focus|hash|input|invalid|key|load|message|mouse|paste|pause"
    r"|play|pointer|popstate|progress|reset|resize|scroll|search|select|storage|submit|touch"
    r"|transition|unload|wheel)[a-z]{0,11}"
)


# Keywords of standards that are the whole value of an attribute: no personal data.
COMMON_VALUES = frozenset(
    "_blank _parent _self _top all alternate anonymous apple-touch-icon application/javascript"
    " application/json application/ld+json application/manifest+json application/rss+xml async"
    " auto baseline block body bottom button canonical center charset checkbox checked cell col"
    " color-scheme column content-type crossorigin defer disabled dns-prefetch eager en en-gb"
    " en-us false footer form generator get hidden icon image/png image/svg+xml image/x-icon img"
    " index inherit inline ie=edge importmap javascript justify lazy left ltr main manifest menu"
    " method middle module navigation next no nofollow none noopener noreferrer nonzero normal"
    " number off on og:description og:image og:locale og:site_name og:title og:type og:url"
    " password post preconnect prefetch preload presentation prev print radio reset right robots"
    " row rtl screen search select shortcut site_name speculationrules stylesheet submit tab"
    " tabpanel text text/css text/html text/javascript theme-color tooltip top transparent true"
    " twitter:card twitter:description twitter:image twitter:title url utf-8 utf8 viewport"
    " website x-ua-compatible yes evenodd".split()
)

IDS = frozenset("id for headers aria-labelledby aria-describedby aria-controls".split())
"""Attributes with names of places in a page."""

GEOMETRY = frozenset(
    "coords d height keysplines keytimes points r rx ry cx cy stroke-dasharray transform values"
    " viewbox width x x1 x2 y y1 y2 gradienttransform patterntransform dx dy".split()
)
"""Attributes of drawings, whose numbers would be found as telephone numbers."""

# SVG path data and transformations: numbers, commands of one letter, names of functions.
COORDINATES = re.compile(
    r"(?:[\s,;()%.+-]|\d|[MLHVCSQTAZEmlhvcsqtaze]|matrix|translate|scale|rotate|skew[XY]|px)*+"
)


def is_known_attribute(name: str) -> bool:
    """Tell whether the name of an attribute, in lower case, is of a standard, as `data-lang` is."""
    own = name.removeprefix("data-")
    return own in ATTRIBUTES or _FAMILIES.fullmatch(own) is not None
