"""docs/deliberation.md, rounds with models: its studies are valid, its prompt is the one that is sent, its Python runs.

Run as a script it writes the prompt anew: ``python tests/contract/test_rounds_page.py``.
"""

import asyncio
import re
from pathlib import Path

import yaml

from jury import Study, asimulate
from jury.deliberation.agenda import plan_of
from jury.deliberation.block import DeliberationBlock, StatementBlock
from jury.records import Step
from jury.store import reading

PATH = Path(__file__).parents[2] / "docs" / "deliberation.md"
HEADING = "## Rounds with models"
CASE = {
    "id": "sunday",
    "prompt": "Should the public library open on Sundays?",
    "alternatives": [
        {"id": "open", "text": "Yes, all day"},
        {"id": "short", "text": "Yes, in the afternoon"},
        {"id": "closed", "text": "No"},
    ],
}


def section():
    return PATH.read_text(encoding="utf-8").partition(HEADING)[2]


def blocks(language, text=None):
    return re.findall(rf"```{language}\n(.*?)```", section() if text is None else text, flags=re.DOTALL)


def study_of(block, **changes):
    document = {
        "name": "page",
        "jurors": 6,
        "persona": {"attributes": ["age"]},
        "cases": [CASE],
        "model": "planted/hash",
        "elicitation": {"mode": "score", "opinion": 2, "readout": "sample"},
        "seed": 1,
    }
    return Study.model_validate(document | yaml.safe_load(block) | changes)


def conversation(folder):
    """Return the last request that one juror gets for an opinion in round 1, as it is sent."""
    settings = yaml.safe_load(blocks("yaml")[0])
    readout = {"elicitation": settings["elicitation"] | {"readout": "sample"}}
    study = study_of(blocks("yaml")[0], **readout)
    run = asyncio.run(asimulate(study, out=folder / "page.sqlite"))
    with reading(run.path) as store:
        plan = plan_of(study, store, Step(1))
        request = next(plan.task(plan.jurors[0], 0, 0).requests())
    return "\n\n".join(f"[{message.role}]\n{message.text}" for message in request.messages())


def test_the_prompt_is_as_shown(tmp_path):
    assert blocks("text")[0] == conversation(tmp_path) + "\n"


def test_the_studies_are_valid_and_say_the_defaults():
    first, second = (study_of(block).deliberation for block in blocks("yaml"))
    assert first == DeliberationBlock(hear=3)
    assert second.statement == StatementBlock(model=second.statement.model)


def test_every_setting_is_shown():
    shown = " ".join(blocks("yaml"))
    for name in (*DeliberationBlock.model_fields, *StatementBlock.model_fields):
        assert name in shown or f"`{name}`" in section(), name


def test_the_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    exec(compile(code, "deliberation.md", "exec"), {})
    assert "the verdict" in capsys.readouterr().out


if __name__ == "__main__":
    import tempfile

    page = PATH.read_text(encoding="utf-8")
    before, heading, own = page.partition(HEADING)
    with tempfile.TemporaryDirectory() as folder:
        told = conversation(Path(folder))
    start = own.index("```text\n") + len("```text\n")
    own = f"{own[:start]}{told}\n{own[own.index('```', start) :]}"
    PATH.write_text(before + heading + own, encoding="utf-8")
