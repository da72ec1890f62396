"""A search on the machines of a Dask cluster: parts anywhere, in any order, put together in the end.

All machines must see one folder under one path. The results are those of one run, byte for byte, also where workers die in the middle:
a part is one file that appears whole or not at all, and what a dead worker was doing is done again by another.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _filia
from .case import Case, Source, Sources, _folder, _list, _match_options, _reading
from .progress import Bar, How, Progress
from .results import Results

if TYPE_CHECKING:
    from distributed import Client


def match(
    client: Client,
    children: Sources,
    candidates: Sources,
    *,
    parts: int,
    folder: str | os.PathLike[str],
    settings: Case | Mapping[str, Any] | None = None,
    relatives: Sources = (),
    pedigrees: Source | None = None,
    candidates_include_children: bool = False,
    max_memory: int | None = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
    formats: Sequence[str] = ("csv",),
    threads: int = 1,
    retries: int = 3,
    progress: bool | Progress = False,
    id_column: str | None = None,
    marker_column: str | None = None,
    allele_columns: Sequence[str] = (),
    strict: bool = False,
    accept_implausible: bool = False,
) -> Results:
    """Every child against every candidate, in parts on the workers of a Dask cluster.

    :param client: of the cluster; all its workers must have this version of filia.
    :param children: as of :meth:`filia.Case.match`, likewise all that is not listed here; tables in memory are written into ``folder``.
    :param parts: how many parts: several for each worker, so that all end at about the same time.
    :param folder: for the parts; every worker must see it under this path.
    :param out: the folder of the results; ``results`` in ``folder`` unless given.
    :param threads: of each part. A worker does as many parts at once as it has threads.
    :param retries: how often a part that failed is tried again.
    :raises filia.FiliaError: as :meth:`filia.Case.match`.
    """
    from distributed import as_completed

    if parts < 1:
        raise _filia.FiliaError(f"parts: found {parts}, expected a whole number of at least 1")
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    reading = _reading(id_column, marker_column, allele_columns, strict, accept_implausible)
    related = _files_in(folder, relatives, "relatives")
    families = None if pedigrees is None else _files_in(folder, pedigrees, "pedigrees")[0]
    task = {
        "settings": _settings_in(folder, settings),
        "profiles": (_files_in(folder, children, "children"), _files_in(folder, candidates, "candidates")),
        "options": _match_options(reading, related, families, candidates_include_children, max_memory),
        "threads": threads,
    }
    files = [folder / f"{number}-of-{parts}.part" for number in range(1, parts + 1)]
    numbers = list(range(1, parts + 1))
    futures = client.map(_part, numbers, files, of=parts, task=task, pure=False, retries=retries)
    watcher: Any = Bar() if progress is True else progress or None
    try:
        if watcher is not None:
            watcher.begin("searching", "parts", parts)
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            if watcher is not None:
                watcher.done(done)
    finally:
        client.cancel(futures)
        if isinstance(watcher, Bar):
            watcher.close()
    with How(None, progress) as how:
        return Results(_filia.merge(files, max_memory, _folder(out or folder / "results", force, formats), how))


def _part(number: int, path: Path, *, of: int, task: Mapping[str, Any]) -> None:
    """Does one part; what a worker calls."""
    config, markers = task["settings"]
    settings = _filia.Settings("{}", config, markers)
    with How(task["threads"], False) as how:
        _filia.match_part(settings, task["profiles"], task["options"], (number, of), path, how)


def _settings_in(folder: Path, settings: Case | Mapping[str, Any] | None) -> tuple[Path | None, Path | None]:
    """The settings as a file of the folder, where anything is stated, and the marker file."""
    case = settings if isinstance(settings, Case) else Case(**(settings or {}))
    text, markers = case._settings.toml(), case._settings.markers
    path = folder / "settings.toml"
    if text:
        path.write_text(text, encoding="utf-8")
    return path if text else None, None if markers is None else markers.resolve()


def _files_in(folder: Path, sources: Sources, role: str) -> list[Path]:
    """The paths of these sources; tables in memory become files of the folder."""
    listed = _list(sources)
    paths = []
    for number, source in enumerate(listed, 1):
        if isinstance(source, (str, os.PathLike)):
            paths.append(Path(source).resolve())
            continue
        path = folder / (f"{role}.csv" if len(listed) == 1 else f"{role}-{number}.csv")
        path.write_bytes(_filia.csv_of(source))
        paths.append(path)
    return paths
