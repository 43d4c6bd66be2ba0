"""Proxies: inputs that give an attribute away are found and named, inputs that say nothing are not."""

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.metrics.fairness import Grouping
from garant.models.proxies import proxies
from garant.models.training_data import TrainingData

ROWS = 3_000


@pytest.fixture(scope="module")
def sample() -> tuple[TrainingData, dict[str, Grouping | None]]:
    """A job that nearly says the sex, a number that says the region, eight numbers of noise."""
    rng = np.random.default_rng(5)
    sex, region = rng.integers(0, 2, ROWS), rng.integers(0, 3, ROWS)
    job = np.where(rng.random(ROWS) < 0.9, 1 + sex, 3)
    rent = region + rng.normal(scale=0.4, size=ROWS)
    noise = rng.normal(size=(ROWS, 8))
    columns = [InputColumn("job", ("cook", "driver", "clerk")), InputColumn("rent")]
    columns += [InputColumn(f"noise_{number}") for number in range(8)]
    data = TrainingData(
        matrix=np.column_stack([job, rent, noise]).astype(np.float32),
        label=rng.integers(0, 2, ROWS).astype(np.int8),
        ids=rng.permutation(ROWS).astype(np.int64),
        columns=tuple(columns),
    )
    region[:60] = 3
    return data, {
        "sex": Grouping(("F", "M"), sex),
        "region": Grouping(("1", "2", "3", "4"), region),
        "family_status": Grouping(("Married", "Widow"), rng.integers(0, 2, ROWS)),
        "age": Grouping(("under_25", "65_and_over"), np.zeros(ROWS, dtype=np.int64)),
        "education": None,
    }


def test_what_gives_an_attribute_away_is_named_with_how_well(
    sample: tuple[TrainingData, dict[str, Grouping | None]],
) -> None:
    data, groupings = sample
    found = {proxy.attribute: proxy for proxy in proxies(groupings, data, seed=7, num_threads=1)}
    assert list(found) == ["sex", "region", "family_status"]
    assert found["sex"].auc["F"] > 0.93
    assert found["sex"].auc["M"] == pytest.approx(found["sex"].auc["F"])
    assert found["sex"].telling[0][0] == "job"
    assert found["region"].telling[0][0] == "rent"
    shares = [share for _, share in found["region"].telling]
    assert shares[0] > 0.5
    assert 0.9 < sum(shares) <= 1
    assert set(found["region"].auc) == {"1", "2", "3"}
    assert min(found["region"].auc.values()) > 0.85


def test_inputs_that_say_nothing_reach_about_one_half(
    sample: tuple[TrainingData, dict[str, Grouping | None]],
) -> None:
    data, groupings = sample
    (found,) = proxies({"family_status": groupings["family_status"]}, data, seed=7, num_threads=1)
    assert 0.45 < found.auc["Married"] < 0.55


def test_the_answer_does_not_depend_on_the_order_of_the_applicants(
    sample: tuple[TrainingData, dict[str, Grouping | None]],
) -> None:
    data, groupings = sample
    order = np.random.default_rng(1).permutation(ROWS)
    sex = groupings["sex"]
    assert sex is not None
    given = proxies({"sex": sex}, data, seed=7, num_threads=1)
    assert proxies({"sex": Grouping(sex.groups, sex.code[order])}, data.rows(order), seed=7, num_threads=1) == given
