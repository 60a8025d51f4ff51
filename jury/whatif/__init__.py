"""What-if studies: what a stored run, or a panel of people, would have decided under other rules and compositions.

::

    from jury import open_run
    from jury.whatif import sweep, tipping_point

    run = open_run("runs/minimum-wage.sqlite")
    found = sweep(run, ["jurors=12", "seats:race=Black=0,1,2"])      # nothing is asked of any model
    found.frame                                                       # one row a scenario and case
    print(tipping_point(run, "share:race=Black")[0].words())          # where the verdict flips

`jury.whatif.keys` lists what can be varied.
"""

from __future__ import annotations

from jury.whatif.engine import Draws
from jury.whatif.keys import KEYS, read_vary
from jury.whatif.scenario import Scenario
from jury.whatif.sweeping import sweep
from jury.whatif.swept import Sweep
from jury.whatif.tipped import TippingPoint
from jury.whatif.tipping import tipping_point

__all__ = ["KEYS", "Draws", "Scenario", "Sweep", "TippingPoint", "read_vary", "sweep", "tipping_point"]
