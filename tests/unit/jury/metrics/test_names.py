"""What the package exports is never hidden by one of its own modules."""

import pkgutil
from pathlib import Path

import jury.metrics


def test_no_module_has_the_name_of_a_measure():
    modules = {module.name for module in pkgutil.iter_modules(jury.metrics.__path__)}
    assert modules
    assert not modules & set(jury.metrics.__all__)


def test_everything_exported_is_there_and_documented():
    assert jury.metrics.__all__ == sorted(jury.metrics.__all__, key=lambda name: (name[0].islower(), name))
    assert all(getattr(jury.metrics, name).__doc__ for name in jury.metrics.__all__)


def test_the_page_of_measures_names_everything():
    page = (Path(__file__).parents[4] / "docs" / "measures.md").read_text(encoding="utf-8")
    assert [name for name in jury.metrics.__all__ if f"`{name}`" not in page] == []
