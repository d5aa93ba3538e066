"""Word lists that the checks consult. All lower case; a name on a list is a plain word here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def _common() -> frozenset[str]:
    path = files("redactor.detect.checks") / "common_words.txt"
    return frozenset(path.read_text("utf-8").split())


def is_common(form: str) -> bool:
    """Tell whether a folded word is also an ordinary one, as in "hill", "mark" or "may".

    The list holds the words that occur in lower case three times or more in the training texts
    (`redactor.training`), with the months and days added.
    """
    return form in _common()


@cache
def _rare() -> frozenset[str]:
    path = files("redactor.detect.checks") / "rare_words.txt"
    return frozenset(path.read_text("utf-8").split())


def is_rare(form: str) -> bool:
    """Tell whether a folded surname is also a rarer word of English, as in "storey" or "quarry".

    The list holds the words of SCOWL's dictionaries of British and American English that are
    surnames, and neither given names nor on the list of common words.
    """
    return form in _rare()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that make a display name the name of an organisation. No surnames: a Mr Hall is no hall.
ORGANISATION_WORDS = _words(
    """
    academy action adventurers agency alliance archive archives army assembly associates association
    athletic authority bank bbc bookshop books brewery bureau business cafe campaign centre
    center chamber channel charity choir cinema cio city-council clinic club co coalition
    college collective committee commission community company conference confederation congress
    consortium constabulary consulting co-op cooperative corp corporation council county daily
    democrats department dept digest digital directorate district division embassy energy
    enterprise enterprises express fc federation festival films finance firm forum foundation
    fund gallery gazette gmbh government group guardian guild headquarters health herald hmrc
    holdings hospital hotel hq hub inc incorporated industries initiative institute institution
    international journal lab laboratories laboratory labs labour league library limited llc llp
    logistics ltd magazine mail media ministry mirror museum national navy network news
    newspaper newsroom nhs ngo observatory observer office official orchestra organisation
    organization parliament partners partnership party plc police post productions project
    publishers publishing radio railway records regiment register republic research restaurant
    review rovers school schools sciences secretariat security senate service services shop
    sidewalk society solicitors solutions sports squad stadium standard states station studio
    studios support symphony synod systems talk team telegraph television theatre theater times
    today transport travel treasury tribune trust tv u.s. uk un union united universities
    university update updates weather weekly workers works ymca zoo afc cfc rfc sc bv sarl spa
    kg e.v oy nv pty ambulance athletics authority's borough bulletin centre's diocese
    fellowship housing infirmary inquiry magistrates museum's planning playhouse prison rescue
    rugby surgery tribunal verein stadt stiftung amt gesellschaft universität hochschule zeitung
    société université ville mairie ministère fondation ayuntamiento universidad fundación
    comune università s.r.l srl s.p.a eurl ltda lda s.r.o d.o.o zrt kft nyrt oyj
    aps a/s z.o.o ооо оао зао ε.π.ε condominio condomínio spółdzielnia fundacja
    stowarzyszenie fundusz szpital straż knjižnica bolnica zadruga društvo udruga knihovna nemocnice
    spolek sdružení družstvo kirjasto yhdistys osuuskunta egyesület könyvtár kórház alapítvány
    önkormányzat asociația fundația spitalul biblioteca belediyesi derneği hastanesi kütüphanesi
    vakfı δήμος σύλλογος νοσοκομείο foreningen forening kommune bibliotek sykehus sjukhus
    vereniging gemeente stichting ziekenhuis bibliotheek школа больница общество фонд завод
    библиотека товарищество бібліотека лікарня товариство
    """
)

# Services that people have accounts with: a label before an account, and nobody's name.
SERVICES = _words(
    """
    bluesky bsky discord facebook fb flickr github gitlab ig insta instagram keybase linkedin
    mastodon matrix medium messenger pinterest reddit signal skype slack snap snapchat soundcloud
    steam substack telegram threads tiktok tumblr twitch twitter viber vimeo wechat whatsapp xing
    yahoo youtube zoom orcid isbn issn doi
    """
)

# Words that begin the name of a place, a mine or a square: "Loch Ewe", "Place Carnot".
PLACE_FIRST = _words("loch lough wheal mont piazza plaza place plac plads praça torg náměstí")

# Words that end the name of a place and, all but never, that of a person.
PLACE_WORDS = _words(
    """
    abbey airport arcade avenue beach boulevard canal cathedral causeway cemetery circus cliffs
    cottages crescent docks drive embankment esplanade estuary fields gardens harbour heights
    island islands junction lake meadow meadows mews mount parade peninsula plaza priory promenade
    quay quayside reservoir river road square street terrace valley viaduct village villas wharf
    city town township boardwalk expressway freeway motorway turnpike monastery mosque playfield
    playground bowl cup trophy
    """
)

# Words that are written with a capital and are no part of a person's name.
TITLE_CASE_WORDS = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march july
    september october november december today tomorrow yesterday feb mar apr sep sept oct nov
    dec tue tues wed thu thur thurs fri a the this that these those our your his her their its
    she it we they i me us my and-or or but if when where why how what who which not no yes none
    nil unknown anonymous anyone everyone everybody somebody someone nobody all colleagues sir
    madam sirs applicant claimant respondent n/a tbc tbd tba undisclosed recipients various
    staff subject date sent re fwd address email e-mail phone telephone number name section
    table figure chapter appendix introduction conclusion summary road avenue please see below
    above attached enclosed regards sincerely thanks cheers thank hello dear hi is are was were
    be been has have had would can could should might must does did to from for with at by on in
    into about after before as than then there here also only just more most very too such each
    every some few first second third last next mr mrs ms dr prof sri shri smt contents index
    preface part acknowledgements bibliography notes report minutes agenda required optional
    untitled default new old other test example sample
    """
)

