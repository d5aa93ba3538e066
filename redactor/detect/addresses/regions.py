"""Countries, and the states, provinces and counties that occur in postal addresses.

Short forms are those of the postal services of the United States (Publication 28, with the
military ones), Canada and Australia; countries are named in English and, in Europe, as they name
themselves.
"""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    """Return the names of a list, the longest first, so that a pattern takes the whole name."""
    return tuple(sorted((name.strip() for name in text.split(",")), key=lambda name: -len(name)))


US_CODES = _listed(
    """AL, AK, AZ, AR, CA, CO, CT, DE, DC, FL, GA, HI, ID, IL, IN, IA, KS, KY, LA, ME, MD, MA, MI,
    MN, MS, MO, MT, NE, NV, NH, NJ, NM, NY, NC, ND, OH, OK, OR, PA, RI, SC, SD, TN, TX, UT, VT, VA,
    WA, WV, WI, WY, PR, GU, VI, AS, MP, FM, MH, PW, AA, AE, AP"""
)
US_STATES = _listed(
    """Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, District of
    Columbia, Florida, Georgia, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana,
    Maine, Maryland, Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska,
    Nevada, New Hampshire, New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio,
    Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee, Texas,
    Utah, Vermont, Virginia, Washington, West Virginia, Wisconsin, Wyoming, Puerto Rico, N.Y., N.J.,
    N.H., N.C., N.D., S.C., S.D., N.M., D.C., R.I., Calif., Mass., Conn., Penn., Ill., Mich., Minn.,
    Tenn., Tex., Fla., Ariz., Colo., Okla., Wis., Wash., Ore., Va., W.Va., Ky., Ga., Ala., Md."""
)
CA_PROVINCES = _listed(
    """AB, BC, MB, NB, NL, NS, NT, NU, ON, PE, QC, SK, YT, Alberta, British Columbia, Manitoba, New
    Brunswick, Nouveau-Brunswick, Newfoundland and Labrador, Nova Scotia, Nouvelle-Écosse, Northwest
    Territories, Nunavut, Ontario, Prince Edward Island, Québec, Quebec, Saskatchewan, Yukon"""
)
AU_STATES = _listed(
    """ACT, NSW, NT, QLD, SA, TAS, VIC, WA, Qld, Vic, Tas, New South Wales, Queensland, South
    Australia, Tasmania, Victoria, Western Australia, Northern Territory, Australian Capital
    Territory"""
)
# Counties of the United Kingdom, with former ones that are still written, and of Ireland.
COUNTIES = _listed(
    """Avon, Bedfordshire, Berkshire, Buckinghamshire, Cambridgeshire, Cheshire, Cornwall, Cumbria,
    Derbyshire, Devon, Dorset, Durham, Dyfed, East Sussex, Essex, Fife, Gloucestershire, Greater
    Manchester, Gwent, Gwynedd, Hampshire, Herefordshire, Hertfordshire, Isle of Wight, Kent,
    Lancashire, Leicestershire, Lincolnshire, Merseyside, Middlesex, Norfolk, North Yorkshire,
    Northamptonshire, Northumberland, Nottinghamshire, Oxfordshire, Powys, Rutland, Shropshire,
    Somerset, South Yorkshire, Staffordshire, Suffolk, Surrey, Tyne and Wear, Warwickshire, West
    Midlands, West Sussex, West Yorkshire, Wiltshire, Worcestershire, Aberdeenshire, Ceredigion,
    Co. Antrim, Co. Down, Co. Carlow, Co. Cavan, Co. Clare, Co. Cork, Co. Donegal, Co. Dublin, Co.
    Galway, Co. Kerry, Co. Kildare, Co. Kilkenny, Co. Laois, Co. Leitrim, Co. Limerick, Co.
    Longford, Co. Louth, Co. Mayo, Co. Meath, Co. Monaghan, Co. Offaly, Co. Roscommon, Co. Sligo,
    Co. Tipperary, Co. Tyrone, Co. Waterford, Co. Westmeath, Co. Wexford, Co. Wicklow"""
)
COUNTRIES = _listed(
    """USA, U.S.A., United States, United States of America, UK, U.K., United Kingdom, Great
    Britain, England, Scotland, Wales, Northern Ireland, Ireland, Éire, Republic of Ireland, Canada,
    Australia, New Zealand, Germany, Deutschland, Austria, Österreich, Switzerland, Schweiz, Suisse,
    Svizzera, Liechtenstein, France, Belgium, Belgique, België, Luxembourg, Luxemburg, Netherlands,
    The Netherlands, Nederland, Holland, Italy, Italia, Spain, España, Portugal, Poland, Polska,
    Czech Republic, Czechia, Česká republika, Česko, Slovakia, Slovensko, Slovenia, Hungary,
    Magyarország, Sweden, Sverige, Norway, Norge, Denmark, Danmark, Finland, Suomi, Iceland, Ísland,
    Estonia, Latvia, Lithuania, Greece, Croatia, Hrvatska, Romania, România, Bulgaria, Serbia,
    Turkey, Türkiye, Ukraine, Russia, Israel, India, Pakistan, Bangladesh, Sri Lanka, China, Hong
    Kong, Japan, South Korea, Singapore, Malaysia, Indonesia, Philippines, Thailand, Vietnam, South
    Africa, Nigeria, Kenya, Ghana, Egypt, Morocco, Mexico, México, Brazil, Brasil, Argentina, Chile,
    Colombia, Peru, Cyprus, Malta, Uruguay, Venezuela, Ecuador, Afghanistan, Albania, Algeria,
    Andorra, Angola, Antigua and Barbuda, Armenia, Aruba, Azerbaijan, Bahamas, Bahrain, Barbados,
    Belarus, Belize, Benin, Bermuda, Bhutan, Bolivia, Bosnia and Herzegovina, Botswana, Brunei,
    Burkina Faso, Burundi, Cambodia, Cameroon, Cape Verde, Central African Republic, Chad, Comoros,
    Congo, Costa Rica, Côte d'Ivoire, Cuba, Djibouti, Dominica, Dominican Republic, East Timor,
    Timor-Leste, El Salvador, Equatorial Guinea, Eritrea, Eswatini, Ethiopia, Faroe Islands, Fiji,
    Gabon, Gambia, Georgia, Gibraltar, Greenland, Grenada, Guatemala, Guernsey, Guinea,
    Guinea-Bissau, Guyana, Haiti, Honduras, Iran, Iraq, Isle of Man, Jamaica, Jersey, Jordan,
    Kazakhstan, Kiribati, Kosovo, Kuwait, Kyrgyzstan, Laos, Lebanon, Lesotho, Liberia, Libya, Macau,
    Madagascar, Malawi, Maldives, Mali, Marshall Islands, Mauritania, Mauritius, Micronesia,
    Moldova, Monaco, Mongolia, Montenegro, Mozambique, Myanmar, Namibia, Nauru, Nepal, Nicaragua,
    Niger, North Korea, North Macedonia, Macedonia, Oman, Palau, Palestine, Panama, Papua New
    Guinea, Paraguay, Qatar, Rwanda, Saint Lucia, Samoa, San Marino, Saudi Arabia, Senegal,
    Seychelles, Sierra Leone, Solomon Islands, Somalia, South Sudan, Sudan, Suriname, Syria, Taiwan,
    Tajikistan, Tanzania, Togo, Tonga, Trinidad and Tobago, Tunisia, Turkmenistan, Tuvalu, Uganda,
    United Arab Emirates, UAE, Uzbekistan, Vanuatu, Vatican City, Yemen, Zambia, Zimbabwe"""
)
