"""The page of `jury report` in a browser: what it shows, recounts and lets a reader do, whoever looks at it."""

import importlib.util
import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from aggregators import decide
from aggregators.outcome import plain
from jury.auditing.hearing import hearings
from jury.auditing.membership import Groups
from jury.deliberation.agenda import plan_of
from jury.records import Step
from jury.report import Options, document, page
from jury.report.fairness import ballots_to_recount
from jury.report.rendering import rendered
from jury.store import reading

_SPEC = importlib.util.spec_from_file_location("juries", Path(__file__).with_name("juries.py"))
juries = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(juries)

QUICK = Options(what_if=False)
LOOKS = list(itertools.product(("phone", "tablet", "wide"), ("light", "dark")))


def written(folder, source, options=QUICK):
    path = folder / "report.html"
    path.write_text(page(source, options), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def tipping():
    return juries.tipping_panel()


@pytest.fixture(scope="module")
def tipping_page(tipping, tmp_path_factory):
    return written(tmp_path_factory.mktemp("tipping"), tipping)


@pytest.fixture(scope="module")
def hostile(run_of):
    return run_of(juries.hostile_study())


@pytest.fixture(scope="module")
def hostile_page(hostile, tmp_path_factory):
    return written(tmp_path_factory.mktemp("hostile"), hostile, Options())


# --- how it looks --------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_a_page_is_whole_at_every_width_and_in_both_themes(tab, tipping_page, width, theme):
    seen = tab(tipping_page, width, theme)
    assert seen.page.locator("main > section").count() >= 8
    assert seen.page.locator(".chart svg").count() >= 6
    assert seen.wide_of_window() <= 0
    assert seen.violations() == []
    assert seen.complaints == []


def test_a_page_prints_open_without_controls(tab, tipping_page):
    seen = tab(tipping_page)
    seen.page.emulate_media(media="print")
    seen.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert seen.page.locator("details:not([open])").count() == 0
    assert seen.page.locator("nav").is_hidden()
    assert seen.page.locator("main select").first.is_hidden()
    assert seen.page.get_by_role("button", name="tips").is_visible()
    assert seen.page.locator("#decided .lead").inner_text() == "Case tips."
    wide = "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).length"
    assert seen.page.locator(".scroll, .chart").evaluate_all(wide) == 0
    seen.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert seen.page.locator("details[open]").count() == 0


def test_nothing_is_asked_of_the_network(tab, hostile_page):
    seen = tab(hostile_page)
    assert seen.page.evaluate("performance.getEntriesByType('resource').map(each => each.name)") == []
    assert "default-src 'none'" in seen.page.locator("meta[http-equiv]").get_attribute("content")
    answer = seen.page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'answered', () => 'refused')")
    assert answer == "refused"
    assert any("Content Security Policy" in complaint for complaint in seen.complaints)


# --- the fairness slider -------------------------------------------------------------------------


def shown_scores(seen):
    cells = seen.page.locator(".fairness-scores td[data-score]")
    found = cells.evaluate_all(
        "cells => cells.map(cell => [cell.dataset.alternative, cell.dataset.score, cell.dataset.wins])"
    )
    return {name: float(score) for name, score, _ in found}, {name for name, _, wins in found if wins == "true"}


def move(seen, alpha):
    seen.page.fill("#alpha-exact", "inf" if np.isinf(alpha) else repr(alpha))
    seen.page.press("#alpha-exact", "Tab")


@pytest.mark.parametrize("case", ["tips", "zeros"])
def test_the_slider_counts_as_decide_does(tab, tipping, tipping_page, case):
    seen = tab(tipping_page)
    seen.page.get_by_label("Case", exact=True).first.select_option(label=case)
    profile = tipping.utilities(case)
    assert np.isnan(profile.values).any() == (case == "tips")
    assert (profile.values == 0).any() == (case == "zeros")
    for alpha in (0.0, 0.3, 0.999999, 1.0, 1.000001, 1.7, 2.0, 6.5, 40.0, 900.0, np.inf):
        move(seen, alpha)
        wanted = decide(profile, f"isoelastic:alpha={alpha}")
        scores, winners = shown_scores(seen)
        assert scores == pytest.approx(dict(zip(wanted.alternatives, wanted.scores, strict=True)), rel=1e-11), alpha
        assert winners == set(wanted.winners), alpha


