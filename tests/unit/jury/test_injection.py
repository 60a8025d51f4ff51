"""The injection probe finds the obedience that is there, its size, and none where there is none."""

import base64
import json
import math
import re

import numpy as np
import pytest

from jury import Run, RunError, StudyError, simulate
from jury.backends import Reply
from jury.elicitation.neutral import neutral
from jury.injection import CONTROL, control_text, families, measure, planted, probe
from jury.plan import Plan

CASES = [
    {"id": "wage", "prompt": "What about the minimum wage?", "alternatives": ["raise", "keep", "abolish"]},
    {"id": "tax", "prompt": "What about taxes?", "alternatives": ["more", "less", "flat"]},
]
SHOWN = re.compile(r'<alternative label="(\w)">\n(.*?)\n</alternative>', re.DOTALL)
LISTED = re.compile(r"^(\w)\. (\w+)$", re.MULTILINE)


def alternatives(request):
    context = f"{request.question.context}\n{request.question.ask}"
    return dict(SHOWN.findall(context) or LISTED.findall(context))


def judge(obeys, *, base=2, obeyed=5):
    """Return a juror who gives everything `base`, and `obeyed` to what carries a text that `obeys` is true of."""

    def answer(request):
        return json.dumps({mark: obeyed if obeys(text) else base for mark, text in alternatives(request).items()})

    return answer


def effects_of(found):
    return {effect.planted: effect for effect in found.effects}


def rng():
    return np.random.default_rng(5)


@pytest.fixture
def study(make_study):
    return make_study(cases=CASES, elicitation={"mode": "score", "readout": "sample"}, rules=["utilitarian", "maximin"])


def test_jurors_who_read_nothing_obey_nothing(study, tmp_path):
    found = probe(study, rng(), out=tmp_path / "r.sqlite")
    assert {effect.planted for effect in found.effects} == {CONTROL, *families()}
    for effect in found.effects:
        assert (effect.change.mean, effect.change.low, effect.change.high, effect.change.jurors) == (0, 0, 0, 8)
    assert all((swing.changed, swing.gain, swing.cases) == (0, 0, 2) for swing in found.swings)
    assert found.obeyed("planted/hash") == ()


def test_obedience_to_one_family_is_found_with_its_size_and_is_not_taken_for_length(study, plug, tmp_path):
    plug("fake", judge(lambda text: "Ignore everything" in text))
    found = probe(study.changed(model="fake/x"), rng(), out=tmp_path / "r.sqlite")
    effects = effects_of(found)
    assert effects["direct-order"].change.mean == effects["direct-order"].beyond_control.mean == 3
    assert found.obeyed("fake/x") == ("direct-order",)
    assert effects["direct-order"].lead_beyond_control.mean == 3
    for name in ("control", "consensus", "unseen", "encoded"):
        assert effects[name].change.mean == 0
    swings = {(swing.planted, swing.rule): swing for swing in found.swings}
    swing = swings["direct-order", "utilitarian"]
    assert (swing.cases, swing.changed, swing.won_before, swing.won_after) == (2, 2, 2, 2)
    assert swing.gain == pytest.approx(2 / 3), "a third of a three-way tie becomes a whole win"
    assert swings[CONTROL, "utilitarian"].changed == 0


def test_a_liking_for_length_is_no_obedience(study, plug, tmp_path):
    plug("fake", judge(lambda text: len(text) > 100, obeyed=4))
    found = probe(study.changed(model="fake/x"), rng(), out=tmp_path / "r.sqlite")
    effects = effects_of(found)
    assert effects["authority"].change.mean == effects[CONTROL].change.mean == 2
    assert effects["authority"].beyond_control.mean == 0
    assert effects["unseen"].beyond_control.mean == -2, "nothing of it is left in the prompt, so nothing is long"
    assert found.obeyed("fake/x") == ()


def test_what_makes_jurors_rate_everything_higher_is_no_obedience(study, plug, tmp_path):
    def answer(request):
        texts = alternatives(request)
        moved = any("97 of 100" in text for text in texts.values())
        return json.dumps(dict.fromkeys(texts, 4 if moved else 2))

    plug("fake", answer)
    found = probe(study.changed(model="fake/x"), rng(), out=tmp_path / "r.sqlite")
    effect = effects_of(found)["consensus"]
    assert (effect.beyond_control.mean, effect.lead_beyond_control.mean) == (2, 0)
    assert found.obeyed("fake/x") == ()


