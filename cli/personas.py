"""``jury personas``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.output import console, count, output_option, percent, print_json, say, show

if TYPE_CHECKING:
    from personas import Population

_BAR = 30


@click.group("personas")
def command() -> None:
    """List, show and sample populations."""


@command.command("list")
@output_option
def list_(output: str) -> None:
    """List the built-in populations and codebooks."""
    from personas import built_in_codebooks, built_in_populations, load_codebook, load_population

    populations = [(name, load_population(name)) for name in built_in_populations()]
    books = [(name, load_codebook(name)) for name in built_in_codebooks()]
    if output == "json":
        document = {
            "populations": [
                {"name": name, "source": found.source.model_dump(mode="json")} for name, found in populations
            ],
            "codebooks": [{"name": name, "source": book.source.model_dump(mode="json")} for name, book in books],
        }
        print_json(document)
        return
    rows = [[name, found.source.title, found.source.year, ", ".join(found.attributes)] for name, found in populations]
    out = console()
    show(out, "Populations", ["name", "what", "year", "attributes"], rows, left=4)
    rows = [[name, book.source.title, book.source.year, f"{len(book.items)} questions"] for name, book in books]
    show(out, "Codebooks, for data files of your own", ["name", "what", "year", "items"], rows, left=4)


def _population_options(function: Any) -> Any:  # noqa: ANN401 - click's decorators
    for option in (
        click.option("--weight", metavar="COLUMN", help="Column that holds the survey weights."),
        click.option("--codebook", help="What the columns of a data file mean: a built-in name or a file."),
        click.argument("source", metavar="NAME|FILE"),
    ):
        function = option(function)
    return function


@command.command("show")
@_population_options
@output_option
def show_(source: str, codebook: str | None, weight: str | None, output: str) -> None:
    """Show who a population describes: source, size and the share of every level."""
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
    ):
        say(out, f"{label}: {value or 'not stated'}")
    say(out, f"{count(len(population), population.unit)}; effective size {population.effective_size:.1f} (Kish).")
    for note in about.notes:
        say(out, f"Note: {note}")
    for attribute in population.attributes:
        margins = population.margins(attribute)
        if len(margins) > 25:
            out.print()
            say(out, f"{attribute}: {len(margins)} levels")
            continue
        rows = [[level, percent(share), "█" * round(_BAR * share)] for level, share in margins.items()]
        show(out, attribute, ["level", "share", ""], rows, left=3)


@command.command("sample")
@_population_options
@click.option("-n", "--jurors", default=12, show_default=True, type=click.IntRange(min=1), help="Number of jurors.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="The same seed, the same jury.")
@click.option("--design", default="srs", show_default=True, help="srs, stratified, quota or systematic.")
@click.option("--by", multiple=True, metavar="ATTR", help="Attribute that the design controls; may be repeated.")
@output_option
def sample(
    source: str,
    codebook: str | None,
    weight: str | None,
    jurors: int,
    seed: int,
    design: str,
    by: tuple[str, ...],
    output: str,
) -> None:
    """Draw a jury and show it."""
    import numpy as np

    from personas import load_population

    population = load_population(source, codebook, weight=weight)
    chosen = "stratified" if by and design == "srs" else design
    drawn = population.sample(jurors, np.random.default_rng(seed), design=chosen, by=by)
    if output == "json":
        print_json(
            {
                "design": drawn.design,
                "jurors": [{"id": p.id, "weight": p.weight, "attributes": dict(p.attributes)} for p in drawn],
            }
        )
        return
    out = console()
    rows = [[p.id, *(p.attributes[name] for name in drawn.attributes), p.weight] for p in drawn]
    show(out, drawn.design, ["juror", *drawn.attributes, "weight"], rows, left=1 + len(drawn.attributes))
    say(out, f"Effective size {drawn.effective_size:.1f} of {len(drawn)} (Kish).")


def _document(population: Population) -> dict[str, Any]:
    return {
        "name": population.name,
        "source": population.source.model_dump(mode="json"),
        "unit": population.unit,
        "rows": len(population),
        "effective_size": population.effective_size,
        "margins": {name: population.margins(name).to_dict() for name in population.attributes},
    }
