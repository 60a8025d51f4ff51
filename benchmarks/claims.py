"""Search every rule for violations of every axiom, keep the witnesses, and say which claims they contradict.

For maintainers, after a rule or an axiom is added::

    python -m benchmarks.claims [RULE ...] [--axiom NAME ...] [--examples N]

What the search says is written to `aggregators/axioms/witnesses/`; claims are changed by hand, in the rule's file.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from aggregators.axioms.base import axioms
from aggregators.axioms.labels import keep, label, witnesses
from aggregators.axioms.search import EXAMPLES, search
from aggregators.axioms.subject import subject
from aggregators.rulebook import Rule, rules

if TYPE_CHECKING:
    from aggregators.axioms.violation import Violation

__all__ = ["record"]


def record(rule: Rule, names: Iterable[str], examples: int) -> Iterable[tuple[str, str, str, float]]:
    """Search for violations by one rule and keep the witnesses.

    Linear orders come first, so that ties are blamed only where they must be.

    Yields
    ------
    (axiom, found, label, seconds)
        What was found ("satisfied" meaning not refuted) and what the rule claims.
    """
    kept = dict(witnesses(rule.name))
    tested = subject(rule)
    for axiom in names:
        if axioms[axiom].not_applicable(tested) is not None:
            continue
        start = time.perf_counter()
        found, witness = _searched(rule, axiom, examples, kept.get(axiom))
        kept.pop(axiom, None)
        if witness is not None:
            kept[axiom] = witness
        keep(rule.name, kept)
        yield axiom, found, label(rule, axiom).known, time.perf_counter() - start


def _searched(rule: Rule, axiom: str, examples: int, old: Violation | None) -> tuple[str, Violation | None]:
    domains = ("linear", "any") if rule.reads.__name__ == "Rankings" else ("any",)
    for domain in domains:
        if old is not None and (old.linear or domain == "any") and old.holds_against(rule):
            found: Violation | None = old
        else:
            found = search(rule, axiom, domain=domain, examples=examples).violation  # type: ignore[arg-type]
        if found is not None:
            linear = found.linear or len(domains) == 1
            return ("violated" if linear else "on linear orders"), found
    return "satisfied", None


def _main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--axiom", action="append", default=[], choices=list(axioms), metavar="NAME")
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    given = parser.parse_args(arguments)
    for name in given.rules or rules():
        rule = rules()[name]
        for axiom, found, claimed, seconds in record(rule, given.axiom or axioms, given.examples):
            agrees = found == claimed or (found == "satisfied" and claimed == "unsettled")
            print(f"{name:<20} {axiom:<24} {found:<18} {'' if agrees else f'claimed {claimed}':<28} {seconds:6.1f} s")


if __name__ == "__main__":
    _main(sys.argv[1:])
