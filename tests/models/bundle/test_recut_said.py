"""What `garant bundle recut` prints: cut-offs that are gone, bands of products, costs that look turned round."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from garant.cli.app import run
from garant.models.bundle.content import BundleContent
from garant.models.bundle.signature import Signer
from garant.models.bundle.writing import write_bundle
from garant.models.cutoff import Costs, ReferBand
from garant.models.product_cutoffs import Cutoffs
from garant.settings import load_settings

Recut = Callable[..., tuple[int, str, str]]


@pytest.fixture
def recut(
    tmp_path: Path,
    content: BundleContent,
    files: Mapping[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Recut:
    """Recut a bundle in which revolving loans have costs of 1:6, and a refer band lies around each cut-off."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GARANT_DEVELOPMENT_KEY", str(tmp_path / "development.key"))
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(tmp_path / "cache"))
    cutoffs = Cutoffs.of(content.costs, {"Revolving loans": Costs(1, 6)}, band=ReferBand(0.08, 0.105))
    update = {"refer_band": cutoffs.single.refer_band, "product_cutoffs": dict(cutoffs.products)}
    write_bundle(tmp_path / "old", content.model_copy(update=update), files, signer=Signer.of(load_settings()))

    def made(*options: str) -> tuple[int, str, str]:
        code = run(["bundle", "recut", "old", "--out", "new", *options])
        said = capsys.readouterr()
        return code, said.out, said.err

    return made


def test_a_product_whose_own_cut_off_is_gone_is_named_with_how_to_keep_it(recut: Recut) -> None:
    code, out, err = recut("--costs", "1:8")
    assert code == 0, err
    assert "Revolving loans had a cut-off of its own, 0.1429 (1:6): it is gone" in out
    assert 'To keep it: --product-costs "Revolving loans=1:6".' in out
    assert "Refer band of" not in out


def test_a_product_that_keeps_its_cut_off_has_its_band_printed(recut: Recut) -> None:
    code, out, err = recut("--costs", "1:8", "--product-costs", "Revolving loans=1:6")
    assert code == 0, err
    assert "it is gone" not in out
    assert "Refer band of Revolving loans: PD 0.126" in out


def test_margins_keep_a_product_by_a_section_of_their_file(recut: Recut, tmp_path: Path) -> None:
    (tmp_path / "economics.toml").write_text("[economics]\nmargin = 0.1\nlgd = 0.5\n")
    code, out, err = recut("--economics", "economics.toml")
    assert code == 0, err
    assert 'To keep it: write [economics.products."Revolving loans"].' in out


def test_costs_that_look_turned_round_get_a_warning_and_are_taken(recut: Recut) -> None:
    code, out, err = recut("--costs", "10:1")
    assert code == 0
    assert (
        "warning: costs 10:1: refusing a good payer costs more than accepting a bad one: is 1:10 meant?"
        in err.splitlines()
    )
    assert "Cut-off 0.9091 from costs 10:1" in out


def test_a_ratio_of_a_million_is_shown_in_full(recut: Recut) -> None:
    code, out, err = recut("--costs", "1:1000000")
    assert code == 0
    assert "warning" not in err
    assert "Cut-off 0.000001 from costs 1:1000000." in out


def test_costs_of_a_product_alone_ask_for_the_general_ones(recut: Recut) -> None:
    code, _, err = recut("--product-costs", "Revolving loans=1:6")
    assert code == 2
    assert "the costs of Revolving loans alone; the general costs" in err
    assert "give --costs too" in err
