"""Settings once, and the runs that they are for."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from . import _filia
from .progress import How, Progress
from .results import Explanation, Results


class ArrowTable(Protocol):
    """A table of polars, pandas, pyarrow, duckdb or any other library that knows the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


#: A table in memory or the path of a file.
Source: TypeAlias = "ArrowTable | str | os.PathLike[str]"
Sources: TypeAlias = "Source | Sequence[Source]"

#: More pairs than a matrix of log10 LRs is for.
MOST_PAIRS = 1_000_000


class Case:
    """Settings, and the runs that they are for.

    :param frequencies: a bundled frequency table (``nist1036:afam``, ``asian``, ``cauc``, ``hisp``) or the path of a file; of
        several the lowest likelihood ratio counts.
    :param config: a settings file (TOML); what is given beside it is put over it.
    :param markers: a marker file (JSON) that says everything about each locus, in place of frequencies and mutation settings.
    :param settings: the keys of a settings file: sections as dictionaries (``population={"theta": 0.01}``), or keys that only one
        section has by themselves (``theta=0.01``). ``None`` is the settings file's ``"none"``.
    :raises filia.FiliaError: a setting that is unknown, of the wrong type, or out of its range.

    >>> Case(theta=0.02).settings["population"]["theta"]
    0.02
    >>> Case(thteta=0.02)
    Traceback (most recent call last):
      ...
    filia.FiliaError: unknown setting `thteta`: did you mean `population.theta`? Known here: population, mutation, observation, \
linkage, search, interval, prior, status, children
    """

    def __init__(
        self,
        *,
        frequencies: str | Sequence[str] | None = None,
        config: str | os.PathLike[str] | None = None,
        markers: str | os.PathLike[str] | None = None,
        **settings: Any,
    ):
        self._settings = _filia.Settings(_stated(settings, frequencies), _path(config), _path(markers))
        self._case: _filia.MatchCase | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """All settings, those left at their defaults too."""
        settings: dict[str, Any] = json.loads(self._settings.json())
        return settings

    def match(
        self,
        children: Sources,
        candidates: Sources,
        *,
        relatives: Sources = (),
        pedigrees: Source | None = None,
        candidates_include_children: bool = False,
        max_memory: int | None = None,
        out: str | os.PathLike[str] | None = None,
        force: bool = False,
        formats: Sequence[str] = ("csv",),
        threads: int | None = None,
        progress: bool | Progress = False,
        id_column: str | None = None,
        marker_column: str | None = None,
        allele_columns: Sequence[str] = (),
        strict: bool = False,
        accept_implausible: bool = False,
        **settings: Any,
    ) -> Results:
        """Every child against every candidate: the tables that ``filia match`` writes, ``matches`` first.

        :param children: profiles of the children.
        :param candidates: profiles of the candidates: corpses, detainees, anyone who may be a parent.
        :param relatives: profiles of relatives of missing persons, whom candidates can be, with their ``pedigrees``.
        :param max_memory: bytes of memory that the run may use; candidates beyond it are kept on the disk.
        :param out: a folder into which the results are written too, with page and manifest, as the program does it.
        :param settings: put over those of the case, for this run.
        :raises filia.FiliaError: input that cannot be used: what was found where, and what was expected. In a table in memory line 1
            is the header.
        """
        reading = _reading(id_column, marker_column, allele_columns, strict, accept_implausible)
        options = _match_options(reading, relatives, pedigrees, candidates_include_children, max_memory)
        with How(threads, progress) as how:
            self._case = _filia.read_match(self._with(settings), _list(children), _list(candidates), options, how)
            return Results(self._case.search(how, _out(out, force, formats)), self._case)

    def explain(self, child: str, candidate: str) -> Explanation:
        """One child and one candidate of the latest :meth:`match`, locus by locus.

        :raises filia.FiliaError: an id that nobody has; nothing was read yet.
        """
        if self._case is None:
            raise _filia.FiliaError("explain: nothing was read yet, call match first")
        return Explanation(self._case.explain(child, candidate))

    def log10_lr(
        self,
        children: Sources,
        candidates: Sources,
        *,
        relationship: str | None = None,
        threads: int | None = None,
        progress: bool | Progress = False,
        id_column: str | None = None,
        marker_column: str | None = None,
        allele_columns: Sequence[str] = (),
        strict: bool = False,
        accept_implausible: bool = False,
        **settings: Any,
    ) -> _filia.Table:
        """The log10 LR of every child, a row, with every candidate, a column, for small sets (at most a million pairs).

        :raises filia.FiliaError: as :meth:`match`.

        >>> import filia
        >>> demo = filia.simulate("demo")
        >>> Case().log10_lr(demo["children"], demo["detainees"], relationship="half-sibling").column_names[:3]
        ['child_id', 'D001', 'D002']
        """
        if relationship is not None:
            settings = {**settings, "relationship": relationship}
        options = _match_options(_reading(id_column, marker_column, allele_columns, strict, accept_implausible))
        with How(threads, progress) as how:
            case = _filia.read_match(self._with(settings), _list(children), _list(candidates), options, how)
            if case.pairs > MOST_PAIRS:
                raise _filia.FiliaError(f"log10_lr: found {case.pairs} pairs, expected at most {MOST_PAIRS}: use match")
            return case.log10_lr(how)

    def identify(
        self,
        remains: Sources,
        relatives: Sources,
        pedigrees: Source,
        *,
        assignments: int = 100,
        keep_samples_apart: bool = False,
        merge_min_log10_lr: float | None = None,
        out: str | os.PathLike[str] | None = None,
        force: bool = False,
        formats: Sequence[str] = ("csv",),
        threads: int | None = None,
        progress: bool | Progress = False,
        id_column: str | None = None,
        marker_column: str | None = None,
        allele_columns: Sequence[str] = (),
        strict: bool = False,
        accept_implausible: bool = False,
        **settings: Any,
    ) -> Results:
        """Which missing person each body is: the tables that ``filia identify`` writes, ``pairwise`` first.

        :param pedigrees: the families, one row a person: ``family_id``, ``person_id``, ``father_id``, ``mother_id``, ``sex``, ``missing``.
        :param assignments: at most so many assignments are listed.
        :param out: as of :meth:`match`.
        :raises filia.FiliaError: as :meth:`match`.
        """
        reading = _reading(id_column, marker_column, allele_columns, strict, accept_implausible)
        options = _identify_options(reading, assignments, keep_samples_apart, merge_min_log10_lr)
        profiles = (_list(remains), _list(relatives))
        with How(threads, progress) as how:
            run = _filia.identify(self._with(settings), profiles, pedigrees, options, how, _out(out, force, formats))
            return Results(run)

    def _with(self, settings: Mapping[str, Any]) -> _filia.Settings:
        return self._settings.over(_stated(settings)) if settings else self._settings