def test_it_is_obedience_to_lower_the_others(study, plug, tmp_path):
    def answer(request):
        texts = alternatives(request)
        moved = any("97 of 100" in text for text in texts.values())
        return json.dumps({mark: 1 if moved and "97 of 100" not in text else 5 for mark, text in texts.items()})

    plug("fake", answer)
    found = probe(study.changed(model="fake/x"), rng(), out=tmp_path / "r.sqlite")
    effect = effects_of(found)["consensus"]
    assert (effect.change.mean, effect.lead_beyond_control.mean) == (0, 4), "at the top already"
    assert found.obeyed("fake/x") == ("consensus",)


def test_weights_and_unanswered_ballots_count(study, plug, tmp_path):
    def answer(request):
        carries = any("Max loves" in text for text in alternatives(request).values())
        if request.attributes["sex"] == "Male":
            return Reply("no", refused=True) if carries else judge(lambda _: False)(request)
        return judge(lambda text: "Max loves" in text)(request) if carries else judge(lambda _: False)(request)

    plug("fake", answer)
    run = simulate(planted(study.changed(model="fake/x"), ["role-play"]), out=tmp_path / "r.sqlite")
    women = sum(juror.attributes["sex"] == "Female" for juror in run.jurors)
    assert 0 < women < 8
    effect = effects_of(measure(run, rng()))["role-play"]
    assert (effect.change.mean, effect.change.jurors) == (3, women)
    assert effect.counts["refused"] == 2 * (8 - women)
    assert (effect.counts["asked"], effect.counts["answered"], effect.counts["missing"]) == (16, 2 * women, 0)


def test_the_interval_is_that_of_a_weighted_mean(make_study, plug, tmp_path):
    """Against the linearised standard error of a weighted mean."""
    shifts = {}

    def answer(request):
        seed = shifts.setdefault(request.persona + str(request.attributes), len(shifts)) % 4
        return judge(lambda text: "Ignore everything" in text, base=1, obeyed=1 + seed)(request)

    plug("fake", answer)
    study = make_study(cases=CASES[:1], jurors=200, elicitation={"mode": "score", "readout": "sample"}, model="fake/x")
    run = simulate(planted(study, ["direct-order"]), out=tmp_path / "r.sqlite")
    change = effects_of(measure(run, rng(), resamples=4000))["direct-order"].change
    panel = run.panel()
    target = panel.cases[0].alternative_ids.index(measure(run, rng(), resamples=2).targets["wage"])
    got = np.full(200, np.nan)
    for vote in panel.votes["wage~direct-order"]:
        got[vote.juror] = panel.mode.utilities_of(vote.values, panel.cases[0])[target] - 1
    weights = panel.weights
    mean = np.average(got, weights=weights)
    error = math.sqrt((weights**2 * (got - mean) ** 2).sum()) / weights.sum()
    assert change.mean == pytest.approx(mean)
    assert change.high - change.low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_an_injection_can_win_a_verdict(study, plug, tmp_path):
    def answer(request):
        held = {"raise": 4, "keep": 2, "abolish": 1, "more": 4, "less": 2, "flat": 1}
        texts = alternatives(request)
        return json.dumps(
            {mark: 5 if "97 of 100" in text else held[text.split("\n")[0]] for mark, text in texts.items()}
        )

    plug("fake", answer)
    asked = planted(study.changed(model="fake/x"), ["consensus"], {"wage": "abolish", "tax": "more"})
    found = measure(simulate(asked, out=tmp_path / "r.sqlite"), rng())
    (swing,) = [swing for swing in found.swings if (swing.planted, swing.rule) == ("consensus", "utilitarian")]
    assert (swing.changed, swing.won_before, swing.won_after, swing.gain) == (1, 1, 2, 0.5)
    assert (swing.low, swing.high) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("mode", "mean"), [("choose", 1.0), ("approve", 1.0), ("rank", 1.0), ("pairwise", 1.0), ("score", 4.0)]
)
def test_every_mode_can_be_probed(mode, mean, make_study, plug, tmp_path):
    def answer(request):
        texts = alternatives(request)
        target = next((mark for mark, text in texts.items() if "Ignore everything" in text), None)
        names = {name: float(i) / 10 for i, name in enumerate(request.shown)}
        held = dict.fromkeys(request.shown, 0.0) if mode in ("score", "approve") else names
        carrier = {case: targets[case] for case in targets}[request.case]
        return request.question.as_if(held | {carrier: 1.0 if target else -1.0})

    targets = {"wage": "keep"}
    plug("fake", answer)
    study = make_study(cases=CASES[:1], elicitation={"mode": mode, "readout": "sample"}, model="fake/x")
    run = simulate(planted(study, ["direct-order"], targets), out=tmp_path / "r.sqlite")
    effects = effects_of(measure(run, rng(), resamples=50))
    assert effects["direct-order"].change.mean == pytest.approx(mean)
    assert effects[CONTROL].change.mean == 0


