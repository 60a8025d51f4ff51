"""LeWiDi JSON: the harmonised form of the shared tasks on learning with disagreements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jury.errors import StudyError
from jury.panel import Panel
from jury.panels.base import Builder, panel_reader, read_json

__all__ = ["read_lewidi"]

_UNKNOWN = "DATA_EXPIRED"
_GROUPS = "annotators group"
_OTHERS = "other annotations"


@panel_reader("lewidi", several=True)
def read_lewidi(
    paths: Sequence[Path],
    *,
    codes: Mapping[str, str] | None = None,
    metadata: str | Path | None = None,
    language: str | None = None,
    task: str | None = None,
) -> Panel:
    """LeWiDi JSON files (HS-Brexit, MultiPICo ...): labels by annotator, with groups or metadata of these.

    Parameters
    ----------
    paths : sequence of Path
        Parts of one data set, such as train and dev: an item's id is the part's ``split`` and its number.
    codes : Mapping, optional
        Label -> name of the alternative, in this order; by default the labels themselves, sorted. A label that is not
        listed is an answer without an opinion.
    metadata : str or Path, optional
        JSON of the annotators' attributes, by number: key "7" is annotator "Ann7". ``DATA_EXPIRED`` is not stated.
    language : str, optional
        Only items in this language.
    task : str, optional
        Labels of another task by the same annotators, under ``other_info``, in place of the main one.

    Notes
    -----
    Where the file gives each annotator a group (HS-Brexit), it is the attribute ``group``, by the name that the items
    use (group1, group2), not by what the file says of it. An annotator with two groups is refused.
    """
    people = _people(Path(metadata)) if metadata is not None else {}
    items = [one for path in paths for one in _items(path, language, task)]
    if not items:
        raise StudyError(f"{paths[0]}: holds no items" + (f" in language {language!r}" if language else ""))
    named = _named(items, codes, paths[0])
    builder = Builder(" + ".join(path.name for path in paths))
    alternatives = tuple(dict.fromkeys(named.values()))
    groups: dict[str, str] = {}
    for item in items:
        builder.case(item.id, item.text, alternatives)
        for annotator, group in item.groups.items():
            if groups.setdefault(annotator, group) != group:
                raise StudyError(f"{builder.name}: annotator {annotator!r} is in {groups[annotator]!r} and {group!r}")
    for item in items:
        for annotator, label in item.labels.items():
            known = people.get(annotator.removeprefix("Ann"), {})
            attributes = known | ({"group": groups[annotator]} if annotator in groups else {})
            builder.rating(builder.rater(annotator, attributes), item.id, {"choice": named.get(label)})
    return builder.panel()


class _Item:
    """One item as the file has it."""

    def __init__(self, path: Path, key: str, raw: Mapping[str, Any], task: str | None) -> None:
        where = f"{path}, item {key!r}"
        try:
            self.id = f"{raw.get('split', path.name)}-{key}"
            text = raw["text"]
            self.text = "\n\n".join(map(str, text.values())) if isinstance(text, dict) else str(text)
            self.language = raw.get("lang")
            names = [name.strip() for name in str(raw["annotators"]).split(",")]
            info = raw.get("other_info") or {}
            labels = raw["annotations"] if task is None else (info.get(_OTHERS) or {})[task]
        except (KeyError, TypeError, AttributeError) as error:
            raise StudyError(
                f"{where}: has no {error.args[0]!r}; a LeWiDi item has text, annotators, annotations"
            ) from None
        listed = list(labels.values()) if isinstance(labels, dict) else str(labels).split(",")
        if isinstance(labels, dict):
            names = list(labels)
        if len(listed) != len(names) or len(set(names)) != len(names):
            raise StudyError(f"{where}: {len(listed)} annotations for {len(set(names))} annotators; each needs one")
        self.labels = dict(zip(names, (str(label).strip() for label in listed), strict=True))
        in_groups = str(info[_GROUPS]).split(",") if _GROUPS in info else []
        if in_groups and len(in_groups) != len(names):
            raise StudyError(f"{where}: {len(in_groups)} groups for {len(names)} annotators; each needs one")
        self.groups = dict(zip(names, (group.strip() for group in in_groups), strict=False))


def _items(path: Path, language: str | None, task: str | None) -> Iterator[_Item]:
    raw = read_json(path)
    if not isinstance(raw, dict) or not all(isinstance(item, dict) for item in raw.values()):
        raise StudyError(f"{path}: is no JSON object of items by number")
    for key, item in raw.items():
        if language is None or item.get("lang") == language:
            yield _Item(path, key, item, task)


def _named(items: Sequence[_Item], codes: Mapping[str, str] | None, path: Path) -> dict[str, str]:
    found = sorted({label for item in items for label in item.labels.values()})
    if codes is None:
        return {label: label for label in found}
    named = {str(code): name for code, name in codes.items()}
    if not set(named) & set(found):
        raise StudyError(f"{path}: no annotation is one of {', '.join(named)}; there are: {', '.join(found[:10])}")
    return named


def _people(path: Path) -> dict[str, dict[str, Any]]:
    raw = read_json(path)
    if not isinstance(raw, dict) or not all(isinstance(one, dict) for one in raw.values()):
        raise StudyError(f"{path}: is no JSON object of annotators by number")
    return {
        key: {name: None if value == _UNKNOWN else value for name, value in one.items()} for key, one in raw.items()
    }
