"""Finds out who children's parents are from DNA profiles.

>>> import filia
>>> demo = filia.simulate("demo")
>>> case = filia.Case(frequencies="nist1036:cauc", theta=0.0)
>>> hits = case.match(demo["children"], [demo["corpses"], demo["detainees"]])
>>> hits
filia.Results: matches, couples, status, families, sibships, direct_matches, rejected

Tables go in as anything that knows the Arrow PyCapsule interface (polars, pandas, pyarrow, duckdb), or as paths of files in any
format that ``filia`` reads; they come out as :class:`Table`, which all of those take: ``polars.DataFrame(hits["matches"])``.
"""

from ._filia import FiliaError, Table, __version__
from .case import Case
from .results import Explanation, Results
from .simulation import calibrate, likelihood, power, simulate

__all__ = [
    "Case",
    "Explanation",
    "FiliaError",
    "Results",
    "Table",
    "__version__",
    "calibrate",
    "likelihood",
    "power",
    "simulate",
]
