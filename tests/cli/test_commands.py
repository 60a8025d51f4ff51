"""Every command has help and loads late; the small commands say what there is; documents name what exists."""

import importlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import jsonschema
import pytest

import cli
from cli.main import COMMANDS
from cli.main import jury as group

ROOT = Path(__file__).parents[2]
#: Modules of the package that are no commands.
SHARED = {
    "__init__",
    "audit_page",
    "audit_sections",
    "ballots",
    "codes",
    "deliberation_page",
    "exits",
    "injection",
    "juries",
    "main",
    "named",
    "outcomes",
    "output",
    "opening",
    "people",
    "plain",
    "progress",
    "rating_columns",
    "reports",
    "sparks",
    "validation",
}


def every_command(command=group, words=("jury",)):
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from every_command(command.get_command(context, name), (*words, name))


ALL = dict(every_command())


def test_commands_and_files_are_the_same():
    files = {path.stem for path in Path(cli.__file__).parent.glob("*.py")} - SHARED
    assert files == set(COMMANDS)
    for name in COMMANDS:
        assert importlib.import_module(f"cli.{name}").command.name == name


@pytest.mark.parametrize("words", list(ALL), ids=" ".join)
def test_every_command_and_option_has_help(words):
    command = ALL[words]
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{' '.join(words)} {option.opts[0]}"
            assert option.help[0].isupper() or not option.help[0].isalpha() or ":" in option.help or "." in option.help


def test_the_list_of_commands_imports_none_of_them():
    script = (
        "import sys\nsys.argv = ['jury', '--help']\nfrom cli.main import main\ncode = 0\n"
        "try:\n    main()\nexcept SystemExit as leaving:\n    code = leaving.code\n"
        "heavy = {'numpy', 'pandas', 'openai', 'anthropic', 'pydantic', 'rich', 'scipy', 'yaml', 'jury'}\n"
        "print(sorted(heavy & set(sys.modules)), code or 0, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.strip() == "[] 0"
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout


def test_help_and_version_by_either_name(jury):
    script = Path(sys.executable).with_name("jury")
    if script.exists():
        done = subprocess.run([script, "-h"], capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout == jury("--help").out
    assert re.fullmatch(r"jury, version \d+\.\d+\.\d+\n", jury("--version").out)
    nothing = jury()
    assert (nothing.code, "Usage: jury" in nothing.err) == (2, True)
    assert jury("simulat").error == "Error: No such command 'simulat'."


def test_personas(here):
    assert "us-adults" in here("personas", "list").out
    listed = here("personas", "list", "-o", "json").json
    assert {entry["name"] for entry in listed["codebooks"]} >= {"gss-2018"}
    assert "White" in here("personas", "show", "us-adults").out
    shown = here("personas", "show", "us-adults", "-o", "json").json
    assert all(sum(margin.values()) == pytest.approx(1) for margin in shown["margins"].values())
    words = ("personas", "sample", "us-adults", "-n", 6, "--by", "race", "-o", "json")
    drawn = here(*words).json
    assert len(drawn["jurors"]) == 6
    assert drawn["design"].startswith("6 jurors, stratified, by race")
    assert here(*words).json == drawn
    assert here(*words, "--seed", 9).json != drawn
    assert "6 jurors" not in here("personas", "sample", "us-adults", "-n", 1).out
    wrong = here("personas", "show", "nowhere")
    assert (wrong.code, len(wrong.err.splitlines())) == (1, 1)
    assert "us-adults" in wrong.error


def test_models_rules_and_schema(here, jury):
    assert {entry["model"].partition("/")[0] for entry in here("models", "-o", "json").json} >= {"openai", "planted"}
    ready = {e["model"]: e["ready"] for e in jury("models", "-o", "json", OPENAI_API_KEY="sk-none").json}
    assert (ready["openai/NAME"], ready["anthropic/NAME"]) == (True, False)
    assert "planted/hash" in here("models").out
    assert "isoelastic" in here("rules").out
    welfare = here("rules", "--kind", "welfare", "-o", "json").json
    assert {"nash", "maximin"} <= {rule["name"] for rule in welfare}
    assert {rule["kind"] for rule in welfare} == {"welfare"}
    schema = here("schema").json
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"name": "x", "cases": [{"id": "a", "prompt": "p", "alternatives": ["b"]}]}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "x", "cases": []} | {"jurrs": 3}, schema)


def test_doctor(here):
    assert here("doctor").code == 0
    asked = here("doctor", "--model", "planted/hash", "-o", "json")
    assert asked.code == 0
    assert {"planted/hash, sample", "planted/hash, logprobs"} <= {check["name"] for check in asked.json}
    lacking = here("doctor", "--model", "openai/gpt-5-mini")
    assert lacking.code == 1
    assert "OPENAI_API_KEY" in lacking.out
    assert lacking.err == "Error: not working: openai/gpt-5-mini\n"
    assert json.loads(here("doctor", "--model", "nobody/x", "-o", "json").out)[-1]["fine"] is False


def documented():
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))):
        fenced = re.findall(
            r"^```(?:console|sh|bash|text)?\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
        for line in "\n".join(fenced).replace("\\\n", " ").splitlines():
            for part in line.split("&&"):
                found = re.match(r"\s*(?:\$\s+)?(?:[A-Z_]+=\S+\s+)*(?:\.venv/bin/)?jury(\s.*|$)", part)
                if found:
                    yield pytest.param(
                        found.group(1), id=f"{path.name}: jury{found.group(1).partition('#')[0].rstrip()}"
                    )


@pytest.mark.parametrize("text", list(documented()))
def test_documented_commands_exist_with_the_options_shown(text):
    words = shlex.split(text, comments=True)
    words = words[: next((at for at, word in enumerate(words) if word in {"|", ">", ">>", "2>", ";", "<"}), None)]
    path = ("jury",)
    while words and isinstance(ALL[path], click.Group) and not words[0].startswith("-"):
        # The group itself says what its words mean, short forms included.
        name, _, words = ALL[path].resolve_command(click.Context(ALL[path]), words)
        path = (*path, name)
    assert len(path) > 1 or not words or words[0].startswith("-"), f"no command {words[:1]}"
    command = ALL[path]
    known = {name for option in command.get_params(click.Context(command)) for name in option.opts}
    for word in words:
        if re.match(r"--?[a-z]", word):
            assert word.partition("=")[0] in known, f"{' '.join(path)} has no {word}"
