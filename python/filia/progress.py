"""Progress of a run, shown by tqdm where somebody asks for it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Protocol


class Progress(Protocol):
    """Whoever watches a run."""

    def begin(self, name: str, unit: str, total: int | None) -> None:
        """A stage begins; the one before has ended."""

    def done(self, units: int) -> None:
        """So many units of the stage are done."""


class Bar:
    """A line of tqdm for the stage that is under way."""

    def __init__(self) -> None:
        from tqdm.auto import tqdm

        self._tqdm = tqdm
        self._line: Any = None

    def begin(self, name: str, unit: str, total: int | None) -> None:
        self.close()
        self._line = self._tqdm(desc=name, unit=f" {unit}", total=total, leave=False, unit_scale=True)

    def done(self, units: int) -> None:
        if self._line is not None:
            self._line.update(units - self._line.n)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


class How:
    """On how many threads a run is done, and who watches it; used as a context, so that the line goes when the run ends."""

    def __init__(self, threads: int | None, progress: bool | Progress):
        self._bar = Bar() if progress is True else None
        self._values = {"threads": threads, "bar": progress if progress not in (True, False) else self._bar}

    def __enter__(self) -> dict[str, Any]:
        return self._values

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()
