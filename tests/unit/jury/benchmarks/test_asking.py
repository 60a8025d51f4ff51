"""The protocol of live questions."""

import numpy as np
import pytest
from scipy.special import logsumexp, softmax

from jury.benchmarks import Settings
from jury.benchmarks.asking import _arithmetic, _cases, _geometric
from jury.benchmarks.survey import Survey
from jury.metrics import Answers, Item

SURVEY = Survey(
    items=(Item("q", ("yes", "no", "perhaps")),),
    texts={"q": "Well?"},
    people={"all": {"q": Answers({"no": 2, "yes": 1})}},
    shown=("all",),
    steering="{group}",
)


def test_each_repetition_has_other_random_answers_before_it_and_the_same_seed_the_same():
    cases = _cases(SURVEY, Settings(repetitions=8))
    assert cases == _cases(SURVEY, Settings(repetitions=8))
    assert cases != _cases(SURVEY, Settings(repetitions=8, seed=1))
    prompts = [case["prompt"] for case in cases]
    assert all(prompt.count("Answer Choice: ") == 3 and prompt.endswith("Well?") for prompt in prompts)
    assert len(set(prompts)) > 1
    assert _cases(SURVEY, Settings(shots=0, repetitions=1))[0]["prompt"] == "Well?"


def test_the_majority_is_that_of_people():
    assert _cases(SURVEY, Settings(repetitions=1))[0]["majority"] == "o1"


def test_legacy_pooling_is_that_of_the_released_code():
    """Scores averaged over repetitions, then summed over spellings, then softmax, whatever the order of the sums."""
    logits = np.random.default_rng(0).normal(size=(5, 3, 4))  # repetitions, spellings, options
    released = softmax(logits.mean(axis=0).sum(axis=0))
    by_repetition = softmax(logits.sum(axis=1), axis=1)
    assert _geometric(by_repetition) == pytest.approx(released)


def test_the_other_pooling_adds_probabilities():
    rows = np.array([[0.2, 0.8], [0.6, 0.4]])
    assert _arithmetic(rows) == pytest.approx(np.exp(logsumexp(np.log(rows), axis=0)) / 2)


def test_an_option_without_probability_once_has_none_by_geometric_pooling():
    assert _geometric(np.array([[0.0, 0.5, 0.5], [0.2, 0.4, 0.4]])) == pytest.approx([0, 0.5, 0.5])
    assert _geometric(np.array([[0.0, 1.0], [1.0, 0.0]])) == pytest.approx([0.5, 0.5])
