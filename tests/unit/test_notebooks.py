"""What notebooks show: the figures and the caveats, and nothing of a hostile name is obeyed."""

from html.parser import HTMLParser

import numpy as np
import pytest

from aggregators import Approvals, Utilities, decide, elect
from jury import Study, audit, simulate
from jury.deliberation.change import compare
from jury.whatif import sweep
from jury.whatif.telling import CAVEAT
from personas import load_population

HOSTILE = "<script>alert(1)</script>\u202e\"'&" + "x" * 120
CASES = [{"id": HOSTILE[:40], "prompt": HOSTILE, "alternatives": [HOSTILE, "no"]}]
ALLOWED = {"div", "b", "bdi", "small", "table", "thead", "tbody", "tr", "th", "td"}


class Page(HTMLParser):
    """Checks that tags are balanced and harmless, and keeps the text."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED
        assert dict(attrs).keys() <= {"class"}, "neither colours nor handlers"
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += f"{data} "


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    study = {"name": "small", "jurors": 30, "groups": ["sex"], "cases": CASES, "model": "planted/hash", "seed": 1}
    return simulate(Study.model_validate(study), out=folder / "run.sqlite", cache=False)


def text_of(shown):
    return Page(shown._repr_html_()).text


def test_an_outcome_shows_ranks_scores_and_who_judged():
    profile = Utilities([[1, 5, np.nan], [2, 4, np.nan]], alternatives=[HOSTILE, "b", "c"])
    text = text_of(decide(profile, "utilitarian"))
    assert text.startswith("utilitarian: b")
    assert "4.5" in text
    assert "1.5" in text
    assert "…" in text, "names are cut"
    assert "x" * 100 not in text


def test_batches_and_committees_are_shown():
    profile = Utilities([[1, 5], [5, 1]], alternatives=[HOSTILE, "b"])
    batch = decide(profile, "utilitarian", weights=np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 1.0]]))
    assert "on 3 weightings" in text_of(batch)
    assert "0.667" in text_of(batch)
    approvals = Approvals([[1, 0, 0], [0, 1, 0]], alternatives=[HOSTILE, "b", "c"])
    assert "1 seats" in text_of(elect(approvals, "pav", seats=1))


def test_a_population_shows_its_source_and_its_shares():
    population = load_population("us-adults")
    text = text_of(population)
    assert population.source.title in text
    assert "public domain" in text
    share = 100 * population.margins("sex")["Female"]
    assert f"Female {share:.0f}%" in text


def test_a_run_shows_denominators_winners_and_caveats(run):
    text = text_of(run)
    assert "Ballots: 30 asked, 30 answered, 0 refused, 0 unparsed, 0 failed." in text
    assert "The jury chooses" in text
    assert run.header.caveat in text
    assert "A simulated jury is not people." in text


def test_an_audit_shows_groups_with_intervals(run):
    found = audit(run.panel(), rules=["utilitarian", "maximin"], by=["sex"], resamples=50)
    text = text_of(found)
    row = found.groups[(found.groups["group"] == "Female") & (found.groups["rule"] == "maximin")].iloc[0]
    assert f"{row['regret']:.2f} [{row['regret_low']:.2f}, {row['regret_high']:.2f}]" in text
    assert found.panel.caveat in text
    assert "30 asked" in text


def test_a_sweep_shows_its_sentences_and_caveat(run):
    found = sweep(run, ["jurors=6,12"], rng=np.random.default_rng(0))
    text = text_of(found)
    assert CAVEAT in text
    assert "together" in text


def test_a_change_shows_verdicts_before_and_after(run, tmp_path):
    later = simulate(run.study.changed(model="null/uniform"), out=tmp_path / "later.sqlite", cache=False)
    found = compare(run.panel(), later.panel(), rules=["utilitarian"], by=["sex"], rng=np.random.default_rng(0))
    text = text_of(found)
    assert " ".join(found.words())[:80] in " ".join(text.split())
    assert "not people" in text
