"""Words that speak against a person, by what they are. Folded."""

from __future__ import annotations

from redactor.detect.coreference.name_parser import words_of

__all__ = [
    "DAYS",
    "FONTS",
    "FORMULAS",
    "LIST_WORDS",
    "METHODS",
    "MONTHS",
    "NOT_NAMES",
    "ORGANISATION_SIGNS",
    "STAGES",
    "STAGES_ALONE",
    "SURNAMES_OF_PLACES",
]

# Latin and abbreviations of courts and notes, and words of programs, that models take for names.
NOT_NAMES = frozenset(
    """
    supra infra ibid ibidem idem passim ante curiam cite cited citing cf viz et al seq sic
    certiorari per v vs j jj cj appellant appellants appellee petitioner petitioners
    respondent respondents mme mlle dissenting concurring adv advs anr ors nos coram
    elif elsif elseif endif esac sprintf printf croak stdin stdout stderr errno argv argc iostream
    fname lname sname uname firstname lastname grep egrep awk xargs chmod chown mkdir rmdir sudo
    disallow lorem ipsum vol vols pp eds fol chap sect
    """.split()
)

# Labels of subjects and of forms, what letters are about and begin and end with, what happens to
# accounts, and whether somebody is married, in languages that the model was not made for. A span
# of nothing else, and of words in small letters behind one, is no name.
FORMULAS = frozenset(
    form
    for word in """
    betreff betrifft bezug termin rechnung anfrage einladung mahnung kündigung bestellung angebot
    antwort weiterleitung anlage anlagen bewerbung widerspruch guten grüße grüßen freundlichen
    objet veuillez rendez-vous réunion facture rappel demande invitation commande devis résiliation
    mes nos salutations agréer madame monsieur messieurs mesdames cordialement bonjour
    asunto reunión factura solicitud invitación pedido presupuesto reclamación
    estimado estimada estimados saludos atentamente
    oggetto appuntamento riunione fattura richiesta invito ordine preventivo sollecito egregio
    saluti cordiali
    onderwerp betreft afspraak vergadering factuur aanvraag uitnodiging bestelling offerte geachte
    groeten
    assunto reunião fatura pedido convite encomenda orçamento prezado prezada cumprimentos
    temat dotyczy spotkanie faktura zapytanie zaproszenie zamówienie oferta pozdrawiam szanowny
    szanowna
    předmět schůzka pozvánka objednávka nabídka vážený vážená pozdravem
    emne møde møte tilbud bestilling innkalling indkaldelse hilsen ämne möte kallelse offert
    beställning hälsningar
    gesperrt entsperrt gelöscht deaktiviert angemeldet abgemeldet bloqué supprimé désactivé
    bloqueado eliminado bloccato eliminato geblokkeerd verwijderd zablokowany usunięty spärrad
    borttagen sperret slettet spærret
    ledig verheiratet geschieden verwitwet edad leeftijd soltera
    divorciado divorciada viudo célibataire divorcé divorcée gehuwd ongehuwd gescheiden
    celibe nubile coniugato coniugata divorziato divorziata żonaty zamężna ogift
    skild gammel gammal
    salut merci danke gracias grazie obrigado obrigada bedankt
    谢谢 感谢 联系 联络 连络 邮箱 电话 您好 你好 此致 敬礼
    vorname nachname familienname geburtsname geburtsdatum straße wohnort postleitzahl prénom nom
    nombre apellido apellidos nome cognome sobrenome voornaam achternaam imię nazwisko jméno
    příjmení fornavn etternavn efternavn förnamn efternamn adresse téléphone leute
    """.split()
    for form in words_of(word)
)

# Days of the week in the languages of Europe. Many are surnames too ("Freitag", "Sobota"): they
# count beside the above, behind what leads to one, or beside another day, a month or a number.
DAYS = frozenset(
    form
    for word in """
    montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi
    samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì
    giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    poniedziałek wtorek środa czwartek piątek sobota niedziela mandag tirsdag onsdag torsdag fredag
    lørdag søndag måndag tisdag lördag söndag pondělí úterý středa čtvrtek pátek neděle pondelok
    štvrtok piatok nedeľa ponedjeljak utorak srijeda četvrtak petak subota nedjelja hétfő kedd
    szerda csütörtök péntek szombat vasárnap luni marți miercuri joi vineri sâmbătă duminică
    maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai pazartesi salı çarşamba
    perşembe cuma cumartesi pazar segunda-feira terça-feira quarta-feira quinta-feira sexta-feira
    δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή понедельник вторник среда четверг пятница
    суббота воскресенье понеділок вівторок середа четвер п'ятниця субота неділя
    """.split()
    for form in words_of(word)
)

# Months as headings and lists have them; `checks.words` has the forms of dates. Many are names
# ("Julio", "Marzec"): they count beside another month, a day or a number.
MONTHS = frozenset(
    form
    for word in """
    januar februar märz april mai juni juli august september oktober november dezember
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
    januari februari maart mei augustus december maj
    styczeń luty marzec kwiecień czerwiec lipiec sierpień wrzesień październik listopad grudzień
    leden únor březen duben květen červen červenec srpen září říjen prosinec
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    január február március április május június július augusztus szeptember október
    ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie decembrie
    siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan studeni prosinac
    tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu
    joulukuu ιανουάριος φεβρουάριος μάρτιος απρίλιος μάιος ιούνιος ιούλιος αύγουστος σεπτέμβριος
    οκτώβριος νοέμβριος δεκέμβριος январь февраль март апрель май июнь июль август сентябрь октябрь
    ноябрь декабрь січень лютий березень квітень травень червень липень серпень вересень жовтень
    листопад грудень
    """.split()
    for form in words_of(word)
)

# Ways of ringing bells: "Plain Bob Minor", "Cambridge Surprise Major", "Stedman Caters". The last
# word is for the number of bells; few of these name nothing else.
STAGES = frozenset(
    "minimus doubles triples caters cinques maximus singles minor major royal".split()
)
STAGES_ALONE = frozenset("caters cinques".split())
METHODS = ("plain bob", "treble", "surprise", "delight", "grandsire")

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