# Words inside a name that are no name by themselves.
PARTICLES = _words(
    """
    van der den de la le las los del della di da dos das do du von zu zum zur ten ter op 't bin
    ibn al el bint abu ap af av y e i of and & jr jr. sr sr. ii iii iv phd md esq
    """
)

# Words of greetings at the beginning and at the end of letters, in the languages of the rules. None
# of them is a name as well.
GREETINGS = _words(
    """
    dear hi hello hey greetings regards sincerely yours cheers thanks wishes
    hallo lieber liebes liebe sehr geehrte geehrter geehrtes geehrten herr herrn frau guten tag moin
    ihr ihre ihrem ihren ihrer durchwahl betreff
    hofrat geheimrat kommerzienrat sanitätsrat justizrat regierungsrat medizinalrat
    schrieb skrev schreef escribió scrisse escreveu napisał
    freundlichen freundliche grüße grüßen grüsse grüssen gruß gruss viele herzliche herzlichen mit
    chère chers bonjour bonsoir cordialement salutations bien sincères
    estimado estimada estimados querido querida hola saludos atentamente cordiales un saludo
    gentile egregio egregia spettabile buongiorno cordiali saluti distinti
    prezado prezada olá cumprimentos atenciosamente melhores com os
    geachte heer mevrouw vriendelijke groet groeten met
    kære hej hei kjære hälsning hälsningar vänlig vänliga hilsen vennlig venlig med mvh hyvä arvoisa
    szanowny szanowna pani poważaniem pozdrowieniami vážený vážená paní pozdravem
    poštovani poštovana poštovanjem dragi draga lijep lijepi pozdrav srdačan gospodine gospođo
    hoogachtend üdvözlettel tisztelettel kedves bisous bises saygılarımla sevgiler sayın stimate
    αγαπητέ αγαπητή κύριε κυρία αξιότιμε εκτίμηση με
    """
)

