"""Two runs, and what tells them apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jury.auditing import Audit, audit
from jury.comparison import compare_runs
from jury.errors import RunError
from jury.run import Run, open_run
from jury.view.overview import MOST, looked, overview, state, tried
from jury.view.remembered import Remembered


def compared(first: Path, second: Path, known: Remembered) -> dict[str, Any]:
    """Return both runs in figures and, where jurors and cases are the same, by how much they moved.

    Returns
    -------
    dict
        ``sides``: figures, verdict, winners and welfare by case and rule, groups with intervals; ``comparison``.

    Raises
    ------
    RunError
        If a run has no answers, or too many to compare while somebody waits.
    """
    sides = [_side(path, known) for path in (first, second)]
    what = f"compared with {second.name}"
    found = known.get(first, what, lambda path: looked(path, lambda each: _pair(each, second)), second)
    return {"sides": sides, "comparison": found}


def _pair(first: Path, second: Path) -> dict[str, Any]:
    return compare_runs(open_run(first), open_run(second)).to_dict()


def _side(path: Path, known: Remembered) -> dict[str, Any]:
    figures, problem = tried(path, overview)
    if figures is None:
        raise RunError(f"{path.name}: {problem}")
    if figures["stored"] > MOST:
        raise RunError(f"{path.name}: {figures['stored']:,} ballots are too many to compare here; see `jury audit`")
    if not figures["counts"]["answered"]:
        raise RunError(f"{path.name}: nobody has answered yet; compare it later")
    audited, problem = known.get(path, "audited", lambda each: tried(each, _audited))
    if audited is None:
        raise RunError(f"{path.name}: {problem}")
    return {"file": path.name, **figures, "state": state(path, figures), **audited}


def _audited(path: Path) -> dict[str, Any]:
    run: Run = open_run(path)
    panel = run.panel()
    found: Audit = audit(panel, rules=run.study.rule_names(), by=run.study.groups)
    columns = ["attribute", "group", "rule", "jurors", "few", "welfare", "welfare_low", "welfare_high"]
    columns += ["regret", "regret_low", "regret_high", "regret_by_lot", "loses_more"]
    return {
        "verdict": found.verdict(),
        "denominators": panel.denominators(),
        "rules": list(found.rules),
        "welfare": panel.mode.welfare_words,
        "level": found.level,
        "outcomes": {
            case: {rule: outcome.to_dict() for rule, outcome in by_rule.items()}
            for case, by_rule in found.outcomes.items()
        },
        "groups": found.groups[columns].to_dict("records") if not found.groups.empty else [],
        "caveat": panel.caveat,
    }
