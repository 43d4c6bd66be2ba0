"""What a loan earns and loses gives the costs: computed by hand, and refused with what to write."""

from dataclasses import replace
from pathlib import Path

import pytest

from garant.exceptions import UsageError
from garant.models.bundle.economics import Economics, LoanEconomics, check_cutoffs
from garant.models.cutoff import Costs, ReferBand
from garant.models.economics_file import parse_economics, read_economics
from garant.models.pricing import pricing, pricing_of
from garant.models.product_cutoffs import Cutoffs
from garant.settings import Settings, load_settings

CASH = {"margin": 0.08, "lgd": 0.6, "fixed_cost": 3000, "average_credit": 600_000}


def test_the_ratio_is_that_of_a_hand_computation() -> None:
    costs = LoanEconomics(margin=0.08, lgd=0.6, fixed_cost=3000.0, average_credit=600_000.0).costs
    assert costs is not None
    # 48,000 earned less 3,000; 360,000 lost and 3,000 spent.
    assert (costs.c_fp, costs.c_fn) == (45_000, 363_000)
    assert costs.ratio == pytest.approx(8.0667, abs=1e-4)


def test_exposure_below_the_credit_makes_a_default_cheaper() -> None:
    half = LoanEconomics(margin=0.1, lgd=0.8, ead_share=0.5).costs
    assert half is not None
    # Without an average credit, per unit of it: 0.1 against 0.8 × 0.5.
    assert half.ratio == pytest.approx(4.0)


def test_a_product_takes_from_the_section_what_it_does_not_say() -> None:
    found = parse_economics({**CASH, "products": {"Revolving loans": {"margin": 0.2}}}, where="garant.toml")
    revolving = found.of("Revolving loans")
    assert (revolving.margin, revolving.lgd, revolving.average_credit) == (0.2, 0.6, 600_000)
    assert found.of("Cash loans") == found.of(None) == found.default


def test_economics_set_a_cut_off_for_each_named_product() -> None:
    prices = pricing(
        costs=None,
        economics=parse_economics({**CASH, "products": {"Revolving loans": {"margin": 0.2, "lgd": 0.75}}}, where="x"),
    )
    assert prices.cutoffs.single.cutoff == pytest.approx(45 / (45 + 363))
    assert prices.cutoffs.terms("Revolving loans").cutoff == pytest.approx(117 / (117 + 453))
    assert prices.cutoffs.terms("Cash loans") == prices.cutoffs.terms(None) == prices.cutoffs.single


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"margin": 0.08}, r"\[economics\] lgd is missing: write the share .* e\.g\. lgd = 0\.6"),
        ({**CASH, "lgd": 60}, r"\[economics\] lgd = 60: write the share"),
        ({**CASH, "margin": "8 %"}, r"\[economics\] margin = '8 %': write"),
        ({**CASH, "fixed_cost": True}, r"fixed_cost = True: write"),
        ({**CASH, "lgd": float("nan")}, r"lgd = nan: write"),
        ({**CASH, "marge": 0.1}, r"unknown key 'marge'. Did you mean 'margin'"),
        ({**CASH, "average_credit": 30_000}, r"earns margin \* average_credit - fixed_cost = -600"),
        ({"margin": 0.08, "lgd": 0.6, "fixed_cost": 10}, r"fixed_cost = 10 needs .* average_credit = 600000"),
        ({**CASH, "products": {"Cash loans": {"lgd": 2}}}, r'\[economics\.products\."Cash loans"\] lgd = 2: write'),
        ({**CASH, "products": {"Cash loan": {}}}, r"no product. Did you mean 'Cash loans'"),
        ({**CASH, "products": 3}, r'write sections such as \[economics\.products\."Cash loans"\]'),
        (
            {"margin": 0.08, "lgd": 0.6, "products": {"Cash loans": {"average_credit": 1000}}},
            "average_credit is stated for some products only",
        ),
        (
            {"lgd": 0.6, "products": {"Cash loans": {"margin": 0.1}}},
            "margin is stated for some products only",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(section: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_economics(section, where="garant.toml")


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(UsageError, match=r"(?s)margin = 7.*lgd is missing"):
        parse_economics({"margin": 7}, where="garant.toml")


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("CODE_GENDER", "CODE_GENDER"),
        ("F", "CODE_GENDER"),
        ("married", "NAME_FAMILY_STATUS"),
        ("DAYS_BIRTH", "DAYS_BIRTH"),
        ("Maternity leave", "NAME_INCOME_TYPE"),
        ("REGION_RATING_CLIENT", "REGION_RATING_CLIENT"),
    ],
)
def test_a_protected_attribute_is_no_product(key: str, column: str) -> None:
    with pytest.raises(UsageError, match=rf"{column} describes the person.*no group of persons has a cut-off"):
        parse_economics({**CASH, "products": {key: {"margin": 0.2}}}, where="garant.toml")
    with pytest.raises(UsageError, match=f"{column} describes the person"):
        pricing(costs="1:10", product_costs={key: "1:5"})


