"""Prices are data with a source; none is invented, and one of another region never passes for that of this one."""

import pytest

from garant.cloud.prices import (
    EVERYWHERE,
    names_of_prices,
    price_of,
    price_or_hint,
    remarks,
    unit_of,
)
from garant.exceptions import UnknownNameError
from garant.settings import EU_REGIONS

OF_A_JOB = ("emr_vcpu", "emr_memory", "emr_storage")


def test_every_price_says_where_and_when_it_was_read() -> None:
    for name in names_of_prices():
        for region in (*EU_REGIONS, "us-east-1"):
            price = price_or_hint(name, region)
            if price is not None:
                assert price.usd > 0
                assert price.source.title
                assert price.source.address.startswith("https://")
                assert (price.source.published or price.source.read) <= price.source.read
                assert price.unit == unit_of(name)
                assert price.is_foreign is (price.region not in {region, EVERYWHERE})


def test_paris_has_a_price_with_its_source() -> None:
    price = price_of("emr_vcpu", "eu-west-3")
    assert price is not None
    assert (price.usd, price.is_foreign) == (0.06318, False)
    assert "PerfKitBenchmarker" in price.origin
    assert "2023-02-03" in price.origin


def test_of_two_sources_the_dearer_one_counts() -> None:
    ireland = price_of("emr_vcpu", "eu-west-1")
    assert ireland is not None
    assert ireland.usd == 0.057974


@pytest.mark.parametrize("region", ["eu-south-1", "eu-south-2", "eusc-de-east-1"])
def test_a_region_without_a_source_has_no_price_and_the_hint_says_whose_it_is(region: str) -> None:
    for name in OF_A_JOB:
        assert price_of(name, region) is None
    hint = price_or_hint("emr_vcpu", region)
    assert hint is not None
    assert hint.is_foreign
    assert hint.region in EU_REGIONS, "of the Union where there is one"
    [said, origin] = remarks([hint])
    assert (
        said
        == f"No price was found for {region}: reckoned with that of eu-west-3 instead, which is NOT the price there."
    )
    assert origin.startswith("Price: eu-west-3: 0.06318 USD per vCPU-hour")


def test_what_has_no_source_has_no_price_at_all() -> None:
    for name in ("database", "load_balancer", "endpoint"):
        assert price_or_hint(name, "eu-west-3") is None
    key = price_of("kms_key", "eu-west-3")
    assert key is not None
    assert (key.usd, key.is_foreign) == (1.0, False)
    with pytest.raises(UnknownNameError, match="Did you mean 'emr_vcpu'"):
        price_of("emr_vcpus", "eu-west-3")
