"""The words of other people's tables, in English, Spanish, Portuguese and French: one list."""

import re
import unicodedata

from babel import Locale

# What the name of a column says. "other" counts something else, "part" only some of the deaths.
_NAMES = {
    "year": "years? anos? anio yr annee time time.period",
    "month": "months? mes mois",
    "day": "day dia jour",
    "quarter": "quarter trimestre trim qtr",
    "date": "date day fecha dia data jour period periodo periode year ano anio annee month mes "
    "mois",
    "deaths": "deaths? homicides? homicidios? murders? asesinatos? assassinatos? meurtres? "
    "victims? victimas? vitimas? victimes? muertes? muertos? mortes? morts? obitos? deces "
    "defunciones fallecidos? killed killings? counts? conteo cantidad cases casos total n "
    "hom ocorrencias",
    "people": "population poblacion populacao habitantes inhabitants people persons personas pop",
    "other": "rates? tasas? taxa taux per por pop poblacion population populacao age edad idade "
    "lat lng lon latitude longitude percent porcentaje pct upper lower low high hour hora "
    "area index rank",
    "part": "women females? mujer mujeres mulheres femmes men males? hombres? homens hommes "
    "firearms? guns? armas? attempted tentativas? tentados? frustrados? police children "
    "minors menores culposos? accidental traffic transito",
    "code": "id code cod codigo cve clave iso iso.?3 fips folio no num nr number index key geo",
    "kind": "crime murder offen[cs]e delito fatal homicide homicidio tipo type muerte kind cause "
    "causa accident[a-z]* suicid[a-z]* femi?ni?cid[a-z]* agresi[a-z]* assaults? lesion[a-z]* "
    "dolos[a-z]* culpos[a-z]* latrocini[a-z]*",
}
_NAMED = {
    kind: re.compile(rf"(?:^| )(?:{'|'.join(words.split())})(?: |$)")
    for kind, words in _NAMES.items()
}
_TOTAL = re.compile(
    r"(?:(?:sub|gran|grand)[\s-]*)?tot(?:al(?:es|s)?)?\b.*|.*\btotals?|sum|suma|soma|somme|overall|"
    r"(?:national|nacional|nationwide)(?: (?:total|country))?|les deux(?: sexes)?|"
    # Both sexes, todos los departamentos: at most one word more, for "all" may begin anything.
    r"(?:both|ambos|ambas|all|todos|todas|tous|toutes|ensemble)"
    r"(?: (?:os |as |los |las |les |the |country )?[a-z]+)?"
)
YES_NO = {"", "yes", "no", "si", "s\u00ed", "y", "n", "true", "false", "sim", "n\u00e3o"}

_UNKNOWN = (
    "u,n/a,n/d,nd,ni,unknown,not known,not stated,not reported,desconocido,ignorado,se ignora,"
    "indeterminado,sin dato,no reporta,no informado,no identificado,no especificado,"
    "nao informado,sexo ni,inconnu,non precise"
)
# What files call the sexes and mechanisms of counts.csv.
_GROUPS = {
    "sex": {
        "female": "f,female,females,woman,women,mujer,mujeres,femenino,femenina,feminino,mulher,"
        "mulheres,femme,femmes,w",
        "male": "m,male,males,man,men,hombre,hombres,masculino,masculina,homem,homens,homme,hommes,"
        "h",
        "unknown": _UNKNOWN,
    },
    "mechanism": {
        "firearm": "firearm,firearms,gun,guns,shooting,arma de fuego,armas de fuego,arme a feu",
        "sharp object": "sharp object,knife,knives,stabbing,arma blanca,armas blancas,arme blanche",
        "other": "other,others,otro,otros,otra,otras,outros,outro,autre,autres",
        "unknown": _UNKNOWN,
    },
}
_OLDER = re.compile(r"\+|more|over|older|mas|mayor|mais|plus|above")
_YOUNGER = re.compile(r"<|under|less|menos|menor|moins")


def folded(text: str) -> str:
    """Small letters without accents, single blanks.

    >>> folded(" A\u00d1O  1 ")
    'ano 1'
    """
    apart = unicodedata.normalize("NFD", text.strip().casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def plain(name: str) -> str:
    """A name as words: small letters without accents.

    >>> plain("A\u00f1o_1"), plain("numberOfDeaths")
    ('ano 1', 'number of deaths')
    """
    return " ".join(re.findall("[a-z]+|[0-9]+", folded(re.sub("(?<=[a-z])(?=[A-Z])", " ", name))))


def named(name: str, *kinds: str) -> bool:
    """Whether a column's name has a word of some kind.

    >>> named("Homicidios dolosos", "deaths"), named("Taxa", "deaths", "other"), named("x", "year")
    (True, True, False)
    """
    words = plain(name)
    return any(_NAMED[kind].search(words) for kind in kinds)


def is_total(text: str) -> bool:
    """Whether a cell is called a total of others.

    >>> [is_total(text) for text in ("TOTAL 2012", "Ambos sexos", "All", "All provinces")]
    [True, True, True, True]
    >>> is_total("Independencia Nacional"), is_total("All theft not mentioned elsewhere")
    (False, False)
    """
    return bool(_TOTAL.fullmatch(" ".join(re.findall("[a-z0-9]+", folded(text[:80])))))


def _months() -> dict[str, int]:
    """Numbers of months by their names in the four languages, whole and shortened."""
    found = {"setiembre": 9}  # as Peru and Uruguay write it
    for each in map(Locale, ("en", "es", "pt", "fr")):
        for width in ("wide", "abbreviated"):
            for of in each.months.values():
                found |= {folded(name).rstrip("."): n for n, name in of.get(width, {}).items()}
    return found


MONTHS = _months()


def month_named(text: str) -> int:
    """The month of a name, whole or shortened; 0 for anything else.

    >>> month_named("Enero"), month_named("sept."), month_named("juil."), month_named("13")
    (1, 9, 7, 0)
    """
    return MONTHS.get(folded(text[:40]).rstrip("."), 0)


def group(what: str, text: str) -> str | None:
    """A sex, age, mechanism or motive as counts.csv writes it; empty for all, None for no sex.

    >>> group("sex", "Mujeres"), group("age", "15 a 29"), group("age", "60+"), group("sex", "x")
    ('female', '15-29', '60+', None)
    >>> group("mechanism", "Arma de fuego"), group("sex", "Ambos sexos"), group("sex", "Dead men")
    ('firearm', '', 'male')
    >>> group("sex", "NO REPORTA"), group("sex", "Sexo NI")
    ('unknown', 'unknown')
    """
    if not text or is_total(text):
        return ""
    said = folded(text)
    if what == "age":
        years = re.findall("[0-9]+", said)
        if len(years) == 1 and _OLDER.search(said):
            return f"{years[0]}+"
        if len(years) == 1 and _YOUNGER.search(said):
            return f"0-{int(years[0]) - 1}"
        return f"{years[0]}-{years[-1]}" if 1 <= len(years) <= 2 else "unknown"
    for whole in (True, False):  # a heading, as Homicides of women, has one sex among its words
        words = {said} if whole else set(re.findall("[a-z]+", said) if what == "sex" else ())
        known = [
            word for word, names in _GROUPS.get(what, {}).items() if words & {*names.split(",")}
        ]
        if len(known) == 1:
            return known[0]
    return None if what == "sex" else text
