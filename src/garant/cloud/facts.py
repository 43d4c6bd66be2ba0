"""What is fixed of the cloud as one plain document: release, limits, stacks, regions, prices; for whoever tells it."""

import tomllib
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from garant.cloud.names import BUCKETS, STACKS
from garant.cloud.profiles import ATTEMPTS, AUTO_STOP_MINUTES, DEFAULT_PROFILE
from garant.cloud.releases import EMR_RELEASE
from garant.settings import EU_REGIONS

PRICES_FILE = "prices.toml"


def cloud_facts() -> dict[str, Any]:
    """Release, limits of the default profile, names and prices, as JSON would hold them.

    ``prices`` are those of the dearest region of the European Union for which both a core and memory have one, and None
    where there is none, as with what costs when nothing runs: no price is derived.
    """
    profile = DEFAULT_PROFILE
    release = asdict(EMR_RELEASE)
    return {
        "release": {**release, "supported_until": EMR_RELEASE.supported_until.isoformat()},
        "profile": {
            "name": profile.name,
            "vcpu": profile.vcpu,
            "memory_gb": profile.memory_gb,
            "disk_gb": profile.disk_gb,
            "timeout_minutes": profile.timeout_minutes,
        },
        "attempts": ATTEMPTS,
        "auto_stop_minutes": AUTO_STOP_MINUTES,
        "stacks": list(STACKS),
        "buckets": list(BUCKETS),
        "regions": list(EU_REGIONS),
        "prices": _dearest(),
        "idle": {"kms_key_month_usd": _highest("kms_key"), "s3_gb_month_usd": _highest("s3_storage")},
    }


def _dearest() -> dict[str, Any] | None:
    """Prices of a core and of memory of a worker, with their region and source."""
    listed = _price_list()
    if listed is None:
        return None
    cores, memory = (_by_region(listed, name) for name in ("emr_vcpu", "emr_memory"))
    regions = [region for region in EU_REGIONS if region in cores and region in memory]
    if not regions:
        return None
    profile = DEFAULT_PROFILE
    region = max(regions, key=lambda r: profile.vcpu * cores[r]["usd"] + profile.memory_gb * memory[r]["usd"])
    source = listed["sources"][cores[region]["source"]]
    return {
        "region": region,
        "vcpu_hour_usd": cores[region]["usd"],
        "gb_hour_usd": memory[region]["usd"],
        "source": f"{source['title']}; read {source['read']}",
    }


def _highest(name: str) -> float | None:
    """The dearest price of something in the European Union, or everywhere; None where there is none."""
    listed = _price_list()
    found = {} if listed is None else _by_region(listed, name)
    return max((entry["usd"] for region, entry in found.items() if region in {*EU_REGIONS, "*"}), default=None)


def _price_list() -> dict[str, Any] | None:
    file = files("garant.cloud").joinpath(PRICES_FILE)
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _by_region(listed: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """The dearest price of each region: what is told in advance is not to be exceeded."""
    found: dict[str, dict[str, Any]] = {}
    for entry in listed["prices"][name]["of"]:
        if entry["usd"] > found.get(entry["region"], {"usd": 0.0})["usd"]:
            found[entry["region"]] = entry
    return found
