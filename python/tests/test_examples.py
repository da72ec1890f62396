"""The notebook and the Snakemake file run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DEMO, ROOT, Program

EXAMPLES = ROOT / "python" / "examples"


def test_the_notebook_runs(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    notebook = nbformat.read(EXAMPLES / "first_case.ipynb", as_version=4)
    client.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("log10 LR against unrelated" in output.get("data", {}).get("text/html", "") for output in shown)


def test_the_snakemake_file_gives_the_results_of_one_run(program: Program) -> None:
    pytest.importorskip("snakemake")
    for name in ("children", "detainees"):
        shutil.copy(DEMO / f"{name}.csv", program.folder)
    inputs = ("--children", "children.csv", "--candidates", "detainees.csv")
    program.succeed("match", *inputs, "--out", "one")
    config = [f"filia={program.path}", "children=children.csv", "candidates=detainees.csv", "parts=3"]
    command = [sys.executable, "-m", "snakemake", "--snakefile", EXAMPLES / "Snakefile", "--cores", "2", "--config", *config]
    run = subprocess.run(command, cwd=program.folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    for table in (program.folder / "one").glob("*.csv"):
        assert (program.folder / "results" / table.name).read_bytes() == table.read_bytes(), table.name
