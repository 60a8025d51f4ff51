"""Who may import whom: cli -> jury -> personas, aggregators; the registry is everybody's."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "cli": {"cli", "jury", "personas", "aggregators"},
    "jury": {"jury", "personas", "aggregators"},
    "personas": {"personas", "aggregators.registry"},
    "aggregators": {"aggregators"},
}


def imported(source, package):
    """Return the dotted names of our modules that `source`, of a module in `package`, imports anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(
                    [*package.split(".")[: len(package.split(".")) - node.level + 1], *filter(None, [base])]
                )
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] in MAY_IMPORT)


def allowed(name, layer):
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in MAY_IMPORT[layer])


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_imports_go_down_only(layer):
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imported(path.read_text(encoding="utf-8"), ".".join(path.relative_to(ROOT).parent.parts))
        if not allowed(name, layer)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "layer", "fine"),
    [
        ("from jury import Study", "personas", False),
        ("import aggregators", "personas", False),
        ("from aggregators import registry", "personas", True),
        ("from aggregators.registry import Registry", "personas", True),
        ("def f():\n    from personas import rake", "aggregators", False),
        ("from . import x", "aggregators", True),
        ("from cli.main import main", "jury", False),
        ("import numpy, personas.groups", "jury", True),
    ],
)
def test_the_check_can_fail(source, layer, fine):
    assert all(allowed(name, layer) for name in imported(source, layer)) is fine


@pytest.mark.parametrize("layer", ["aggregators", "personas", "jury"])
def test_only_the_command_line_prints(layer):
    for path in (ROOT / layer).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "input"), f"{path}, line {node.lineno}"