def _stated(settings: Mapping[str, Any], frequencies: str | Sequence[str] | None = None) -> str:
    """Settings as JSON."""
    stated = dict(settings)
    if "frequencies" in stated:
        frequencies = stated.pop("frequencies")
    if frequencies is not None:
        stated["tables"] = [frequencies] if isinstance(frequencies, str) else list(frequencies)
    return json.dumps(_none_in_words(stated), default=os.fspath)


def _none_in_words(value: Any) -> Any:
    """``none`` in place of ``None``, as settings files have it."""
    if isinstance(value, Mapping):
        return {key: _none_in_words(inner) for key, inner in value.items()}
    return "none" if value is None else value


def _reading(
    id_column: str | None = None,
    marker_column: str | None = None,
    allele_columns: Sequence[str] = (),
    strict: bool = False,
    accept_implausible: bool = False,
) -> str:
    """How profiles are read, as JSON."""
    values = {"id_column": id_column, "marker_column": marker_column, "allele_columns": list(allele_columns)}
    return json.dumps({**values, "strict": strict, "accept_implausible": accept_implausible})


def _match_options(
    reading: str,
    relatives: Sources = (),
    pedigrees: Source | None = None,
    candidates_include_children: bool = False,
    max_memory: int | None = None,
) -> dict[str, Any]:
    """Everything about a search that is not the profiles."""
    return {
        "relatives": _list(relatives),
        "pedigrees": [] if pedigrees is None else [pedigrees],
        "candidates_include_children": candidates_include_children,
        "max_memory": max_memory,
        "reading": reading,
    }


def _identify_options(
    reading: str, assignments: int, keep_samples_apart: bool, merge_min_log10_lr: float | None
) -> dict[str, Any]:
    """Everything about an identification that is not the profiles."""
    return {
        "assignments": assignments,
        "keep_samples_apart": keep_samples_apart,
        "merge_min_log10_lr": merge_min_log10_lr,
        "reading": reading,
    }


def _list(sources: Sources) -> list[Source]:
    is_one = isinstance(sources, (str, os.PathLike)) or hasattr(sources, "__arrow_c_stream__")
    return [sources] if is_one else list(sources)  # type: ignore[list-item, arg-type]


def _path(path: str | os.PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path)


def _out(out: str | os.PathLike[str] | None, force: bool, formats: Iterable[str]) -> dict[str, Any] | None:
    return None if out is None else _folder(out, force, formats)


def _folder(out: str | os.PathLike[str], force: bool, formats: Iterable[str]) -> dict[str, Any]:
    return {"folder": Path(out), "replace": force, "formats": sorted(set(formats))}
