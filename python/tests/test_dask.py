"""A search in parts on a Dask cluster gives the bytes of one run, also where a worker is killed."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from conftest import DEMO, Program

import filia

distributed = pytest.importorskip("distributed")
import filia.dask  # noqa: E402

CHILDREN, CORPSES, DETAINEES = (DEMO / f"{name}.csv" for name in ("children", "corpses", "detainees"))


@pytest.fixture
def client() -> Iterator[distributed.Client]:
    cluster = distributed.LocalCluster(
        n_workers=2, processes=True, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


def kill_after_the_first_part(folder: Path, worker: int, killed: list[int]) -> None:
    while not (there := list(folder.glob("*.part"))):
        time.sleep(0.01)
    os.kill(worker, signal.SIGKILL)
    killed.append(len(there))


def assert_same_folder(found: Path, expected: Path) -> None:
    names = sorted(path.name for path in expected.iterdir())
    assert names == sorted(path.name for path in found.iterdir())
    manifests = [json.loads((folder / "manifest.json").read_text()) for folder in (found, expected)]
    assert all(manifest.pop("timings") for manifest in manifests)
    assert manifests[0] == manifests[1]
    for name in set(names) - {"manifest.json", "report.html"}:
        assert (found / name).read_bytes() == (expected / name).read_bytes(), name


def test_a_killed_worker_changes_no_byte(program: Program, client, tmp_path: Path) -> None:
    folder, killed = tmp_path / "shared", []
    worker = next(iter(client.run(os.getpid).values()))
    killer = threading.Thread(target=kill_after_the_first_part, args=(folder, worker, killed))
    killer.start()
    settings = {"theta": 0.02, "expected_false_leads": True}
    hits = filia.dask.match(client, CHILDREN, [CORPSES, DETAINEES], parts=24, folder=folder, settings=settings)
    killer.join()
    assert killed[0] < 24
    inputs = ("--children", CHILDREN, "--candidates", CORPSES, "--candidates", DETAINEES)
    program.succeed("match", *inputs, "--config", folder / "settings.toml", "--out", "one")
    assert_same_folder(folder / "results", program.folder / "one")
    assert pa.table(hits).num_rows == pl.read_csv(folder / "results" / "matches.csv").height


def test_tables_in_memory_and_errors(program: Program, client, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    children, corpses, detainees = map(pl.read_csv, (CHILDREN, CORPSES, DETAINEES))
    hits = filia.dask.match(client, children, [corpses, detainees], parts=2, folder=folder, progress=True, out=tmp_path / "out")
    one = filia.Case().match(CHILDREN, [CORPSES, DETAINEES])
    assert pa.table(hits).equals(pa.table(one))
    with pytest.raises(filia.FiliaError, match="nobody.csv: cannot be read: "):
        filia.dask.match(client, "nobody.csv", CORPSES, parts=2, folder=folder, retries=0)
    with pytest.raises(filia.FiliaError, match="parts: found 0"):
        filia.dask.match(client, CHILDREN, CORPSES, parts=0, folder=folder)
