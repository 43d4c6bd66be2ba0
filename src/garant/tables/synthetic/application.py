"""The application tables: what the person, the loan and the building say, flags, external scores, enquiries."""

from collections.abc import Mapping

import numpy as np

from garant.tables.synthetic.applicant import Applicants
from garant.tables.synthetic.buildings import draw_buildings
from garant.tables.synthetic.clients import Clients
from garant.tables.synthetic.dates import DRIFT, Shock, weekday
from garant.tables.synthetic.draws import Flags, Ints, tilted, whole, with_missing
from garant.tables.synthetic.frames import Values
from garant.tables.synthetic.loan import Loans
from garant.tables.synthetic.reference import figures, levels, levels_of, quantiles_of
from garant.tables.synthetic.risk import Truth
from garant.tables.synthetic.streams import Topic, stream

EXTERNAL_SCORE_DECIMALS = 15

EXTERNAL_1_MISSING_DRIFT = -0.08
"""The first external score is known of more and more people: change of the missing share over the calendar."""

DOCUMENTS: Mapping[str, Mapping[str, float]] = {
    "revolving": {"3": 0.034, "6": 0.02, "8": 0.03},
    "pensioner": {"3": 0.52, "6": 0.42, "8": 0.009},
    "worker": {"3": 0.83, "6": 0.011, "8": 0.105},
}
"""Which of the three usual documents, one at most, was handed in, by kind of applicant."""

SAME_CIRCLE = 0.98
"""Share of circles observed alike over 30 and 60 days."""

CIRCLE_DEFAULT, CIRCLE_TILT = 0.10, 0.25
"""Default rate in the social circle, and how it follows z."""

STILL_60 = 0.70
"""Share of the circle's 30-day defaults that are 60-day defaults too."""

ADDRESS_FLAGS = (
    "REG_REGION_NOT_LIVE_REGION",
    "REG_REGION_NOT_WORK_REGION",
    "LIVE_REGION_NOT_WORK_REGION",
    "REG_CITY_NOT_LIVE_CITY",
    "REG_CITY_NOT_WORK_CITY",
    "LIVE_CITY_NOT_WORK_CITY",
)

WORSE_REGION = 0.018
"""Share of clients whose region is rated one worse than region and city together."""

ENQUIRIES = ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR")


def draw_application(
    seed: int, block: int, clients: Clients, people: Applicants, loans: Loans, truth: Truth, shock: Shock | None
) -> dict[str, Values]:
    """Draw the columns of application_train and application_test of one block, TARGET and APPLICATION_DATE included."""
    rng = stream(seed, Topic.APPLICATION, block)
    return {
        "SK_ID_CURR": clients.ids,
        "TARGET": truth.label,
        "NAME_CONTRACT_TYPE": loans.contract,
        "AMT_CREDIT": loans.credit,
        "AMT_ANNUITY": loans.annuity,
        "AMT_GOODS_PRICE": loans.goods,
        "APPLICATION_DATE": clients.days.astype("datetime64[D]"),
        "WEEKDAY_APPR_PROCESS_START": weekday(clients.days),
        **people.columns,
        **_dates(people),
        **_region(people, rng, clients),
        **_contact(rng, clients),
        **_documents(rng, clients, people, loans),
        **_external(rng, clients, people, shock),
        **_circle(rng, clients),
        **draw_buildings(seed, block, clients, people.scores["REGION_POPULATION_RELATIVE"]),
    }


def _dates(people: Applicants) -> dict[str, Values]:
    registered = whole(quantiles_of("application", "DAYS_REGISTRATION").at(people.scores["DAYS_REGISTRATION"]))
    published = whole(quantiles_of("application", "DAYS_ID_PUBLISH").at(people.scores["DAYS_ID_PUBLISH"]))
    phone = np.rint(quantiles_of("application", "DAYS_LAST_PHONE_CHANGE").at(people.scores["DAYS_LAST_PHONE_CHANGE"]))
    return {
        "DAYS_REGISTRATION": np.maximum(registered, people.birth).astype(np.float64),
        "DAYS_ID_PUBLISH": np.maximum(published, people.birth),
        "DAYS_LAST_PHONE_CHANGE": phone,
    }


def _region(people: Applicants, rng: np.random.Generator, clients: Clients) -> dict[str, Values]:
    rating = levels_of("application", "REGION_RATING_CLIENT_W_CITY")
    order = sorted(rating.names)
    ranked = levels({name: float(rating.shares[rating.names.index(name)]) for name in order})
    with_city = ranked.at(people.scores["REGION_RATING_CLIENT_W_CITY"]).codes.astype(np.int64) + 1
    worse_outside = (rng.random(clients.n) < WORSE_REGION) & (with_city < len(order))
    hour = quantiles_of("application", "HOUR_APPR_PROCESS_START").at(people.scores["HOUR_APPR_PROCESS_START"])
    pattern = levels_of("application", "address_flags").draw(rng.random(clients.n), clients.z)
    digits = np.array([[int(digit) for digit in name] for name in pattern.names], dtype=np.int64)
    population = quantiles_of("application", "REGION_POPULATION_RELATIVE")
    return {
        "REGION_POPULATION_RELATIVE": np.round(population.at(people.scores["REGION_POPULATION_RELATIVE"]), 6),
        "REGION_RATING_CLIENT": with_city + worse_outside,
        "REGION_RATING_CLIENT_W_CITY": with_city,
        "HOUR_APPR_PROCESS_START": whole(hour),
        **{flag: digits[pattern.codes, place] for place, flag in enumerate(ADDRESS_FLAGS)},
    }


