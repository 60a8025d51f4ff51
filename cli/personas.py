"""``jury personas``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.exits import CommandFailed
from cli.juries import jury_options, jury_terms
from cli.output import console, count, output_option, percent, print_json, say, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from personas import Population, Sample
    from personas.rendering import Renderer

_BAR = 30
_LONGEST = 25  # levels of an attribute that are shown one by one


@click.group("personas")
def command() -> None:
    """List, show, check and build populations; draw juries from them.

    From a survey file with a codebook to a jury:

    \b
      jury personas check SURVEY.csv --codebook BOOK.yaml --weight wt
      jury personas build SURVEY.csv --codebook BOOK.yaml --weight wt --out PEOPLE.yaml
      jury personas sample PEOPLE.yaml -n 12 --by race --style interview
    """  # noqa: D301 - click's own mark of a paragraph that is not rewrapped


@command.command("list", short_help="List populations, codebooks, keys, styles.")
@output_option
def list_(output: str) -> None:
    """List the built-in populations, codebooks, scoring keys, styles and languages."""
    from personas import built_in_codebooks, built_in_populations, load_codebook, load_population
    from personas.scoring import built_in_keys, load_key
    from personas.styles import styles
    from personas.templates import locales

    populations = [(name, load_population(name)) for name in built_in_populations()]
    books = [(name, load_codebook(name)) for name in built_in_codebooks()]
    keys = [(name, load_key(name)) for name in built_in_keys()]
    told = {name: (style.tell.__doc__ or "").strip().splitlines()[0] for name, style in styles.items()}
    if output == "json":
        document: dict[str, Any] = {
            "populations": [
                {"name": name, "source": found.source.model_dump(mode="json")} for name, found in populations
            ],
            "codebooks": [{"name": name, "source": book.source.model_dump(mode="json")} for name, book in books],
            "keys": [{"name": name, "scales": list(key.scales)} for name, key in keys],
            "styles": [{"name": name, "description": text} for name, text in told.items()],
            "locales": list(locales()),
        }
        print_json(document)
        return
    rows = [[name, found.source.title, found.source.year, ", ".join(found.attributes)] for name, found in populations]
    out = console()
    show(out, "Populations", ["name", "what", "year", "attributes"], rows, left=4)
    rows = [[name, book.source.title, book.source.year, f"{len(book.items)} questions"] for name, book in books]
    show(out, "Codebooks, for data files of your own", ["name", "what", "year", "items"], rows, left=4)
    rows = [[name, ", ".join(key.scales)] for name, key in keys]
    show(out, "Scoring keys, for answers to questionnaires", ["name", "scales"], rows, left=2)
    show(out, "Styles of describing a person", ["name", "what"], [[name, text] for name, text in told.items()], left=2)
    out.print()
    say(out, f"Languages of templates: {', '.join(locales())}.")


def _population_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--weight", metavar="COLUMN", help="Column that holds the survey weights."),
        click.option("--codebook", help="What the columns of a data file mean: a built-in name or a file."),
        click.argument("source", metavar="NAME|FILE"),
    ):
        function = option(function)
    return function


@command.command("show", short_help="Show who a population describes.")
@_population_options
@output_option
def show_(source: str, codebook: str | None, weight: str | None, output: str) -> None:
    """Show who a population describes: source, size, design effect and the share of every level.

    What is known of the joint distribution, and what is assumed, is in the notes.
    """
    from personas import load_population

    population = load_population(source, codebook, weight=weight)
    if output == "json":
        print_json(_document(population))
        return
    out = console()
    about = population.source
    say(out, f"{population.name}: {about.title}", style="bold")
    for label, value in (
        ("Source", about.citation),
        ("Year", about.year),
        ("Universe", about.universe),
        ("Licence", about.licence),
        ("Published at", about.url),
    ):
        say(out, f"{label}: {value or 'not stated'}")
    sizes = f"effective size {population.effective_size:.1f} (Kish), design effect {population.design_effect:.3f}"
    cells = " A cell describes many people: these figures are of the table, not of a sample."
    say(out, f"{count(len(population), population.unit)}; {sizes}.{cells if population.unit == 'cell' else ''}")
    for note in about.notes:
        say(out, f"Note: {note}")
    if hidden := [name for name in population.attributes if name in population.unprompted]:
        say(out, f"Only to group by, never told to jurors: {', '.join(hidden)}.")
    if population.narratives is not None:
        say(out, f"Narratives: {sum(1 for text in population.narratives if text)} of {len(population)}.")
    if population.items:
        say(out, f"Questions that they answered: {', '.join(population.items)}.")
    for attribute in population.attributes:
        _show_margin(out, population, attribute)


def _show_margin(out: Any, population: Population, attribute: str) -> None:  # noqa: ANN401 - a console
    from personas.cards import number_summary

    if (summary := number_summary(population, attribute)) is not None:
        out.print()
        say(out, attribute, style="bold")
        say(out, summary)
        return
    table = population.groups(attribute)
    if len(table) > _LONGEST:
        out.print()
        say(out, f"{attribute}: {len(table)} levels")
        return
    people = population.unit == "person"
    rows = [
        [row[attribute], "█" * round(_BAR * row["share"]), f"{row['share']:.1%}"]
        + ([row["n"], f"{row['effective_size']:.1f}"] if people else [])
        for row in table.to_dict("records")
    ]
    show(out, attribute, ["level", "", "share", *(["people", "effective size"] if people else [])], rows, left=2)


@command.command("check", short_help="Check a file of people, and say what to do.")
@_population_options
@click.option("--by", multiple=True, metavar="ATTR", help='Groups whose cells must not be tiny, such as "race & sex".')
@output_option
def check(source: str, codebook: str | None, weight: str | None, by: tuple[str, ...], output: str) -> None:
    """Check a file of people: what is wrong or missing, and what to do about it.

    Finds codes without words, codes that may mean "no answer", absent columns, weights that are missing or cannot be
    used, tiny cells, and a source that does not say enough. Exit code 1 if the file cannot be used as it is.
    """
    from personas.checking import check_population

    found = check_population(source, codebook, weight=weight, by=by)
    errors = sum(each.severity == "error" for each in found.findings)
    if output == "json":
        fields = ("severity", "field", "problem", "remedy")
        findings = [{field: getattr(each, field) for field in fields} for each in found.findings]
        print_json({"usable": found.usable, "findings": findings})
    else:
        out = console()
        for each in found.findings:
            say(out, f"{each.severity.capitalize()}: {each.field}: {each.problem}.")
            say(out, f"→ {each.remedy}.", indent=2)
        if found.population is not None:
            people = found.population
            sizes = f", effective size {people.effective_size:.1f}, design effect {people.design_effect:.3f}"
            told = sizes if people.unit == "person" else ""
            say(out, f"{source} can be used: {count(len(people), people.unit)}{told}.")
    if not found.usable:
        raise CommandFailed(f"{source} cannot be used as it is: {count(errors, 'error')}" if output == "text" else "")


@command.command("build", short_help="Build a documented population from a survey file.")
@_population_options
@click.option("--key", help="Scoring key that turns questionnaire items into traits: a built-in name or a file.")
@click.option("--to", metavar="NAME|FILE", help="Population to whose margins this one is weighted (raking).")
@click.option(
    "--on",
    multiple=True,
    metavar="ATTR",
    help='What is weighted on: "sex", "race & sex", or OURS=THEIRS; may be repeated.',
)
@click.option(
    "--bounds", nargs=2, type=float, metavar="LOW HIGH", help="Least and largest weight, as multiples of the mean."
)
@click.option("--name", help="What the population is called; by default as --out.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The .yaml file to write; .csv and .md go beside it.",
)
@output_option
def build_(
    source: str,
    codebook: str | None,
    weight: str | None,
    key: str | None,
    to: str | None,
    on: tuple[str, ...],
    bounds: tuple[float, float] | None,
    name: str | None,
    out: Path,
    output: str,
) -> None:
    """Build a documented population from a survey file: words, traits, weights, and a card.

    Writes a population file that studies and all of these commands read, its data beside it in words, and its card.
    """
    from personas.building import build
    from personas.cards import card
    from personas.saving import save_population

    population, raked = build(
        source, codebook, weight=weight, key=key, to=to, on=on, bounds=bounds, name=name or out.stem
    )
    about = out.with_suffix(".md")
    if about.exists():
        raise CommandFailed(f"{about}: exists already: name another --out, or remove it")
    files = [*save_population(population, out), about]
    about.write_text(card(population, [each for each in on if "=" not in each and "&" in each]), encoding="utf-8")
    if output == "json":
        targets = None if raked is None else raked.convergence.reset_index(names="target").to_dict("records")
        print_json({**_document(population), "files": [str(file) for file in files], "raking": targets})
        return
    screen = console()
    if raked is not None:
        rows = [
            [target, row["levels"], percent(row["before"]), f"{row['after']:.0e}", row["furthest"]]
            for target, row in raked.convergence.to_dict("index").items()
        ]
        head = ["target", "levels", "furthest before", "after", "which was"]
        show(screen, f"Weighted to the margins of {to}, {raked.iterations} sweeps", head, rows)
        screen.print()
    sizes = f"effective size {population.effective_size:.1f}, design effect {population.design_effect:.3f}"
    say(screen, f"{count(len(population), population.unit)}, {sizes}.")
    for file, what in zip(files, ("the population", "its people, in words", "its card"), strict=True):
        say(screen, f"{file}: {what}")


@command.command("card", short_help="Write a population's card in Markdown.")
@_population_options
@click.option(
    "--by", multiple=True, metavar="ATTR", help='Crossing to show too, such as "race & sex"; may be repeated.'
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; by default stdout.")
def card_(source: str, codebook: str | None, weight: str | None, by: tuple[str, ...], out: Path | None) -> None:
    """Write a population's card in Markdown: who is described, who is not, source, limits, margins."""
    from personas import load_population
    from personas.cards import card

    text = card(load_population(source, codebook, weight=weight), by)
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    say(console(), str(out))