def test_tipping_points_are_where_a_dense_scan_finds_them(tab, tipping, tipping_page):
    seen = tab(tipping_page)
    for case, least in (("tips", 2), ("zeros", 1)):
        seen.page.get_by_label("Case", exact=True).first.select_option(label=case)
        found = [
            float(tip)
            for tip in seen.page.locator("th[data-tip]").evaluate_all("cells => cells.map(c => c.dataset.tip)")
        ]
        grid = np.linspace(0, 0.995, 1000)[1:]
        alphas = grid / (1 - grid)
        profile = tipping.utilities(case)
        winners = [decide(profile, "isoelastic", alpha=float(alpha)).winners for alpha in alphas]
        brackets = [(a, b) for (a, w), (b, v) in itertools.pairwise(zip(alphas, winners, strict=True)) if w != v]
        assert len(found) >= least
        inside = [tip for tip in found if tip < alphas[-1]]
        assert len(inside) == len(brackets)
        assert all(low <= tip <= high for tip, (low, high) in zip(inside, brackets, strict=True))


def test_the_slider_moves_by_keyboard_and_pointer_and_says_who_pays(tab, tipping, tipping_page):
    seen = tab(tipping_page)
    slider = seen.page.locator("#alpha-slider")
    slider.focus()
    for _ in range(5):
        seen.page.keyboard.press("PageDown")
    assert seen.page.locator("#alpha-exact").input_value() == "0"
    assert "bold" in seen.page.locator("#fairness-said").inner_text()
    seen.page.get_by_role("button", name="Max-min").click()
    assert slider.get_attribute("aria-valuetext") == "alpha ∞"
    assert "safe" in seen.page.locator("#fairness-said").inner_text()
    box = slider.bounding_box()
    seen.page.mouse.click(box["x"] + box["width"] * 0.02, box["y"] + box["height"] / 2)
    assert "bold" in seen.page.locator("#fairness-said").inner_text()
    seen.page.get_by_role("button", name="Utilitarian").click()
    regrets = seen.page.locator(".fairness-groups td[data-regret]").evaluate_all(
        "cells => Object.fromEntries(cells.map(cell => [cell.dataset.group, Number(cell.dataset.regret)]))"
    )
    profile = tipping.utilities("tips", by=["side"])
    for group, regret in regrets.items():
        inside = profile.groups["side"] == group
        means = [
            np.average(column[known], weights=profile.weights[inside][known])
            for column in profile.values[inside].T
            for known in [~np.isnan(column)]
        ]
        assert regret == pytest.approx(max(means) - means[0], abs=1e-12)
    assert regrets["poor"] > 3 > 1 > regrets["rich"]
    for alpha in (0.0, 1.0, np.inf):
        move(seen, alpha)
        alone = seen.page.locator("td[data-alone]").evaluate_all(
            "cells => Object.fromEntries(cells.map(cell => [cell.dataset.alone, cell.textContent]))"
        )
        for group, chosen in alone.items():
            weights = np.where(profile.groups["side"] == group, profile.weights, 0.0)
            assert chosen == " = ".join(decide(profile, "isoelastic", alpha=alpha, weights=weights).winners)


def test_what_is_no_aversion_is_refused_and_said(tab, tipping_page):
    seen = tab(tipping_page)
    seen.page.fill("#alpha-exact", "-1")
    seen.page.press("#alpha-exact", "Tab")
    assert seen.page.locator("#alpha-exact").get_attribute("aria-invalid") == "true"
    assert "give 0 or more" in seen.page.locator("#fairness [role=alert]").inner_text()


