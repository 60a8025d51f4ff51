"""Whom jurors hear in the rounds of a run: as the topology has it, weights and models included."""

import numpy as np
import pytest

from jury import StudyError, simulate
from jury.deliberation.block import DeliberationBlock
from jury.deliberation.network import who_hears_whom
from jury.records import Juror

TWO = [{"name": "planted/hash"}, {"name": "null/uniform"}]


def jurors(number=40, models=("planted/hash",)):
    return [
        Juror(place, f"j{place}", "p", 1.0, models[place % len(models)], {"town": "ab"[place % 2]}, "")
        for place in range(number)
    ]


def heard(network, juror, draws=400, most=4, silent=()):
    """Return who is heard how often, of the first `most` in many rounds."""
    counts = np.zeros(len(network.heard))
    speaking = [other for other in network.heard[juror] if other not in silent]
    for seed in range(draws):
        counts[network.drawn(juror, speaking, np.random.default_rng(seed))[:most]] += 1
    return counts / draws


def test_homophily_is_kept_where_few_of_many_are_heard():
    block = DeliberationBlock(topology="complete:homophily=0.8,by=town", hear=2)
    network = who_hears_whom(block, jurors(200), 0)
    own = [heard(network, juror, draws=60, most=2)[juror % 2 :: 2].sum() / 2 for juror in range(0, 200, 10)]
    # Half of all are of one's own town; of the other half eight of ten ties are moved to them (Coleman 1958).
    assert np.mean(own) == pytest.approx(0.9, abs=0.03)


def test_weights_of_a_file_say_who_is_heard_more_often(tmp_path):
    path = tmp_path / "ties.csv"
    ties = [f"j0,j{other},{weight}" for other, weight in ((1, 6), (2, 3), (3, 1), (4, 0))]
    path.write_text("\n".join([*ties, "j1,j0", "j5,j0"]))
    network = who_hears_whom(DeliberationBlock(topology=f"file:path={path}"), jurors(6), 0)
    assert network.heard[0] == (1, 2, 3)
    assert heard(network, 0, most=1)[1:4] == pytest.approx([0.6, 0.3, 0.1], abs=0.07)
    assert heard(network, 0, most=1, silent=(1,))[2:4] == pytest.approx([0.75, 0.25], abs=0.07)
    assert network.heard[4] == ()
    assert network.drawn(4, [], np.random.default_rng(0)) == []


def test_jurors_of_several_models_can_sit_apart_by_model(make_study, tmp_path):
    opinion = {"mode": "score", "opinion": 1}
    study = make_study(elicitation=opinion, model=TWO, deliberation={"topology": "two-blocs:by=model,bridges=0"})
    run = simulate(study, out=tmp_path / "r.sqlite")
    models = {juror.id: juror.model for juror in run.jurors}
    later = run.ballots().query("round == 1")
    names = {juror.name: juror.model for juror in run.jurors}
    assert len(set(names.values())) == 2
    for name, told in zip(later["juror"], later["heard"], strict=True):
        assert told["jurors"]
        assert {models[other] for other in told["jurors"]} == {names[name]}
    with pytest.raises(StudyError, match="unknown attribute 'model'"):
        simulate(study.changed(model="planted/hash"), out=tmp_path / "s.sqlite")


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"hear": 0}, "heard nobody: the run is a control"),
        ({"statement": {"candidates": 1}}, "jurors heard each other"),
    ],
)
def test_a_control_is_not_told_to_have_heard_anybody(make_study, tmp_path, block, words):
    study = make_study(elicitation={"mode": "score", "opinion": 1}, deliberation=block)
    assert words in simulate(study, out=tmp_path / "r.sqlite").panel().caveat
