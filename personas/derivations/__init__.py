"""How the tables of the built-in populations were made from what statistical offices publish. One file a source.

Most published files are too large to ship; each function turns one of them into the table under ``personas/data``. Run
again, it gives the same table: ``england_wales(path).to_csv("personas/data/england-wales.csv", index=False)``.
"""

from personas.derivations.england_wales import england_wales
from personas.derivations.un_countries import EU_2020, un_countries
from personas.derivations.us_adults import adults_by_region, education_by_age, parties_by_region, us_adults_once
from personas.derivations.us_citizens import us_citizens, us_parties

__all__ = [
    "EU_2020",
    "adults_by_region",
    "education_by_age",
    "england_wales",
    "parties_by_region",
    "un_countries",
    "us_adults_once",
    "us_citizens",
    "us_parties",
]
