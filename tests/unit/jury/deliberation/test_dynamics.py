"""Models of opinion change against closed forms, the papers' own examples and plain loops."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from jury.deliberation.dynamics import models, read_model
from jury.deliberation.dynamics.averaging import limit
from jury.deliberation.topology import ties_of, weights_of
from jury.errors import MeasureError, StudyError

TWENTY = pd.DataFrame({"race": ["a"] * 12 + ["b"] * 8}, index=range(20))


def rng(seed=0):
    return np.random.default_rng(seed)


def graph(*edges):
    return nx.to_scipy_sparse_array(nx.DiGraph(edges), nodelist=sorted({node for edge in edges for node in edge[:2]}))


def talk(model, ties, opinions, marks=None, seed=0):
    return read_model(model).discuss(np.asarray(opinions, dtype=float), ties.astype(float), rng(seed), marks)


def random_ties(seed=1):
    """Return a strongly connected network with a cycle of odd length."""
    return ties_of("random:k=4", TWENTY, rng(seed))


def dense(ties, self_weight):
    found = weights_of(ties, self_weight)
    return found if isinstance(found, np.ndarray) else found.toarray()


def test_degroot_comes_to_the_consensus_of_the_left_eigenvector():
    ties = random_ties()
    first = rng(3).random((20, 3))
    found = talk("degroot:self_weight=0.3,rounds=1000", ties, first, np.eye(20))
    values, vectors = np.linalg.eig(dense(ties, 0.3).T)
    stationary = np.real(vectors[:, np.argmax(np.real(values))])
    stationary = stationary / stationary.sum()
    assert found.converged
    assert found.final == pytest.approx(np.tile(stationary @ first, (20, 1)), abs=1e-4)
    assert found.owed[:, 0] == pytest.approx(np.tile(stationary, (20, 1)), abs=1e-4)
    assert read_model("degroot:self_weight=0.3").influence(ties) == pytest.approx(np.tile(stationary, (20, 1)))


def test_degroots_own_example_and_that_of_golub_and_jackson():
    # DeGroot (1974): two people; Golub and Jackson (2010): three, of whom the first hears both others.
    assert limit(np.array([[1 / 2, 1 / 2], [1 / 4, 3 / 4]])) == pytest.approx(np.array([[1 / 3, 2 / 3]] * 2))
    three = graph((0, 1), (0, 2), (1, 0), (2, 1))
    found = talk("degroot:self_weight=0,rounds=500", three, [[1.0], [0.0], [0.0]])
    assert found.converged
    assert found.final == pytest.approx(np.full((3, 1), 2 / 5), abs=1e-4)
    assert read_model("degroot:self_weight=0").influence(three)[0] == pytest.approx([2 / 5, 2 / 5, 1 / 5])


def test_a_periodic_network_goes_to_and_fro_and_says_so():
    # Golub and Jackson (2010): the same three, the last two hearing the first alone.
    three = graph((0, 1), (0, 2), (1, 0), (2, 0))
    model = read_model("degroot:self_weight=0")
    found = model.discuss(np.array([[1.0], [0.0], [0.0]]), three.astype(float), rng())
    assert not found.converged
    assert found.period == 2
    assert model.influence(three) is None
    assert model.rate(three) == pytest.approx(1.0)
    heeded = talk("degroot:self_weight=0.1,rounds=500", three, [[1.0], [0.0], [0.0]])
    assert heeded.converged
    assert heeded.period is None


def test_who_is_still_moving_after_the_last_round_has_not_settled():
    found = talk("degroot:rounds=3", ties_of("ring", TWENTY, rng()), rng().random((20, 1)))
    assert not found.converged
    assert found.period is None
    assert found.rounds == 3
    assert len(found.trajectory) == 4


def test_two_blocs_without_a_bridge_come_to_an_opinion_each():
    found = talk("degroot", ties_of("two-blocs:by=race,bridges=0", TWENTY, rng()), rng().random((20, 2)))
    assert found.converged
    assert found.clusters.tolist() == [2, 2]


@pytest.mark.parametrize("homophily", [0.2, 0.5, 0.8])
def test_homophily_slows_consensus_by_the_second_eigenvalue(homophily):
    # Golub and Jackson (2012): of two groups of one size, the expected matrix has eigenvalues 1 and (homophily).
    people = pd.DataFrame({"race": ["a"] * 100 + ["b"] * 100}, index=range(200))
    ties = ties_of(f"complete:homophily={homophily},by=race", people, rng())
    assert read_model("degroot:self_weight=0").rate(ties) == pytest.approx(homophily, abs=0.05)


def test_the_rate_is_how_differences_shrink():
    ties = random_ties()
    model = read_model("degroot:rounds=18,tolerance=1e-12")
    path = model.discuss(rng(2).random((20, 1)), ties, rng()).trajectory
    spread = [float(np.ptp(opinions)) for opinions in path]
    assert (spread[-1] / spread[8]) ** (1 / (len(spread) - 9)) == pytest.approx(model.rate(ties), abs=0.05)


@pytest.mark.parametrize("stubbornness", [0.05, 0.3, 0.9])
def test_friedkin_johnsen_settles_at_its_fixed_point(stubbornness):
    ties, first = random_ties(), rng(4).random((20, 2))
    model = read_model(f"friedkin-johnsen:stubbornness={stubbornness},self_weight=0.2,rounds=2000,tolerance=1e-10")
    found = model.discuss(first, ties, rng(), np.eye(20))
    weights = dense(ties, 0.2)
    inverse = np.linalg.inv(np.eye(20) - (1 - stubbornness) * weights) * stubbornness
    assert found.final == pytest.approx(inverse @ first, abs=1e-7)
    assert found.owed[:, 1] == pytest.approx(inverse, abs=1e-7)
    assert model.influence(ties) == pytest.approx(inverse)
    assert found.final == pytest.approx((1 - stubbornness) * weights @ found.final + stubbornness * first, abs=1e-7)
    assert model.rate(ties) == pytest.approx(1 - stubbornness)


def test_everybody_may_be_stubborn_in_their_own_way():
    ties, first, held = random_ties(), rng(4).random((20, 2)), rng(5).random(20)
    model = read_model("friedkin-johnsen:self_weight=0.2,rounds=2000,tolerance=1e-10")
    found = model.discuss(first, ties, rng(), np.eye(20), dials=held)
    inverse = np.linalg.inv(np.eye(20) - (1 - held)[:, None] * dense(ties, 0.2)) * held
    assert found.final == pytest.approx(inverse @ first, abs=1e-7)
    assert model.influence(ties, held) == pytest.approx(inverse)
    assert model.rate(ties, held) < 1
    # NaN is the model's own setting.
    some = np.where(np.arange(20) < 10, np.nan, 0.3)
    np.testing.assert_array_equal(
        model.discuss(first, ties, rng(), dials=some).final, model.discuss(first, ties, rng()).final
    )


def test_a_minority_that_never_yields_wins_over_all_who_do():
    first = np.array([[0.0]] * 16 + [[1.0]] * 4)
    held = np.array([0.0] * 16 + [1.0] * 4)
    found = read_model("friedkin-johnsen").discuss(first, ties_of("complete", TWENTY, rng()), rng(), dials=held)
    assert found.final == pytest.approx(np.ones((20, 1)), abs=1e-3)


def test_without_anybody_stubborn_to_hear_there_is_no_matrix_of_influence():
    ties = ties_of("two-blocs:by=race,bridges=0", TWENTY, rng())
    held = np.where(TWENTY["race"] == "a", 0.5, 0.0)
    assert read_model("friedkin-johnsen").influence(ties, held) is None


def test_bounded_confidence_may_be_ones_own():
    ties = graph((0, 1), (1, 0))
    narrow = read_model("hegselmann-krause").discuss(np.array([[0.2], [0.6]]), ties, rng(), dials=[0.5, 0.1])
    assert narrow.at(1)[:, 0] == pytest.approx([0.4, 0.6])
    met = read_model("deffuant:rounds=1").discuss(np.array([[0.2], [0.6]]), ties, rng(), dials=[0.5, 0.1])
    assert met.final[:, 0] == pytest.approx([0.4, 0.6])


def test_nobody_is_moved_who_is_wholly_stubborn_and_who_is_not_at_all_is_degroots():
    ties, first = random_ties(), rng(5).random((20, 2))
    assert talk("friedkin-johnsen:stubbornness=1", ties, first).final.tolist() == first.tolist()
    mild = talk("friedkin-johnsen:stubbornness=0,self_weight=0.5", ties, first)
    assert mild.final == pytest.approx(talk("degroot:self_weight=0.5", ties, first).final)


def test_hegselmann_and_krause_find_38_then_two_then_one_opinion():
    # Hegselmann and Krause (2002), section 4.1: 625 people with opinions by lot, one start each. At 0.15 about as many
    # other starts keep a third camp in the middle.
    ties = ties_of("complete", pd.DataFrame(index=range(625)), rng())
    starts = rng(0).random((625, 12))
    many, two, one = (talk(f"hegselmann-krause:epsilon={epsilon}", ties, starts) for epsilon in (0.01, 0.15, 0.25))
    assert all(found.converged for found in (many, two, one))
    assert np.median(many.clusters) == pytest.approx(38, abs=2)
    assert set(two.clusters.tolist()) == {2, 3}
    assert set(one.clusters.tolist()) == {1}


def test_hegselmann_krause_by_hand():
    ties = graph((0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1))
    near = talk("hegselmann-krause:epsilon=0.25", ties, [[0.0], [0.2], [0.4]])
    assert near.at(1)[:, 0] == pytest.approx([0.1, 0.2, 0.3])
    assert near.at(2)[:, 0] == pytest.approx([0.2, 0.2, 0.2])
    far = talk("hegselmann-krause:epsilon=0.15", ties, [[0.0], [0.2], [0.4]])
    assert far.rounds == 1
    assert far.clusters.tolist() == [3]


@pytest.mark.parametrize("epsilon", [0.1, 0.3, 1.0])
def test_hegselmann_krause_is_what_a_plain_loop_does(epsilon):
    ties, opinions = random_ties(), rng(6).random((20, 2))
    opinions[3, 0] = np.nan
    heard = ties.toarray() > 0
    expected = np.full_like(opinions, np.nan)
    for i in range(20):
        for c in range(2):
            told = [
                opinions[j, c]
                for j in range(20)
                if (heard[i, j] or i == j)
                and not np.isnan(opinions[j, c])
                and (np.isnan(opinions[i, c]) or abs(opinions[i, c] - opinions[j, c]) <= epsilon)
            ]
            expected[i, c] = np.mean(told) if told else np.nan
    found = talk(f"hegselmann-krause:epsilon={epsilon},rounds=1", ties, opinions)
    np.testing.assert_allclose(found.final, expected)


def test_all_or_nothing_answers_are_beyond_anybodys_confidence():
    ties, chosen = ties_of("complete", TWENTY, rng()), rng(0).integers(2, size=(20, 1)).astype(float)
    for kind in ("hegselmann-krause:epsilon=0.9", "deffuant:epsilon=0.9"):
        assert talk(kind, ties, chosen).final.tolist() == chosen.tolist()


@pytest.mark.parametrize(("epsilon", "camps"), [(0.5, 1), (0.2, 2)])
def test_deffuant_keeps_the_mean_and_ends_in_one_over_two_epsilon_camps(epsilon, camps):
    # Deffuant et al. (2000): about 1 / (2 epsilon) camps, besides a few people at the ends.
    people = pd.DataFrame(index=range(300))
    first = rng(1).random((300, 1))
    found = talk(f"deffuant:epsilon={epsilon},rounds=2000,tolerance=1e-4", ties_of("complete", people, rng()), first)
    assert found.converged
    assert found.final.mean() == pytest.approx(first.mean(), abs=1e-12)
    counts = np.histogram(found.final, bins=np.linspace(0, 1, 21))[0]
    assert int((counts > 15).sum()) == camps


def test_two_who_meet_in_deffuants_model_go_halfway():
    pair = graph((0, 1), (1, 0))
    assert talk("deffuant:rounds=1,mu=0.5", pair, [[0.4], [0.6]]).final[:, 0].tolist() == [0.5, 0.5]
    slower = talk("deffuant:rounds=1,mu=0.25", pair, [[0.4], [0.6]], np.eye(2))
    assert slower.final[:, 0] == pytest.approx([0.45, 0.55])
    assert slower.owed[:, 0] == pytest.approx(np.array([[0.75, 0.25], [0.25, 0.75]]))
    one_way = nx.to_scipy_sparse_array(nx.DiGraph([(0, 1)]), nodelist=[0, 1])
    assert talk("deffuant:rounds=1", one_way, [[0.4], [0.6]]).final[:, 0].tolist() == [0.5, 0.6]


def test_the_same_seed_gives_the_same_meetings():
    ties, first = random_ties(), rng(7).random((20, 2))
    paths = [talk("deffuant:epsilon=0.4", ties, first, seed=seed).final for seed in (0, 0, 1)]
    assert paths[0].tolist() == paths[1].tolist()
    assert paths[0].tolist() != paths[2].tolist()


@pytest.mark.parametrize("kind", list(models))
@pytest.mark.parametrize("topology", ["complete", "two-blocs:by=race", "alone", "star"])
def test_what_holds_of_every_model(kind, topology):
    ties = ties_of(topology, TWENTY, rng())
    first = rng(8).random((20, 3))
    first[[2, 5], 1] = np.nan
    marks = np.column_stack([TWENTY["race"] == "a", TWENTY["race"] == "b"])
    given = first.copy()
    found = talk(kind, ties, first, marks)
    np.testing.assert_array_equal(first, given)
    final, known = found.final, ~np.isnan(found.final)
    # Opinions stay within those that there were, and are made of them in full.
    inside = (final >= np.nanmin(first, axis=0) - 1e-12) & (final <= np.nanmax(first, axis=0) + 1e-12)
    assert inside[known].all()
    assert found.owed.sum(axis=2)[known] == pytest.approx(np.ones(known.sum()))
    assert (found.owed >= -1e-12).all()
    if topology == "alone":
        np.testing.assert_allclose(final, first, rtol=1e-14)
    if topology == "complete":
        assert known.all()  # who had none heard somebody's
    # What all agree on stays.
    same = talk(kind, ties, np.full((20, 1), 0.3))
    assert same.converged
    assert same.final == pytest.approx(np.full((20, 1), 0.3))


def test_who_has_no_opinion_says_nothing_and_hears():
    star = ties_of("star:moderator=0", pd.DataFrame(index=["0", "1", "2"]), rng())
    found = talk("degroot:self_weight=0.5,rounds=1", star, [[np.nan], [0.2], [0.6]])
    assert found.final[:, 0] == pytest.approx([0.4, 0.2, 0.6])
    silent = talk("degroot", star, [[np.nan], [np.nan], [np.nan]])
    assert np.isnan(silent.final).all()
    assert silent.converged


@pytest.mark.parametrize(
    ("opinions", "marks", "message"),
    [
        ([[2.0]], None, "beyond 0 to 1"),
        ([0.5], None, r"shape \(1,\)"),
        ([[0.5], [0.5]], None, "give"),
        ([[0.5]], [[1], [1]], "marks"),
    ],
)
def test_opinions_that_do_not_fit(opinions, marks, message):
    ties = ties_of("complete", pd.DataFrame(index=["Ann"]), rng())
    with pytest.raises(MeasureError, match=message):
        read_model("degroot").discuss(opinions, ties, rng(), marks)


@pytest.mark.parametrize(
    ("model", "dials", "message"),
    [
        ("degroot", [0.5], "has no setting"),
        ("deffuant", [1.5], "from 0 to 1"),
        ("deffuant", [0.5, 0.5], "for 1 people"),
    ],
)
def test_settings_of_ones_own_that_do_not_fit(model, dials, message):
    ties = ties_of("complete", pd.DataFrame(index=["Ann"]), rng())
    with pytest.raises(MeasureError, match=message):
        read_model(model).discuss([[0.5]], ties, rng(), dials=dials)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("degroot:stubbornness=0.5", "it takes: rounds, tolerance, self_weight"),
        ("friedkin", "friedkin-johnsen"),
        ("deffuant:mu=0.7", "mu: "),
        ("hegselmann-krause:epsilon=wide", "epsilon: "),
    ],
)
def test_models_that_cannot_be(text, message):
    with pytest.raises(StudyError, match=message):
        read_model(text)
