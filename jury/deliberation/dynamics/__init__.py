"""Models of how opinions change when people hear each other, one a file. Nothing is asked of any model of language.

::

    from jury.deliberation.dynamics import models, read_model

    found = read_model("friedkin-johnsen:stubbornness=0.5").discuss(opinions, ties, rng)
    found.final, found.converged
"""

from jury.deliberation.dynamics.base import Discussion, Model, models, read_model

__all__ = ["Discussion", "Model", "models", "read_model"]
