"""Settings: the keys of a settings file, and its messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import DEMO, Program

import filia


def test_sections_and_keys_that_only_one_section_has() -> None:
    one = filia.Case(population={"theta": 0.03, "tables": ["nist1036:hisp"]}, search={"min_log10_lr": "none"}).settings
    other = filia.Case(theta=0.03, frequencies="nist1036:hisp", min_log10_lr=None).settings
    assert one == other
    assert one["search"]["min_log10_lr"] == "none"
    nested = filia.Case(drop_out={"corpse": 0.1}, observation={"drop_in": 0.01}).settings["observation"]
    assert (nested["drop_out"]["corpse"], nested["drop_in"]) == (0.1, 0.01)


def test_what_is_given_is_put_over_a_file(tmp_path: Path) -> None:
    config = tmp_path / "s.toml"
    config.write_text("[search]\ntop = 3\n[population]\ntheta = 0.02\n")
    assert filia.Case(config=config).settings["search"]["top"] == 3
    settings = filia.Case(config=config, top=5).settings
    assert (settings["search"]["top"], settings["population"]["theta"]) == (5, 0.02)


TOML = [
    ("population.thteta = 0.1", {"population": {"thteta": 0.1}}),
    ("search.top = 'ten'", {"top": "ten"}),
    ("prior.in_list = 2", {"in_list": 2}),
]


@pytest.mark.parametrize(("toml", "settings"), TOML)
def test_messages_are_those_of_a_settings_file(program: Program, toml: str, settings: dict) -> None:
    (program.folder / "s.toml").write_text(toml)
    run = ("match", "--children", DEMO / "children.csv", "--candidates", DEMO / "corpses.csv", "--out", "out")
    refusal = program.refusal(*run, "--config", "s.toml")
    with pytest.raises(filia.FiliaError) as refused:
        filia.Case(**settings)
    assert refusal.startswith("s.toml, line 1, column ")
    assert str(refused.value) == refusal.split(": ", 1)[1]
    with pytest.raises(filia.FiliaError) as refused:
        filia.Case(config=program.folder / "s.toml")
    assert str(refused.value).endswith(refusal)


def test_what_has_no_effect_is_told() -> None:
    hits = filia.Case(identified=0.3).match(DEMO / "children.csv", DEMO / "detainees.csv", threads=2)
    assert "`prior.identified` has no effect: `match` does not use it" in hits.notes


def test_files_that_are_not_there() -> None:
    with pytest.raises(filia.FiliaError, match="cannot read nowhere.toml"):
        filia.Case(config="nowhere.toml")
    with pytest.raises(filia.FiliaError, match="--threads 0: expected a number from 1 to 1024"):
        filia.simulate("demo", threads=0)
