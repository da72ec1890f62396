"""Synthetic cases, panels, calibration and likelihoods are those of the program."""

from __future__ import annotations

import json

import polars as pl
import pyarrow as pa
import pytest
from conftest import DEMO, ROOT, Program, assert_same, bits

import filia

VECTORS = sorted((ROOT / "tests" / "data" / "vectors").glob("*.json"))[::25]


def test_simulate(program: Program) -> None:
    expected = program.tables("simulate", DEMO / "case.toml", "--seed", 3)
    found = filia.simulate(DEMO / "case.toml", seed=3)
    assert_same(found, expected)
    assert_same(filia.simulate("demo", seed=3), expected)
    assert found.details["seed"] == 3
    with pytest.raises(filia.FiliaError, match="<case>, line 1: .*families"):
        filia.simulate({"seed": 1})


@pytest.mark.parametrize("path", VECTORS, ids=[path.stem for path in VECTORS])
def test_likelihood(program: Program, path) -> None:
    expected = json.loads(program.succeed("lr", path))
    assert filia.likelihood(json.loads(path.read_text())) == expected


def test_likelihood_of_half_a_case(program: Program) -> None:
    (program.folder / "half.json").write_text('{"id": "half"}')
    with pytest.raises(filia.FiliaError) as refused:
        filia.likelihood({"id": "half"})
    assert program.refusal("lr", "half.json") == f"half.json: {refused.value}"


def test_power(program: Program) -> None:
    flags = ("--relationship", "half-sibling", "--truths", "first-cousin", "--loci", "TH01,vWA,FGA", "--remove-loci", "FGA")
    expected = json.loads(program.succeed("power", *flags, "--format", "json"))
    loci = {"loci": ["TH01", "vWA", "FGA"], "remove_loci": ["FGA"]}
    options = {"relationship": "half-sibling", "truths": ["first-cousin"], **loci}
    found = filia.power(filia.Case(), **options)
    assert found.details == expected
    (program.folder / "p.csv").write_text(program.succeed("power", *flags, "--format", "csv"))
    rows = pl.read_csv(program.folder / "p.csv")
    assert (pl.DataFrame(found).columns, len(found["panel_power"])) == (rows.columns, rows.height)
    assert any("nist1036:cauc" in note for note in found.notes)
    for options, message in [
        ({"rates": [2.0]}, "--rates 2: expected probabilities from 0 to below 1"),
        ({"draw": 1}, "unknown field `draw`, expected one of .*`draws`"),
    ]:
        with pytest.raises(filia.FiliaError, match=message):
            filia.power(**options)


PEOPLE = [{"id": "F", "samples": ["detainee"]}, {"id": "C", "father": "F", "samples": ["child"]}]
SMALL = {"loci": ["TH01", "vWA", "FGA", "D3S1358", "SE33"], "families": [{"count": 4, "people": PEOPLE}]}


def test_calibrate(program: Program) -> None:
    people = '{ id = "F", samples = ["detainee"] }, { id = "C", father = "F", samples = ["child"] }'
    loci = json.dumps(SMALL["loci"])
    (program.folder / "case.toml").write_text(f"loci = {loci}\n[[families]]\ncount = 4\npeople = [{people}]\n")
    flags = ("--cases", 2, "--vary", "prior,theta", "--trap", "unknown-sex")
    text = program.succeed("calibrate", "case.toml", *flags, "--format", "json", "--out", "out", "--tables", "parquet")
    options = {"cases": 2, "vary": ["prior", "theta"], "trap": ["unknown-sex"]}
    found = filia.calibrate(program.folder / "case.toml", **options)
    assert {**found.details, "case": "case.toml"} == json.loads(text)
    files = (program.folder / "out").glob("*.parquet")
    assert set(found) == {file.stem for file in files}
    in_memory = filia.calibrate(SMALL, **options)
    assert bits(pa.table(in_memory["recall"])) == bits(pa.table(found["recall"]))
    with pytest.raises(filia.FiliaError, match="unknown variant `everything`, expected one of .*`prior`"):
        filia.calibrate("demo", vary=["everything"])


def test_calibrate_like_a_case(program: Program) -> None:
    children, detainees = DEMO / "children.csv", DEMO / "detainees.csv"
    inputs = ("--children", children, "--candidates", detainees)
    expected = json.loads(program.succeed("calibrate", *inputs, "--cases", 1, "--vary", "none", "--format", "json"))
    found = filia.calibrate(children=children, candidates=detainees, cases=1, vary=[])
    assert found.details == expected
