"""The program beside which the package is tested (`FILIA` names it), and a case with every kind of answer."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "demo"


class Program:
    """The program of the command line in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.path = Path(os.environ.get("FILIA", ROOT / "target" / "release" / "filia")).resolve()

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(self.path), *map(str, arguments)]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def succeed(self, *arguments: object) -> str:
        run = self.run(*arguments)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def refusal(self, *arguments: object) -> str:
        """The message of a run that is refused."""
        run = self.run(*arguments)
        assert run.returncode == 2, run.stdout
        return run.stderr.removeprefix("filia: ").removesuffix("\n")

    def tables(self, *arguments: object) -> dict[str, pa.Table]:
        """The tables of a run, as Parquet has them."""
        self.succeed(*arguments, "--format", "parquet", "--out", "out", "--force")
        files = sorted((self.folder / "out").glob("*.parquet"))
        return {file.stem: pq.read_table(file) for file in files}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def assert_same(found, expected: dict[str, pa.Table], besides: tuple[str, ...] = ()) -> None:
    """Not one bit of any table differs, but for those that name files."""
    assert set(found) == set(expected)
    for name in set(expected) - set(besides):
        table = pa.table(found[name])
        assert table.schema.equals(expected[name].schema), name
        # also NaN and minus zero
        assert bits(table) == bits(expected[name]), name


def bits(table: pa.Table) -> list:
    def of(column: pa.ChunkedArray) -> list:
        values = column.to_pylist()
        return [value.hex() if isinstance(value, float) else value for value in values]

    return [of(column) for column in table.columns]
