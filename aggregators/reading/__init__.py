"""Reading the ballots that people have: one file a format, picked by the name of the file or its first line.

This is the only part of the package that opens files; `Rankings.read`, `Approvals.read` and `Utilities.read` call it.

>>> from aggregators.reading import formats
>>> list(formats())
['csv', 'pabulib', 'polis', 'preflib', 'ranked-csv', 'votekit']
"""

from aggregators.reading.formats import Reader, formats, read
from aggregators.reading.long import from_long

__all__ = ["Reader", "formats", "from_long", "read"]
