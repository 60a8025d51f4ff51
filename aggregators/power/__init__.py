"""Power in weighted voting: how often a player, or a group that votes as one, decides.

Two indices of a priori power, which know the weights and the quota and nothing of opinions. What a group decided on
ballots that were cast is another question: `aggregators.pivotality`.

>>> from aggregators.power import WeightedGame, banzhaf, shapley_shubik
>>> council = WeightedGame([4, 4, 4, 2, 2, 1], quota=12, players=["DE", "FR", "IT", "BE", "NL", "LU"])
>>> banzhaf(council).power.round(3)
array([0.238, 0.238, 0.238, 0.143, 0.143, 0.   ])
>>> shapley_shubik(council).power.round(3)
array([0.233, 0.233, 0.233, 0.15 , 0.15 , 0.   ])
"""

from aggregators.power.banzhaf import banzhaf
from aggregators.power.game import Power, WeightedGame
from aggregators.power.shapley_shubik import shapley_shubik

__all__ = ["Power", "WeightedGame", "banzhaf", "shapley_shubik"]