def test_the_slider_snaps_where_ballots_are_too_many(tab, tipping, tmp_path):
    found = document(tipping, QUICK)
    groups = Groups.of(tipping, tipping.by)
    for case, hearing in zip(found["cases"], hearings(tipping, tipping.by, "juror"), strict=True):
        case["recount"] = ballots_to_recount(hearing, groups, most=3)
        assert case["recount"]["rows"] is None
    (tmp_path / "report.html").write_text(rendered(plain(found)), encoding="utf-8")
    seen = tab((tmp_path / "report.html").as_uri())
    for typed, snapped in ((1.0, 1.0), (0.99, 1.0), (np.inf, np.inf), (0.0, 0.0)):
        move(seen, typed)
        wanted = decide(tipping.utilities("tips"), "isoelastic", alpha=snapped)
        scores, winners = shown_scores(seen)
        assert scores == pytest.approx(dict(zip(wanted.alternatives, wanted.scores, strict=True)), rel=1e-11)
        assert winners == set(wanted.winners)
    assert seen.violations() == []
    assert seen.complaints == []


@pytest.fixture(scope="module")
def tied():
    return juries.tied_at_the_end_panel()


@pytest.fixture(scope="module")
def tied_page(tied, tmp_path_factory):
    return written(tmp_path_factory.mktemp("tied"), tied, Options(rules=("utilitarian", "maximin"), what_if=False))


def test_words_about_fairness_agree_with_the_rules_at_both_ends(tab, tied, tied_page):
    profile = tied.utilities("q")
    assert decide(profile, "isoelastic:alpha=1000").winners == ("ahead",)
    assert decide(profile, "maximin").winners == ("ahead", "behind")
    seen = tab(tied_page)
    said = seen.page.locator("#fairness figcaption").first.inner_text()
    assert "However much inequality counts, ahead wins; only at \u03b1 = \u221e" in said
    assert "the worst-off juror alone counts, ahead = behind tie." in said
    assert "No two agree on every case: utilitarian and maximin." in seen.page.locator("#verdict").inner_text()


def test_who_comes_too_near_to_be_told_apart_does_not_tip_the_verdict(tab, tied, tied_page):
    """Power means of (1, 3, 3 ...) and (1, 2, 2 ...) are never equal, and differ by less and less."""
    profile = tied.utilities("near")
    assert decide(profile, "isoelastic:alpha=20").winners == ("before",)
    assert decide(profile, "isoelastic:alpha=60").winners == ("before", "after")
    assert decide(profile, "leximin").winners == ("before",)
    seen = tab(tied_page)
    seen.page.get_by_label("Case", exact=True).first.select_option(label="near")
    said = seen.page.locator("#fairness figcaption").first.inner_text()
    [start] = re.findall(
        "However much inequality counts, before wins, and from \u03b1 = ([0-9.]+) on is ahead of", said
    )
    assert decide(profile, f"isoelastic:alpha={float(start) * 0.98}").winners == ("before",)
    assert decide(profile, f"isoelastic:alpha={float(start) * 1.02}").winners == ("before", "after")
    assert seen.page.locator("th[data-tip]").count() == 0


def test_numbers_are_rounded_as_on_the_terminal(tab, tied, tied_page):
    mean = decide(tied.utilities("q"), "utilitarian").scores[1]
    assert mean == 1.875
    halves = [f"{share:.0%}" for share in (0.125, 0.875)]
    assert halves == ["12%", "88%"]
    seen = tab(tied_page)
    weights = seen.page.locator(".fairness-groups tbody tr td:last-child").all_inner_texts()
    assert sorted(weights) == halves
    [shown] = seen.page.locator(f"#decided td[data-score='{mean}']").all_inner_texts()
    assert shown.startswith(f"{mean:.2f} [")


