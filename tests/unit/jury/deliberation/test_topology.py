"""Who hears whom: shapes, homophily, files, faults."""

import os

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

from jury.deliberation.topology import (
    TopologyBlock,
    inbreeding,
    neighbours,
    network,
    read_topology,
    ties_of,
    topologies,
    weights_of,
)
from jury.errors import MeasureError, StudyError

PEOPLE = pd.DataFrame(
    {"race": ["White"] * 24 + ["Black"] * 10 + ["Asian"] * 6}, index=[f"juror {number}" for number in range(40)]
)
DRAWN = [name for name in topologies if name != "file"]


def rng(seed=0):
    return np.random.default_rng(seed)


def heard_by(spec, people=PEOPLE, seed=0):
    return neighbours(spec, people, rng(seed))


@pytest.mark.parametrize("kind", DRAWN)
def test_nobody_hears_themselves_and_the_same_seed_gives_the_same_network(kind):
    first, again = heard_by(kind), heard_by(kind)
    assert first == again
    assert len(first) == 40
    assert all(juror not in heard for juror, heard in enumerate(first))


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("people", [0, 1, 2, 3])
def test_rooms_of_few_people(kind, people):
    heard = heard_by(kind, PEOPLE.iloc[:people])
    assert len(heard) == people
    assert all(0 <= other < people for some in heard for other in some)


def test_shapes():
    assert [len(heard) for heard in heard_by("complete")] == [39] * 40
    assert [len(heard) for heard in heard_by("alone")] == [0] * 40
    assert [len(heard) for heard in heard_by("ring:k=4")] == [4] * 40
    assert [len(heard) for heard in heard_by("random:k=5")] == [5] * 40
    star = sorted(len(heard) for heard in heard_by("star"))
    assert star == [1] * 39 + [39]
    assert heard_by("moderated:moderator=juror 7")[7] == tuple(number for number in range(40) if number != 7)


def test_a_ring_is_one_circle_and_a_small_world_a_rewired_one():
    ring = network("ring", PEOPLE, rng()).to_undirected()
    assert nx.is_connected(ring)
    assert nx.cycle_graph(40).number_of_edges() == ring.number_of_edges()
    plain = network("small-world:k=6,p=0", PEOPLE, rng()).to_undirected()
    rewired = network("small-world:k=6,p=0.3", PEOPLE, rng()).to_undirected()
    assert nx.average_clustering(plain) == pytest.approx(0.6)  # 3 (k - 2) / (4 (k - 1)), Watts and Strogatz
    assert nx.average_shortest_path_length(rewired) < nx.average_shortest_path_length(plain)


def test_two_blocs_hear_their_own_and_what_comes_over_the_bridges():
    heard = heard_by("two-blocs:by=race,bridges=3")
    white = set(range(24))
    across = [(i, j) for i, some in enumerate(heard) for j in some if (i in white) != (j in white)]
    assert len(across) == 6
    assert len({i for i, _ in across}) == 6
    assert all(len(set(some) & white) == 23 for i, some in enumerate(heard) if i in white)
    named = heard_by("two-blocs:by=race,group=Asian,bridges=0")
    assert named[39] == (34, 35, 36, 37, 38)
    halves = heard_by("two-blocs:bridges=0")
    assert [len(some) for some in halves] == [19] * 40


@pytest.mark.parametrize("kind", ["complete", "random:k=6", "small-world:k=6,p=0.2", "ring:k=6"])
@pytest.mark.parametrize("homophily", [0.3, 0.8])
def test_homophily_is_colemans_index(kind, homophily):
    race = PEOPLE["race"].to_numpy(dtype=str)
    text = f"{kind}{',' if ':' in kind else ':'}homophily={homophily},by=race"
    found = []
    for seed in range(40):
        ties = ties_of(text, PEOPLE, rng(seed))
        before = ties_of(kind, PEOPLE, rng(seed))
        assert ties.sum(axis=1).tolist() == before.sum(axis=1).tolist()
        found.append(inbreeding(ties, race))
    assert np.mean(found) == pytest.approx(homophily, abs=0.04)


def test_full_homophily_leaves_no_tie_between_groups_but_those_of_the_only_one():
    people = PEOPLE.assign(race=["White"] * 24 + ["Black"] * 15 + ["Asian"])
    race = people["race"].to_numpy(dtype=str)
    heard = heard_by("random:k=6,homophily=1,by=race", people)
    assert all(race[i] == race[j] for i, some in enumerate(heard[:39]) for j in some)
    assert len(heard[39]) == 6


def test_most_are_drawn_by_lot_from_those_heard():
    capped = neighbours("complete", PEOPLE, rng(), most=4)
    assert [len(heard) for heard in capped] == [4] * 40
    assert len(set(capped)) > 30
    with pytest.raises(StudyError, match="most=0"):
        neighbours("complete", PEOPLE, rng(), most=0)


def test_a_graph_says_the_same_as_the_list():
    graph = network("random:k=3", PEOPLE, rng())
    assert {(i, j) for i, j in graph.edges} == {(i, j) for i, some in enumerate(heard_by("random:k=3")) for j in some}
    assert graph.nodes[3]["name"] == "juror 3"


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("self_weight", [0.0, 0.4, 1.0])
def test_weights_add_up_to_one(kind, self_weight):
    found = weights_of(ties_of(kind, PEOPLE, rng()), self_weight)
    dense = found if isinstance(found, np.ndarray) else found.toarray()
    assert dense.sum(axis=1) == pytest.approx(np.ones(40))
    own = np.diag(dense)
    assert own == pytest.approx(np.ones(40) if kind == "alone" else np.full(40, self_weight))


