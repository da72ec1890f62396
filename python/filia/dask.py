"""Runs on the machines of a Dask cluster: parts anywhere, in any order, put together in the end.

The results are those of one run, byte for byte, also where workers die in the middle: what a dead worker was doing, and what it alone
had done, is done again by another. Parts are files of a folder that all machines see, or, without a folder, stay in the memory of the
workers. Workers put them together by eights before the last few come to the program that asked.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _filia
from .case import Case, Source, Sources, _folder, _identify_options, _list, _match_options, _reading
from .progress import Bar, How, Progress
from .results import Results

if TYPE_CHECKING:
    from distributed import Client, Future

#: A part: a file, or what would stand in it.
Part: TypeAlias = "Path | bytes"

#: So many parts are put together at once.
TOGETHER = 8


def match(
    client: Client,
    children: Sources,
    candidates: Sources,
    *,
    parts: int,
    folder: str | os.PathLike[str] | None = None,
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
    :param children: as of :meth:`filia.Case.match`, likewise all that is not listed here. Every worker must see files under the same
        path. Tables in memory are written into ``folder``; without one they are sent along.
    :param parts: how many parts: several for each worker, so that all end at about the same time.
    :param folder: for the parts; every worker must see it under this path. Without one parts stay in the memory of the workers.
    :param out: the folder of the results; unless given ``results`` in ``folder``, or none.
    :param threads: of each part. A worker does as many parts at once as it has threads.
    :param retries: how often a part that failed is tried again.
    :raises filia.FiliaError: as :meth:`filia.Case.match`.
    """
    run = _Run(parts, folder, settings)
    profiles = (run.files(children, "children"), run.files(candidates, "candidates"))
    reading = _reading(id_column, marker_column, allele_columns, strict, accept_implausible)
    related = run.files(relatives, "relatives")
    families = None if pedigrees is None else run.files(pedigrees, "pedigrees")[0]
    options = _match_options(reading, related, families, candidates_include_children, max_memory)
    run.on(client, "match_part", (profiles, options), threads, retries, progress)
    return run.results(max_memory, out, force, formats, progress)