def test_costs_come_from_one_source() -> None:
    economics = parse_economics(CASH, where="x")
    with pytest.raises(UsageError, match=r"costs and the margin of \[economics\] both say"):
        pricing(costs="1:10", economics=economics)
    with pytest.raises(UsageError, match="product_costs and the margin"):
        pricing(costs=None, product_costs={"Cash loans": "1:5"}, economics=economics)
    with pytest.raises(UsageError, match="Nothing says"):
        pricing(costs=None)


def test_economics_without_margin_give_losses_beside_a_ratio_that_is_stated() -> None:
    losses = parse_economics({"lgd": 0.6}, where="x")
    found = pricing(costs="1:8", economics=losses)
    assert (found.costs.ratio, found.economics) == (8, losses)
    with pytest.raises(UsageError, match=r"margin is missing: write .* or state the costs as a ratio"):
        pricing(costs=None, economics=losses, otherwise="1:10")


def test_settings_say_the_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert pricing_of(load_settings()).costs.ratio == 10
    (tmp_path / "garant.toml").write_text('costs = "1:8"\n[product_costs]\n"Revolving loans" = "1:5"\n')
    found = pricing_of(load_settings())
    assert (found.costs.ratio, found.products["Revolving loans"].ratio) == (8, 5)
    (tmp_path / "garant.toml").write_text("[economics]\nmargin = 0.1\nlgd = 0.5\n")
    assert pricing_of(load_settings()).costs.ratio == pytest.approx(5)
    monkeypatch.setenv("GARANT_COSTS", "1:9")
    with pytest.raises(UsageError, match="both say"):
        pricing_of(load_settings())


def test_the_section_is_read_from_a_file_with_others(tmp_path: Path) -> None:
    path = tmp_path / "economics.toml"
    path.write_text('language = "fr"\n[economics]\nmargin = 0.1\nlgd = 0.5\n')
    assert read_economics(path).default.lgd == 0.5
    path.write_text("margin = 0.1\n")
    with pytest.raises(UsageError, match=r"has no section \[economics\]"):
        read_economics(path)
    path.write_text("margin =")
    with pytest.raises(UsageError, match="cannot be read as TOML"):
        read_economics(path)
    with pytest.raises(UsageError, match=r"absent\.toml: no such file\.$"):
        read_economics(tmp_path / "absent.toml")
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\)"):
        read_economics(tmp_path)


def test_settings_with_a_wrong_section_stop_before_any_work(tmp_path: Path) -> None:
    settings = Settings(economics={"margin": 0.1}, cache_folder=tmp_path)
    with pytest.raises(UsageError, match=r"garant\.toml cannot be used:\n  \[economics\] lgd is missing"):
        pricing_of(settings)


REVOLVING = "Revolving loans"
OWN_MARGIN = parse_economics({**CASH, "products": {REVOLVING: {"margin": 0.2}}}, where="test")
OF_MARGINS = pricing(costs=None, economics=OWN_MARGIN).cutoffs
BY_RATIO = Cutoffs.of(Costs(1, 9), {REVOLVING: Costs(1, 3)}, band=ReferBand(0.08, 0.12))


def moved(of: Cutoffs, name: str, **changes: object) -> Cutoffs:
    """Change one section of the cut-offs: that of everybody, or that of a product."""
    terms = replace(of.terms(name or None), **changes)
    return Cutoffs(terms, of.products) if not name else Cutoffs(of.single, {**of.products, name: terms})


@pytest.mark.parametrize(
    ("cutoffs", "economics", "said"),
    [
        (Cutoffs(OF_MARGINS.single), OWN_MARGIN, "not the products of the economics"),
        (BY_RATIO, OWN_MARGIN, "costs .* are not those of the economics"),
        (moved(BY_RATIO, "", cutoff=0.2), None, "^cutoff 0.2 is not the one of costs"),
        (moved(BY_RATIO, REVOLVING, cutoff=0.2), None, f"^product_cutoffs.{REVOLVING}: cutoff 0.2 is not the one"),
        (moved(BY_RATIO, "", refer_band=ReferBand(0.11, 0.2)), None, "^refer_band: the cut-off 0.1 lies outside"),
        (moved(BY_RATIO, REVOLVING, refer_band=ReferBand(0.1, 0.28)), None, "has not the widths"),
        (moved(BY_RATIO, REVOLVING, refer_band=ReferBand(0.2, 0.28)), None, "has not the widths"),
    ],
)
def test_cut_offs_that_are_not_those_of_their_costs_are_refused(
    cutoffs: Cutoffs, economics: Economics | None, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        check_cutoffs(cutoffs, economics)


@pytest.mark.parametrize(("cutoffs", "economics"), [(OF_MARGINS, OWN_MARGIN), (BY_RATIO, None)])
def test_cut_offs_of_their_costs_pass(cutoffs: Cutoffs, economics: Economics | None) -> None:
    check_cutoffs(cutoffs, economics)
