"""k-means against exhaustive search, silhouettes against their formula, viewpoints against planted and Polis's own."""

import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest

from jury.errors import MeasureError
from jury.metrics import kmeans, opinion_map, opinion_viewpoints, silhouette

RNG = np.random.default_rng


def within(points, weights, labels):
    total = 0.0
    for label in set(labels):
        inside = np.array(labels) == label
        centre = np.average(points[inside], axis=0, weights=weights[inside])
        total += (weights[inside] * ((points[inside] - centre) ** 2).sum(axis=1)).sum()
    return total


def test_kmeans_is_the_best_of_all_clusterings_of_few_points_but_for_a_few():
    hits = 0
    for seed in range(60):
        rng = RNG(seed)
        points, weights, k = rng.normal(size=(6, 2)), rng.uniform(0.5, 3, 6), 2 + seed % 2
        best = min(
            within(points, weights, labels) for labels in itertools.product(range(k), repeat=6) if len(set(labels)) == k
        )
        found = kmeans(points, k, rng, weights=weights)
        assert within(points, weights, found.labels.tolist()) == pytest.approx(found.inertia)
        assert found.inertia >= best - 1e-12
        assert (np.diff(np.bincount(found.labels, weights=weights)) <= 0).all()
        hits += found.inertia <= best + 1e-9
    assert hits >= 57


def test_a_weight_of_two_is_two_points():
    points = RNG(0).normal(size=(12, 2))
    times = np.array([1, 2, 3] * 4)
    weighted = kmeans(points, 3, RNG(1), weights=times)
    copied = kmeans(np.repeat(points, times, axis=0), 3, RNG(1))
    assert weighted.inertia == pytest.approx(copied.inertia)
    assert np.repeat(weighted.labels, times).tolist() == copied.labels.tolist()


def test_kmeans_takes_no_more_clusters_than_there_are_points():
    with pytest.raises(MeasureError, match="k=2 must be from 1 to 1"):
        kmeans([[1.0], [1.0], [9.0]], 2, RNG(0), weights=[1, 1, 0])
    assert kmeans([[1.0], [1.0], [9.0]], 2, RNG(0)).inertia == 0


def test_silhouettes_by_their_formula():
    rng = RNG(4)
    points, labels = rng.normal(size=(30, 3)), rng.integers(0, 3, 30)
    labels[0] = 7  # alone
    widths = []
    for i in range(30):
        apart = np.linalg.norm(points - points[i], axis=1)
        own = (labels == labels[i]) & (np.arange(30) != i)
        if not own.any():
            widths.append(0.0)
            continue
        a = apart[own].mean()
        b = min(apart[labels == other].mean() for other in set(labels) - {labels[i]})
        widths.append((b - a) / max(a, b))
    assert silhouette(points, labels) == pytest.approx(np.mean(widths))
    assert silhouette(points, labels, np.full(30, 2.5)) == pytest.approx(np.mean(widths))
    assert math.isnan(silhouette(points, np.zeros(30)))
    assert silhouette(np.zeros((4, 2)), [0, 0, 1, 1]) == 0
    assert silhouette([[0.0], [0], [5], [5]], [0, 0, 1, 1]) == 1


def planted(rng, sizes=(40, 25, 15), statements=30, missing=0.5, noise=0.05):
    beliefs = rng.choice([-1.0, 1.0], size=(len(sizes), statements))
    views = np.repeat(np.arange(len(sizes)), sizes)
    votes = beliefs[views] * np.where(rng.random((len(views), statements)) < noise, -1, 1)
    votes[rng.random(votes.shape) < missing] = np.nan
    return votes, views


@pytest.mark.parametrize("seed", range(5))
def test_planted_viewpoints_are_found_though_half_the_votes_are_missing(seed):
    votes, views = planted(RNG(seed))
    found = opinion_viewpoints(votes, rng=RNG(0))
    assert found.count == 3
    agree = pd.crosstab(found.labels, views).to_numpy()
    assert agree.max(axis=1).sum() / len(views) > 0.9
    assert found.left_out == ((~np.isnan(votes)).sum(axis=1) < 7).sum()
    assert max(found.silhouettes, key=found.silhouettes.get) == 3


def test_without_missing_votes_the_map_is_principal_components():
    votes = RNG(2).normal(size=(25, 6))
    positions, explained = opinion_map(votes)
    centred = votes - votes.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    for axis in range(2):
        scores = centred @ vectors[:, -1 - axis]
        assert np.abs(positions[:, axis]) == pytest.approx(np.abs(scores))
        assert explained[axis] == pytest.approx(values[-1 - axis] / values.sum())


