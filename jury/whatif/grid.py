"""From keys and values to scenarios: grids, lists taken together, and scenarios by name."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jury.errors import StudyError
from jury.whatif.keys import FRESH, OF_GROUPS, read_value, read_vary, split_group
from jury.whatif.rulings import ruling
from jury.whatif.scenario import Scenario

__all__ = ["Vary", "baseline_of", "in_common", "jury_size", "named", "scenario", "scenarios", "varied"]

Vary = Mapping[str, Sequence[Any]] | Sequence[str]
"""Values by key, or lines of ``KEY=VALUES``."""


def varied(vary: Vary, field: str = "vary") -> dict[str, tuple[Any, ...]]:
    """Return values by key, checked; messages call them `field`.

    Raises
    ------
    StudyError
        For an unknown key, a value that it cannot have, or a key given twice.
    """
    given: object = vary
    if isinstance(given, str):
        raise StudyError(f"{field}={vary!r} is one text; give a list of KEY=VALUES, or a mapping of key to values")
    if not isinstance(vary, Mapping):
        found: dict[str, tuple[Any, ...]] = {}
        for text in vary:
            key, values = read_vary(text, field)
            if key in found:
                raise StudyError(f"{field} {text!r}: {key} is given twice; give it once")
            found[key] = values
        return found
    read = {}
    for key, given_values in vary.items():
        one: object = given_values
        several = list(one) if isinstance(one, Iterable) and not isinstance(one, str) else [one]
        if not several:
            raise StudyError(f"{field} {key!r}: no values; give at least one")
        read[key] = tuple(_value(key, value, field) for value in several)
    return read


def scenarios(
    vary: Mapping[str, Sequence[Any]], rule: str, *, together: bool = False, jurors: int | None = None
) -> Iterator[Scenario]:
    """Yield a scenario for every combination of values, or, if `together`, one for the first values, the second ...

    Parameters
    ----------
    vary : Mapping
        As `varied` returns it.
    rule : str
        What decides where no key says.
    together : bool
    jurors : int, optional
        Size of the juries on which seats are given, where no key says.
    """
    keys = list(vary)
    if together:
        lengths = {len(values) for values in vary.values() if len(values) > 1}
        if len(lengths) > 1:
            told = ", ".join(f"{key} {len(values)}" for key, values in vary.items())
            raise StudyError(f"vary: lists taken together must be as long as each other ({told}), or hold one value")
        longest = max(lengths, default=1)
        rows: Iterable[tuple[Any, ...]] = zip(
            *(values if len(values) > 1 else tuple(values) * longest for values in vary.values()), strict=True
        )
    else:
        rows = itertools.product(*vary.values())
    changing = [place for place, key in enumerate(keys) if len(vary[key]) > 1] or list(range(len(keys)))
    for row in rows:
        name = ", ".join(f"{keys[place]}={_shown(keys[place], row[place])}" for place in changing)
        yield scenario(dict(zip(keys, row, strict=True)), rule, name=name, jurors=jurors)


def named(document: Mapping[str, Mapping[str, Any]], rule: str, *, jurors: int | None = None) -> Iterator[Scenario]:
    """Yield the scenarios of a study file's ``scenarios:``, name -> {key: value}; raises `StudyError`."""
    for name, settings in document.items():
        field = f"scenario {name!r}:"
        read = {key: _value(key, value, field) for key, value in settings.items()}
        try:
            yield scenario(read, rule, name=name, jurors=jurors)
        except StudyError as error:
            raise StudyError(f"{field} {error}") from None


def baseline_of(settings: Mapping[str, Any] | Sequence[str], vary: Mapping[str, Sequence[Any]], rule: str) -> Scenario:
    """Return what everything is compared with.

    By default the panel's people as they are, decided by the first rule, with the first number of jurors that `vary`
    has; `settings` change that, as a mapping or as ``KEY=VALUE`` lines of one value each.
    """
    kept = {key: vary[key][0] for key in ("jurors", "rule", "threshold", "alpha") if key in vary}
    one = varied(settings, "baseline")
    for key, values in one.items():
        if len(values) != 1:
            raise StudyError(f"baseline {key!r}: {len(values)} values; give one")
    given = {key: values[0] for key, values in one.items()}
    if given.keys() & _RULES:
        kept = {key: value for key, value in kept.items() if key not in _RULES}
    return scenario({**kept, **given}, rule, name="baseline")


