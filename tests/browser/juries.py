"""Juries whose pages are looked at: one whose verdict tips along alpha, one of hostile words, one of each mode."""

from dataclasses import replace
from typing import Any

import numpy as np

from jury.elicitation import modes
from jury.panel import Panel
from jury.panels.base import Builder

HOSTILE = (
    "</script><script>window.obeyed = 1</script>",
    '"><img src=x onerror="window.obeyed = 1">',
    '=HYPERLINK("http://example.invalid")',
    "\u202egnp.exe\u202c \u2066isolated\u2069",
    "👩‍👩‍👧‍👦🏳️‍🌈 Z̸̢͎a̴l̶g̵o̸",
    "{{data}} ${1+1} <!-- --> ]]> &amp; \\u003c",
    "\x07bell\x1b[31m",
    "long " * 4000,
    "unbroken" * 4000,
)


def tipping_panel(jurors: int = 400, seed: int = 5) -> Panel:
    """Return people with weights, some without an opinion and some at zero, whose verdict tips along alpha."""
    rng = np.random.default_rng(seed)
    builder = Builder("tipping", modes["score"].model_validate({"scale": [0, 10]}))
    builder.case("tips", "What should be done?", ["bold", "mild", "safe", "split"])
    builder.case("zeros", "And where some get nothing?", ["all", "half", "none"])
    for number in range(jurors):
        side = "poor" if number % 4 == 0 else "rich"
        rater = builder.rater(f"r{number}", {"side": side, "age": ["young", "old"][number % 2]})
        bold = 1 + rng.random() if side == "poor" else 9 + rng.random()
        scores: dict[str, float | None] = {
            "bold": round(bold, 2),
            "mild": round(5 + 2 * rng.random(), 2),
            "safe": round(5.3 + 0.1 * rng.random(), 2),
            "split": None if number % 7 == 0 else round(10 * rng.random(), 2),
        }
        builder.rating(rater, "tips", {"scores": scores})
        zero = {"all": float(number % 10 > 0) * 9, "half": 3.0 + number % 3, "none": float(number % 5 > 0) * 4}
        builder.rating(rater, "zeros", {"scores": zero})
    return replace(builder.panel(), weights=0.2 + rng.random(jurors) * 3, by=("side", "age"))


def hostile_study() -> dict[str, Any]:
    """Return a study with hostile words in every field that takes words."""
    alternatives = [{"id": f"{word[:150]}", "text": word} for word in HOSTILE]
    return {
        "name": "hostile",
        "description": " ".join(HOSTILE[:7]),
        "jurors": 12,
        "groups": ["sex"],
        "cases": [
            {"id": HOSTILE[1], "prompt": "\n".join(HOSTILE), "alternatives": alternatives},
            {"id": HOSTILE[3], "prompt": HOSTILE[4], "alternatives": [HOSTILE[0], HOSTILE[5]]},
        ],
        "elicitation": {"mode": "score", "readout": "sample", "opinion": 1},
        "model": {"name": "planted/hash"},
        "seed": 3,
    }


def study_of_mode(mode: str, **settings: Any) -> dict[str, Any]:
    """Return a small study that asks in a mode."""
    return {
        "name": f"asked-by-{mode}",
        "jurors": 24,
        "groups": ["sex"],
        "cases": [
            {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep", "abolish"]}
        ],
        "elicitation": {"mode": mode, **settings},
        "model": {"name": "planted/hash", "options": {"noise": 0.2, "refuse": 0.1}},
        "seed": 2,
    }


def tied_at_the_end_panel() -> Panel:
    """Return people whose worst-off fare alike under two alternatives, and who have halves to round."""
    builder = Builder("tied at the end", modes["score"].model_validate({"scale": [0, 4]}))
    builder.case("q", "What now?", ["ahead", "behind", "نعم"])
    builder.case("near", "And now? " + "It has been asked at length. " * 60, ["before", "after"])
    for number in range(8):
        rater = builder.rater(f"r{number}", {"part": "lone" if number == 0 else "all the others"})
        ahead, behind = (1 if number == 0 else 3), (1, 1, 2, 2, 2, 2, 2, 3)[number]
        builder.rating(rater, "q", {"scores": {"ahead": ahead, "behind": behind, "نعم": number % 2}})
        builder.rating(rater, "near", {"scores": {"before": ahead, "after": 1 if number == 0 else 2}})
    return replace(builder.panel(), by=("part",))
