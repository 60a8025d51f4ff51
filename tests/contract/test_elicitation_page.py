"""docs/elicitation.md shows every mode's prompt exactly as it is sent, an answer, and what is kept of it.

Each YAML block of the page is a mode's settings; the blocks after it are what this module makes of them. Run
as a script it writes them anew: ``python tests/contract/test_elicitation_page.py``.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from jury.backends.null import reply_of
from jury.cases import Case
from jury.elicitation import Mode, Showing, modes
from jury.elicitation.showing import label_names
from jury.plan import Task
from jury.records import Juror
from jury.wording import juror_text

PAGE = Path(__file__).parents[2] / "docs" / "elicitation.md"
CASE = Case.model_validate(
    {
        "id": "sunday",
        "prompt": "Should the public library open on Sundays?",
        "alternatives": [
            {"id": "open", "text": "Yes, all day"},
            {"id": "short", "text": "Yes, in the afternoon"},
            {"id": "closed", "text": "No"},
        ],
    }
)
HELD = {"open": 1.0, "short": 0.75, "closed": 0.25}
JUROR = Juror(0, "j0001", "p1", 1.0, "planted/hash", {"age": "25-34"}, juror_text("Age: 25-34"))

_SHOWN = re.compile(r"```yaml\n(?P<settings>.*?)```\n(?P<rest>.*?)(?=```yaml\n|\n## |\Z)", re.DOTALL)
_BLOCKS = re.compile(r"```(?:text|json)\n.*?```", re.DOTALL)


def blocks_of(settings):
    """Return the blocks that belong after these settings: the prompt, the answers, what is kept."""
    mode: Mode = modes[settings["mode"]].model_validate(settings)
    readout = "sample" if mode.readout == "auto" else mode.readout
    labels = label_names(mode.labels, 3, np.random.default_rng(1))
    showing = Showing(CASE, ("short", "open", "closed"), labels, readout)
    task = Task(JUROR, 0, showing, 0, tuple(mode.interview(showing)))
    replies = [reply_of(question.as_if(HELD)) for question in task.questions]
    last = task.request(len(task.questions) - 1, [reply.text for reply in replies[:-1]])
    said = [f"[{message.role}]\n{message.text}" for message in last.messages()]
    answer = mode.hear(showing, replies, np.random.default_rng(0))
    given = [reply.text or json.dumps({k: round(np.exp(v), 3) for k, v in reply.logprobs.items()}) for reply in replies]
    return [
        "```text\n" + "\n\n".join(said) + "\n```",
        "```text\n" + "\n".join(given) + "\n```",
        "```json\n" + json.dumps(answer.values) + "\n```",
    ]


def sections(page):
    return [(match, yaml.safe_load(match["settings"])) for match in _SHOWN.finditer(page)]


@pytest.mark.parametrize(("match", "settings"), sections(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else [])
def test_every_prompt_and_answer_is_as_shown(match, settings):
    assert _BLOCKS.findall(match["rest"])[:3] == blocks_of(settings["elicitation"])


def test_every_mode_is_shown():
    shown = [settings["elicitation"]["mode"] for _, settings in sections(PAGE.read_text(encoding="utf-8"))]
    assert set(shown) == set(modes)


def renewed(page):
    """Return the page with its blocks written anew."""

    def renew(match):
        fresh = iter(blocks_of(yaml.safe_load(match["settings"])["elicitation"]))
        rest = _BLOCKS.sub(lambda _: next(fresh), match["rest"], count=3)
        return f"```yaml\n{match['settings']}```\n{rest}"

    return _SHOWN.sub(renew, page)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
