"""The application, computed plainly: one row, so every feature is a function of it."""

from collections.abc import Callable

from plain.rows import Cell, Row, added, as_float, difference, over, together, units

Fact = Callable[[Row], Cell]

SCORES = ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3")
WEIGHTS = (2, 3, 4)
ENQUIRIES = ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR")
REACH = {"7d": 3, "30d": 4, "90d": 5, "365d": 6}
"""How many of the enquiry columns, the shortest first, a window takes in."""


def shown(column: str, *hidden: str) -> Fact:
    """A category, its hidden levels told as Other."""
    return lambda row: "Other" if row[column] in hidden else row[column]


def count(*columns: str) -> Fact:
    """Sum of columns that must all be stated."""
    return lambda row: as_float(together(*(row[column] for column in columns)))


def amount(column: str) -> Fact:
    """Currency units."""
    return lambda row: units(row[column])


def days(column: str) -> Fact:
    """Days before the application."""
    return lambda row: None if row[column] is None else float(0 - row[column])


def ratio(top: str, bottom: str) -> Fact:
    """One column by another."""
    return lambda row: over(row[top], row[bottom])


def rate(column: str) -> Fact:
    """A number as it stands."""
    return lambda row: row[column]


def yes(column: str) -> Fact:
    """1 for Y, 0 for N."""
    return lambda row: {"Y": 1.0, "N": 0.0}.get(row[column])


def above_goods(row: Row) -> Cell:
    """Credit less the price of the goods."""
    credit, price = row["AMT_CREDIT"], row["AMT_GOODS_PRICE"]
    return units(None if credit is None or price is None else credit - price)


def employed_to_age(row: Row) -> Cell:
    """Days employed by days of life."""
    employed, born = row["DAYS_EMPLOYED"], row["DAYS_BIRTH"]
    return over(None if employed is None else 0 - employed, None if born is None else 0 - born)


def enquiries(row: Row, window: str) -> int | None:
    """Enquiries over a window: each column leaves out the shorter ones."""
    return together(*(row[f"AMT_REQ_CREDIT_BUREAU_{part}"] for part in ENQUIRIES[: REACH[window]]))


def documents(row: Row) -> Cell:
    """Documents handed in, of those that the application speaks of."""
    return as_float(added(row[f"FLAG_DOCUMENT_{number}"] for number in range(2, 22)))


def scores(row: Row) -> list[float]:
    """External scores that are there."""
    return [row[column] for column in SCORES if row[column] is not None]


def first_of(better: Callable[[float, float], bool]) -> Callable[[Row], float | None]:
    """The best of the scores, the first of equal ones."""

    def best(row: Row) -> float | None:
        found = scores(row)
        if not found:
            return None
        chosen = found[0]
        for score in found[1:]:
            chosen = score if better(score, chosen) else chosen
        return chosen

    return best


lowest, highest = first_of(lambda one, other: one < other), first_of(lambda one, other: one > other)


def weighted(weights: tuple[int, int, int]) -> Fact:
    """Mean by weight of the scores that are there, added in their order."""

    def measure(row: Row) -> Cell:
        parts = [(0.0 if row[c] is None else row[c]) * w for c, w in zip(SCORES, weights, strict=True)]
        first, second, third = parts
        bottom = sum(w for c, w in zip(SCORES, weights, strict=True) if row[c] is not None)
        return over(first + second + third, bottom)

    return measure


def middle(row: Row) -> Cell:
    """The middle one of three, the first of equal ones."""
    found = scores(row)
    return next((s for s in found if s == sorted(found)[1]), None) if len(found) == len(SCORES) else None


def product(one: str, other: str) -> Fact:
    """One score times another."""
    return lambda row: None if row[one] is None or row[other] is None else row[one] * row[other]


def less(one: str, other: str) -> Fact:
    """One score less another."""
    return lambda row: difference(row[one], row[other])


def of(stem: str, facts: dict[str, Fact]) -> dict[str, Fact]:
    """Facts under their whole names."""
    return {f"{stem}_{name}": fact for name, fact in facts.items()}


LOAN = of(
    "application",
    {
        "income": amount("AMT_INCOME_TOTAL"),
        "credit": amount("AMT_CREDIT"),
        "annuity": amount("AMT_ANNUITY"),
        "goods_price": amount("AMT_GOODS_PRICE"),
        "contract_type": shown("NAME_CONTRACT_TYPE"),
        "credit_to_annuity": ratio("AMT_CREDIT", "AMT_ANNUITY"),
        "credit_to_goods": ratio("AMT_CREDIT", "AMT_GOODS_PRICE"),
        "credit_above_goods": above_goods,
        "annuity_to_income": ratio("AMT_ANNUITY", "AMT_INCOME_TOTAL"),
        "credit_to_income": ratio("AMT_CREDIT", "AMT_INCOME_TOTAL"),
    },
)

