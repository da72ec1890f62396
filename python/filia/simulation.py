"""Cases of known truth, what a panel can tell, and likelihoods of any hypotheses."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from . import _filia
from .case import Case, Sources, _list, _match_options, _reading
from .progress import How, Progress
from .results import Results

#: ``"demo"``, the path of a description (TOML), or its keys as a dictionary.
Description: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any]"


def simulate(
    case: Description,
    *,
    seed: int | None = None,
    frequencies: str | None = None,
    threads: int | None = None,
) -> Results:
    """A synthetic case of known truth: the tables that ``filia simulate`` writes.

    :param seed: of all random numbers; that of the description unless given.
    :param frequencies: a bundled frequency table or a file; that of the description unless given.
    :raises filia.FiliaError: a description that cannot be used.

    >>> people = [{"id": "F", "samples": ["detainee"]}, {"id": "C", "father": "F", "samples": ["child"]}]
    >>> len(simulate({"loci": ["TH01"], "families": [{"count": 5, "people": people}]})["children"])
    5
    """
    with How(threads, False) as how:
        return Results(_filia.simulate(_described(case), seed, frequencies, how))


def likelihood(case: Mapping[str, Any], *, threads: int | None = None) -> dict[str, Any]:
    """Likelihoods and likelihood ratios of any hypotheses on any pedigrees: a case file as a dictionary, and the answer of ``filia lr``.

    :raises filia.FiliaError: a case that is incomplete or contradicts itself.

    >>> parent = [{"id": "father", "sex": "M"}, {"id": "child", "father": "father"}]
    >>> alone = [{"id": "father", "sex": "M"}, {"id": "child"}]
    >>> locus = {"name": "L", "alleles": ["1", "2"], "frequencies": [0.1, 0.9]}
    >>> answer = likelihood({
    ...     "id": "duo", "loci": [locus],
    ...     "hypotheses": [{"name": "parent", "individuals": parent}, {"name": "unrelated", "individuals": alone}],
    ...     "genotypes": {"father": {"L": ["1", "1"]}, "child": {"L": ["1", "2"]}},
    ... })
    >>> round(10 ** answer["log10_lr"]["total"], 9)
    5.0
    """
    with How(threads, False) as how:
        answer: dict[str, Any] = json.loads(_filia.likelihood(json.dumps(case), how))
        return answer


def power(
    case: Case | None = None,
    *,
    threads: int | None = None,
    progress: bool | Progress = False,
    **options: Any,
) -> Results:
    """What a panel can tell: the table of ``filia power``, and everything else in ``details``.

    :param case: whose settings hold; the defaults unless given.
    :param options: the flags of ``filia power`` with ``_`` for ``-``: ``relationship``, ``truths``, ``sex``, ``loci``,
        ``remove_loci``, ``drop_out``, ``child_drop_out``, ``thresholds``, ``rates``, ``children``, ``candidates``, ``draws``, ``seed``.
    :raises filia.FiliaError: options or settings that cannot be used.

    >>> answer = power(loci=["TH01", "vWA"], truths=["parent"], draws=0)
    >>> answer.details["loci"]
    ['TH01', 'vWA']
    """
    settings = (case or Case())._settings
    with How(threads, progress) as how:
        results, notes = _filia.power(settings, json.dumps(options), how)
        return Results(results, notes=notes)


def calibrate(
    description: Description | None = None,
    *,
    case: Case | None = None,
    children: Sources = (),
    candidates: Sources = (),
    threads: int | None = None,
    progress: bool | Progress = False,
    **options: Any,
) -> Results:
    """Whether posteriors can be believed: the tables of ``filia calibrate``, and everything else in ``details``.

    :param description: of the cases that are simulated; in its place ``children`` and ``candidates``: cases are simulated like them.
    :param case: whose settings hold; those of the description, or the defaults, unless given.
    :param options: the flags of ``filia calibrate`` with ``_`` for ``-``: ``of`` (``"match"`` or ``"identify"``), ``cases``, ``seed``, ``vary``,
        ``trap``, ``other_frequencies``, ``other_theta``, ``mutation_factor``.
    :raises filia.FiliaError: options, settings or profiles that cannot be used.
    """
    asked = json.dumps(options)
    with How(threads, progress) as how:
        if description is not None:
            settings = None if case is None else case._settings
            return Results(_filia.calibrate(settings, _described(description), asked, how))
        settings = (case or Case())._settings
        like = _filia.read_match(settings, _list(children), _list(candidates), _match_options(_reading()), how)
        return Results(_filia.calibrate_like(settings, like, asked, how))


def _described(description: Description) -> tuple[str] | str | os.PathLike[str]:
    return (json.dumps(description),) if isinstance(description, Mapping) else description
