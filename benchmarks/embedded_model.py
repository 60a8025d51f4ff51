"""How the embedded model is evaluated: whether the order of questions leaks into the numbers, and what a remedy costs.

    python -m benchmarks.embedded_model

Prints, for three ways of evaluating the same prompts, the largest change of an option's probability when the questions
come in another order, and questions a second in order and shuffled; then the change from one thread to two, with and
without flash attention. The figures stand in docs/decisions/0003-embedded-model.md.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from jury.backends import ModelSpec
from jury.backends.local import LocalBackend, _Server, open_local
from jury.models.embedded import EMBEDDED_MODEL
from jury.plan import Plan, draw_jury
from jury.study import Study

Prompt = tuple[tuple[int, ...], ...]
Answers = dict[int, dict[int, float]]
ONE_TOKEN = {"n_predict": 1, "n_probs": 20, "temperature": 0}


def prompts(backend: LocalBackend, jurors: int = 4) -> list[Prompt]:
    """Return the segmented prompts that the built-in study puts to its first jurors."""
    study = Study.load("minimum-wage")
    population = study.load_population()
    plan = Plan(study.seed, study.elicitation, "logprobs", draw_jury(study, population), study.load_cases(population))
    requests = [request for juror in plan.jurors[:jurors] for request in plan.task(juror, 0, 0).requests()]
    return [tuple(backend._segments(request)) for request in requests]


def ask(evaluate: Callable[[Prompt], Any], asked: Sequence[Prompt], order: Sequence[int]) -> tuple[Answers, float]:
    """Return the probabilities of the likeliest tokens by prompt, and prompts a second."""
    started, found = time.perf_counter(), {}
    for number in order:
        top = evaluate(asked[number])["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        found[number] = {token["id"]: token["logprob"] for token in top}
    return found, len(order) / (time.perf_counter() - started)


def largest_change(left: Answers, right: Answers) -> float:
    """Return the largest change of a log-probability among tokens that both runs name."""
    pairs = ((left[n][t], right[n][t]) for n in left for t in left[n].keys() & right[n].keys())
    return max(abs(ours - theirs) for ours, theirs in pairs)


def compare_orders(attention: str) -> None:
    """Print what another order of the questions changes, with flash attention ENABLED or DISABLED."""
    _Server.attention = f"LLAMA_FLASH_ATTN_TYPE_{attention}"
    backend = open_local(ModelSpec("local", EMBEDDED_MODEL))
    asked, complete = prompts(backend), backend._server.complete
    fixed = backend._evaluator
    ways: dict[str, Callable[[Prompt], Any]] = {
        "every prompt whole": lambda prompt: complete(chain(*prompt), cache_prompt=False, **ONE_TOKEN),
        "llama.cpp's own reuse": lambda prompt: complete(chain(*prompt), cache_prompt=True, **ONE_TOKEN),
        "fixed segments": lambda prompt: fixed(list(prompt), ONE_TOKEN),
    }
    order = list(range(len(asked)))
    mixed = random.Random(1).sample(order, len(order))
    lengths = [sum(map(len, prompt)) for prompt in asked]
    print(f"\nflash attention {attention}, {len(asked)} prompts of {min(lengths)} to {max(lengths)} tokens")
    print(f"{'evaluation':24}{'largest change':>16}{'in order /s':>14}{'shuffled /s':>14}")
    for name, evaluate in ways.items():
        first, rate = ask(evaluate, asked, order)
        second, mixed_rate = ask(evaluate, asked, mixed)
        print(f"{name:24}{largest_change(first, second):16.3f}{rate:14.1f}{mixed_rate:14.1f}")
    backend._server.close()


def compare_threads() -> None:
    """Print what two threads change, with flash attention (on a server of its own) and without."""
    print(f"\n{'flash attention':24}{'1 to 2 threads':>16}{'1 thread /s':>14}{'2 threads /s':>14}")
    for name, kind in (("off", "DISABLED"), ("on", "ENABLED")):
        _Server.attention = f"LLAMA_FLASH_ATTN_TYPE_{kind}"
        found = []
        for threads in (1, 2):
            backend = open_local(ModelSpec("local", EMBEDDED_MODEL, options={"threads": threads}))
            asked = prompts(backend, jurors=2)
            evaluator = backend._evaluator
            found.append(ask(lambda prompt, e=evaluator: e(list(prompt), ONE_TOKEN), asked, range(len(asked))))
            backend._server.close()
        change = largest_change(found[0][0], found[1][0])
        print(f"{name:24}{change:16.3f}{found[0][1]:14.1f}{found[1][1]:14.1f}")


if __name__ == "__main__":
    compare_orders("ENABLED")
    compare_orders("DISABLED")
    compare_threads()
