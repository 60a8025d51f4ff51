"""Files of one's own, with truths planted in them."""

import json

import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon

from jury.benchmarks import Engine, Settings, benchmarks
from jury.errors import DataError, JuryError
from jury.model_block import ModelBlock

OPTIONS = ["yes", "no"]
SIDED = {
    "o0": {"group=north": 1.0, "group=south": 0.0, "default": 0.5},
    "o1": {"group=north": 0.0, "group=south": 1.0, "default": 0.4},
}


def write(folder, *lines):
    path = folder / "own.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def questions(count=8):
    return [
        {
            "id": f"q{number}",
            "question": f"Question {number}?",
            "options": OPTIONS,
            "people": {"north": {"shares": [0.9, 0.1], "n": 500}, "south": [10, 90]},
            "models": {"like north": [0.9, 0.1], "even": [0.5, 0.5]},
        }
        for number in range(count)
    ]


def run(path, **settings):
    return benchmarks["file"].run(Settings(data=path, **settings))


def test_a_model_that_answers_as_people_do_is_at_no_distance(tmp_path):
    page = run(write(tmp_path, *questions()), pairs=(("even", "like north"),))
    details = page.finding("distributional").details
    north = next(group for group in details["models"]["like north"]["groups"] if group["group"] == "north")
    assert north["figures"]["js"]["value"] == pytest.approx(0, abs=1e-9)
    moved = {change["group"]: change["difference"]["value"] for change in details["changes"][0]["groups"]}
    assert moved["north"] < 0 < moved["south"]


def test_groups_are_a_jury_and_objectives(tmp_path):
    page = run(write(tmp_path, *questions()))
    boards = {board["rule"]: board for board in page.finding("jury-pluralistic").details["boards"]}
    assert boards["maximin"]["winners"] == ["even", "even spread"]
    front = page.finding("multi-objective").details["front"]
    assert {"like north", "even"} <= set(front)


def test_a_model_that_can_be_steered_is_found_out(tmp_path):
    model = ModelBlock(name="planted/table", options={"utilities": SIDED})
    path = write(tmp_path, *questions())
    settings = {"models": (model,), "steer": True, "repetitions": 2, "engine": Engine(out=tmp_path / "runs")}
    page = run(path, **settings)
    steered = page.finding("steerable").details
    gains = {group["group"]: group["gain"]["value"] for group in steered["models"]["planted/table"]["groups"]}
    # As itself it says yes throughout, as most of the north does: steering to the north can gain nothing.
    assert gains["north"] == pytest.approx(0, abs=1e-12)
    assert gains["south"] > 0.3
    assert steered["matrices"]["planted/table"]["sensitivity"] == {"north": 1.0, "south": 1.0}
    assert steered["matrices"]["planted/table"]["specificity"] == {"north": 1.0, "south": 1.0}
    traded = page.finding("trade-off steerable").details["planted/table"]
    # All on yes is farther from 90 % than three quarters are: the closed form turns at the very end.
    near = [1 - jensenshannon([share, 1 - share], [0.9, 0.1], 2) for share in (0, 0.25, 0.5, 0.75, 1)]
    got = [each["achieved"]["near north"] for each in traded["steered"]]
    assert got == pytest.approx(near)
    wrong = sum(near[low] > near[high] for low in range(5) for high in range(low + 1, 5))
    assert [each["violations"] for each in traded["monotonicity"]] == [wrong, wrong]
    assert page.runs[0].ballots["answered"] == 16
    assert page.runs[1].ballots["answered"] == 32


def test_the_same_command_goes_on_where_it_was(tmp_path, monkeypatch):
    path = write(tmp_path, *questions())
    settings = {"models": (ModelBlock(name="planted/hash"),), "repetitions": 1, "engine": Engine(out=tmp_path / "runs")}
    first = run(path, **settings)

    async def never(*_):
        raise AssertionError("asked again")

    monkeypatch.setattr("jury.backends.planted.PlantedBackend.ask", never)
    again = run(path, **settings)
    assert again.to_dict() == first.to_dict()


def test_without_answers_of_a_model_there_is_nothing_to_measure(tmp_path):
    line = {key: value for key, value in questions(1)[0].items() if key != "models"}
    with pytest.raises(JuryError, match="name a model with --model"):
        run(write(tmp_path, line))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"id": "q"}, "neither a question nor a prompt"),
        ({"id": "q", "question": "?", "options": ["a"], "people": {"g": [1]}}, "line 1: options"),
        ({"id": "q", "question": "?", "options": ["a", "b"], "people": {"g": [1]}}, "1 shares for 2 options"),
        ({"id": "q", "question": "?", "options": ["a", "b"], "people": {"g": [1, 1]}, "x": 1}, "line 1: x"),
        ({"id": "p", "prompt": "?", "outputs": {"a": "t"}, "ratings": {"ann": {"b": 1}}}, "'b' has no output"),
        ({"id": "p", "prompt": "?", "sides": ["one"], "takes": {"ann": 1}}, "no place among 1 sides"),
    ],
)
def test_a_fault_is_one_line_that_names_place_and_key(tmp_path, line, said):
    with pytest.raises(DataError, match=said) as caught:
        run(write(tmp_path, line))
    assert "\n" not in str(caught.value)


