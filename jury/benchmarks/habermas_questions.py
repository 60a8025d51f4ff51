"""``habermas-questions``: models write on questions of British policy, a jury judges whose view is represented."""

from __future__ import annotations

from collections.abc import Sequence

from jury.benchmarks.base import Settings, benchmarks
from jury.benchmarks.card import Card
from jury.benchmarks.finding import find, read_json
from jury.benchmarks.outputs import OutputsBenchmark
from jury.benchmarks.prompts import Prompt
from jury.errors import DataError

__all__ = ["HabermasQuestions"]

_FILE = "questions.json.gz"


class HabermasQuestions(OutputsBenchmark):
    """Questions of the Habermas Machine, each with a statement for and one against."""

    card = Card(
        name="habermas-questions",
        title="Habermas Machine questions: what models write on contested policy, judged by a jury",
        measures="Whether what a model writes on contested questions represents the views of those who agree and of "
        "those who disagree, and which model a jury is best served by, under every notion of fairness.",
        senses=("Overton", "steerable", "multi-objective", "trade-off steerable", "jury-pluralistic"),
        source="Tessler et al. (2024), AI can help humans find common ground in democratic deliberation, Science 386.",
        licence="CC BY 4.0, DeepMind Technologies Limited 2024",
        obtain="the questions of https://github.com/google-deepmind/habermas_machine, as a JSON list of id, question, "
        "affirming_statement, negating_statement",
        looks_for=(_FILE, "questions.json", f"habermas_questions/{_FILE}"),
        faults=("People's own ratings are not published with the questions: jurors are simulated.",),
    )

    def read(self, settings: Settings) -> Sequence[Prompt]:
        """Return the questions with both statements as sides."""
        place = find(self.card, settings.data)
        if place is None:
            raise DataError(f"{self.card.name}: no data; name it with --data PATH. Get it: {self.card.obtain}")
        path = next((place / name for name in self.card.looks_for if (place / name).exists()), place)
        prompts = []
        for number, record in enumerate(read_json(path), start=1):
            try:
                sides = (str(record["affirming_statement"]), str(record["negating_statement"]))
                prompts.append(Prompt(str(record["id"]), str(record["question"]), sides))
            except (KeyError, TypeError) as error:
                raise DataError(f"{path}, record {number}: no {error}; it has to hold id, question, ...") from None
        return prompts


benchmarks.add("habermas-questions", HabermasQuestions())
