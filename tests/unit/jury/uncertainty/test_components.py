"""Variance components: the analysis of variance where the design is complete, the truth where it is not."""

import numpy as np
import pytest

from jury import Study, simulate
from jury.uncertainty import InseparableError, crossed_mean, sources, variance_components
from jury.uncertainty.responses import responses


def crossed(rng, jurors, items, replicates, spreads=(0.6, 0.9, 0.5, 1.0)):
    juror, item, view, single = spreads
    table = juror * rng.normal(size=(jurors, 1, 1)) + item * rng.normal(size=(items, 1))
    return table + view * rng.normal(size=(jurors, items, 1)) + single * rng.normal(size=(jurors, items, replicates))


def long(table):
    codes = np.indices(table.shape).reshape(3, -1)
    return table.reshape(-1), codes[0], codes[1]


def test_a_complete_design_is_the_analysis_of_variance():
    table = crossed(np.random.default_rng(0), 7, 5, 3)
    n, m, r = table.shape
    grand, rows, columns, cells = (table.mean(axis=axes) for axes in (None, (1, 2), (0, 2), 2))
    ms_row = m * r * ((rows - grand) ** 2).sum() / (n - 1)
    ms_column = n * r * ((columns - grand) ** 2).sum() / (m - 1)
    ms_both = r * ((cells - rows[:, None] - columns + grand) ** 2).sum() / ((n - 1) * (m - 1))
    ms_single = ((table - cells[:, :, None]) ** 2).sum() / (n * m * (r - 1))
    values, juror, item = long(table)
    found = variance_components(values, {"juror": [juror], "item": [item], "view": [juror, item]}).variances
    assert found["residual"] == pytest.approx(ms_single)
    assert found["view"] == pytest.approx((ms_both - ms_single) / r)
    assert found["juror"] == pytest.approx((ms_row - ms_both) / (m * r))
    assert found["item"] == pytest.approx((ms_column - ms_both) / (n * r))


def test_holes_and_weights_leave_it_unbiased():
    truth = {"juror": 0.36, "item": 0.81, "view": 0.25, "residual": 1.0}
    rng = np.random.default_rng(1)
    draws = []
    for _ in range(300):
        values, juror, item = long(crossed(rng, 20, 12, 2))
        kept = rng.random(len(values)) < 0.6
        weights = rng.lognormal(0, 0.5, 20)[juror]
        effects = {"juror": [juror[kept]], "item": [item[kept]], "view": [juror[kept], item[kept]]}
        draws.append(variance_components(values[kept], effects, weights=weights[kept]).variances)
    for name, value in truth.items():
        found = np.array([draw[name] for draw in draws])
        assert found.mean() == pytest.approx(value, abs=4 * found.std() / np.sqrt(len(found))), name


def test_what_cannot_be_told_apart_is_named():
    with pytest.raises(InseparableError, match=r"'juror' and of 'residual'|'residual' and of 'juror'"):
        variance_components([1, 2, 3], {"juror": [[0, 1, 2]]})
    with pytest.raises(InseparableError, match=r"'item' and of 'juror'|'juror' and of 'item'"):
        variance_components([1, 2, 3, 5], {"juror": [[0, 0, 1, 1]], "item": [[0, 0, 1, 1]]})


CASES = [{"id": f"c{number}", "prompt": "?", "alternatives": ["a", "b", "c"]} for number in range(5)]


def ran(tmp_path, **elicitation):
    study = {"name": "s", "jurors": 30, "cases": CASES, "model": "null/uniform", "seed": 1, "elicitation": elicitation}
    return simulate(Study.model_validate(study), out=tmp_path / "run.sqlite").panel()


@pytest.mark.parametrize("mode", ["choose", "score"])
def test_noise_is_single_replies(tmp_path, mode):
    found = sources(ran(tmp_path, mode=mode, replicates=3), np.random.default_rng(0), resamples=50)
    shares = {source.name: source.share for source in found.sources}
    assert shares["residual"] > 0.9
    assert found.replicates == 3
    assert not any("asked once" in note for note in found.unseparated)
    by_name = {source.name: source for source in found.sources}
    for name in ("view", "order"):
        assert by_name[name].variance.low < 0.02
    assert found.to_dict()["sources"][0]["variance"]["count"] == 30


def test_what_the_design_held_fixed_is_said(tmp_path):
    found = sources(ran(tmp_path, mode="choose", order="fixed"), np.random.default_rng(0), resamples=20)
    notes = " ".join(found.unseparated)
    for remedy in ("replicates: 2", "order: counterbalanced", "labels: varied", "variants: 2", "variant_of"):
        assert remedy in notes
    assert "order" not in {source.name for source in found.sources}


def test_planted_views_and_replies_are_separated(scores):
    rng = np.random.default_rng(5)
    items = 0.8 * rng.normal(size=(1, 1, 20, 2))
    view = 0.5 * rng.normal(size=(1, 60, 20, 2))
    juror = 0.4 * rng.normal(size=(1, 60, 1, 1))
    panel = scores(3 + items + view + juror + 0.7 * rng.normal(size=(2, 60, 20, 2)))
    found = sources(panel, rng, resamples=60)
    by_name = {source.name: source.variance for source in found.sources}
    for name, truth in {"juror": 0.16, "item": 0.64, "view": 0.25, "residual": 0.49}.items():
        assert by_name[name].low < truth < by_name[name].high, name
    error = 0.25 / 60 + 0.49 / 120
    assert found.generalizability.value == pytest.approx(0.64 / (0.64 + error), abs=0.01)
    assert found.dependability.value < found.generalizability.value


def test_variants_are_their_original_in_other_words(tmp_path):
    cases = [*CASES[:1], {**CASES[0], "id": "again", "variant_of": "c0", "prompt": "??"}]
    study = {"name": "s", "jurors": 6, "cases": cases, "model": "planted/hash", "seed": 1}
    table = responses(simulate(Study.model_validate(study), out=tmp_path / "v.sqlite").panel())
    assert np.unique(table.items).tolist() == [0, 1, 2]
    assert np.bincount(table.facets["variant"]).tolist() == [18, 18]


def test_nothing_varies(scores):
    assert sources(scores(np.full((1, 4, 2, 2), 3.0)), np.random.default_rng(0)) is None


def test_answers_that_are_all_equal_tell_nothing_of_what_varies():
    found = crossed_mean(np.ones((2, 3)))
    for one in (found.jurors, found.cases, found.both):
        assert one.value == pytest.approx(1)
        assert np.isnan([one.low, one.high]).all()