def identify(
    client: Client,
    remains: Sources,
    relatives: Sources,
    pedigrees: Source,
    *,
    parts: int,
    folder: str | os.PathLike[str] | None = None,
    settings: Case | Mapping[str, Any] | None = None,
    assignments: int = 100,
    keep_samples_apart: bool = False,
    merge_min_log10_lr: float | None = None,
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
    """Which missing person each body is, in parts of the families on the workers of a Dask cluster.

    All that is not a parameter of :meth:`filia.Case.identify` is as of :func:`match`.

    :raises filia.FiliaError: as :meth:`filia.Case.identify`.
    """
    run = _Run(parts, folder, settings)
    profiles = (run.files(remains, "remains"), run.files(relatives, "relatives"))
    reading = _reading(id_column, marker_column, allele_columns, strict, accept_implausible)
    options = _identify_options(reading, assignments, keep_samples_apart, merge_min_log10_lr)
    families = run.files(pedigrees, "pedigrees")[0]
    run.on(client, "identify_part", (profiles, families, options), threads, retries, progress)
    return run.results(None, out, force, formats, progress)


class _Run:
    """A run in parts: where its inputs are, and what has been found."""

    def __init__(self, parts: int, folder: str | os.PathLike[str] | None, settings: Case | Mapping[str, Any] | None):
        if parts < 1:
            raise _filia.FiliaError(f"parts: found {parts}, expected a whole number of at least 1")
        self._parts = parts
        self._folder = None if folder is None else Path(folder).resolve()
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        #: What is sent along: what stands at these paths, whatever files are there.
        self._texts: list[tuple[str, bytes]] = []
        self._settings = self._of_settings(settings)
        self._found: list[Part] = []

    def files(self, sources: Sources, role: str) -> list[Path]:
        """The paths of these sources; tables in memory become files of the folder, or are sent along."""
        listed = _list(sources)
        paths = []
        for number, source in enumerate(listed, 1):
            if isinstance(source, (str, os.PathLike)):
                paths.append(Path(source).resolve())
            elif self._folder is None:
                name = f"<{role}>" if len(listed) == 1 else f"<{role} {number}>"
                self._texts.append((name, _filia.csv_of(source)))
                paths.append(Path(name))
            else:
                path = self._folder / (f"{role}.csv" if len(listed) == 1 else f"{role}-{number}.csv")
                path.write_bytes(_filia.csv_of(source))
                paths.append(path)
        return paths

    def on(
        self,
        client: Client,
        do_part: str,
        arguments: tuple[Any, ...],
        threads: int,
        retries: int,
        progress: bool | Progress,
    ) -> None:
        """Does all parts on the workers of a cluster, and puts them together there until few are left."""
        futures, last = self._ask(client, do_part, arguments, threads, retries)
        watcher: Any = Bar() if progress is True else progress or None
        try:
            if watcher is not None:
                watcher.begin("searching", "parts", len(futures))
            _wait(futures, last, watcher)
            self._found = client.gather(last)
        finally:
            client.cancel([*futures, *last])
            if isinstance(watcher, Bar):
                watcher.close()

    def results(
        self,
        max_memory: int | None,
        out: str | os.PathLike[str] | None,
        force: bool,
        formats: Sequence[str],
        progress: bool | Progress,
    ) -> Results:
        """Goes on to the results."""
        with tempfile.TemporaryDirectory() as scratch, How(None, progress) as how:
            where = out or (self._folder or Path(scratch)) / "results"
            files = [_file(part, Path(scratch) / str(number)) for number, part in enumerate(self._found)]
            return Results(_filia.merge(files, max_memory, self._texts, _folder(where, force, formats), how))

    def _of_settings(self, settings: Case | Mapping[str, Any] | None) -> tuple[str, Path | None, Path | None]:
        """What is stated, a settings file and a marker file, as the workers have them."""
        case = settings if isinstance(settings, Case) else Case(**(settings or {}))
        text, markers = case._settings.toml(), case._settings.markers
        markers = None if markers is None else markers.resolve()
        if not text:
            return "{}", None, markers
        if self._folder is None:
            self._texts.append(("<settings>", text.encode()))
            return case._settings.stated(), None, markers
        path = self._folder / "settings.toml"
        path.write_text(text, encoding="utf-8")
        return "{}", path, markers

    def _ask(
        self,
        client: Client,
        do_part: str,
        arguments: tuple[Any, ...],
        threads: int,
        retries: int,
    ) -> tuple[list[Future], list[Future]]:
        """All that is asked of the cluster, and what of it is wanted in the end."""
        task = {"do": do_part, "settings": self._settings, "arguments": arguments, "threads": threads}
        # part of the graph, not scattered: what a dead worker had can be had again
        texts: Future = client.submit(list, self._texts, pure=False, retries=retries)
        numbers = list(range(1, self._parts + 1))
        targets = [self._target(f"{number}-of-{self._parts}.part") for number in numbers]
        level = client.map(
            _part, numbers, targets, texts=texts, of=self._parts, task=task, pure=False, retries=retries
        )
        asked = list(level)
        height = 0
        while len(level) > TOGETHER:
            height += 1
            groups = [level[start : start + TOGETHER] for start in range(0, len(level), TOGETHER)]
            targets = [self._target(f"together-{height}-{number}.part") for number in range(1, len(groups) + 1)]
            level = [
                client.submit(_together, group, target, pure=False, retries=retries)
                for group, target in zip(groups, targets)
            ]
            asked += level
        return asked, level

    def _target(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / name


def _wait(futures: list[Future], last: list[Future], watcher: Any) -> None:
    """Waits until everything is done; what was put together already is let go."""
    from distributed import as_completed

    kept = {future.key for future in last}
    for done, future in enumerate(as_completed(futures), 1):
        if future.status != "finished":
            future.result()
        if future.key not in kept:
            future.release()
        if watcher is not None:
            watcher.done(done)


def _part(number: int, target: Path | None, *, texts: Sequence[tuple[str, bytes]], of: int, task: Mapping[str, Any]) -> Part:
    """Does one part; what a worker calls."""
    settings = _filia.Settings(*task["settings"])

    def do(path: Path) -> None:
        part = {"number": number, "of": of, "path": path, "texts": texts}
        with How(task["threads"], False) as how:
            getattr(_filia, task["do"])(settings, *task["arguments"], part, how)

    return _made(target, do)


def _together(parts: Sequence[Part], target: Path | None) -> Part:
    """Puts parts together as one; what a worker calls."""

    def do(path: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch, How(1, False) as how:
            files = [_file(part, Path(scratch) / str(number)) for number, part in enumerate(parts)]
            _filia.merge_parts(files, path, how)

    return _made(target, do)


def _made(target: Path | None, make: Callable[[Path], None]) -> Part:
    """What is made at a path: there, or its bytes."""
    if target is not None:
        make(target)
        return target
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "part"
        make(path)
        return path.read_bytes()


def _file(part: Part, path: Path) -> Path:
    """The file of a part; one that is in memory is written to this path."""
    if isinstance(part, bytes):
        path.write_bytes(part)
        return path
    return part
