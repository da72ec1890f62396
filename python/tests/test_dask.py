"""A run in parts on a Dask cluster gives the bytes of one run, also where a worker is killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from conftest import DEMO, ROOT, Program

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


class Killer:
    """Watches a run, and kills a worker once some parts are done: those that it has in memory are lost."""

    def __init__(self, client: distributed.Client, after: int):
        self.worker, self.after = next(iter(client.run(os.getpid).values())), after
        self.killed_at, self.total = 0, 0

    def begin(self, name: str, unit: str, total: int | None) -> None:
        if name == "searching":
            self.total = total or 0

    def done(self, units: int) -> None:
        if units >= self.after and not self.killed_at and self.total:
            os.kill(self.worker, signal.SIGKILL)
            self.killed_at = units


def assert_same_folder(found: Path, expected: Path) -> None:
    names = sorted(path.name for path in expected.iterdir())
    assert names == sorted(path.name for path in found.iterdir())
    manifests = [json.loads((folder / "manifest.json").read_text()) for folder in (found, expected)]
    assert all(manifest.pop("timings") for manifest in manifests)
    assert manifests[0] == manifests[1]
    for name in set(names) - {"manifest.json", "report.html"}:
        assert (found / name).read_bytes() == (expected / name).read_bytes(), name


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_killed_worker_changes_no_byte(client, tmp_path: Path, is_shared: bool) -> None:
    folder = tmp_path / "shared" if is_shared else None
    killer = Killer(client, after=6)
    settings = {"theta": 0.02, "expected_false_leads": True}
    out = tmp_path / "out"
    hits = filia.dask.match(
        client, CHILDREN, [CORPSES, DETAINEES], parts=24, folder=folder, settings=settings, out=out, progress=killer
    )
    # 24 parts, which three workers' tasks put together
    assert killer.total == 27 and 6 <= killer.killed_at < 24
    if folder is None:
        filia.Case(**settings).match(CHILDREN, [CORPSES, DETAINEES], out=tmp_path / "one")
    else:
        case = filia.Case(config=folder / "settings.toml")
        case.match(CHILDREN, [CORPSES, DETAINEES], out=tmp_path / "one")
    assert_same_folder(out, tmp_path / "one")
    assert pa.table(hits).num_rows == pl.read_csv(out / "matches.csv").height


def test_the_program_gives_the_same_bytes(program: Program, client, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    filia.dask.match(client, CHILDREN, [CORPSES, DETAINEES], parts=3, folder=folder, settings={"top": 3})
    inputs = ("--children", CHILDREN, "--candidates", CORPSES, "--candidates", DETAINEES)
    program.succeed("match", *inputs, "--config", folder / "settings.toml", "--out", "one")
    assert_same_folder(folder / "results", program.folder / "one")


@pytest.mark.parametrize("is_shared", [True, False])
def test_tables_in_memory(client, tmp_path: Path, is_shared: bool) -> None:
    folder = tmp_path / "shared" if is_shared else None
    children, corpses, detainees = map(pl.read_csv, (CHILDREN, CORPSES, DETAINEES))
    hits = filia.dask.match(client, children, [corpses, detainees], parts=10, folder=folder, progress=True)
    one = filia.Case().match(children, [corpses, detainees])
    assert set(hits) == set(one)
    for name in set(one) - {"rejected"}:
        assert pa.table(hits[name]).equals(pa.table(one[name])), name


@pytest.mark.parametrize("is_shared", [True, False])
def test_an_identification(program: Program, client, tmp_path: Path, is_shared: bool) -> None:
    folder = tmp_path / "shared" if is_shared else None
    program.succeed("simulate", ROOT / "data" / "cases" / "disaster.toml", "--out", "case")
    files = [program.folder / "case" / f"{name}.csv" for name in ("corpses", "relatives", "pedigrees")]
    killer = Killer(client, after=5)
    out = tmp_path / "out"
    frequencies = ["nist1036:cauc", "nist1036:afam"]
    found = filia.dask.identify(
        client, *files, parts=20, folder=folder, settings={"frequencies": frequencies}, assignments=5, out=out, progress=killer
    )
    assert 5 <= killer.killed_at < 20
    config = {} if folder is None else {"config": folder / "settings.toml"}
    case = filia.Case(**config) if config else filia.Case(frequencies=frequencies)
    one = case.identify(*files, assignments=5, out=tmp_path / "one")
    assert_same_folder(out, tmp_path / "one")
    assert pa.table(found).equals(pa.table(one))


@pytest.mark.parametrize("is_shared", [True, False])
def test_errors_have_the_words_of_the_command(client, tmp_path: Path, is_shared: bool) -> None:
    folder = tmp_path / "shared" if is_shared else None
    with pytest.raises(filia.FiliaError, match="nobody.csv: cannot be read: "):
        filia.dask.match(client, "nobody.csv", CORPSES, parts=2, folder=folder, retries=0)
    with pytest.raises(filia.FiliaError, match="parts: found 0"):
        filia.dask.match(client, CHILDREN, CORPSES, parts=0, folder=folder)
