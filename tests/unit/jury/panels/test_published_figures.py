"""Figures that were published of public data, or are known of it, and the convention under which each comes out."""

import numpy as np
import pytest

from jury.auditing import audit
from jury.panels import agreement, groups_agree, mean_utility, read_panel


@pytest.fixture(scope="module")
def crehate(shared_data):
    return read_panel(shared_data / "crehate" / "raw_annotations_sbic.csv.gz", "crehate")


@pytest.fixture(scope="module")
def brexit(shared_data):
    parts = [shared_data / "hs_brexit" / f"HS-Brexit_{part}.json.gz" for part in ("train", "dev")]
    return read_panel(parts, "lewidi", codes={"0": "not hate", "1": "hate"})


def test_crehate_agreement_on_yes_and_no(crehate):
    # Without "I don't know"; both ratings of the 19 pairs that occur twice.
    found = agreement(crehate, np.random.default_rng(0), resamples=200)
    assert found.value == pytest.approx(0.416, abs=6e-4)
    assert found.count == 980
    assert found.low < 0.416 < found.high


def test_crehate_mean_hate_rate_by_convention(crehate, shared_data):
    # .481 counts items alike and leaves "I don't know" out.
    assert mean_utility(crehate, "hate").value == pytest.approx(0.4809, abs=5e-5)
    assert mean_utility(crehate, "hate", over="raters").value == pytest.approx(0.4759, abs=5e-5)
    assert mean_utility(crehate, "hate", over="ratings").value == pytest.approx(11_782 / 24_500)
    half = read_panel(shared_data / "crehate" / "raw_annotations_sbic.csv.gz", "crehate", dont_know="half")
    assert mean_utility(half, "hate").value == pytest.approx(0.4867, abs=5e-5)


def test_crehate_countries_agree_on_582_of_the_980_posts_from_sbic(crehate, shared_data):
    """The paper's 56.2 % is of 1,580 posts; of the part that comes from SBIC, 980, it is 59.4 %."""
    published = read_panel(shared_data / "crehate" / "CREHate_SBIC.csv.gz", "crehate-labels")
    for found in (groups_agree(published, "country"), groups_agree(crehate, "nationality")):
        assert (found.alike.count, found.differ, found.left_out) == (980, 398, 0)
        assert found.alike.value == pytest.approx(582 / 980)
    assert len(groups_agree(published, "country").groups) == 5


def test_the_labels_are_the_majorities_of_the_raters(crehate, shared_data):
    published = read_panel(shared_data / "crehate" / "CREHate_SBIC.csv.gz", "crehate-labels")
    names = published.jurors["country"].tolist()
    labels = crehate.group_labels("nationality")
    for case in list(crehate.votes)[:100]:
        profile, decided = crehate.utilities(case, by=["nationality"]), published.votes[case]
        for vote in decided:
            own = profile.values[profile.groups["nationality"] == names[vote.juror]]
            shares = np.nanmean(own, axis=0)
            assert vote.values["choice"] == ("hate" if shares[1] > shares[0] else "not hate")
    assert set(names) == set(labels)


def test_hs_brexit(brexit):
    assert (len(brexit.cases), len(brexit.jurors), brexit.asked) == (952, 6, 952 * 6)
    assert agreement(brexit, np.random.default_rng(0), resamples=100).value == pytest.approx(0.347, abs=5e-4)
    found = groups_agree(brexit, "group")
    assert (found.groups, found.differ, found.alike.count) == (("group1", "group2"), 169, 952)


def test_two_equal_groups_and_two_options_leave_nothing_to_choose_between_welfare_functions(brexit):
    """Utilitarian, Nash and maximin over two groups' means all ask whether the two shares add up to more than 1."""
    found = audit(brexit, rules=["utilitarian", "nash", "maximin"], by=["group"], unit="group", resamples=0)
    assert len(found.outcomes) == 952
    assert found.disagreements == ()


def test_multipico_with_metadata(shared_data):
    folder = shared_data / "multipico"
    panel = read_panel(folder / "MP_dev.json.gz", "lewidi", metadata=folder / "MP_annotators_meta.json.gz")
    assert (len(panel.cases), len(panel.jurors), panel.asked) == (3005, 506, 15_178)
    assert "not stated" in panel.group_labels("Gender")
    english = read_panel(folder / "MP_dev.json.gz", "lewidi", language="en")
    assert len(english.cases) == 489


@pytest.mark.parametrize(
    ("name", "people", "comments"),
    [("brexit-consensus", 204, 50), ("american-assembly.bowling-green", 2031, 896), ("15-per-hour-seattle", 339, 54)],
)
def test_polis_conversations(shared_data, name, people, comments):
    panel = read_panel(shared_data / "polis" / name, "polis", moderated="keep")
    assert (len(panel.jurors), len(panel.cases)) == (people, comments)
    found = panel.denominators()
    assert found["asked"] == found["answered"] > found["no_opinion"] > 0
