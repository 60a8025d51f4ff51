"""What a model gives, found out by asking it: readouts, structured answers, seed, temperature, prompt cache, speed."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from jury.backends import Backend, Form, ModelSpec, Question, Reply, Request, Usage, open_backend, split_model_name
from jury.backends.address import check_address_taken
from jury.backends.base import FREE, Checking, Readout
from jury.cases import Case
from jury.elicitation import Showing, modes
from jury.elicitation.reading import option_shares
from jury.errors import JuryError, ModelError
from jury.prices import price_of

_CASE = Case.model_validate({"id": "doctor", "prompt": "Which of these is a colour?", "alternatives": ["red", "seven"]})
_PERSONA = "Answer as the person described here would.\n\nAge: 25-34"
#: Label mass below which first-token probabilities say little about the answer.
_LITTLE_MASS = 0.5
#: Asks for what no schema of ours lets through, so that only a server that enforces the schema follows it.
_AGAINST_THE_FORM = "Tell in one sentence, in plain words and without any JSON, which one is a colour."
_A_NUMBER = "Write one whole number from 0 to 999999, drawn at random. Reply with the number only."
#: Words that fill a prompt for the prompt cache, about one token each, and by how much it is longer than it has to be.
_FILLER, _MARGIN = "This line fills the prompt so that the provider may keep it. ", 1.3
_TOKENS_OF_FILLER = 13
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes
    ----------
    name : str
    fine : bool
    finding : str
        What was found, in words.
    needed : bool
        Whether nothing goes without it.
    remedy : str
        What to do about it; ``""`` where there is nothing to do.
    """

    name: str
    fine: bool
    finding: str
    needed: bool = True
    remedy: str = ""

    @property
    def word(self) -> str:
        """One word for a table."""
        return "ok" if self.fine else "problem" if self.needed else "no"

    def to_dict(self) -> dict[str, Any]:
        """Return the check as plain JSON types."""
        return asdict(self)


def probe(model: str, base_url: str | None = None, options: dict[str, Any] | None = None) -> list[Check]:
    """Ask `model` a few small questions and return what it gives.

    Parameters
    ----------
    model : str
        ``provider/name``.
    base_url : str, optional
    options : dict, optional
        As ``model.options`` in a study.
    """
    try:
        check_address_taken(base_url, [model])
        provider, name = split_model_name(model)
        spec = ModelSpec(provider, name, base_url=base_url, options=options or {})
        backend = open_backend(spec)
    except JuryError as error:
        return [Check(model, False, str(error))]
    return asyncio.run(_Probe(spec, backend).run())


