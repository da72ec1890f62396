"""`Case.match` gives what `filia match` gives."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from conftest import DEMO, ROOT, Program, assert_same

import filia

CHILDREN, CORPSES, DETAINEES = (DEMO / f"{name}.csv" for name in ("children", "corpses", "detainees"))


def of(children: Path) -> tuple[object, ...]:
    """The command for these children."""
    return "match", "--children", children, "--candidates", CORPSES, "--candidates", DETAINEES


def test_files(program: Program) -> None:
    hits = filia.Case().match(CHILDREN, [CORPSES, str(DETAINEES)])
    assert_same(hits, program.tables(*of(CHILDREN)))
    assert pa.table(hits).equals(pa.table(hits["matches"]))
    assert hits.notes == json.loads((program.folder / "out" / "manifest.json").read_text())["notes"]


@pytest.fixture
def few(program: Program) -> Path:
    """The first dozen children."""
    path = program.folder / "few.csv"
    path.write_text("".join(CHILDREN.read_text().splitlines(keepends=True)[:13]))
    return path


@pytest.mark.parametrize("read", [pl.read_csv, pd.read_csv, pa_csv.read_csv], ids=["polars", "pandas", "pyarrow"])
def test_tables_in_memory(program: Program, few: Path, read) -> None:
    options = {"threads": 2, "top": 4, "min_log10_lr": None, "expected_false_leads": True, "interval": {"report": True}}
    hits = filia.Case(theta=0.02).match(read(few), [read(CORPSES), read(DETAINEES)], **options)
    (program.folder / "s.toml").write_text("population.theta = 0.02")
    flags = ("--top", 4, "--min-log10-lr", "none", "--expected-false-leads", "--lr-interval", "--config", "s.toml")
    assert_same(hits, program.tables(*of(few), *flags), besides=("rejected",))
    assert pl.DataFrame(hits).height == len(hits["matches"]) == len(pd.DataFrame(pa.table(hits).to_pandas()))


def test_the_folder_is_that_of_the_program(program: Program, few: Path, tmp_path: Path) -> None:
    out = tmp_path / "python"
    case = filia.Case(frequencies=["nist1036:cauc", "nist1036:afam"])
    case.match(few, [CORPSES, DETAINEES], out=out, formats=("csv", "json"))
    flags = ("--frequencies", "nist1036:cauc", "--frequencies", "nist1036:afam", "--format", "csv,json")
    program.succeed(*of(few), *flags, "--out", "out")
    names = sorted(path.name for path in out.iterdir())
    assert names == sorted(path.name for path in (program.folder / "out").iterdir())
    for name in set(names) - {"manifest.json", "report.html"}:
        assert (out / name).read_bytes() == (program.folder / "out" / name).read_bytes(), name
    with pytest.raises(filia.FiliaError) as refused:
        case.match(few, CORPSES, out=out)
    assert str(refused.value) == program.refusal(*of(few), "--out", out)


def test_families_that_miss_somebody(program: Program, few: Path) -> None:
    pedigrees = (
        "family_id,person_id,father_id,mother_id,sex,missing\n"
        "F1,D001,,,male,\nF1,W1,,,female,\nF1,M1,D001,W1,male,yes\n"
    )
    (program.folder / "ped.csv").write_text(pedigrees)
    flags = ("--relatives", DETAINEES, "--pedigrees", "ped.csv")
    expected = program.tables("match", "--children", few, "--candidates", CORPSES, *flags)
    pedigrees = pl.read_csv(program.folder / "ped.csv")
    hits = filia.Case().match(few, CORPSES, relatives=DETAINEES, pedigrees=pedigrees)
    assert_same(hits, expected)
    assert "identities" in hits


def test_explain(program: Program, few: Path) -> None:
    hits = filia.Case().match(few, [CORPSES, DETAINEES])
    best = pl.DataFrame(hits).row(0, named=True)
    pair = ("--child", best["child_id"], "--candidate", best["candidate_id"])
    explained = hits.explain(best["child_id"], best["candidate_id"])
    assert dict(explained) == json.loads(program.succeed("explain", *of(few)[1:], *pair, "--format", "json"))
    assert f"{best['candidate_id']} as parent of {best['child_id']}" in repr(explained)
    assert "<td>TH01</td>" in explained._repr_html_()
    with pytest.raises(filia.FiliaError) as refused:
        hits.explain("K001", "nobody")
    assert str(refused.value) == program.refusal("explain", *of(few)[1:], "--child", "K001", "--candidate", "nobody")


def test_a_matrix_of_log10_lrs() -> None:
    case = filia.Case(relationship="full-sibling")
    matrix = pl.DataFrame(case.log10_lr(CHILDREN, CORPSES))
    hits = pl.DataFrame(case.match(CHILDREN, CORPSES, top=1000, min_log10_lr=None))
    long = matrix.unpivot(index="child_id", variable_name="candidate_id", value_name="matrix")
    both = hits.join(long, on=["child_id", "candidate_id"])
    assert both.height == hits.height > 1000
    assert (both["log10_lr"] == both["matrix"]).all()


CASES = [
    ("sample_id,TH01\nA,\"6,x\"\n", ["--strict"], {"strict": True}),
    ("a\n", [], {}),
    ("", [], {}),
]


@pytest.mark.parametrize(("text", "flags", "options"), CASES)
def test_errors_have_the_words_of_the_program(program: Program, monkeypatch, text, flags, options) -> None:
    monkeypatch.chdir(program.folder)
    (program.folder / "c.csv").write_text(text)
    with pytest.raises(filia.FiliaError) as refused:
        filia.Case().match("c.csv", CORPSES, **options)
    expected = program.refusal("match", "--children", "c.csv", "--candidates", CORPSES, "--out", "o", *flags)
    assert str(refused.value) == expected
    assert isinstance(refused.value, ValueError)


def test_errors_in_tables_in_memory_name_the_line() -> None:
    children = pl.DataFrame({"sample_id": ["K1", "K2"], "TH01": ["6,7", "6,oh"]})
    with pytest.raises(filia.FiliaError, match=r"^<children>, line 3, .*`oh`"):
        filia.Case().match(children, CORPSES, strict=True)


def test_numbers_and_dates_are_read_as_they_are_written() -> None:
    people = {"sample_id": ["A", "B", "C"], "sex": ["male", "female", None], "birth_year": [1970, None, 1980]}
    alleles = {"TH01 1": [6.0, 9.3, None], "TH01 2": [7, 8, None], "vWA 1": [16.0, None, 17.0], "vWA 2": [17.0, None, 18.0]}
    numbers = pl.DataFrame({**people, **alleles})
    text = numbers.with_columns(pl.selectors.float().cast(pl.String).str.strip_suffix(".0")).cast(pl.String)
    child = pl.DataFrame({"sample_id": ["K"], "TH01": ["6,9.3"], "vWA": ["16,18"]})
    case = filia.Case()
    hits = [pa.table(case.match(child, table, min_log10_lr=None)) for table in (numbers, text, pd.DataFrame(numbers.to_dict()))]
    assert hits[0].num_rows == 3
    assert hits[0].equals(hits[1])
    assert hits[0].equals(hits[2])


def test_what_is_no_table_is_refused() -> None:
    nested = pl.DataFrame({"sample_id": ["A"], "TH01": [["6", "7"]]})
    with pytest.raises(filia.FiliaError, match="<candidates>: .*column TH01: found .*List.*, expected text, numbers"):
        filia.Case().match(CHILDREN, nested)
    with pytest.raises(TypeError):
        filia.Case().match(5, CORPSES)


def test_other_files_of_a_lab(program: Program) -> None:
    program.succeed("pack", DETAINEES, "--out", "d.parquet")
    packed = program.folder / "d.parquet"
    expected = program.tables("match", "--children", CHILDREN, "--candidates", packed)
    assert_same(filia.Case().match(CHILDREN, packed), expected)


def test_identify(program: Program) -> None:
    folder = ROOT / "tests" / "data" / "identify"
    remains, relatives, pedigrees = (folder / name for name in ("pm.csv", "am.csv", "ped.csv"))
    inputs = ("identify", "--remains", remains, "--relatives", relatives, "--pedigrees", pedigrees)
    found = filia.Case(identified=0.4).identify(pl.read_csv(remains), relatives, pd.read_csv(pedigrees), assignments=5)
    (program.folder / "s.toml").write_text("prior.identified = 0.4")
    expected = program.tables(*inputs, "--assignments", 5, "--config", "s.toml")
    assert_same(found, expected, besides=("rejected",))
    files = filia.Case(config=program.folder / "s.toml").identify(remains, relatives, pedigrees, assignments=5)
    assert_same(files, expected)
    assert next(iter(found)) == "pairwise"