def _not_too_many(_: click.Context, __: click.Parameter, value: int) -> int:
    from jury.study_blocks import MOST_JURORS

    if value > MOST_JURORS:
        raise click.BadParameter(
            f"{value} is more than {MOST_JURORS:,}; draw fewer, or several juries, each of its seed"
        )
    return value


@command.command("sample", short_help="Draw a jury and show it.")
@_population_options
@click.option(
    "-n",
    "--jurors",
    default=12,
    show_default=True,
    type=click.IntRange(min=1),
    callback=_not_too_many,
    help="Number of jurors.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="The same seed, the same jury.")
@jury_options
@click.option("--style", metavar="STYLE", help="Show each juror's text in this style (jury personas list).")
@click.option("--tell", multiple=True, metavar="ATTR", help="Tell only this attribute, or narrative; may be repeated.")
@click.option(
    "--order", type=click.Choice(["given", "seeded"]), default="given", help="Order in which attributes are told."
)
@click.option(
    "--wording", type=click.Choice(["first", "seeded"]), default="first", help="Which of the templates' wordings."
)
@click.option("--locale", help="Language of the templates.")
@click.option("--templates", metavar="FILE", help="YAML file of templates of your own.")
@output_option
def sample(
    source: str,
    codebook: str | None,
    weight: str | None,
    jurors: int,
    seed: int,
    design: str | None,
    by: tuple[str, ...],
    allocation: tuple[str, ...],
    size: str | None,
    at_least: tuple[str, ...],
    replace: bool | None,
    style: str | None,
    tell: tuple[str, ...],
    order: str,
    wording: str,
    locale: str | None,
    templates: str | None,
    output: str,
) -> None:
    """Draw a jury and show it, as a table or, with --style, as the texts that a model would be given.

    What readers of its answers must know is told at the end: effective size, groups that the jury lacks.
    """
    import numpy as np

    from personas import load_population
    from personas.coverage import absent_groups

    population = load_population(source, codebook, weight=weight)
    terms = jury_terms(design, by, allocation, size, at_least, replace)
    drawn = population.sample(jurors, np.random.default_rng(seed), **terms)
    warnings = (*drawn.warnings, *absent_groups(population, drawn, but=(*by, *(terms["at_least"] or ()))))
    renderer = None
    if style or tell or templates or locale or order != "given" or wording != "first":
        renderer = _renderer(population, style or "profile", tell, order, wording, locale, templates)
    if output == "json":
        sizes = {"effective_size": drawn.effective_size, "design_effect": drawn.design_effect}
        document = {"design": drawn.design, **sizes, "warnings": list(warnings)}
        print_json(document | {"jurors": _jurors(drawn, renderer, seed)})
        return
    out = console()
    if renderer is None:
        rows = [[p.id, *(p.attributes[name] for name in drawn.attributes), p.weight] for p in drawn]
        show(out, drawn.design, ["juror", *drawn.attributes, "weight"], rows, left=1 + len(drawn.attributes))
    else:
        say(out, drawn.design, style="bold")
        for juror, told in renderer.stream(drawn, seed):
            out.print()
            say(out, f"{juror.id}, weight {juror.weight:.3f}", style="bold")
            for line in told.text.splitlines() or ["(nothing is told)"]:
                say(out, line)
        out.print()
    effect = f"design effect {drawn.design_effect:.3f}"
    say(out, f"Effective size {drawn.effective_size:.1f} of {len(drawn)} (Kish), {effect}.")
    for warning in warnings:
        say(out, f"Warning: {warning}")


def _renderer(
    population: Population,
    style: str,
    tell: tuple[str, ...],
    order: Any,  # noqa: ANN401 - a choice that click has checked
    wording: Any,  # noqa: ANN401 - likewise
    locale: str | None,
    templates: str | None,
) -> Renderer:
    from personas.rendering import Renderer
    from personas.templates import load_templates

    words = load_templates(locale, templates)
    return Renderer.of(population, tell or None, style=style, templates=words, order=order, wording=wording)


def _jurors(drawn: Sample, renderer: Renderer | None, seed: int) -> list[dict[str, Any]]:
    if renderer is None:
        return [{"id": p.id, "weight": p.weight, "attributes": dict(p.attributes)} for p in drawn]
    return [
        {
            "id": p.id,
            "weight": p.weight,
            "attributes": dict(p.attributes),
            "text": told.text,
            "rendering": told.record(),
        }
        for p, told in renderer.stream(drawn, seed)
    ]


def _document(population: Population) -> dict[str, Any]:
    return {
        "name": population.name,
        "source": population.source.model_dump(mode="json"),
        "unit": population.unit,
        "rows": len(population),
        "effective_size": population.effective_size,
        "design_effect": population.design_effect,
        "margins": {name: population.margins(name).to_dict() for name in population.attributes},
    }