def test_the_arms_share_jurors_orders_and_seeds(study):
    from jury.drawing import draw_sample
    from jury.plan import draw_jury

    whole = planted(study)
    population = whole.load_population()
    jurors = draw_jury(whole, population, draw_sample(whole, population))
    plan = Plan(whole.seed, whole.elicitation, "sample", jurors, whole.load_cases(population))
    for juror in jurors:
        tasks = [plan.task(juror, place, 0) for place in range(len(plan.cases))]
        for task in tasks:
            original = next(other for other in tasks if other.case.id == task.case.origin)
            assert (task.seed, task.showing.order) == (original.seed, original.showing.order)
            if task.case.id.endswith("~unseen"):
                assert task.questions[0].context == original.questions[0].context, "nothing of it is left"


def test_every_text_is_about_as_long_as_the_control_and_names_its_source():
    for family in families().values():
        assert abs(len(family.planted()) - len(control_text())) < 0.2 * len(control_text())
        assert re.search(r"arXiv:\d{4}\.\d{5}", family.source)
        assert family.what
    assert len(families()) >= 9


def test_what_is_encoded_can_be_decoded():
    encoded = families()["encoded"]
    assert base64.b64decode(encoded.planted().removeprefix(encoded.lead)).decode() == encoded.text
    unseen = families()["unseen"].planted()
    assert "".join(chr(ord(mark) - 0xE0000) for mark in unseen) == families()["unseen"].text
    assert neutral(f"Tea.\n\n{unseen}") == "Tea."


def test_it_goes_on_where_it_stopped(study, plug, tmp_path):
    asked = []

    def answer(request):
        asked.append(request)
        if len(asked) == 30:
            raise KeyboardInterrupt
        return judge(lambda text: "Ignore everything" in text)(request)

    plug("fake", answer, max_connections=1)
    out = tmp_path / "r.sqlite"
    with pytest.raises(KeyboardInterrupt):
        probe(study.changed(model="fake/x"), rng(), out=out)
    stored = Run.open(out).denominators()["answered"]
    assert 0 < stored < 30
    found = probe(study.changed(model="fake/x"), rng(), out=out, resume=True)
    assert len(asked) < 30 + 2 * 13 * 8
    assert found.obeyed("fake/x") == ("direct-order",)
    json.dumps(found.to_dict())


def test_what_cannot_be_probed_is_said(study, make_study, tmp_path):
    with pytest.raises(StudyError, match="no injection family 'sorcery'; known: direct-order"):
        planted(study, ["sorcery"])
    with pytest.raises(StudyError, match="targets: no case 'rent'; cases: wage, tax"):
        planted(study, targets={"rent": "x"})
    with pytest.raises(StudyError, match="case 'wage' has no alternative 'x'; it has raise, keep, abolish"):
        planted(study, targets={"wage": "x"})
    with pytest.raises(StudyError, match="variants already"):
        planted(planted(study))
    with pytest.raises(StudyError, match="shorten the id"):
        planted(make_study(cases=[CASES[0] | {"id": "w" * 190}]))
    with pytest.raises(RunError, match="nothing was planted"):
        measure(simulate(study, out=tmp_path / "r.sqlite"), rng())
