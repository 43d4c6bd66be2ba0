"""The model page: what the bundle says of itself, nothing else, and what a registry knows of it."""

import json
import re
import shutil
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from garant.decisions.access import Role
from garant.keys import new_key
from garant.models.bundle.content import BundleContent, MetricEntry
from garant.models.bundle.promotion.promote import PromotionRequest, promote
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.cutoff import Costs
from garant.models.pd_bands import PdBand
from garant.models.pricing import Pricing
from garant.runs.aside.model_sections import intervals, judged_groups, tenths
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.opening import open_decider
from garant.runs.deciding.promoted import promotion_of
from garant.settings import Settings
from garant.wording.catalogue import Wording

if TYPE_CHECKING:
    from dashboard_world import Pages


@pytest.fixture(scope="module")
def content(decider: Decider) -> BundleContent:
    """Content of the bundle."""
    return decider.content


def plain(text: str) -> str:
    """Words of a page without its markup."""
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_says_what_the_bundle_says(world: "Pages", decider: Decider, content: BundleContent, language: str):
    shown = world.visit(Role.ADVISER).get(f"/{language}/model")
    assert shown.status_code == 200
    words, text = Wording(language), plain(shown.text)
    assert decider.digest[:12] in text
    assert words.percent(content.cutoff, decimals=2) in text
    auc = content.metrics.out_of_fold["auc"]
    assert auc.value is not None
    assert words.number(auc.value, decimals=4, fixed=True) in text
    assert content.challenger is not None
    other = content.challenger.metrics.out_of_fold["auc"]
    assert other.value is not None
    assert words.number(other.value, decimals=4, fixed=True) in text
    assert content.label.text("fr" if language == "fr" else "en") in text
    for key in ("model.limit.fast", "report.heading.fairness", "report.heading.gates", "page.model.no_registry"):
        assert words.text(key) in text.replace("&#39;", "'"), key


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_the_model(world: "Pages", role: Role):
    assert world.visit(role).get("/en/model").status_code == 200


def test_specifications_hold_the_charts_of_reports(world: "Pages"):
    text = world.visit(Role.RISK).get("/en/model").text
    found = re.findall(r'<script type="application/json" id="spec-(\w+)">(.*?)</script>', text)
    specs = {name: json.loads(spec) for name, spec in found}
    assert {"promise", "importance", "fairness_ratio"} <= set(specs)
    assert all("data" in json.dumps(spec) and spec["config"]["background"] == "white" for spec in specs.values())
    assert not re.search(r"\sstyle=|\son\w+=", text)


def test_when_the_process_aside_is_away_the_card_is_still_shown(world: "Pages", monkeypatch: pytest.MonkeyPatch):
    service = world.parts.service
    monkeypatch.setattr(service, "_shown", {})
    monkeypatch.setattr(service._aside, "_most", 0.0001)
    shown = world.visit(Role.RISK).get("/en/model")
    assert shown.status_code == 200
    assert "cannot be shown at the moment" in shown.text
    assert "9.09%" in shown.text


def test_tenths_keep_every_applicant_and_none_is_thin():
    bands = [PdBand(upper=(n + 1) / 40, rows=25, positives=n, contributions={}) for n in range(40)]
    found = tenths(bands)
    assert sum(each.rows for each in found) == 1_000
    assert sum(each.positives for each in found) == sum(range(40))
    assert min(each.rows for each in found) >= 100
    assert (found[0].low, found[-1].high) == (0.0, 1.0)
    assert [a.high for a in found[:-1]] == [b.low for b in found[1:]]


def test_what_a_sample_could_not_tell_is_no_number():
    found = intervals({"slope": MetricEntry(value=None, low=None, high=None)})["slope"]
    assert found.value != found.value


def test_a_group_with_few_applicants_shows_no_figure(content: BundleContent):
    assert content.fairness is not None
    thin = [group for groups in content.fairness.attributes.values() for group in groups if group.rows is None]
    assert thin, "the lender has a small group"
    shown = judged_groups(content.fairness)
    few = [group for groups in shown.attributes.values() for group in groups if group.rows == 0]
    assert len(few) == len(thin)
    assert not [group for group in few if group.is_judged]


def test_a_bundle_of_a_registry_tells_what_it_replaced(bundle: Path, settings: Settings, tmp_path: Path):
    other, key = tmp_path / "other", new_key(tmp_path / "release.key")
    trusted = settings.model_copy(update={"trusted_keys": (*settings.trusted_keys, key.public.text)})
    first = tmp_path / "first"
    shutil.copytree(bundle, first)
    signer = Signer(key, development=False)
    trust = Trust.of(trusted)
    recut(read_bundle(first, trust), Pricing(Costs(1.0, 12.0)), other, signer=signer, trust=trust)
    waiver = tmp_path / "why.txt"
    waiver.write_text("A test of what the page shows; nobody decides with this bundle, ever.", encoding="utf-8")
    registry = tmp_path / "registry"
    for folder in (first, other):
        request = PromotionRequest(bundle=folder, waiver=waiver, signer=signer)
        promote(registry, request, trust=trust, now=datetime(2026, 11, 30, 8, tzinfo=UTC))
    with ExitStack() as stack:
        digest = json.loads((registry / "registry.json").read_text())["champion"]
        decider = stack.enter_context(open_decider(registry / "bundles" / digest, trusted))
        found = promotion_of(decider.bundle)
        assert found is not None
        assert found.before is not None
        assert found.before.costs == Costs(1.0, 10.0)
        assert found.as_json()["time"] == "2026-11-30T08:00:00+00:00"
        before = registry / "bundles" / str(found.replaces) / "bundle.json"
        before.write_bytes(before.read_bytes() + b" ")
        changed = promotion_of(decider.bundle)
        assert changed is not None
        assert changed.before is None