class _Probe:
    def __init__(self, spec: ModelSpec, backend: Backend) -> None:
        self._spec = spec
        self._backend = backend
        self._name = spec.full_name
        self._seconds: list[float] = []
        self._usages: list[Usage] = []

    async def run(self) -> list[Check]:
        try:
            checks = [await self._readout(readout) for readout in self._backend.readouts]
            if not any(check.fine for check in checks):
                return checks  # nothing else can be found out of a model that does not answer
            checks += [*await self._structured(), await self._seed(), await self._temperature()]
            checks += [check for check in [await self._cache()] if check is not None]
            return [*checks, self._latency(), self._price()]
        finally:
            await self._backend.aclose()

    async def _ask(self, request: Request, backend: Backend | None = None) -> Reply:
        started = time.perf_counter()
        reply = await (backend or self._backend).ask(request)
        self._seconds.append(time.perf_counter() - started)
        self._usages.append(reply.usage)
        return reply

    async def _readout(self, readout: Readout) -> Check:
        name = f"{self._name}, {readout}"
        request = _request(readout)
        needed = readout == self._backend.readouts[0]
        try:
            reply = await self._ask(request)
            if isinstance(self._backend, Checking):
                self._backend.check(request, reply)
        except JuryError as error:
            return Check(name, False, str(error), needed)
        if reply.refused:
            return Check(name, False, f"the model declined: {_brief(reply.text)}", needed)
        if reply.logprobs is None:
            return Check(name, True, f"answered in {self._seconds[-1]:.2f} s: {_brief(reply.text)}")
        mass = option_shares(reply, request.question.form.options).mass
        little = mass < _LITTLE_MASS
        remedy = "its first token is seldom an answer: prefer readout: sample, or look at label_mass" if little else ""
        return Check(name, True, f"answered in {self._seconds[-1]:.2f} s: label mass {mass:.2f}", remedy=remedy)

    async def _structured(self) -> list[Check]:
        """Look which ways to a structured answer are enforced, by a question that asks for prose."""
        if not isinstance(self._backend, Checking) or "sample" not in self._backend.readouts:
            return []
        request = _request("sample")
        request = replace(request, question=replace(request.question, ask=_AGAINST_THE_FORM))
        chosen = self._spec.options.get("structured", "schema")
        checks = [await self._enforced(way, request, needed=way == chosen) for way in ("schema", "tool")]
        works = [check.name.rpartition(" ")[2] for check in checks if check.fine]
        if chosen != "prompt" and chosen not in works:
            way = " or ".join([*works, "prompt"])
            remedy = f"set model.options.structured to {way}"
            checks = [replace(check, remedy=remedy) if check.needed else check for check in checks]
        return checks

    async def _enforced(self, way: str, request: Request, *, needed: bool) -> Check:
        name = f"structured answers by {way}"
        backend = open_backend(replace(self._spec, options={**self._spec.options, "structured": way}))
        try:
            reply = await self._ask(request, backend)
            proven = isinstance(backend, Checking) and backend.check(request, reply)
        except JuryError as error:
            return Check(name, False, str(error), needed)
        finally:
            await backend.aclose()
        said = "enforced, even when asked for prose" if proven else "cannot tell from this answer"
        return Check(name, proven, f"{said}: {_brief(reply.text)}", needed=False)

    async def _seed(self) -> Check:
        """Ask for a random number twice with one seed and once with another."""
        name = "seed"
        asked = [_said(_A_NUMBER, seed) for seed in (7, 7, 8)]
        try:
            first, again, other = [await self._ask(request) for request in asked]
        except JuryError as error:
            return Check(name, False, str(error), needed=False)
        found = ", ".join(_brief(reply.text) for reply in (first, again, other))
        if "seed" not in first.parameters and self._backend.pricing != FREE:
            return Check(name, False, "not sent: the interface takes none, so a run cannot be repeated exactly", False)
        if first.text != again.text:
            return Check(name, False, f"not honoured: one seed twice, then another, gave {found}", needed=False)
        if first.text == other.text:
            return Check(name, False, f"cannot tell: three draws were alike ({found})", needed=False)
        return Check(name, True, f"honoured: one seed twice, then another, gave {found}")

    async def _temperature(self) -> Check:
        backend = open_backend(replace(self._spec, temperature=0.5))
        try:
            await self._ask(_request(self._backend.readouts[0]), backend)
        except JuryError as error:
            remedy = "leave temperature out" if isinstance(error, ModelError) else ""
            return Check("temperature", False, str(error), needed=False, remedy=remedy)
        finally:
            await backend.aclose()
        return Check("temperature", True, "0.5 accepted")

    async def _cache(self) -> Check | None:
        """Send one long beginning twice; None for a model that charges nothing."""
        if self._backend.pricing == FREE:
            return None
        least = self._backend.cached_prefix
        filler = _FILLER * round(_MARGIN * (least or _TOKENS_OF_FILLER) / _TOKENS_OF_FILLER)
        # Another beginning each time the doctor is called: what was kept then proves nothing now.
        request = replace(_request("sample"), persona=f"{time.time_ns()}. {filler}")
        try:
            first, second = await self._ask(request), await self._ask(request)
        except JuryError as error:
            return Check("prompt cache", False, str(error), needed=False)
        usage = second.usage
        lower = f"cheaper from {least:,} tokens on" if least else "no lower price is known"
        came = usage.cached - first.usage.cached
        if came <= 0:
            finding = f"none of {usage.input:,} tokens, sent twice, came from it the second time ({lower})"
            return Check("prompt cache", False, finding, needed=False)
        wrote = f"; {first.usage.written:,} were written the first time" if first.usage.written else ""
        return Check("prompt cache", True, f"{came:,} of {usage.input:,} tokens came from it ({lower}){wrote}")

    def _latency(self) -> Check:
        median = statistics.median(self._seconds)
        return Check("latency", True, f"median {median:.2f} s of {len(self._seconds)} requests, one at a time")

    def _price(self) -> Check:
        if self._backend.pricing == FREE:
            return Check("price", True, "none")
        price = price_of(self._spec, self._backend)
        million = 1_000_000
        dollars = [price(usage) for usage in (Usage(million), Usage(million, cached=million), Usage(0, million))]
        known = [cost for cost in dollars if cost is not None]
        spent = [cost for cost in map(price, self._usages) if cost is not None]
        if len(known) < len(dollars):
            remedy = "give it with --price INPUT OUTPUT, or as model.price, so that --max-cost can be kept"
            return Check("price", False, "not known", needed=False, remedy=remedy)
        rates = "${:g} input, ${:g} cached input, ${:g} output".format(*known)
        return Check("price", True, f"{rates} a million tokens; these probes cost ${sum(spent):.4f}")


def _request(readout: Readout) -> Request:
    mode = modes["choose"].model_validate({"readout": readout})
    question = mode.questions(Showing.plain(_CASE, readout=readout))[0]
    return Request(_PERSONA, question, readout, 0, case=_CASE.id, shown=_CASE.alternative_ids)


def _said(ask: str, seed: int) -> Request:
    """Return a request for words of the model's own."""
    question = Question("", ask, Form({}), lambda _: ask)
    return Request("", question, "sample", seed, case=_CASE.id, shown=_CASE.alternative_ids)


def _brief(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def remedies(checks: list[Check]) -> Iterator[str]:
    """Return what to do, each thing once."""
    yield from dict.fromkeys(f"{check.name}: {check.remedy}" for check in checks if check.remedy)