RATING = of(
    "application",
    {
        **{f"external_score_{n}": rate(column) for n, column in enumerate(SCORES, start=1)},
        "external_score_mean": weighted((1, 1, 1)),
        "external_score_min": lowest,
        "external_score_max": highest,
        "external_score_spread": lambda row: difference(highest(row), lowest(row)),
        "external_scores_n": lambda row: float(len(scores(row))),
        "external_score_weighted": weighted(WEIGHTS),
        "external_score_middle": middle,
        **{
            f"external_scores_{a}_and_{b}": product(f"EXT_SOURCE_{a}", f"EXT_SOURCE_{b}") for a, b in ("12", "13", "23")
        },
        **{f"external_score_{a}_less_{b}": less(f"EXT_SOURCE_{a}", f"EXT_SOURCE_{b}") for a, b in ("12", "13", "23")},
    },
)

PERSON = of(
    "application",
    {
        "employed_days": days("DAYS_EMPLOYED"),
        "no_employment": count("FLAG_NO_EMPLOYMENT"),
        "income_type": shown("NAME_INCOME_TYPE", "Maternity leave"),
        "occupation": shown("OCCUPATION_TYPE"),
        "organization": shown("ORGANIZATION_TYPE", "Religion"),
        "education": shown("NAME_EDUCATION_TYPE"),
        "registration_days": days("DAYS_REGISTRATION"),
        "identity_days": days("DAYS_ID_PUBLISH"),
        "phone_days": days("DAYS_LAST_PHONE_CHANGE"),
        "home_phone": count("FLAG_PHONE"),
        "work_phone": count("FLAG_WORK_PHONE"),
        "email": count("FLAG_EMAIL"),
        "documents_n": documents,
        "document_3": count("FLAG_DOCUMENT_3"),
        "own_car": yes("FLAG_OWN_CAR"),
        "car_age": count("OWN_CAR_AGE"),
        "own_realty": yes("FLAG_OWN_REALTY"),
        "housing_type": shown("NAME_HOUSING_TYPE"),
        "walls_material": shown("WALLSMATERIAL_MODE"),
        "building_apartments": rate("APARTMENTS_AVG"),
        "building_age": rate("YEARS_BUILD_AVG"),
        "building_floors": rate("FLOORSMAX_AVG"),
        "building_total_area": rate("TOTALAREA_MODE"),
        **{f"enquiries_n_{window}": lambda row, w=window: as_float(enquiries(row, w)) for window in REACH},
        "enquiries_recent_share": lambda row: over(enquiries(row, "90d"), enquiries(row, "365d")),
    },
)

PROTECTED = of(
    "application",
    {
        "sex": shown("CODE_GENDER"),
        "age_days": days("DAYS_BIRTH"),
        "children_n": count("CNT_CHILDREN"),
        "household_n": count("CNT_FAM_MEMBERS"),
        "family_status": shown("NAME_FAMILY_STATUS"),
        "accompanied_by": shown("NAME_TYPE_SUITE"),
        "income_per_head": lambda row: units(over(row["AMT_INCOME_TOTAL"], row["CNT_FAM_MEMBERS"])),
        "employed_to_age": employed_to_age,
        "region_population": rate("REGION_POPULATION_RELATIVE"),
        "region_rating": count("REGION_RATING_CLIENT_W_CITY"),
        "region_mismatch_n": count(
            "REG_REGION_NOT_LIVE_REGION", "REG_REGION_NOT_WORK_REGION", "LIVE_REGION_NOT_WORK_REGION"
        ),
        "city_mismatch_n": count("REG_CITY_NOT_LIVE_CITY", "REG_CITY_NOT_WORK_CITY", "LIVE_CITY_NOT_WORK_CITY"),
        "social_observed_n": count("OBS_30_CNT_SOCIAL_CIRCLE"),
        "social_defaults_30_n": count("DEF_30_CNT_SOCIAL_CIRCLE"),
        "social_defaults_60_n": count("DEF_60_CNT_SOCIAL_CIRCLE"),
    },
)

FACTS: dict[str, Fact] = {**LOAN, **RATING, **PERSON, **PROTECTED}