def _contact(rng: np.random.Generator, clients: Clients) -> dict[str, Values]:
    flags = figures("application")["flags"]
    names = ("FLAG_WORK_PHONE", "FLAG_CONT_MOBILE", "FLAG_PHONE", "FLAG_EMAIL")
    columns: dict[str, Values] = {name: _flag(rng, clients, *flags[name]) for name in names}
    columns["FLAG_MOBIL"] = np.ones(clients.n, dtype=np.int64)
    columns["FLAG_OWN_REALTY"] = levels_of("application", "FLAG_OWN_REALTY").draw(rng.random(clients.n), clients.z)
    columns["NAME_TYPE_SUITE"] = levels_of("application", "NAME_TYPE_SUITE").draw(rng.random(clients.n), clients.z)
    return columns


def _flag(rng: np.random.Generator, clients: Clients, share: float, tilt: float) -> Ints:
    return (rng.random(clients.n) < tilted(share, tilt, clients.z)).astype(np.int64)


def _documents(rng: np.random.Generator, clients: Clients, people: Applicants, loans: Loans) -> dict[str, Values]:
    flags = figures("application")["flags"]
    kind = np.where(loans.is_revolving, 0, np.where(people.works, 2, 1))
    shares = np.array([list(kinds.values()) for kinds in DOCUMENTS.values()])
    edges = np.cumsum(shares, axis=1)[kind]
    uniform = rng.random(clients.n)[:, None]
    usual = (uniform < edges) & (uniform >= np.roll(edges, 1, axis=1) * [0, 1, 1])
    columns: dict[str, Values] = {}
    for number in range(2, 22):
        name = f"FLAG_DOCUMENT_{number}"
        place = {3: 0, 6: 1, 8: 2}.get(number)
        columns[name] = _flag(rng, clients, *flags[name]) if place is None else usual[:, place].astype(np.int64)
    return columns


def _external(rng: np.random.Generator, clients: Clients, people: Applicants, shock: Shock | None) -> dict[str, Values]:
    missing, tilts = figures("application")["missing"], figures("application")["missing_tilt"]
    uniform = rng.random((4, clients.n))
    # Who is not asked about at the bureau has no third score either.
    unasked = missing["AMT_REQ_CREDIT_BUREAU_YEAR"]
    no_enquiry = uniform[0] < tilted(unasked, tilts["AMT_REQ_CREDIT_BUREAU_YEAR"], clients.z)
    rest = (missing["EXT_SOURCE_3"] - unasked) / (1 - unasked)
    share_1 = missing["EXT_SOURCE_1"] + EXTERNAL_1_MISSING_DRIFT * clients.elapsed
    gaps: dict[str, Flags] = {
        "EXT_SOURCE_1": uniform[1] < tilted(share_1, tilts["EXT_SOURCE_1"], clients.z),
        "EXT_SOURCE_2": uniform[2] < missing["EXT_SOURCE_2"],
        "EXT_SOURCE_3": no_enquiry | (uniform[3] < rest),
    }
    jump = shock.external_score if shock else 0.0
    moves = {"EXT_SOURCE_1": (0.0, 0.0), "EXT_SOURCE_2": (0.0, jump), "EXT_SOURCE_3": (DRIFT.external_score, jump)}
    columns: dict[str, Values] = {}
    for name, (drift, shift) in moves.items():
        score = clients.shifted(people.scores[name], drift=drift, shock=shift)
        values = np.round(quantiles_of("application", name).at(score), EXTERNAL_SCORE_DECIMALS)
        columns[name] = with_missing(values, gaps[name])
    for period in ENQUIRIES:
        name = f"AMT_REQ_CREDIT_BUREAU_{period}"
        counts = levels(figures("application")["counts"][name]).draw(rng.random(clients.n))
        numbers = np.array([int(count) for count in counts.names])[counts.codes]
        columns[name] = with_missing(numbers, no_enquiry)
    return columns


def _circle(rng: np.random.Generator, clients: Clients) -> dict[str, Values]:
    missing = rng.random(clients.n) < figures("application")["missing"]["OBS_30_CNT_SOCIAL_CIRCLE"]
    seen = whole(quantiles_of("application", "OBS_30_CNT_SOCIAL_CIRCLE").at(rng.standard_normal(clients.n)))
    later = np.maximum(seen - (rng.random(clients.n) > SAME_CIRCLE), 0)
    defaults = rng.binomial(seen, tilted(CIRCLE_DEFAULT, CIRCLE_TILT, clients.z))
    still = np.minimum(rng.binomial(defaults, STILL_60), later)
    return {
        "OBS_30_CNT_SOCIAL_CIRCLE": with_missing(seen, missing),
        "DEF_30_CNT_SOCIAL_CIRCLE": with_missing(defaults, missing),
        "OBS_60_CNT_SOCIAL_CIRCLE": with_missing(later, missing),
        "DEF_60_CNT_SOCIAL_CIRCLE": with_missing(still, missing),
    }