def test_words_from_right_to_left_are_isolated(tab, tied_page):
    seen = tab(tied_page)
    assert "نعم" in seen.page.locator(".fairness-scores bdi").all_inner_texts()
    assert "نعم" in seen.page.locator(".virtual .row .said bdi").first.inner_text()


def test_who_pays_is_in_sight_and_only_tables_that_move_are_stops_of_the_tab_key(tab, tied_page):
    seen = tab(tied_page)
    hidden = "element => element.scrollWidth - element.clientWidth"
    assert seen.page.locator(".scroll:has(.fairness-groups)").evaluate(hidden) == 0
    assert seen.page.locator(".scroll:has(.fairness-groups)").get_attribute("tabindex") is None
    seen = tab(tied_page, "phone")
    assert seen.page.locator(".scroll:has(.fairness-groups)").evaluate(hidden) > 0
    assert seen.page.locator(".scroll:has(.fairness-groups)").get_attribute("tabindex") == "0"
    seen.page.get_by_label("Case", exact=True).first.select_option(label="near")
    assert seen.page.locator(".prompt[tabindex='0']").evaluate("each => each.scrollHeight - each.clientHeight") > 0
    assert seen.violations() == []


# --- ballots -------------------------------------------------------------------------------------


def test_any_ballot_is_three_clicks_from_the_top(tab, tipping_page):
    seen = tab(tipping_page)
    seen.page.get_by_role("link", name="Ballots", exact=True).click()
    seen.page.locator(".virtual .row").first.click()
    dialog = seen.page.get_by_role("dialog")
    assert "Ballot of r0" in dialog.inner_text()
    assert seen.violations() == []
    seen.page.keyboard.press("Escape")
    assert dialog.count() == 0


def test_filters_and_search_narrow_the_ballots(tab, tipping_page):
    seen = tab(tipping_page)
    ballots = seen.page.locator("#ballots")
    said = seen.page.locator("#ballot-count")
    assert said.inner_text().startswith("800 of 800")
    ballots.get_by_label("Case", exact=True).select_option(label="tips")
    assert said.inner_text().startswith("400 of 800")
    ballots.get_by_label("Juror").select_option(label="by side")
    ballots.get_by_label("side", exact=True).select_option(label="poor")
    assert said.inner_text().startswith("100 of 800")
    ballots.get_by_label("Likes best").select_option(label="bold")
    assert said.inner_text().startswith("0 of 800")
    ballots.get_by_label("Likes best").select_option(label="any")
    ballots.get_by_label("Search").fill("R396")
    seen.page.locator("#ballot-count", has_text=re.compile("^1 of 800")).wait_for()


def test_the_list_holds_what_is_in_sight_and_is_moved_by_keys(tab, tipping_page):
    seen = tab(tipping_page)
    rows = seen.page.locator(".virtual .row")
    assert rows.count() < 60
    seen.page.locator(".virtual").focus()
    seen.page.keyboard.press("End")
    assert seen.page.evaluate("document.activeElement.dataset.place") == "799"
    seen.page.keyboard.press("ArrowUp")
    assert seen.page.locator(".virtual .row[tabindex='0']").count() == 1
    seen.page.keyboard.press("Enter")
    assert "Ballot of r398" in seen.page.get_by_role("dialog").inner_text()


def shown_prompts(seen, question):
    texts = seen.page.locator(f"dialog pre[data-question='{question}']")
    return texts.evaluate_all("all => all.map(each => [each.dataset.role, each.textContent])")


