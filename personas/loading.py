"""Loading a population by name or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from aggregators.registry import UnknownName
from personas.codebook import Codebook, load_codebook
from personas.documents import read_document, validate
from personas.errors import PopulationError
from personas.sources import Reading, sources

if TYPE_CHECKING:
    from personas.population import Population

BUILT_IN = Path(__file__).parent / "data"
DATA_SUFFIXES = (".csv", ".csv.gz", ".parquet")


class _PopulationFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    file: str
    name: str | None = None
    codebook: str | dict[str, Any] | None = None
    weight: str | None = None


def load_population(
    spec: str | Path,
    codebook: str | Path | Codebook | None = None,
    *,
    weight: str | None = None,
    kind: str | None = None,
) -> Population:
    """Load a population.

    Parameters
    ----------
    spec : str or Path
        Name of a built-in population; a ``.yaml`` population file, which gives the kind of source, the data
        file (relative to itself) and the codebook (in place, by path or by name); or a data file (``.csv``,
        ``.csv.gz``, ``.parquet``).
    codebook : str, Path or Codebook, optional
        What the columns of a data file mean: a built-in name, a YAML file or the codebook itself. Without
        one, columns are attributes as they are.
    weight : str, optional
        Column of base weights in a data file; goes before the codebook's.
    kind : str, optional
        A registered persona source; for a data file ``microdata`` unless told.

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
    """
    path = BUILT_IN / f"{spec}.yaml" if str(spec) in built_in_populations() else Path(spec)
    if path.suffix in {".yaml", ".yml"}:
        if codebook or weight or kind:
            raise PopulationError(
                f"{spec}: a population file says its codebook, weight and kind itself: drop the arguments"
            )
        return _load_file(path)
    if not path.name.endswith(DATA_SUFFIXES):
        raise PopulationError(
            f"{str(spec)!r} is neither a built-in population ({', '.join(built_in_populations())})"
            f" nor a {', '.join(('.yaml', *DATA_SUFFIXES))} file"
        )
    book = codebook if codebook is None or isinstance(codebook, Codebook) else load_codebook(codebook)
    return _read(kind or "microdata", Reading(path, path.name.split(".")[0], book, weight))


def built_in_populations() -> tuple[str, ...]:
    """Return the names of the populations that come with the package."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.yaml")))


def _load_file(path: Path) -> Population:
    file = validate(_PopulationFile, read_document(path), path)
    data = path.parent / file.file
    book = None
    if isinstance(file.codebook, dict):
        book = validate(Codebook, file.codebook, path, at=("codebook",))
    elif file.codebook is not None:
        beside = path.parent / file.codebook
        book = load_codebook(beside if beside.is_file() else file.codebook)
    return _read(file.kind, Reading(data, file.name or path.stem, book, file.weight))


def _read(kind: str, reading: Reading) -> Population:
    try:
        read = sources[kind]
    except UnknownName as error:
        raise PopulationError(f"kind: {error}") from None
    return read(reading)
