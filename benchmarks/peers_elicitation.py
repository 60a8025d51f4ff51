# ruff: noqa: A004, ANN401, D103, PERF401 - it runs where our types are not
"""The same requests through other clients, each in a process of its own.

Run as a script by `benchmarks.elicitation`, perhaps by another Python that has the library: it imports nothing of ours.

    python peers_elicitation.py CLIENT ADDRESS REQUESTS.jsonl CONNECTIONS

prints one JSON line: processor and wall seconds of all requests but the first 64, which warm up; how many were answered
as they should be; peak memory of the process.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

WARM_UP = 64
ANSWER = {"A": 4, "B": 2, "C": 5, "D": 3}
#: Puts requests to the server and returns the answers' texts.
Client = Callable[[Sequence[Any]], list[str]]


def in_flight(
    ask: Callable[[Any], Awaitable[str]], connections: int
) -> Callable[[Sequence[Any]], Awaitable[list[str]]]:
    """Return what asks all of `bodies`, so many at a time, and keeps nothing but the texts."""

    async def ask_all(bodies: Sequence[Any]) -> list[str]:
        waiting, texts = iter(bodies), []

        async def work() -> None:
            for body in waiting:
                texts.append(await ask(body))

        await asyncio.gather(*(work() for _ in range(connections)))
        return texts

    return ask_all


def openai(address: str, connections: int) -> Client:
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)

    async def ask(body: Any) -> str:
        return (await client.chat.completions.create(**body)).choices[0].message.content or ""

    return _on_one_loop(in_flight(ask, connections))


def anthropic(address: str, connections: int) -> Client:
    from anthropic import AsyncAnthropic

    client = AsyncAnthropic(base_url=address, api_key="none", max_retries=0)

    async def ask(body: Any) -> str:
        (block,) = (await client.messages.create(**body)).content
        return str(getattr(block, "text", ""))

    return _on_one_loop(in_flight(ask, connections))


def _on_one_loop(ask_all: Callable[[Sequence[Any]], Awaitable[list[str]]]) -> Client:
    runner = asyncio.Runner()  # the warm-up's connections belong to its loop
    return lambda bodies: runner.run(_awaited(ask_all(bodies)))


async def _awaited(asked: Awaitable[list[str]]) -> list[str]:
    return await asked


def inspect_ai(address: str, connections: int) -> Client:
    from inspect_ai import Task, eval
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig, ResponseSchema, get_model
    from inspect_ai.solver import generate
    from inspect_ai.util import JSONSchema

    def ask_all(bodies: Sequence[Any]) -> list[str]:
        schema = JSONSchema.model_validate(bodies[0]["response_format"]["json_schema"]["schema"])
        config = GenerateConfig(
            max_connections=connections,
            max_tokens=bodies[0]["max_tokens"],
            response_schema=ResponseSchema(name="answer", json_schema=schema, strict=True),
        )
        model = get_model(
            "openai/gpt-4o-mini", base_url=f"{address}/v1", api_key="none", responses_api=False, config=config
        )
        pairs = map(conversation, bodies)
        samples = [
            Sample(input=[ChatMessageSystem(content=system), ChatMessageUser(content=user)]) for system, user in pairs
        ]
        with tempfile.TemporaryDirectory() as folder:
            (log,) = eval(
                Task(dataset=samples, solver=generate()),
                model=model,
                log_dir=folder,
                display="none",
                max_samples=connections,
            )
            return [sample.output.completion for sample in log.samples or ()]

    return ask_all


def edsl(address: str, connections: int) -> Client:
    importlib.import_module("openai")  # EDSL imports it only when asked, and then reports failed interviews
    os.environ |= {"OPENAI_COMPATIBLE_BASE_URL": f"{address}/v1", "OPENAI_COMPATIBLE_API_KEY": "none"}
    from edsl import Agent, AgentList, Cache, Model, QuestionFreeText

    model = Model("gpt-4o-mini", service_name="openai_compatible", rpm=10**6, tpm=10**9)

    def ask_all(bodies: Sequence[Any]) -> list[str]:
        pairs = [conversation(body) for body in bodies]
        agents = AgentList(
            [Agent(name=f"juror {number}", traits={"persona": system}) for number, (system, _) in enumerate(pairs)]
        )
        results = (
            QuestionFreeText(question_name="answer", question_text=pairs[0][1])
            .by(agents)
            .by(model)
            .run(
                disable_remote_inference=True,
                disable_remote_cache=True,
                cache=Cache(),
                fresh=True,
                progress_bar=False,
                max_concurrency=connections,
            )
        )
        return [str(text) for text in results.select("answer.answer").to_list()]

    return ask_all


def conversation(body: Any) -> tuple[str, str]:
    """Return the system and the user text of a request to chat completions."""
    system, user = (message["content"] for message in body["messages"])
    return system, user


CLIENTS = {"openai": openai, "anthropic": anthropic, "inspect_ai": inspect_ai, "edsl": edsl}


def main() -> None:
    name, address, path, connections = sys.argv[1:]
    ask_all = CLIENTS[name](address, int(connections))
    with Path(path).open() as lines:
        bodies = [json.loads(line) for line in lines]
    ask_all(bodies[:WARM_UP])
    cpu, wall = time.process_time(), time.perf_counter()
    texts = ask_all(bodies[WARM_UP:])
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    good = sum(text == json.dumps(ANSWER) for text in texts)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": cpu, "wall": wall, "good": good, "memory": memory}))


if __name__ == "__main__":
    main()