def test_prompts_are_shown_as_they_were_sent(tab, run_of, tmp_path):
    deliberating = juries.study_of_mode("score", opinion=1) | {"deliberation": {"rounds": 1, "hear": 2}}
    for study in (deliberating, juries.study_of_mode("pairwise", layout="case-first"), juries.study_of_mode("choose")):
        run = run_of(study)
        seen = tab(written(tmp_path, run))
        with reading(run.path) as store:
            for number in range(run.rounds + 1):
                plan = plan_of(run.study, store, Step(number))
                row = next(
                    r
                    for r in map(dict, store.ballot_rows(Step(number)))
                    if r["status"] == "answered" and r["juror_id"] > 2
                )
                task = plan.task(plan.jurors[row["juror_id"]], 0, 0)
                query = "SELECT * FROM reply WHERE juror_id = ? AND round = ? AND stage = 'answer' ORDER BY question"
                replies = [reply["text"] for reply in store.connection.execute(query, (row["juror_id"], number))]
                seen.page.get_by_label("Search").fill(plan.jurors[row["juror_id"]].name)
                if run.rounds:
                    seen.page.locator("#ballots").get_by_label("Round").select_option(index=number + 1)
                seen.page.locator("#ballot-count", has_text=re.compile("^1 of")).wait_for()
                seen.page.locator(".virtual .row").first.click()
                for question in range(len(task.questions)):
                    sent = [[said.role, said.text] for said in task.request(question, replies).messages()]
                    assert shown_prompts(seen, question) == sent
                raw = seen.page.locator("dialog pre[data-role=raw]").evaluate_all("all => all.map(e => e.textContent)")
                assert raw == replies
                seen.page.keyboard.press("Escape")
        assert seen.complaints == []


# --- whoever wrote it ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", ["phone", "wide"])
def test_hostile_words_are_words(tab, hostile, hostile_page, width):
    seen = tab(hostile_page, width)
    for link in ("Ballots", "Trust"):
        seen.page.get_by_role("link", name=link, exact=True).click()
    seen.page.locator(".virtual .row").first.click()
    assert seen.page.evaluate("window.obeyed") is None
    assert seen.page.locator("main img, main script, dialog img, dialog script").count() == 0
    assert juries.HOSTILE[0] in seen.page.locator("#verdict .lead").inner_text()
    shown = seen.page.evaluate("document.body.innerText")
    assert "⟨U+202E⟩" in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x07\x1b]", shown)
    assert seen.wide_of_window() <= 0
    assert seen.violations() == []
    assert seen.complaints == []


def test_of_choices_the_spread_tells_who_chose_what(tab, run_of, tmp_path):
    run = run_of(juries.study_of_mode("choose", dont_know=True))
    seen = tab(written(tmp_path, run))
    seen.page.locator("#answers summary").click()
    cells = seen.page.locator("#answers tbody tr").first.locator("td").all_inner_texts()
    profile = run.panel().utilities("wage")
    known = ~np.isnan(profile.values).any(axis=1)
    shares = np.average(profile.values[known], axis=0, weights=profile.weights[known])
    assert cells == [str(known.sum()), *(f"{share:.0%}" for share in shares)]
    assert seen.page.locator("#answers").get_by_label("Alternative").count() == 0


@pytest.mark.parametrize(
    ("mode", "settings"),
    [
        ("score", {"scale": [-2, 2]}),
        ("choose", {"dont_know": True}),
        ("approve", {}),
        ("rank", {"ties": True}),
        ("pairwise", {}),
        ("distribution", {}),
    ],
)
def test_every_mode_has_a_page_whose_slider_counts(tab, run_of, tmp_path, mode, settings):
    run = run_of(juries.study_of_mode(mode, **settings))
    seen = tab(written(tmp_path, run))
    profile = run.panel().utilities("wage")
    from_zero = {"disagreement": -2.0} if mode == "score" else {}
    for alpha in (0.0, 0.5, 1.0, 3.0, np.inf):
        move(seen, alpha)
        wanted = decide(profile, "isoelastic", alpha=alpha, **from_zero)
        scores, winners = shown_scores(seen)
        assert scores == pytest.approx(dict(zip(wanted.alternatives, wanted.scores, strict=True)), rel=1e-11), alpha
        assert winners == set(wanted.winners), alpha
    seen.page.locator(".virtual .row").first.click()
    assert seen.page.get_by_role("dialog").get_by_text("Raw answer").count()
    assert seen.violations() == []
    assert seen.complaints == []
