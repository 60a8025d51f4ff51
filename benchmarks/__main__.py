"""``python -m benchmarks NAME``: run one of the measurements."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks

if __name__ == "__main__":
    names = [
        each.name for each in pkgutil.iter_modules(benchmarks.__path__) if not each.name.startswith(("_", "peers"))
    ]
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        print(f"usage: python -m benchmarks {{{','.join(names)}}} [options]", file=sys.stderr)
        sys.exit(2)
    sys.exit(importlib.import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:]))