def in_common(cells: Sequence[Scenario]) -> dict[str, tuple[Any, ...]]:
    """Return the size of jury, if every scenario has one, and the rule, if all have the same: for their baseline."""
    found: dict[str, tuple[Any, ...]] = {}
    if cells and all("jurors" in cell.settings for cell in cells):
        found["jurors"] = (cells[0].settings["jurors"],)
    for key in sorted(_RULES):
        if cells and len({str(cell.settings.get(key)) for cell in cells}) == 1 and key in cells[0].settings:
            found[key] = (cells[0].settings[key],)
    return found


_RULES = frozenset({"rule", "threshold", "alpha"})
_SEATS = frozenset({"seats", "quota"})


def jury_size(baseline: Mapping[str, Any] | Sequence[str]) -> int | None:
    """Return the number of jurors that a baseline names, None for none or all; raises `StudyError`."""
    size: int | None = varied(baseline, "baseline").get("jurors", (None,))[0]
    return size


def scenario(settings: Mapping[str, Any], rule: str, *, name: str = "", jurors: int | None = None) -> Scenario:
    """Return the scenario of some settings, checked for what cannot go together; raises `StudyError`.

    Seats are on juries of `jurors` where the settings name no size.
    """
    if jurors is not None and "jurors" not in settings and any(key.partition(":")[0] in _SEATS for key in settings):
        settings = {"jurors": jurors, **settings}
    fields: dict[str, Any] = {"rule": rule}
    lists: dict[str, list[Any]] = {"shares": [], "seats": [], "quotas": [], "power": [], "fresh": []}
    if len(settings.keys() & _RULES) > 1:
        raise StudyError("rule, alpha and threshold each say which rule decides: give one of them")
    for key, value in settings.items():
        word, _, rest = key.partition(":")
        if word in OF_GROUPS:
            lists[_LISTS[word]].append((split_group(rest, key), value))
        elif word in FRESH:
            lists["fresh"].append((word, value))
        elif word == "only":
            lists["shares"].append((split_group(value, key), 1.0))
        elif word == "veto":
            fields["veto"] = split_group(value, key)
        elif word == "alpha":
            fields["rule"] = f"isoelastic:alpha={value!r}"
        elif word == "threshold":
            fields["rule"] = "majority" if value == 0.5 else f"supermajority:q={value!r}"
        else:
            fields[word] = value
    fields |= {key: tuple(items) for key, items in lists.items()}
    found = Scenario(name or "as it is", dict(settings), **fields)
    _check(found)
    return found


_LISTS = {"share": "shares", "seats": "seats", "quota": "quotas", "power": "power"}


def _check(found: Scenario) -> None:
    if (found.seats or found.quotas) and found.jurors is None:
        raise StudyError("seats and quota need a size of jury: add jurors=12, or what it is to be")
    attributes = {group[0] for group, _ in found.shares}
    if len(attributes) > 1:
        raise StudyError(
            f"share: {' and '.join(sorted(attributes))} at once; give shares of one attribute, of a crossing such as "
            '"race & sex", or population=...'
        )
    if (total := sum(share for _, share in found.shares)) > 1 + 1e-9:
        raise StudyError(f"share: the shares add up to {total:g}; they may add up to 1 at most")
    seated = {group[0] for group, _ in (*found.seats, *found.quotas)}
    if len(seated) > 1:
        raise StudyError(f"seats: {' and '.join(sorted(seated))} at once; give seats by one attribute or a crossing")
    of_verdicts = found.veto or found.double or found.quorum or found.abstentions != "ignored"
    if of_verdicts and ruling(found.rule).form != "verdict":
        raise StudyError(
            f"rule {found.rule!r}: veto, double, quorum and abstentions are about verdicts; use majority, "
            "supermajority or unanimity"
        )
    promised = sum(number for _, number in (*found.seats, *found.quotas))
    if found.jurors is not None and promised > found.jurors:
        raise StudyError(f"seats: {promised} seats promised of {found.jurors}; promise fewer, or seat more jurors")


def _value(key: str, value: object, field: str) -> Any:  # noqa: ANN401 - of the key's type
    if value is None:
        value = "all"
    first = read_vary(f"{key}={value}", field)[1][0]  # checks key and value
    return first if isinstance(value, str) else read_value(key.partition(":")[0], value, key)


def _shown(key: str, value: object) -> str:
    if value is None:
        return "all"
    return f"{value:g}" if isinstance(value, float) else str(value)
