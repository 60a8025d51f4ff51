"""A local page on stored runs: which there are, how those that go on get along, two side by side, every ballot.

One file a part: `folder` (which runs), `state` (whether one goes on), `overview` (a run in few figures), `ballots` (its
ballots, a page at a time), `prompts` (what was sent), `reporting` (the report), `comparing` (two runs), `guard` (who
may ask), `app` (the addresses) and `serving`. Nothing is ever written, and nothing outside the folder is read.
"""

from jury.view.serving import serve

__all__ = ["serve"]
