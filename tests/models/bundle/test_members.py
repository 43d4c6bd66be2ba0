"""Members in a bundle: covered by its digests, read by nobody who scores."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from garant.exceptions import BundleDigestError, BundleFormatError, UsageError
from garant.metrics.intervals import Interval
from garant.models.bundle.content import BundleContent
from garant.models.bundle.members import read_members
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.retrains import FlipEntry, RetrainsEntry
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.models.cutoff import ReferBand, log_odds_of
from garant.models.pricing import pricing
from garant.models.retraining import retrain
from garant.models.training import Trained
from garant.models.training_data import TrainingData

HALF_WIDTH = 0.25

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def texts(data: TrainingData, trained: Trained) -> tuple[str, ...]:
    return retrain(data, trained, members=2, num_threads=1).texts


@pytest.fixture
def write(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], texts: tuple[str, ...], signer: Signer
) -> Write:
    """Write a bundle with two members; each may be replaced, and any section."""

    def make(*, first: bytes = texts[0].encode(), **sections: object) -> Path:
        flips = FlipEntry(
            half_width=HALF_WIDTH, referred=0.12, seeds=Interval(0.0, 0.0, 0.01), samples=Interval(0.02, 0.01, 0.03)
        )
        entry = RetrainsEntry(
            members=2,
            compared_rows=500,
            cutoff=content.cutoff,
            largest_share=0.15,
            flip_level=0.01,
            chosen=flips,
            flips=(flips,),
        )
        update = {"retrains": entry, "refer_band": ReferBand.around(content.cutoff, HALF_WIDTH), **sections}
        members = {"members/1.txt": first, "members/2.txt": texts[1].encode()}
        write_bundle(tmp_path / "members", content.model_copy(update=update), {**files, **members}, signer=signer)
        return tmp_path / "members"

    return make


def test_members_are_read_on_demand_and_predict(write: Write, data: TrainingData, trust: Trust) -> None:
    bundle = read_bundle(write(), trust)
    first, second = read_members(bundle, trust)
    margins = [np.asarray(member.predict(data.matrix, raw_score=True)) for member in (first, second)]
    assert not np.array_equal(margins[0], margins[1])
    assert np.corrcoef(margins[0], bundle.predict_margin(data.matrix))[0, 1] > 0.7


def test_scoring_reads_no_member(write: Write, bundle: Bundle, data: TrainingData, trust: Trust) -> None:
    broken = read_bundle(write(first=b"no model at all"), trust)
    assert np.array_equal(broken.predict_margin(data.matrix), bundle.predict_margin(data.matrix))
    with pytest.raises(BundleFormatError, match=r"members/1\.txt: is no LightGBM text"):
        read_members(broken, trust)


def test_a_member_that_was_altered_later_is_refused_with_the_whole_bundle(write: Write, trust: Trust) -> None:
    folder = write()
    with (folder / "members" / "2.txt").open("a") as file:
        file.write("\n")
    with pytest.raises(BundleDigestError, match=r"members/2\.txt"):
        read_bundle(folder, trust)


def test_a_bundle_without_members_says_how_to_get_some(bundle: Bundle, trust: Trust) -> None:
    with pytest.raises(UsageError, match="--members 5"):
        read_members(bundle, trust)


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a member that is not listed": (lambda c: c["files"].pop("members/2.txt"), r"members/2\.txt"),
    "one member too many": (lambda c: c["files"].update({"members/3.txt": "0" * 64}), r"members/3\.txt"),
    "files without the section": (
        lambda c: (c.pop("retrains"), c["sections"]["optional"].remove("retrains")),
        r"members/1\.txt",
    ),
    "another width": (lambda c: c["retrains"]["chosen"].update(half_width=0.3), "refer band is 0.5"),
    "flips out of order": (
        lambda c: c["retrains"]["flips"].append({**c["retrains"]["flips"][0], "half_width": 0.1}),
        "order of their half-widths",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_section_that_contradicts_the_bundle_is_refused(
    fault: str, write: Write, edit: Callable[[Path, Callable[[dict[str, Any]], object]], None], trust: Trust
) -> None:
    change, said = FAULTS[fault]
    folder = write()
    edit(folder, change)
    with pytest.raises(BundleFormatError, match=said):
        read_bundle(folder, trust)


def test_a_recut_keeps_half_width_and_members(write: Write, tmp_path: Path, signer: Signer, trust: Trust) -> None:
    old = read_bundle(write(), trust)
    new = recut(old, pricing(costs="1:20"), tmp_path / "other", signer=signer, trust=trust)
    band, cutoff = new.content.refer_band, new.content.cutoff
    assert abs(log_odds_of(cutoff) - log_odds_of(band.lower) - HALF_WIDTH) < 1e-12
    assert abs(log_odds_of(band.upper) - log_odds_of(cutoff) - HALF_WIDTH) < 1e-12
    assert new.content.retrains == old.content.retrains
    assert new.files["members/1.txt"] == old.files["members/1.txt"]
    refer = new.content.metrics.out_of_fold["refer"].value
    assert refer is not None
    assert refer > 0


def test_flips_of_a_sample_survive_the_bundle(write: Write, trust: Trust) -> None:
    entry = read_bundle(write(), trust).content.retrains
    assert entry is not None
    assert dataclasses.astuple(entry.chosen.samples) == (0.02, 0.01, 0.03)