# What people are called by before their names, without being a title: "Kunde Tobias Müllner".
ROLES_BEFORE = _words(
    """
    customer client tenant plaintiff defendant claimant applicant respondent widow
    kunde kundin mandant mandantin klient klientin patientin mieter mieterin kollege kollegin chefin
    vorsitz vorsitzende vorsitzender schriftführer schriftführerin kassier doktor docteur doctor
    doutor doutora senhor senhora dottore dottoressa avvocato ingegnere abogado abogada
    nachbar nachbarin zeuge zeugin kläger klägerin beklagte beklagter cliente mandante paciente
    pcso wpc pc dci dsi
    """
)

# Verbs and small words that a line of a chat or a message has before a name: "ping ottokar",
# "example dot org slash ottokar".
VERBS_BEFORE = _words(
    """
    ping poke cc bcc ask asked tell told call called email mail contact see thank thx pls please
    summon invite meet met with from by via unset set late slash committer tagger uploader
    """
)

# What may follow a title such as "Miss" or "Judge" without being a name.
NO_SURNAMES = _words(
    """
    universe world america england chancellor mayor advocate christmas time day act republic
    commons lords ladies gentlemen justice justices president chairman chair speaker secretary
    minister general court commissioner in of and or the to for from at by is was who said
    magazine laptop gaming games users user dept department marple doctor superior grace honour
    honor majesty highness excellency proc lett adv advs counsel govt governor ministry party
    studios services nos chief windows comics mosque conference earth usa teen
    hofrat geheimrat kommerzienrat landrat amtsrat direktor präsident bürgermeister doktor professor
    rechtsanwalt notar rektor kollege vorsitzender
    """
)

# The last word of what somebody is, and not of who it is: "Senior Advocate".
OFFICES = _words(
    """
    advocate prosecutor counsel solicitor barrister attorney officer manager director engineer
    secretary assistant president chairman treasurer editor lecturer nurse consultant registrar
    """
)

# After "@": CSS at-rules, decorators, annotations, documentation tags, broadcast mentions.
CODE_WORDS = _words(
    """
    media import charset keyframes font-face supports layer container page namespace
    counter-style property scope starting-style viewport document font-feature-values
    font-palette-values apply tailwind screen variants responsive include mixin extend use
    forward if else elseif endif each for foreach endforeach while function return content debug
    warn error at-root section endsection yield extends csrf auth guest isset empty switch case
    break verbatim webkit moz ms o position-try view-transition color-profile custom-media
    staticmethod classmethod dataclass dataclasses functools cached_property cache lru_cache
    wraps abstractmethod overload final override pytest unittest mock patch contextmanager
    asynccontextmanager contextlib fixture parametrize hypothesis given settings app router
    blueprint bp click typer command route get post put delete login_required api_view task
    celery shared_task receiver singledispatch total_ordering njit jit numba torch tf typing
    runtime_checkable atexit abc property_setter decorator validator field_validator
    model_validator root_validator computed_field setter getter deleter hookimpl hookspec param
    params parameter returns return type typedef callback template see link linkplain author
    authors since throws exception deprecated todo version example file fileoverview license
    copyright brief details note warning attention ingroup defgroup addtogroup inheritdoc
    internal private protected public package readonly async await class constructor enum event
    fires generator global ignore interface kind lends listens member method module name
    override static summary this tutorial var variation external memberof mixes requires default
    description abstract access alias augments borrows hideconstructor implements satisfies code
    endcode c p e b a li ref subpage mainpage value literal serial docroot suppress
    suppresswarnings functionalinterface safevarargs nullable nonnull notnull test before after
    beforeeach aftereach beforeall afterall beforeclass afterclass ignore disabled autowired
    component service repository controller restcontroller requestmapping getmapping postmapping
    putmapping deletemapping patchmapping pathvariable requestparam requestbody responsebody
    bean configuration entity table column id generatedvalue onetomany manytoone manytomany
    onetoone transactional enableautoconfiguration springbootapplication inject injectable named
    singleton provides input output ngmodule directive pipe hostlistener viewchild jsonproperty
    jsonignore data builder getter slf4j noargsconstructor allargsconstructor composable preview
    published state stateobject observedobject environmentobject environment binding main
    viewbuilder objc discardableresult available escaping autoclosure uiapplicationmain
    nsmanaged ibaction iboutlet interface implementation end selector synthesize dynamic
    protocol autoreleasepool synchronized try catch finally throw strongify weakify context
    graph vocab language list set base container reverse index href src alt title style rel lang
    xmlns here channel everyone everybody all admins mods moderators team online test_tag tag
    tags tags-list echo off dir cmd
    """
)

