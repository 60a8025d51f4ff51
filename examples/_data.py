"""Where the examples' data are: beside the sources, or where the first argument says."""

import sys
from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def find(name: str) -> Path:
    """Return a file or folder of the data, or leave with the reason why this example is skipped."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _BESIDE
    path = folder / name
    if not path.exists():
        sys.exit(f"Skipped: {name} is not in {folder}; give the folder that holds it as the first argument.")
    return path


def study(*paragraphs: str) -> None:
    """Print the parts of a study, with blank lines between them."""
    print("\n\n".join(paragraphs))
