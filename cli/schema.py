"""``jury schema``."""

from __future__ import annotations

import click

from cli.output import print_json


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of study files.

    Save it beside a study and begin the study with the line
    "# yaml-language-server: $schema=study.schema.json": editors then complete and check it.
    """
    from jury.study import study_schema

    print_json(study_schema())