# After an "@" that means "at", or that stands for nobody.
NOT_NAMED = _words(
    """
    null undefined nil nan http https the it me us home noon midnight your his her their our
    """
)

# Endings of file names that are no top-level domain.
FILE_SUFFIXES = _words(
    """
    png jpg jpeg gif svg webp bmp tif tiff avif heic ico icns psd eps ttf otf woff woff2 eot css
    scss sass less js mjs cjs jsx tsx json xml html htm xhtml yaml yml toml ini cfg conf csv tsv
    txt rst log pdf doc docx xls xlsx ppt pptx odt ods rtf mp3 mp4 wav ogg webm avi mkv flac gz
    tar tgz bz2 xz rar jar war exe dll bin dmg iso apk ipa deb rpm whl egg lock map cpp hpp
    """
)

# First parts of a path that are pages of the site and not somebody's account.
SITE_PAGES = _words(
    """
    id home search explore sign_in sign_up log_in log_out password forgot hashtag hashtags tag tags
    topic topics trending i intent share sharer sharer.php dialog plugins widgets
    login log-in signin sign-in signup sign-up register join logout about
    about-us contact help support faq terms tos privacy legal policy policies
    cookies settings notifications messages inbox direct compose jobs careers press blog news
    events event groups group pages page people directory category categories marketplace watch
    reel reels stories story story.php p tv video videos shorts playlist results feed channel
    channels gaming live music movies premium features feature pricing enterprise customers
    security sponsors collections collection orgs organizations organisations new pulls issues
    marketplace notifications stars apps developers developer docs documentation api static
    assets images img css js download downloads business ads advertising creators discover
    popular all wiki r gist status public dashboard projects snippets -/ invite addstickers
    joinchat proxy socks bg setlanguage iv c s l.php permalink.php photo.php photo photos media
    hashtags watchlist web embed oembed index index.html index.php home.php profile.php me main
    nearby games game store shop membership partner partners company school learning in pub pin
    today ideas user users profile profiles u account accounts site sites open trends lists
    moments readme license robots.txt favicon.ico sitemap.xml en de fr es it nl pt ja us uk gb
    v1 v2 v3 list edit create delete update show view admin self current
    """
)

# Short answers and states that follow a label and are neither account nor secret.
PLAIN_WORDS = _words(
    """
    yes no none null nil na n/a nan true false on off up down ok okay unknown undefined default
    here there below above this that it same see the a an and or of in at by for to is was are
    overview strong weak good bad lost found new old active inactive enabled disabled pending
    link links page pages profile account accounts user users name names username handle id
    private public dm dms me us you him her them now today soon later never always only required
    optional missing empty blank tbc tbd tba redacted removed hidden deleted banned channel
    channels group groups post posts video videos message messages account-holder online offline
    growing dead live free open closed done first last next other
    """
)

# Accounts of a machine, not of a person.
SYSTEM_ACCOUNTS = _words(
    """
    root admin administrator administrators guest nobody daemon shared public default all
    everyone system service services runner runneradmin ubuntu debian ec2-user centos vagrant
    jenkins circleci travis docker postgres mysql www www-data apache nginx node app appuser git
    deploy build buildbot user users username name test tester demo example lib bin local share
    home desktop documents downloads index.html index.php login logout signup me self new edit
    string str int bool object any anonymous localhost defaultuser0 wdagutilityaccount
    """
)

