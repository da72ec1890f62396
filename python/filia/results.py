"""What a run gives back."""

from __future__ import annotations

import json
from collections.abc import ItemsView, Iterator, KeysView, Mapping
from html import escape
from typing import Any

from ._filia import FiliaError, MatchCase, Table


class Results:
    """The tables of a run by name, as in a dictionary; itself it is the first of them, for whoever takes an Arrow table.

    (It is no ``Mapping``: libraries would take the tables for columns.)

    >>> import filia
    >>> demo = filia.simulate("demo")
    >>> sorted(demo)
    ['children', 'corpses', 'detainees', 'events', 'people', 'relations', 'truth']
    >>> len(demo["children"])
    60
    """

    def __init__(self, results: tuple[list[tuple[str, Table]], str], case: MatchCase | None = None, notes: list[str] | None = None):
        tables, details = results
        self._tables = dict(tables)
        self._case = case
        #: The manifest of the run; of :func:`filia.power` and :func:`filia.calibrate` the whole answer.
        self.details: dict[str, Any] = json.loads(details)
        #: What a reader of the results must know, one sentence each.
        self.notes: list[str] = self.details.get("notes", []) if notes is None else notes

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def keys(self) -> KeysView[str]:
        """The names of the tables."""
        return self._tables.keys()

    def items(self) -> ItemsView[str, Table]:
        """The tables with their names."""
        return self._tables.items()

    def __repr__(self) -> str:
        return f"filia.Results: {', '.join(self._tables)}"

    def __arrow_c_schema__(self) -> object:
        return next(iter(self._tables.values())).__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return next(iter(self._tables.values())).__arrow_c_stream__(requested_schema)

    def explain(self, child: str, candidate: str) -> Explanation:
        """One child and one candidate of a search, locus by locus.

        :raises filia.FiliaError: an id that nobody has; results of another run than ``match``.
        """
        if self._case is None:
            raise FiliaError("explain: expected the results of Case.match")
        return Explanation(self._case.explain(child, candidate))


class Explanation(Mapping[str, Any]):
    """One pair, locus by locus: the keys are those of ``filia explain --format json``; a notebook shows it as a table."""

    def __init__(self, text: str):
        self._values: dict[str, Any] = json.loads(text)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return (
            f"{self['candidate']} as {self['relationships'][0]} of {self['child']}: "
            f"log10 LR {_number(self['total_log10_lr'][0], 4)}; best supported: {self['best_relationship']}"
        )

    def _repr_html_(self) -> str:
        has_known = self["known_parent"] is not None
        relationships = [name for name in self["relationships"] if name != "unrelated"]
        header = ["locus", "child", *(["known parent"] if has_known else []), "candidate", "inconsistent", *relationships]
        rows = [self._row(locus, has_known, len(relationships)) for locus in self["loci"]]
        totals = [_number(total, 3) for total in self["total_log10_lr"][: len(relationships)]]
        rows.append(["total", *[""] * (len(header) - 1 - len(totals)), *totals])
        table = _tag("thead", _cells("th", header)) + _tag("tbody", "".join(_cells("td", row) for row in rows))
        flags = f"<p>Flags: {escape(', '.join(self['flags']))}</p>" if self["flags"] else ""
        caption = f"log10 LR against unrelated, population {self['population']}"
        return f"<p>{escape(repr(self))}</p>{flags}<table><caption>{escape(caption)}</caption>{table}</table>"

    def _row(self, locus: dict[str, Any], has_known: bool, relationships: int) -> list[str]:
        seen = [locus["locus"], locus["child"], *([locus["known_parent"] or ""] if has_known else []), locus["candidate"]]
        log10_lrs = [_number(value, 3) for value in locus["log10_lr"][:relationships]]
        return [*seen, "yes" if locus["inconsistent"] else "", *log10_lrs]


def _number(value: float | str, digits: int) -> str:
    return value if isinstance(value, str) else f"{value:.{digits}f}"


def _tag(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _cells(tag: str, cells: list[str]) -> str:
    return _tag("tr", "".join(_tag(tag, escape(cell)) for cell in cells))