def test_unknown_groups_and_pairs_are_told(tmp_path):
    path = write(tmp_path, *questions(1))
    with pytest.raises(JuryError, match="no group 'east'; known: north, south"):
        run(path, groups=("east",))
    with pytest.raises(JuryError, match="no answers of 'x'; known: like north, even"):
        run(path, pairs=(("x", "even"),))
    with pytest.raises(JuryError, match="pair: 'even' twice; name two models"):
        run(path, pairs=(("even", "even"),))


def rated():
    """Three raters on side A like what a wrote, two on side B what b wrote; c pleases everybody a little."""
    ratings = {f"a{n}": {"a": 5, "b": 1, "c": 4} for n in range(3)} | {
        f"b{n}": {"a": 1, "b": 5, "c": 4} for n in range(2)
    }
    takes = {rater: int(rater.startswith("b")) for rater in ratings}
    outputs = {name: f"What {name} wrote." for name in "abc"}
    return [
        {
            "id": f"p{n}",
            "prompt": "What now?",
            "outputs": outputs,
            "sides": ["This.", "That."],
            "ratings": ratings,
            "takes": takes,
        }
        for n in range(6)
    ]


def test_stored_ratings_need_no_model_and_give_closed_forms(tmp_path):
    page = run(write(tmp_path, *rated()))
    assert page.runs == ()
    boards = {board["rule"]: board for board in page.finding("jury-pluralistic").details["boards"]}
    assert boards["utilitarian"]["winners"] == ["c"]  # 4, against (3 * 5 + 2) / 5 = 3.4 and 2.6
    assert boards["utilitarian"]["scores"]["a"]["value"] == pytest.approx(3.4)
    assert boards["maximin"]["scores"]["a"]["value"] == pytest.approx(1)
    overton = {model["model"]: model for model in page.finding("Overton").details["models"]}
    assert overton["a"]["score"]["value"] == pytest.approx(0.5)
    assert overton["a"]["weighted"]["value"] == pytest.approx(0.6)
    assert overton["c"]["score"]["value"] == pytest.approx(1)
    assert set(page.finding("multi-objective").details["front"]) == {"a", "b", "c"}
    assert not page.finding("steerable").measured
    assert not page.finding("distributional").measured


def test_outputs_without_ratings_go_before_a_simulated_jury(tmp_path):
    line = {"id": "p0", "prompt": "What now?", "outputs": {"good": "Good.", "bad": "Bad."}, "sides": ["This.", "That."]}
    utilities = {"good": {"default": 0.9}, "bad": {"default": 0.1}, "0": {"default": 0.8}, "1": {"default": 0.2}}
    judge = ModelBlock(name="planted/table", options={"utilities": utilities})
    page = run(write(tmp_path, line), judge=judge, jurors=6, engine=Engine(out=tmp_path / "runs"))
    board = page.finding("jury-pluralistic").details["boards"][0]
    assert board["winners"] == ["good"]
    assert board["scores"]["good"]["value"] == pytest.approx(5)
    assert board["scores"]["bad"]["value"] == pytest.approx(1)
    assert [run.ballots["answered"] for run in page.runs] == [6, 6]
    assert any("not people" in caveat for caveat in page.caveats)


def test_a_model_that_answered_nothing_is_left_out_and_said_so(tmp_path):
    lines = [line | {"models": {"even": [0.5, 0.5], "mute": [0, 0]}} for line in questions()]
    page = run(write(tmp_path, *lines))
    assert page.models == ("even",)
    assert "mute answered no question, and is left out." in page.caveats
    lines = [line | {"models": {"mute": [0, 0]}} for line in lines]
    with pytest.raises(JuryError, match="no question was answered by mute"):
        run(write(tmp_path, *lines))


def test_a_run_without_a_ballot_has_no_answers(tmp_path):
    lines = [line | {"models": {}} for line in questions(1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jury.run.Run.ballots", lambda _: pd.DataFrame())
        with pytest.raises(JuryError, match="no question was answered by null/uniform"):
            run(write(tmp_path, *lines), models=(ModelBlock(name="null/uniform"),), engine=Engine(out=tmp_path))