def test_who_saw_little_is_not_pulled_to_the_centre():
    votes = np.array([[1.0] * 8, [-1.0] * 8] * 10)
    votes[0, 4:] = np.nan
    positions, _ = opinion_map(votes)
    # Half the terms, times the root of two.
    assert positions[0, 0] / positions[2, 0] == pytest.approx(np.sqrt(2) / 2, abs=0.05)


def test_those_who_voted_too_little_are_left_out():
    votes, _ = planted(RNG(0), missing=0.0)
    votes[3, 6:] = np.nan
    votes[4] = np.nan
    found = opinion_viewpoints(votes, rng=RNG(0))
    assert (found.labels[3], found.labels[4], found.left_out, found.votes) == (-1, -1, 2, 7)
    assert np.isnan(found.positions[4]).all()
    few = opinion_viewpoints(votes[:10], rng=RNG(0))
    assert few.labels[3] >= 0
    assert few.labels[4] == -1
    document = json.loads(json.dumps(found.to_dict()))
    assert document["left_out"] == 2


def test_statements_that_nobody_saw_change_nothing():
    votes, _ = planted(RNG(1))
    empty = np.hstack([votes, np.full((len(votes), 3), np.nan)])
    once, again = opinion_viewpoints(votes, rng=RNG(0)), opinion_viewpoints(empty, rng=RNG(0))
    assert once.labels.tolist() == again.labels.tolist()
    assert once.positions == pytest.approx(again.positions, nan_ok=True)


def test_where_all_vote_alike_there_is_one_viewpoint():
    found = opinion_viewpoints(np.ones((20, 8)), rng=RNG(0))
    assert (found.count, found.silhouettes, found.explained) == (1, {}, (0.0, 0.0))
    assert opinion_viewpoints([[1.0]], rng=RNG(0)).count == 1


def test_no_more_viewpoints_than_one_for_a_dozen_people():
    votes = RNG(5).choice([-1.0, 1.0], size=(24, 20))
    assert list(opinion_viewpoints(votes, rng=RNG(0)).silhouettes) == [2, 3, 4]
    assert list(opinion_viewpoints(votes, rng=RNG(0), most=3).silhouettes) == [2, 3]


def test_people_without_weight_are_as_if_absent():
    votes, _ = planted(RNG(3))
    weights = np.ones(len(votes))
    weights[::4] = 0
    found = opinion_viewpoints(votes, rng=RNG(0), weights=weights)
    without = opinion_viewpoints(votes[weights > 0], rng=RNG(0))
    assert (found.labels[::4] == -1).all()
    assert found.labels[weights > 0].tolist() == without.labels.tolist()


@pytest.mark.parametrize(
    ("votes", "options", "said"),
    [
        ([1, 2], {}, "shape"),
        ([[math.inf]], {}, "finite"),
        ([[math.nan]], {}, "nobody who counts"),
        ([[1.0]], {"weights": [1, 2]}, "weights must be 1"),
        ([[1.0]], {"weights": [-1]}, "not negative"),
    ],
)
def test_what_is_no_table_of_votes_is_refused(votes, options, said):
    with pytest.raises(MeasureError, match=said):
        opinion_viewpoints(votes, rng=RNG(0), **options)


@pytest.mark.parametrize(
    ("conversation", "agreement"),
    [("canadian-electoral-reform", 0.9), ("scoop-hivemind.biodiversity", 0.85), ("vtaiwan.uberx", 0.9)],
)
def test_groups_of_real_conversations_are_mostly_those_that_polis_found(shared_data, conversation, agreement):
    folder = shared_data / "polis" / conversation
    if not folder.is_dir():
        pytest.skip(f"needs polis/{conversation}")
    votes = pd.read_csv(folder / "participants-votes.csv.gz")
    comments = pd.read_csv(folder / "comments.csv.gz")
    out = set(comments.loc[comments["moderated"] == -1, "comment-id"].astype(str))
    shown = [name for name in votes.columns if name.isdigit() and name not in out]
    found = opinion_viewpoints(votes[shown].to_numpy(dtype=float), rng=RNG(0))
    theirs = votes["group-id"].to_numpy(dtype=float)
    both = (found.labels >= 0) & ~np.isnan(theirs)
    assert found.count == len(set(theirs[~np.isnan(theirs)]))
    table = pd.crosstab(found.labels[both], theirs[both]).to_numpy()
    assert max(np.trace(table), np.trace(table[:, ::-1])) / both.sum() > agreement
