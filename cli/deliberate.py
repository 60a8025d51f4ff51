"""``jury deliberate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.ballots import open_ballots
from cli.exits import USAGE, CommandFailed
from cli.output import output_option, plot_option, print_json
from cli.progress import counting
from cli.rating_columns import RatingColumns, column_options, is_run

if TYPE_CHECKING:
    from jury.panel import Panel

_EPILOG = (
    "Models: degroot, friedkin-johnsen, hegselmann-krause, deffuant. Topologies: complete, ring, small-world, "
    "two-blocs, star, random, alone, file. Settings follow a colon: small-world:k=6,p=0.2, "
    "two-blocs:by=race,bridges=2, file:path=friends.graphml."
)


@click.command("deliberate", epilog=_EPILOG)
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="RUN|DATA")
@click.option("--model", default="friedkin-johnsen", show_default=True, help="How opinions change.")
@click.option("--topology", default="complete", show_default=True, help="Who hears whom.")
@click.option(
    "--homophily",
    type=click.FloatRange(0, 1),
    help="Share of the ties to other groups that is moved to one's own, by the first --by.",
)
@click.option("--stubbornness", type=click.FloatRange(0, 1), help="friedkin-johnsen: weight of one's first opinion.")
@click.option("--self-weight", type=click.FloatRange(0, 1), help="degroot, friedkin-johnsen: of one's own opinion.")
@click.option("--epsilon", type=click.FloatRange(0, 1), help="Bounded confidence: how far apart one still listens.")
@click.option(
    "--dial",
    "dials",
    multiple=True,
    metavar="GROUP=VALUE",
    help="Another stubbornness or epsilon for one group, such as race=Black=0.9.",
)
@click.option("--rounds", type=click.IntRange(min=1), help="Most rounds; 100 by default.")
@click.option("--by", multiple=True, metavar="ATTR", help='Groups: an attribute, or a crossing such as "race & sex".')
@click.option("--rule", "rules", multiple=True, help='Rule that decides, such as nash or "isoelastic:alpha=2".')
@click.option("--case", "cases", multiple=True, metavar="ID", help="Some cases only.")
@click.option("--networks", type=click.IntRange(min=1), default=10, show_default=True, help="Networks drawn.")
@click.option("--resamples", type=click.IntRange(min=2), default=1000, show_default=True, help="Bootstraps.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of all that is drawn.")
@click.option("--kind", metavar="KIND", help="DATA: ratings by people, of a kind such as polis, crehate or lewidi.")
@column_options("--case-column")
@plot_option("opinions by group, round by round")
@output_option
def command(
    source: Path,
    model: str,
    topology: str,
    homophily: float | None,
    stubbornness: float | None,
    self_weight: float | None,
    epsilon: float | None,
    dials: tuple[str, ...],
    rounds: int | None,
    by: tuple[str, ...],
    rules: tuple[str, ...],
    cases: tuple[str, ...],
    networks: int,
    resamples: int,
    seed: int,
    kind: str | None,
    columns: RatingColumns,
    plot: Path | None,
    output: str,
) -> None:
    """Let stored answers go through a model of opinion change: what would the jury decide after? Costs nothing.

    No model of language is asked. A run gives the answers that jurors gave alone; a table of ratings (CSV or Parquet,
    one row a rating) is read as `jury audit` reads it, with its columns named.
    """
    from cli.deliberation_page import print_page
    from jury.deliberation.modelled.deliberating import deliberate
    from jury.deliberation.naming import with_settings

    if plot is not None:
        from jury.plots import check_file

        check_file(plot)
    if homophily is not None and not by:
        raise CommandFailed("--homophily needs groups: add --by ATTR", USAGE)
    panel, usual = _panel(source, kind, columns, cases)
    groups = by or panel.by
    settings = {"stubbornness": stubbornness, "self_weight": self_weight, "epsilon": epsilon, "rounds": rounds}
    with counting("Networks") as report:
        found = deliberate(
            panel,
            with_settings(model, settings),
            with_settings(topology, {} if homophily is None else {"homophily": homophily, "by": by[0]}),
            dials=dict(map(_dial, dials)),
            rules=rules or usual,
            by=groups,
            seed=seed,
            networks=networks,
            resamples=resamples,
            report=report,
        )
    if plot is not None:
        from jury.plots import draw

        figure = draw("opinion_paths", found=found, by=groups[0] if groups else None)
        figure.savefig(plot, dpi=200, bbox_inches="tight")
    if output == "json":
        print_json({"source": panel.name, "caveat": panel.caveat, **found.to_dict()})
    else:
        print_page(found, panel)


def _dial(text: str) -> tuple[str, float]:
    group, _, value = text.rpartition("=")
    try:
        return group, float(value)
    except ValueError:
        raise CommandFailed(
            f"--dial {text!r}: {value!r} is no number; write GROUP=VALUE, race=Black=0.9", USAGE
        ) from None


def _panel(
    source: Path, kind: str | None, columns: RatingColumns, cases: tuple[str, ...]
) -> tuple[Panel, tuple[str, ...]]:
    """Return the answers before anybody was heard, and the rules of the study, if there is one."""
    from jury.deliberation.modelled.room import of_cases
    from jury.run import open_run

    panel, study = open_ballots(source, kind, columns)
    if panel is None:
        raise CommandFailed(
            f"{source} is a study without ballots; run `jury simulate` first and give its run file", USAGE
        )
    if kind is None and is_run(source) and (run := open_run(source)).rounds:
        panel = run.panel(round=0)
    return of_cases(panel, cases), () if study is None else tuple(study.rules)
