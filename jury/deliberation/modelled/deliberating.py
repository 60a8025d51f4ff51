"""``jury.deliberate``: stored answers go through a model of opinion change, at no cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jury.auditing.rules import check_rules
from jury.deliberation.change import RESAMPLES, compare
from jury.deliberation.dynamics import Model, read_model
from jury.deliberation.modelled.deliberated import CAVEAT, Deliberation
from jury.deliberation.modelled.owing import owed_table
from jury.deliberation.modelled.repeating import repeats_table
from jury.deliberation.modelled.room import READ_AS, Rooms
from jury.deliberation.modelled.simulating import Discussed, Talk
from jury.deliberation.topology import Topology, read_topology
from jury.errors import MeasureError, StudyError
from jury.panel import Panel

if TYPE_CHECKING:
    from jury.run import Run

__all__ = ["DIALS", "NETWORKS", "deliberate"]

#: Networks drawn unless another number is asked for; one where nothing is left to chance.
NETWORKS = 10
#: Values of a model's main setting at which it is tried besides.
DIALS = (0.1, 0.3, 0.5, 0.7, 0.9)


def deliberate(
    source: Run | Panel,
    model: str | Mapping[str, Any] | Model = "friedkin-johnsen",
    topology: str | Mapping[str, Any] | Topology = "complete",
    *,
    dials: Mapping[str, float] | None = None,
    rules: Sequence[str] | None = None,
    by: Sequence[str] | None = None,
    seed: int = 0,
    networks: int = NETWORKS,
    resamples: int = RESAMPLES,
    report: Callable[[int, int], None] | None = None,
) -> Deliberation:
    """Let a panel discuss by a model of opinion change, and tell what it would decide after. Nothing is asked.

    Parameters
    ----------
    source : Run or Panel
        A stored run, of which the answers before any round are taken, or any panel, of people too.
    model : str, mapping or Model
        ``"friedkin-johnsen:stubbornness=0.5"``; `jury.deliberation.dynamics.models` lists the kinds.
    topology : str, mapping or Topology
        ``"small-world:k=4,homophily=0.8,by=race"``; `jury.deliberation.topology.topologies` lists the kinds.
    dials : mapping of group to float, optional
        Another value of the model's main setting (stubbornness, epsilon) for some groups: ``{"race=Black": 0.9}``. Of
        a juror of several of these groups, the last counts.
    rules : sequence of str, optional
        Those that decide; by default those of the study, or the usual ones of the mode and utilitarian welfare.
    by : sequence of str, optional
        Attributes whose groups are told one by one; by default those of the study.
    seed : int
        Of networks, meetings and bootstraps.
    networks : int
        How many networks are drawn, to tell whether the result hangs on who happens to hear whom; one only where
        nothing is left to chance.
    resamples : int
        Bootstraps of the jurors.
    report : callable, optional
        Called with networks done and networks in all.

    Returns
    -------
    Deliberation

    Raises
    ------
    StudyError, RunError, MeasureError
        For a model, topology, rule or attribute that is not known or does not fit; nobody answered.

    Notes
    -----
    The people in the room of a case are those with a weight who answered it, with an opinion or without one. Weights
    count in welfare and verdicts; who is heard how much is a matter of the network alone. Opinions are utilities:
    scores as they are, choices as 1 and 0, rankings by Borda's points (``notes`` says which); they are averaged on the
    scale from 0 to 1 that the answers span. Every alternative is discussed by itself, on the same network.

    References
    ----------
    DeGroot (1974), Reaching a consensus, JASA 69. Friedkin and Johnsen (1990), Social influence and opinions, Journal
    of Mathematical Sociology 15. Hegselmann and Krause (2002), JASSS 5 (3). Deffuant et al. (2000), Advances in Complex
    Systems 3. Golub and Jackson (2012), How homophily affects the speed of learning, QJE 127.

    Examples
    --------
    >>> from jury.panels.base import Builder
    >>> builder = Builder("town")
    >>> builder.case("tax", "Raise the tax?", ["yes", "no"])
    >>> for name, said in zip("abcde", ["yes", "yes", "yes", "no", "no"]):
    ...     builder.rating(builder.rater(name), "tax", {"choice": said})
    >>> found = deliberate(builder.panel(), "degroot", rules=["plurality"], resamples=200)
    >>> found.change.verdicts["after"].iloc[0], int(found.change.silencing["yielded"].iloc[0])
    (('yes',), 2)
    """
    if networks < 1:
        raise MeasureError(f"networks={networks}; give 1 or more")
    panel = source if isinstance(source, Panel) else source.panel(round=0) if source.rounds else source.panel()
    how, where = read_model(model), read_topology(topology)
    rooms = Rooms(panel)
    if not rooms.cases:
        raise MeasureError(f"{panel.name}: nobody answered any case; there is nothing to discuss")
    decided = _rules(source, panel, rules)
    check_rules(rooms.mode, panel.cases, decided)
    attributes = tuple(panel.by if by is None else dict.fromkeys(by))
    talk = Talk(rooms, how, where, attributes, own_dials(panel, how, dials) if dials else None)
    drawn = _drawn(talk, seed, networks, report)
    first = drawn[0]
    values = () if how.dial is None else DIALS
    turned = [replace(talk, model=_turned(how, value), by=()).held(_seed(seed, 0), lean=True) for value in values]
    before, after = first.after(0), first.after()
    change = compare(
        before,
        after,
        rng=np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,))),
        rules=decided,
        by=attributes,
        resamples=resamples,
        cautions=(CAVEAT,),
    )
    note = READ_AS.get(panel.mode.mode)
    return Deliberation(
        before=before,
        panel=after,
        model=how,
        topology=where,
        change=change,
        discussed=first,
        owed=owed_table(first, drawn[1:]),
        networks=repeats_table(drawn, decided, "network", range(len(drawn))),
        dial=how.dial,
        own_dials=dict(dials or {}),
        dials=repeats_table(turned, decided, "value", values),
        seed=seed,
        notes=() if note is None else (note,),
    )


def own_dials(panel: Panel, model: Model, dials: Mapping[str, float]) -> NDArray[np.float64]:
    """Return each juror's own value of the model's main setting, NaN for the model's.

    Raises
    ------
    StudyError, RunError
        For a group that is not known, a value beyond 0 to 1, or a model without such a setting.
    """
    found = np.full(len(panel.weights), np.nan)
    if model.dial is None:
        raise StudyError(f"dials: model {model.kind} has no setting that groups can differ in; leave them out")
    for text, value in dials.items():
        attribute, equals, group = (part.strip() for part in text.rpartition("="))
        if not equals:
            raise StudyError(f"dials: {text!r} names no group; write attribute=level, such as race=Black")
        member = panel.group_labels(attribute) == group
        if not member.any():
            known = ", ".join(np.unique(panel.group_labels(attribute)).tolist())
            raise StudyError(f"dials: {attribute} has no group {group!r}; groups: {known}")
        if not 0 <= value <= 1:
            raise StudyError(f"dials: {text}={value}; give {model.dial} from 0 to 1")
        found[member] = value
    return found


def _seed(seed: int, network: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed, spawn_key=(0, network))


def _turned(model: Model, value: float) -> Model:
    return model.model_copy(update={str(model.dial): value})


def _rules(source: Run | Panel, panel: Panel, rules: Sequence[str] | None) -> tuple[str, ...]:
    if rules:
        return tuple(dict.fromkeys(rules))
    usual = panel.mode.default_rules if isinstance(source, Panel) else source.study.rule_names()
    # A mean of approvals is a number, and says nothing of what its owner would approve of.
    readable = ["approval:threshold=0.5" if rule == "approval" else rule for rule in usual]
    if panel.mode.mode == "pairwise":  # whose rules read comparisons
        readable = []
    return tuple(dict.fromkeys([*readable, *(() if panel.mode.mode == "score" else ("utilitarian",))]))


def _drawn(talk: Talk, seed: int, networks: int, report: Callable[[int, int], None] | None) -> list[Discussed]:
    """Return the discussion on each network, the first one in full."""
    many = networks if talk.model.by_lot or talk.topology.by_lot() else 1
    found = []
    for number in range(many):
        found.append(talk.held(_seed(seed, number), lean=number > 0))
        if report is not None:
            report(number + 1, many)
    return found
