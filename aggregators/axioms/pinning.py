"""A test file that pins what a survey found of a rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from aggregators.errors import RuleError

if TYPE_CHECKING:
    from aggregators.axioms.loading import Reads
    from aggregators.axioms.search import Domain, Finding

__all__ = ["pinned"]

_WIDTH = 80
_LONGEST = 88  # what ruff allows by default


def pinned(
    findings: Iterable[Finding],
    text: str,
    *,
    domain: Domain,
    examples: int,
    seed: int,
    reads: Reads | None = None,
    folder: str | None = None,
) -> str:
    """Return the source of a file for pytest: what held is searched again, what was violated must be violated still.

    Parameters
    ----------
    findings : iterable of Finding
        Of one rule.
    text, reads
        The rule, as `aggregators.axioms.loading.load` takes it.
    domain, examples, seed
        Of the survey.
    folder : str, optional
        Where `text` is to be understood, seen from the folder of the test file; None for registered rules.

    Raises
    ------
    RuleError
        If nothing held and nothing was violated.
    """
    every = list(findings)
    held = [finding.axiom for finding in every if finding.status == "held"]
    violations = {finding.axiom: finding.violation.to_json() for finding in every if finding.violation is not None}
    if not held and not violations:
        raise RuleError(f"nothing was found of {text} that a test could pin; search for axioms that speak of it")
    paths = folder is not None
    imports = [
        "from pathlib import Path\n" if paths else "",
        "import pytest" if violations else "",
        "from aggregators.axioms import Violation" if violations else "",
        "from aggregators.axioms.loading import load",
        "from aggregators.testing import check_axioms" if held else "",
    ]
    where = "Path(__file__).parent" + ("" if folder in {None, "."} else f" / {_quoted(folder or '')}")
    options = [_quoted(text), *([f"reads={_quoted(reads)}"] if reads else []), *([f"folder={where}"] if paths else [])]
    parts = [
        '"""What `jury axioms` found of a rule; holding in every case tried is no proof."""',
        "\n".join(line for line in imports if line),
        f"RULE = load({', '.join(options)})",
    ]
    if held:
        names = "".join(f"    {_quoted(name)},\n" for name in held)
        settings = f"examples={examples}, seed={seed}, domain={_quoted(domain)}"
        parts += [f"HELD = [\n{names}]"]
    if violations:
        witnesses = "".join(
            f'    {_quoted(name)}: r"""\n{_folded(stored)}\n""",\n' for name, stored in violations.items()
        )
        parts += [f"VIOLATED = {{\n{witnesses}}}"]
    source = "\n\n".join(parts) + "\n"
    if held:
        source += (
            f"\n\n@check_axioms([RULE], satisfies=HELD, {settings})\ndef test_held(rule, check):\n    check(rule)\n"
        )
    if violations:
        source += (
            '\n\n@pytest.mark.parametrize("axiom", VIOLATED)\ndef test_violated(axiom):\n'
            "    assert Violation.from_json(VIOLATED[axiom]).holds_against(RULE)\n"
        )
    if any(len(line) > _LONGEST for line in source.splitlines()):  # a sentence in a witness; JSON cannot break it
        source = source.replace("\n", "\n\n# ruff: noqa: E501\n", 1)
    return source


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _folded(text: str) -> str:
    """Return JSON on lines of limited length, broken where blanks are outside of strings."""
    lines = [""]
    for piece in re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^"\s])+', text):
        if lines[-1] and len(lines[-1]) + len(piece) >= _WIDTH:
            lines.append("")
        lines[-1] += f" {piece}" if lines[-1] else piece
    return "\n".join(lines)
