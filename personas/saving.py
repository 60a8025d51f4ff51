"""Writing a population as files that `load_population` reads: a YAML file that says what is known, and its data."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from personas.errors import PopulationError
from personas.files import BLANK
from personas.groups import readable

if TYPE_CHECKING:
    import pandas as pd

    from personas.population import Population

_ID, _WEIGHT, _NARRATIVE, _ANSWER = "(id)", "(weight)", "(narrative)", "(answer) "  # no attribute is called so


def save_population(population: Population, path: str | Path) -> tuple[Path, Path]:
    """Write a population as a ``.yaml`` file and a ``.csv`` file beside it, in words and with its weights.

    Parameters
    ----------
    population : Population
        What to write; its weights are written as they are.
    path : str or Path
        The ``.yaml`` file. The data go to the same name with ``.csv``.

    Returns
    -------
    (Path, Path)
        Both files.

    Raises
    ------
    PopulationError
        If `path` is no ``.yaml`` file, a file is there already, or a level has a word that means no answer in CSV.

    Examples
    --------
    >>> import tempfile
    >>> from personas import load_population
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path, _ = save_population(load_population("us-adults"), Path(folder, "copy.yaml"))
    ...     load_population(path).effective_size == load_population("us-adults").effective_size
    True
    """
    path = Path(path)
    if path.suffix not in {".yaml", ".yml"}:
        raise PopulationError(f"{path}: a population is written as a .yaml file: name it so")
    data = path.with_suffix(".csv")
    for file in (path, data):
        if file.exists():
            raise PopulationError(f"{file}: exists already: name another file, or remove it")
    document = {
        "kind": "microdata" if population.unit == "person" else "joint",
        "name": population.name,
        "file": data.name,
        "codebook": _codebook(population),
    }
    table = _table(population)
    _check_words(table)
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(data, index=False, quoting=csv.QUOTE_NONNUMERIC)  # keeps the blanks in front of words
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PopulationError(
            f"{error.filename or path}: cannot be written ({error.strerror}): choose another"
        ) from None
    return path, data


def _table(population: Population) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {_ID: population.frame.index, _WEIGHT: population.weights}
    columns |= {name: population.frame[name].to_numpy(dtype=object) for name in population.attributes}
    if population.answers is not None:
        answers = population.answers
        columns |= {_ANSWER + str(name): answers[name].to_numpy(dtype=object) for name in answers.columns}
    if population.narratives is not None:
        columns[_NARRATIVE] = list(population.narratives)
    return pd.DataFrame(columns)


def _check_words(table: pd.DataFrame) -> None:
    """Refuse words that the file would be read back without."""
    for name in table.columns:
        if name not in {_ID, _WEIGHT} and (lost := [word for word in BLANK if (table[name] == word).any()]):
            raise PopulationError(f"{name}: {lost[0]!r} in a CSV file means no answer: give it another word")


def _codebook(population: Population) -> dict[str, Any]:
    book: dict[str, Any] = {
        "source": population.source.model_dump(mode="json", exclude_none=True),
        "id": _ID,
        "weight": _WEIGHT,
        "attributes": {name: _attribute(population, name) for name in population.attributes},
    }
    if population.narratives is not None:
        book["narrative"] = _NARRATIVE
    if population.items and population.answers is not None:
        book["items"] = {
            name: {
                "question": item.question,
                **({"topic": item.topic} if item.topic else {}),
                "column": _ANSWER + name,
                "options": {word: word for word in item.options.values()},
            }
            for name, item in population.items.items()
        }
    return book


def _attribute(population: Population, name: str) -> dict[str, Any]:
    import pandas as pd

    column = population.frame[name]
    block: dict[str, Any] = {"label": population.labels[name]} if name in population.labels else {}
    if name in population.unprompted:
        block["prompt"] = False
    if isinstance(column.dtype, pd.CategoricalDtype):
        levels = [readable(level) for level in column.cat.categories]
        return block | {"values": dict(zip(levels, levels, strict=True))}
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return block | {"kind": "number"}
    return block | {"kind": "text"}
