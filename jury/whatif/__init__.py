"""What-if studies: what a stored run, or a panel of people, would have decided under other rules and compositions.

::

    from jury import open_run
    from jury.whatif import sweep

    run = open_run("runs/minimum-wage.sqlite")
    found = sweep(run, ["jurors=12", "seats:race=Black=0,1,2"])      # nothing is asked of any model
    found.frame                                                       # one row a scenario and case

`jury.whatif.keys` lists what can be varied.
"""

from __future__ import annotations

from jury.whatif.engine import Draws
from jury.whatif.keys import KEYS, read_vary
from jury.whatif.scenario import Scenario
from jury.whatif.sweeping import Sweep, sweep

__all__ = ["KEYS", "Draws", "Scenario", "Sweep", "read_vary", "sweep"]
