"""A local page on stored runs: which there are, how those that go on get along, two side by side, every ballot.

One file a part: `folder` (which runs), `state` (whether one goes on), `overview` (a run in few figures), `ballots` (its
ballots, a page at a time), `prompts` (what was sent), `reporting` (the report), `comparing` (two runs), `guard` (who
may ask), `remembered` (what was worked out before), `app` (the addresses) and `serving`. Run files are only read
(SQLite may put its index beside one that is being written); nothing outside the folder is.
"""

from jury.view.serving import serve

__all__ = ["serve"]
