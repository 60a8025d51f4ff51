"""Reading the ballots that people have: one file a format, picked by the name of the file or how it begins.

This is the only part of the package that opens files; `Rankings.read`, `Approvals.read` and `Utilities.read` call it.

>>> from aggregators.reading import formats
>>> list(formats())
['comparisons-csv', 'csv', 'pabulib', 'polis', 'preflib', 'ranked-csv', 'votekit']
"""

from aggregators.reading.formats import Loaded, Reader, format_of, formats, load, read
from aggregators.reading.long import from_long

__all__ = ["Loaded", "Reader", "format_of", "formats", "from_long", "load", "read"]
