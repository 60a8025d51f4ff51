"""Every reader on real files: what is counted agrees with what the files say of themselves."""

import csv
import gzip

import numpy as np
import pytest

from aggregators import Approvals, Rankings, Utilities, decide, fund
from aggregators.reading import formats, pabulib, read


@pytest.mark.parametrize(
    ("name", "orders", "winner"),
    [
        ("00002-00000001.soi", 41, "Bdale Garbee"),
        ("00002-00000006.toc", 82, "Stefano Zacchiroli"),
        ("00004-00000006.soc", 6, "The X-Files: Season 3"),
        ("00005-00000002.toi", 384, "Bob Kiss"),
    ],
)
def test_preflib(shared_data, name, orders, winner):
    path = shared_data / "preflib" / name
    header = dict(
        line[2:].strip().split(": ", 1)
        for line in path.read_text().splitlines()
        if ": " in line[2:].strip() and line.startswith("#")
    )
    profile = Rankings.read(path)
    assert profile.n_voters == orders == int(header["NUMBER UNIQUE ORDERS"])
    assert profile.weights.sum() == int(header["NUMBER VOTERS"])
    assert profile.alternatives[0] == header["ALTERNATIVE NAME 1"]
    assert decide(profile, "irv").winners == (winner,)  # Burlington 2009 is known for what its runoff elected
    assert read(path) == profile


def test_preflib_burlington_had_another_condorcet_winner(shared_data):
    profile = Rankings.read(shared_data / "preflib" / "00005-00000002.toi")
    assert decide(profile, "copeland").winners == ("Andy Montroll",)
    assert decide(profile, "plurality").winners == ("Kurt Wright",)
    assert (profile.ranks == 1).sum(axis=1).max() > 1, "some of its ballots hold ties"


@pytest.mark.parametrize("name", ["mileszki", "nad-nerem", "nowosolna"])
def test_pabulib(shared_data, name):
    path = shared_data / "pabulib" / f"poland_lodz_2020_{name}.pb"
    election = pabulib.read(path)
    approvals = Approvals.read(path)
    assert approvals == election.approvals
    assert approvals.n_voters == int(election.meta["num_votes"])
    assert approvals.n_alternatives == int(election.meta["num_projects"]) == len(election.costs)
    counted = [int(election.projects[project]["votes"]) for project in approvals.alternatives]
    assert approvals.matrix.sum(axis=0).tolist() == counted
    assert election.budget == float(election.meta["budget"])
    assert set(approvals.groups["sex"]) <= {"K", "M", ""}
    chosen = {project for project, row in election.projects.items() if row["selected"] == "1"}
    funded = fund(approvals, "greedy", costs=election.costs, budget=election.budget)
    assert chosen in [set(projects) for projects in funded.funded]


@pytest.mark.parametrize(
    "name",
    [
        "15-per-hour-seattle",
        "american-assembly.bowling-green",
        "brexit-consensus",
        "canadian-electoral-reform",
        "scoop-hivemind.biodiversity",
        "scoop-hivemind.ubi",
        "vtaiwan.uberx",
    ],
)
def test_polis(shared_data, name):
    folder = shared_data / "polis" / name
    summary = dict(line.split(",", 1) for line in (folder / "summary.csv").read_text().splitlines() if "," in line)
    path = folder / "participants-votes.csv.gz"
    utilities, approvals = Utilities.read(path), Approvals.read(path)
    assert utilities.n_voters == int(summary["voters"])
    assert utilities.n_alternatives == int(summary["comments"])
    assert set(np.unique(utilities.values[utilities.opinions])) <= {-1, 0, 1}
    with gzip.open(path, "rt", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert utilities.groups["group-id"].tolist() == [row["group-id"] for row in rows]
    assert (approvals.matrix == (utilities.values == 1)).all()
    assert Rankings.read(path) == utilities.to_rankings()


def test_ranked_ballots_by_name(shared_data):
    profile = Rankings.read(shared_data / "ballots" / "Portland_D1_raw_votekit_format.csv.gz")
    assert profile.n_voters == 43_669
    assert "overvote" not in profile.alternatives
    assert "" not in profile.alternatives
    assert profile.n_alternatives == 20
    first = [
        label
        for rank in (1, 2, 3)
        for label, at in zip(profile.alternatives, profile.ranks[0], strict=True)
        if at == rank
    ]
    assert first == ["Terrence Hayes", "Loretta Smith", "Noah Ernst"]


def test_votekit_profiles(shared_data):
    profile = Rankings.read(shared_data / "ballots" / "albany_profile.csv.gz")
    assert (profile.n_voters, profile.weights.sum()) == (7159, 7159)
    assert profile.alternatives[0] == "JOHN ANTHONY MIKI"
    assert profile.ranks[0].tolist() == [1, 2, 5, 3, 4]
    assert profile.ranks[2].tolist() == [0, 0, 1, 0, 0]


def test_every_format_says_what_it_is():
    for name, reader in formats().items():
        assert reader.name == name
        assert reader.summary.endswith(".")
        assert all(suffix.startswith(".") for suffix in reader.suffixes)
