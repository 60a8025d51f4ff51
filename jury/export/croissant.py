"""The data card beside an exported file: Croissant, the metadata of data sets for machine learning, as JSON-LD.

Croissant rather than a Frictionless data package, because venues and repositories of the field ask for it, and because
its vocabulary for responsible use has a place for what matters most here: that these are no answers of people.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jury.export.about import NOT_PEOPLE, caveat
from jury.export.ballots import spreadsheet_safe
from jury.export.columns import described

if TYPE_CHECKING:
    import pandas as pd

    from jury.run import Run

_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/jsonlines",
    "parquet": "application/x-parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: Formats of which Croissant says how columns are read.
_READABLE = frozenset({"csv", "jsonl", "parquet"})

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

_FILE = "file"
_BLOCK = 1 << 20


def card_path(exported: Path) -> Path:
    """Return where the card of an exported file stands: beside it, under its name."""
    return exported.with_name(f"{exported.name}.croissant.json")


def write_card(
    run: Run, exported: Path, style: str, *, licence: str | None = None, ballots: pd.DataFrame | None = None
) -> Path:
    """Write the data card of `exported` beside it and return its path; see `data_card`."""
    card = data_card(run, exported, style, licence=licence, ballots=ballots)
    path = card_path(exported)
    path.write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", errors="replace")
    return path


def data_card(
    run: Run, exported: Path, style: str, *, licence: str | None = None, ballots: pd.DataFrame | None = None
) -> dict[str, Any]:
    """Return the Croissant metadata of an exported file.

    Parameters
    ----------
    run : Run
    exported : Path
        The file, as it was written.
    style : {"csv", "jsonl", "parquet", "xlsx"}
    licence : str, optional
        Terms under which the ballots may be used: the address of a licence, or its name. The population's own terms
        are told in any case.
    ballots : DataFrame, optional
        ``run.ballots()``, if it is at hand.

    Returns
    -------
    dict
        JSON-LD: what the data are and are not, checksum, columns, population, model, denominators.

    References
    ----------
    Akhtar et al. (2024), Croissant: a metadata format for ML-ready datasets, arXiv:2403.19546. Jain et al. (2024), A
    standardized machine-readable dataset documentation format for responsible AI, arXiv:2407.16883.
    """
    header, ballots = run.header, run.ballots() if ballots is None else ballots
    source = header.provenance.get("population", {})
    parts: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": f"{header.name}: ballots of {len(run.jurors)} simulated jurors",
        "description": _description(run),
        "version": "1.0.0",
        "datePublished": (header.finished or header.created)[:10],
        "dateCreated": header.created,
        "identifier": header.fingerprint,
        **({"license": licence} if licence else {}),
        "keywords": ["simulated jury", "synthetic data", "social choice", "pluralistic alignment"],
        "isBasedOn": _based_on(source),
        "variableMeasured": [
            {"@type": "PropertyValue", "name": name, "description": words}
            for name, words in described(ballots.columns).items()
        ],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": _FILE,
                "name": exported.name,
                "contentUrl": exported.name,
                "contentSize": f"{exported.stat().st_size} B",
                "encodingFormat": _TYPES[style],
                "sha256": _checksum(exported),
            }
        ],
        **_responsible(run, source),
    }
    if style in _READABLE:
        parts["recordSet"] = [_records(ballots, style)]
    return parts


def _description(run: Run) -> str:
    counts = run.denominators()
    told = ", ".join(f"{counts[name]} {name}" for name in ("asked", "answered", "refused", "unparsed", "failed"))
    said = [
        NOT_PEOPLE,
        run.study.description,
        f"Model: {run.header.model}. Ballots: {told}, {counts['missing']} missing.",
        caveat(run),
    ]
    return " ".join(filter(None, said))


def _based_on(source: dict[str, Any]) -> dict[str, Any]:
    found = {
        "@type": "Dataset",
        "name": source.get("title", "not stated"),
        "description": f"The population that personas were drawn from. {source.get('universe') or ''}".strip(),
        "license": source.get("licence"),
        "citation": source.get("citation"),
        "url": source.get("url"),
        "temporalCoverage": None if source.get("year") is None else str(source["year"]),
    }
    return {name: value for name, value in found.items() if value is not None}


def _responsible(run: Run, source: dict[str, Any]) -> dict[str, Any]:
    study, header = run.study, run.header
    drawn = run.panel().drawn
    again = f", and again in each of {run.rounds} round(s), after hearing other jurors" if run.rounds else ""
    return {
        "rai:dataCollection": (
            f"Each of {len(run.jurors)} personas, drawn from the population {source.get('title', 'not stated')!r}, was "
            f"put to {header.model} with each case, and the model's answer was read as a ballot (mode "
            f"{study.elicitation.mode}, readout {header.readout}, {study.elicitation.replicates} time(s) each{again})."
        ),
        "rai:dataCollectionType": ["Software Collection"],
        "rai:dataCollectionTimeFrame": [header.created, *filter(None, [header.finished])],
        "rai:machineAnnotationTools": [header.model, f"pluralistic-jury {header.version}"],
        "rai:annotatorDemographics": "Simulated. " + " ".join(drawn.caveats() if drawn is not None else []),
        "rai:dataLimitations": " ".join(filter(None, [NOT_PEOPLE, caveat(run)])),
        "rai:dataBiases": (
            "Language models flatten and stereotype groups, follow the order and the labels of options, and agree with "
            "each other more than people do. Compare with people before anything is concluded about groups."
        ),
        "rai:dataUseCases": (
            "Study of aggregation and of simulated juries. Not evidence of what people, or groups of people, think."
        ),
        "rai:personalSensitiveInformation": (
            "Personas may carry sensitive attributes (race, religion, politics) of described persons; whether the "
            "population is of real respondents is told under isBasedOn."
        ),
    }


def _records(ballots: pd.DataFrame, style: str) -> dict[str, Any]:
    fields = []
    for name, words in described(ballots.columns).items():
        kind = _kind(ballots[name], nested=style == "jsonl")
        if kind is None:
            continue
        fields.append(
            {
                "@type": "cr:Field",
                "@id": f"ballots/{quote(name)}",
                "name": name,
                "description": words,
                "dataType": kind.removesuffix("[]"),
                **({"repeated": True} if kind.endswith("[]") else {}),
                "source": {
                    "fileObject": {"@id": _FILE},
                    "extract": {"column": spreadsheet_safe(name) if style == "csv" else name},
                },
            }
        )
    told = "One row a ballot."
    if style == "csv":
        told += " Text that a spreadsheet would run as a formula begins with an apostrophe that is not part of it."
    if style == "jsonl":
        told += " Nested objects are in the file and not among the fields; variableMeasured has every column."
    return {"@type": "cr:RecordSet", "@id": "ballots", "name": "ballots", "description": told, "field": fields}


def _kind(column: pd.Series, *, nested: bool) -> str | None:
    """Return the type of a column, with ``[]`` for lists of text; None for objects, of which Croissant has no type."""
    values = column.dropna().tolist()
    if values and all(isinstance(value, bool) for value in values):
        return "sc:Boolean"
    if values and all(isinstance(value, int) for value in values):
        return "sc:Integer"
    if values and all(isinstance(value, int | float) for value in values):
        return "sc:Float"
    if nested and any(isinstance(value, dict | list) for value in values):
        flat = all(isinstance(value, list) and all(isinstance(each, str) for each in value) for value in values)
        return "sc:Text[]" if flat else None
    return "sc:Text"


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