def test_sparse_weights_are_the_dense_ones():
    many = pd.DataFrame(index=range(200))
    ties = ties_of("ring", many, rng())
    sparse = weights_of(ties, 0.3)
    assert not isinstance(sparse, np.ndarray)
    expected = 0.7 * ties.toarray() / 2 + 0.3 * np.eye(200)
    assert sparse.toarray() == pytest.approx(expected)


def test_weights_refuse_what_is_no_share():
    with pytest.raises(MeasureError, match=r"self_weight=1\.5"):
        weights_of(ties_of("ring", PEOPLE, rng()), 1.5)


def test_a_file_by_name_in_any_order(tmp_path):
    path = tmp_path / "friends.edgelist"
    path.write_text("# who hears whom\nCal, Ann, 2\nCal, Ben\nAnn, Ben\nBen, Cal\n", encoding="utf-8")
    people = pd.DataFrame(index=["Ann", "Ben", "Cal"])
    assert neighbours(f"file:path={path}", people, rng()) == [(1,), (2,), (0, 1)]
    weights = weights_of(ties_of(f"file:path={path}", people, rng()), 0.0)
    assert weights[2] == pytest.approx([2 / 3, 1 / 3, 0])
    # The room may be a part of the jurors, whose ties among themselves are left.
    assert ties_of(f"file:path={path}", people, rng(), among=[1, 2]).toarray().tolist() == [[0, 1], [1, 0]]


def test_a_file_that_changed_is_read_again(tmp_path):
    path, people = tmp_path / "friends.csv", pd.DataFrame(index=["Ann", "Ben"])
    path.write_text("Ann,Ben\n", encoding="utf-8")
    assert neighbours(f"file:path={path}", people, rng()) == [(1,), ()]
    path.write_text("Ben,Ann\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert neighbours(f"file:path={path}", people, rng()) == [(), (0,)]


def test_a_file_in_order(tmp_path):
    path = tmp_path / "ring.graphml"
    nx.write_graphml(nx.path_graph(3), path)
    assert neighbours(f"file:path={path}", pd.DataFrame(index=["Ann", "Ben", "Cal"]), rng()) == [(1,), (0, 2), (1,)]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "Ann,Ben\nBen,Cal\nCal,Dee\n", "node Dee is no juror"),
        ("b.csv", "Ann,Ben\n", "juror Cal is no node"),
        ("c.csv", "1,2\n2,3\n3,4\n", "4 nodes for 3 jurors"),
        ("d.csv", "Ann\n", "line 1: 'Ann' is no edge"),
        ("e.csv", "Ann,Ben,much\nBen,Cal\n", "weight='much' of Ann to Ben"),
        ("f.graphml", "<graphml", "cannot be read as a network"),
    ],
)
def test_files_that_do_not_fit(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        neighbours(f"file:path={path}", pd.DataFrame(index=["Ann", "Ben", "Cal"]), rng())


def test_names_of_groups_may_hold_commas():
    people = PEOPLE.assign(race=PEOPLE["race"].replace("Black", "Black, not Hispanic"))
    heard = heard_by("two-blocs:bridges=0,by=race,group=Black, not Hispanic", people)
    assert heard[24] == tuple(range(25, 34))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("smal-world", "no topology named 'smal-world'; did you mean 'small-world'"),
        ("ring:k=3", "3 is odd"),
        ("ring:k", "'k' sets nothing"),
        ("ring:n=3", "it takes: homophily, by, k"),
        ("complete:homophily=0.5", "add by, for instance by=race"),
        ("complete:homophily=2,by=race", "homophily: "),
        ("two-blocs:group=Black", "needs by"),
        ("two-blocs:by=race,group=Green", "group='Green' is no group of 'race'"),
        ("complete:homophily=0.5,by=town", "town"),
        ("star:moderator=Zoe", "moderator='Zoe' is nobody"),
        ("file:path=/nowhere", "path='/nowhere' is no file"),
        ({"k": 3}, "names no kind"),
    ],
)
def test_faults_are_named(spec, message):
    with pytest.raises(StudyError, match=message):
        neighbours(spec, PEOPLE, rng())


def test_a_room_without_the_bloc_that_is_named_is_one_bloc():
    people = pd.DataFrame({"race": ["Asian", "Black", "Black", "White"]})
    ties = ties_of("two-blocs:by=race,group=Asian", people, rng(), among=[1, 2, 3])
    assert ties.toarray().tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_too_many_pairs_are_refused_before_they_are_made():
    with pytest.raises(StudyError, match="take small-world or random"):
        ties_of("complete", pd.DataFrame(index=range(6000)), rng())


@pytest.mark.parametrize("kind", DRAWN)
def test_a_field_of_a_study_takes_text_or_a_mapping(kind):
    class Block(BaseModel):
        topology: TopologyBlock

    read = read_topology({"kind": kind, "homophily": 0.25, "by": "race"})
    assert Block(topology=read.words()).topology == read
    assert Block.model_validate(Block(topology=read).model_dump()).topology == read
    with pytest.raises(ValueError, match="names no kind"):
        Block(topology="")
