"""What holds for every registered benchmark."""

import sys
import types

import pytest

from jury.benchmarks import SENSES, Settings, benchmarks
from jury.benchmarks.finding import hub_rows
from jury.errors import DataError, JuryError
from jury.model_block import ModelBlock

AT_LEAST = {
    *("crehate-jury", "file", "globalopinionqa", "gss-2018-spending", "habermas-questions", "mpi", "opinionqa"),
    "polis",
}


@pytest.fixture(params=list(benchmarks))
def benchmark(request):
    return benchmarks[request.param]


def test_the_benchmarks_are_there():
    assert set(benchmarks) >= AT_LEAST


def test_its_card_says_everything(benchmark):
    card = benchmark.card
    assert benchmarks[card.name] is benchmark
    assert card.senses
    assert set(card.senses) <= set(SENSES)
    for text in (card.title, card.measures, card.source, card.licence, card.obtain, *card.looks_for):
        assert text.strip()
    assert card.to_dict()["senses"] == list(card.senses)


def test_missing_data_is_one_line_that_says_how_to_get_it(benchmark, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    for data in (None, tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DataError) as caught:
            benchmark.run(Settings(data=data, models=(ModelBlock(name="null/uniform"),)))
        assert "\n" not in str(caught.value)
        assert "--data" in str(caught.value) or benchmark.card.obtain in str(caught.value)


def test_the_hub_is_read_where_datasets_is_installed(monkeypatch):
    asked = []
    fake = types.SimpleNamespace(load_dataset=lambda name, split: asked.append((name, split)) or [{"question": "q"}])
    monkeypatch.setitem(sys.modules, "datasets", fake)
    card = benchmarks["globalopinionqa"].card
    assert hub_rows(card) == [{"question": "q"}]
    assert asked == [("Anthropic/llm_global_opinions", "train")]

    def unreachable(*_, **__):
        raise ConnectionError("no network")

    fake.load_dataset = unreachable
    with pytest.raises(DataError, match="could not be read from the Hugging Face hub"):
        hub_rows(card)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"questions": 0}, "questions=0: give 1 or more"),
        ({"shots": 4}, "shots=4: give 0 to 3"),
        ({"base": 1.0}, "base=1.0"),
        ({"jurors": 1}, "jurors=1"),
        ({"models": (ModelBlock(name="a/b"), ModelBlock(name="a/b"))}, "'a/b' is named twice"),
    ],
)
def test_settings_are_checked(settings, said):
    with pytest.raises(JuryError, match=said):
        Settings(**settings)
