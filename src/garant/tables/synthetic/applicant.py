"""The person who applies: age, family, work, income, home, and the external scores, tied together by one copula."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from garant.tables.columns import DAYS_SENTINEL
from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.dates import DRIFT, Shock
from garant.tables.synthetic.draws import (
    Category,
    Flags,
    Floats,
    Ints,
    draw_by_group,
    whole,
)
from garant.tables.synthetic.reference import figures, levels_by_band, levels_of, quantiles_of
from garant.tables.synthetic.streams import Topic, stream

DAYS_PER_YEAR = 365.25
FIRST_JOB_YEARS = 16

INCOME_SHIFTS: Mapping[str, float] = {
    "M": 0.35,
    "Higher education": 0.40,
    "Commercial associate": 0.30,
}
"""Shift of the income score, in standard deviations, of people with these properties."""

ROUND_INCOMES = (0.70, 0.97)
"""Shares of incomes that are multiples of 22,500 and, of the others, of 4,500; the rest of 450."""


@dataclass(frozen=True, slots=True)
class Applicants:
    """The people of one block; every entry has one value per client.

    Parameters
    ----------
    scores : mapping of str to array
        Standard normal scores of the copula by column.
    columns : mapping
        Finished columns of the application table.
    education : Category
        Highest education.
    works : array of bool
        Neither retired nor unemployed.
    birth : array of int
        DAYS_BIRTH.
    age_years, employed_years : array of float
        Age, and years in the present job (NaN without one).
    income : array of float
        Income in the currency unit.
    """

    scores: Mapping[str, Floats]
    columns: Mapping[str, Category | Ints | Floats]
    education: Category
    works: Flags
    birth: Ints
    age_years: Floats
    employed_years: Floats
    income: Floats


def draw_applicants(seed: int, block: int, clients: Clients, shock: Shock | None) -> Applicants:
    """Draw the people of one block."""
    rng = stream(seed, Topic.APPLICANT, block)
    scores = _copula(rng, clients)
    birth = whole(quantiles_of("application", "DAYS_BIRTH").at(scores["DAYS_BIRTH"]))
    age = -birth / DAYS_PER_YEAR
    band = np.digitize(age, figures("application")["age_bands_years"])
    uniform = rng.random((12, clients.n))
    gender = draw_by_group(band, levels_by_band("CODE_GENDER"), uniform[0], clients.z)
    income_type = draw_by_group(band, levels_by_band("NAME_INCOME_TYPE"), uniform[1], clients.z)
    education = levels_of("application", "NAME_EDUCATION_TYPE").draw(uniform[2], clients.z)
    family = draw_by_group(band, levels_by_band("NAME_FAMILY_STATUS"), uniform[3], clients.z)
    works = ~income_type.is_any("Pensioner", "Unemployed")
    at_work = scores["DAYS_EMPLOYED"][works]
    # The figures are those of people at work, who are younger than all: their scores are standardised among themselves.
    seniority = (scores["DAYS_EMPLOYED"] - at_work.mean()) / at_work.std()
    employed = whole(quantiles_of("application", "DAYS_EMPLOYED").at(seniority))
    employed = np.maximum(employed, np.minimum(birth + whole(np.array(FIRST_JOB_YEARS * DAYS_PER_YEAR)), -1))
    shifted = _income_score(scores["AMT_INCOME_TOTAL"], gender, education, income_type)
    income = _incomes(shifted, clients, shock, uniform[4:6])
    children = levels_of("application", "CNT_CHILDREN").at(scores["CNT_CHILDREN"])
    man = gender.is_any("M").astype(np.int64)
    columns: dict[str, Category | Ints | Floats] = {
        "CODE_GENDER": gender,
        "CNT_CHILDREN": children.codes.astype(np.int64),
        "AMT_INCOME_TOTAL": income,
        "NAME_INCOME_TYPE": income_type,
        "NAME_EDUCATION_TYPE": education,
        "NAME_FAMILY_STATUS": family,
        "NAME_HOUSING_TYPE": draw_by_group(band, levels_by_band("NAME_HOUSING_TYPE"), uniform[6], clients.z),
        "DAYS_BIRTH": birth,
        "DAYS_EMPLOYED": np.where(works, employed, DAYS_SENTINEL),
        "FLAG_EMP_PHONE": works.astype(np.int64),
        "CNT_FAM_MEMBERS": (children.codes + 1 + family.is_any("Married", "Civil marriage")).astype(np.float64),
        **_work(works, man, uniform[7:9], clients.z),
        **_car(man, scores["OWN_CAR_AGE"], uniform[9], clients.z),
    }
    return Applicants(
        scores=scores,
        columns=columns,
        education=education,
        works=works,
        birth=birth,
        age_years=age,
        employed_years=np.where(works, -employed / DAYS_PER_YEAR, np.nan),
        income=income,
    )


def _copula(rng: np.random.Generator, clients: Clients) -> dict[str, Floats]:
    """Correlate the scores by the measured Cholesky factor, whose first row is z.

    Written as plain sums: a matrix product would round differently from one processor to another.
    """
    copula = figures("application")["copula"]
    noise = [clients.z, *rng.standard_normal((len(copula["columns"]) - 1, clients.n))]
    return {
        column: sum((weight * noise[j] for j, weight in enumerate(row)), np.zeros(clients.n))
        for column, row in zip(copula["columns"], copula["cholesky"], strict=True)
    }


def _income_score(score: Floats, *properties: Category) -> Floats:
    shift = np.zeros(len(score))
    for name, value in INCOME_SHIFTS.items():
        for column in properties:
            shift += value * column.is_any(name)
    shift -= shift.mean()
    return score * np.sqrt(max(0.0, 1.0 - shift.var())) + shift


def _incomes(score: Floats, clients: Clients, shock: Shock | None, uniform: Floats) -> Floats:
    change = 1.0 + DRIFT.income * clients.elapsed + (shock.income if shock else 0.0) * clients.shocked
    amount = quantiles_of("application", "AMT_INCOME_TOTAL").at(score) * change
    coarse, fine = ROUND_INCOMES
    step = np.where(uniform[0] < coarse, 22_500.0, np.where(uniform[1] < fine, 4_500.0, 450.0))
    return np.maximum(np.rint(amount / step), 1.0) * step


def _work(works: Flags, man: Ints, uniform: Floats, z: Floats) -> dict[str, Category]:
    by_sex = [levels_of("application", f"OCCUPATION_TYPE {sex}") for sex in "FM"]
    occupation = draw_by_group(man, by_sex, uniform[0], z)
    organisation = levels_of("application", "ORGANIZATION_TYPE").draw(uniform[1], z)
    return {
        "OCCUPATION_TYPE": _replace(occupation, ~works, ""),
        "ORGANIZATION_TYPE": _replace(organisation, ~works, "XNA"),
    }


def _replace(category: Category, rows: Flags, name: str) -> Category:
    names = category.names if name in category.names else (*category.names, name)
    return Category(np.where(rows, names.index(name), category.codes).astype(np.int8), names)


def _car(man: Ints, score: Floats, uniform: Floats, z: Floats) -> dict[str, Category | Floats]:
    owns = draw_by_group(man, [levels_of("application", f"FLAG_OWN_CAR {sex}") for sex in "FM"], uniform, z)
    years = np.rint(quantiles_of("application", "OWN_CAR_AGE").at(score))
    return {"FLAG_OWN_CAR": owns, "OWN_CAR_AGE": np.where(owns.is_any("Y"), years, np.nan)}