# Tags of web pages and the words that logs begin a line with: no nicks of a chat.
TAGS = _words(
    """
    abbr address article aside audio bdi bdo blockquote body br canvas caption cite col colgroup
    datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img ins kbd label legend li link main map
    mark menu meta meter nav noscript ol optgroup option output para picture pre progress rp rt
    ruby samp script search section select slot small source span strike strong style sub summary
    sup svg table tbody td template textarea tfoot th thead time title tr track tt ul var video
    wbr xml debug info warn warning error fatal trace kernel systemd cron sshd nginx apache stdin
    stdout stderr filename username hostname url uri uuid int str
    """
)

# What stands for a secret in prose, forms and code.
NO_SECRETS = _words(
    """
    password passwd pwd passphrase secret token key must should will can cannot may might has
    have had been be which who what when where with without changed change reset expired expires
    invalid valid incorrect wrong correct protected policy policies string str bytes int bool
    object any input field form type text value values varchar char required optional hidden
    example changeme your my his our their its not none-set forgotten forgot protection manager
    based economy bucket ring ballot weapon santa agent services service limit limits count
    authentication auth access length complexity strength strings please enter re-enter confirm
    basic bearer usage rotation storage hash hashes hashed encrypted masked xxxx xxxxx xxxxxx
    """
)

# Number words of two digits: "twenty" counts as two in a number that is spelled out.
TENS = _words(
    """
    ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
    thirty forty fifty sixty seventy eighty ninety
    """
)

# Words that say, mostly in other languages than English, which number follows; folded, but for one
# that is a name when written otherwise ("NINO", not "Nino"). Nobody's name.
NUMBER_LABELS = _words(
    """
    aadhaar aadhar burgerservicenummer codice contribuente contribuinte fiscale fodselsnummer
    fuhrerschein kimlik konto matricola matricule movil natel numero passaporto paspoort
    pasaporte passeport patente personalausweis personnummer reisepass rijbewijs rijksregister
    rodne cislo securite steueridentifikationsnummer telefono telefone telemovel tessera teudat
    zehut aufenthaltstitel passwort kennwort benutzername usuario utente gebruikersnaam
    contrasena wachtwoord losenord senha hasło heslo bearer пароль логин почта адрес courriel correo
    adresse adres 密码 密碼 パスワード 携帯 電話 身份证号 マイナンバー
    инн снилс огрн егн еик єдрпоу рнокпп αφμ αμκα insee p.iva ucas docket pmid NINO
    """
)

# The digits of a number that is spelled out.
NUMBER_WORDS = _words(
    """
    zero oh o nought naught one two three four five six seven eight nine
    """
)

# The names of the months in several languages, folded and abbreviated, with their numbers.
MONTHS: Mapping[str, int] = MappingProxyType(
    {
        word: number
        for number, names in enumerate(
            (
                """
                january jan januar janvier enero januari gennaio janeiro stycznia ledna
                jänner januára tammikuuta
                """,
                """
                february feb februar février fevrier febrero februari febbraio fevereiro
                lutego února
                """,
                """
                march mar märz maerz mars marzo maart março marco marca března marts
                maaliskuuta
                """,
                """
                april apr avril abril aprile kwietnia dubna huhtikuuta
                """,
                """
                may mai mayo mei maggio maio maja května maj toukokuuta
                """,
                """
                june jun juni juin junio giugno junho czerwca června kesäkuuta
                """,
                """
                july jul juli juillet julio luglio julho lipca července heinäkuuta
                """,
                """
                august aug août aout agosto augustus augusti sierpnia srpna elokuuta
                """,
                """
                september sep sept septembre septiembre settembre setembro września září
                syyskuuta
                """,
                """
                october oct oktober okt octobre octubre ottobre outubro października října
                lokakuuta
                """,
                """
                november nov novembre noviembre novembro listopada listopadu marraskuuta
                """,
                """
                december dec dezember dez décembre decembre diciembre december dicembre
                dezembro grudnia prosince joulukuuta
                """,
            ),
            start=1,
        )
        for word in names.split()
    }
)

# The days of a month in words, with their numbers.
ORDINALS: Mapping[str, int] = MappingProxyType(
    {
        word: number
        for number, word in enumerate(
            """
            first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
            thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
            """.split(),
            start=1,
        )
    }
)
