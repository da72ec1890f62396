"""Progress and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from conftest import DEMO

import filia


class Watcher:
    def __init__(self) -> None:
        self.stages: list[str] = []
        self.units = 0

    def begin(self, name: str, unit: str, total: int | None) -> None:
        self.stages.append(name)

    def done(self, units: int) -> None:
        self.units = units


def test_whoever_watches_is_told_the_stages() -> None:
    watcher = Watcher()
    filia.calibrate("demo", cases=1, vary=[], progress=watcher)
    assert watcher.stages == ["simulating and searching"]


def test_a_bar_goes_when_the_run_ends(capsys) -> None:
    filia.calibrate("demo", cases=1, vary=[], progress=True)
    assert "simulating and searching" in capsys.readouterr().err


def test_a_watcher_that_fails_stops_the_run() -> None:
    class Failing(Watcher):
        def begin(self, name: str, unit: str, total: int | None) -> None:
            raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        filia.calibrate("demo", cases=100_000, vary=[], progress=Failing())


LONG = """
import filia
class Watcher:
    def begin(self, *stage):
        print("begun", flush=True)
    def done(self, units):
        pass
try:
    filia.calibrate("demo", cases=100_000, vary=[], progress=Watcher())
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_stops_a_run() -> None:
    run = subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "begun\n"
    run.send_signal(signal.SIGINT)
    rest, _ = run.communicate(timeout=120)
    assert rest == "interrupted\n"
    assert run.returncode == 0


def test_other_threads_go_on_meanwhile() -> None:
    counted, stop = [0], threading.Event()

    def count() -> None:
        while not stop.is_set():
            counted[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = counted[0]
    filia.Case().match(DEMO / "children.csv", DEMO / "corpses.csv")
    after = counted[0]
    stop.set()
    thread.join()
    assert after > before
