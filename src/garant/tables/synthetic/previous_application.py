"""Earlier applications with the same lender, refused and cancelled ones included."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from garant.tables.synthetic.clients import FIRST_CLIENT_ID, Clients
from garant.tables.synthetic.contract_dates import draw_contract_dates
from garant.tables.synthetic.dates import PREVIOUS_WEEKDAYS
from garant.tables.synthetic.draws import (
    Category,
    Flags,
    Floats,
    Ints,
    Levels,
    draw_by_group,
    expand,
    mix,
    whole,
    with_missing,
)
from garant.tables.synthetic.frames import Values
from garant.tables.synthetic.previous_cells import (
    APPROVED_CONSUMER,
    APPROVED_REVOLVING,
    CONSUMER,
    REVOLVING,
    TYPES,
    cells,
)
from garant.tables.synthetic.previous_offers import draw_amounts, draw_product
from garant.tables.synthetic.reference import figures, levels, quantiles
from garant.tables.synthetic.streams import Topic, stream

FIRST_PREVIOUS_ID = 1_000_001
IDS_PER_CLIENT = 40
"""SK_ID_PREV is the client's number times this plus a position: unique without knowing other blocks."""

CARD_HOLDERS = 0.287
"""Share of the clients with applications of whom one application became a card; hardly anybody has two."""

UNLISTED_LOANS = 0.13
UNLISTED_CARDS = 0.059
"""Shares of clients with one contract more, without a previous application: any client with a loan, a client without a
card with a card. Legal, and as in the real data about 3 % of the POS rows and a third of the card rows."""

EARLIEST_DAY, LATEST_DAY = -2922, -2
UNLISTED_CARD_DAY = -2930
"""Unlisted cards are old: they have all 96 months."""

STATUS_TILTS: Mapping[str, float] = {"Refused": 1.30, "Canceled": 0.35, "Unused offer": 0.05, "Approved": -0.35}
"""Mean of the trace among applications with this outcome: risky clients were refused before."""

RECENCY = 0.45
"""Loading of the trace on how recent the applications are."""

INTEREST_KNOWN = 0.0118
"""Share of approved consumer loans whose two interest rates are known."""

LAST_PER_CONTRACT = Levels.of({"Y": 0.9958, "N": 0.0042})
NOT_LAST_IN_DAY = 0.0034

WORDS = (
    "NAME_CASH_LOAN_PURPOSE",
    "NAME_PAYMENT_TYPE",
    "CODE_REJECT_REASON",
    "NAME_TYPE_SUITE",
    "NAME_CLIENT_TYPE",
    "CHANNEL_TYPE",
    "NAME_SELLER_INDUSTRY",
    "NAME_GOODS_CATEGORY",
)


@dataclass(frozen=True, slots=True)
class Applications:
    """Earlier applications of one block, in the order of clients; every entry has one value per application.

    Parameters
    ----------
    owner : array of int
        Index of the client in the block.
    ids : array of int
        SK_ID_PREV.
    listed : array of bool
        The application has a row in previous_application.
    kind : array of int
        Index into `TYPES`.
    is_approved : array of bool
        The application became a contract.
    decided, first_due, ended : array of int
        Days of decision, of the first instalment (0 when the contract has not started) and of the end (`DAYS_SENTINEL`
        while it runs).
    n_payments : array of int
        Planned instalments.
    annuity, limit : array of float
        Instalment, and credit, in the currency unit.
    """

    owner: Ints
    ids: Ints
    listed: Flags
    kind: Ints
    is_approved: Flags
    decided: Ints
    first_due: Ints
    ended: Ints
    n_payments: Ints
    annuity: Floats
    limit: Floats

    @property
    def loans(self) -> Ints:
        """Indices of the contracts with instalments: started loans that are no cards."""
        return np.flatnonzero(self.is_approved & (self.kind != REVOLVING) & (self.first_due < 0))

    @property
    def cards(self) -> Ints:
        """Indices of the approved revolving applications."""
        return np.flatnonzero(self.is_approved & (self.kind == REVOLVING))


def draw_previous_applications(seed: int, block: int, clients: Clients) -> tuple[Applications, dict[str, Values]]:
    """Draw the earlier applications of one block, and the columns of previous_application for all of them."""
    rng = stream(seed, Topic.PREVIOUS_APPLICATION, block)
    owner, position, listed, cell = _rows(rng, clients)
    trace = clients.traces["previous_application"][owner]
    n = len(owner)
    kind = cells().types[cell]
    approved = np.array([status == "Approved" for status in cells().statuses])[cell]
    sized = cells().is_hit("sized", cell, rng.random(n))
    decided = _decisions(rng, cell, trace, listed, kind)
    words = {word: draw_by_group(cell, cells().words(word), rng.random(n)) for word in WORDS}
    product = draw_product(rng, cell, kind, sized)
    amounts = draw_amounts(rng, cell, kind, sized, trace)
    dates = draw_contract_dates(
        seed, block, kind=kind, approved=approved, decided=decided, n_payments=amounts["CNT_PAYMENT"], trace=trace
    )
    ids = FIRST_PREVIOUS_ID + (clients.ids[owner] - FIRST_CLIENT_ID) * IDS_PER_CLIENT + position
    columns: dict[str, Values] = {
        "SK_ID_PREV": ids,
        "SK_ID_CURR": clients.ids[owner],
        "NAME_CONTRACT_TYPE": Category(kind.astype(np.int8), TYPES),
        "NAME_CONTRACT_STATUS": _status(cell),
        "DAYS_DECISION": decided,
        **words,
        **product,
        **amounts,
        **dates.columns,
        **_rest(rng, cell, kind, approved),
    }
    applications = Applications(
        owner=owner,
        ids=ids,
        listed=listed,
        kind=kind,
        is_approved=approved,
        decided=decided,
        first_due=dates.first_due,
        ended=dates.ended,
        n_payments=whole(np.nan_to_num(amounts["CNT_PAYMENT"])),
        annuity=np.nan_to_num(amounts["AMT_ANNUITY"]),
        limit=amounts["AMT_CREDIT"],
    )
    return applications, columns


def _rows(rng: np.random.Generator, clients: Clients) -> tuple[Ints, Ints, Flags, Ints]:
    """Draw how many applications each client has, and type and outcome of each."""
    counts = figures("previous_application")["applications_per_client"]
    per_client = Levels.of({str(n): share for n, share in enumerate(counts)})
    listed = per_client.draw(rng.random(clients.n)).codes.astype(np.int64)
    loans = (rng.random(clients.n) < UNLISTED_LOANS).astype(np.int64)
    holder = (listed > 0) & (rng.random(clients.n) < CARD_HOLDERS)
    cards = (~holder & (rng.random(clients.n) < UNLISTED_CARDS)).astype(np.int64)
    owner, position = expand(listed + loans + cards)
    names = cells().names
    outcome = _outcomes().draw(rng.random(len(owner)), clients.traces["previous_application"][owner])
    cell = outcome.codes.astype(np.int64)
    card_place = np.where(holder, (rng.random(clients.n) * listed).astype(np.int64), -1)
    is_listed = position < listed[owner]
    cell[~is_listed] = names.index(APPROVED_CONSUMER)
    cell[(position >= (listed + loans)[owner]) | (position == card_place[owner])] = names.index(APPROVED_REVOLVING)
    return owner, position, is_listed, cell


@cache
def _outcomes() -> Levels:
    """Type and outcome of an application that became no card."""
    found = cells()
    shares = {name: float(entry["share"]) for name, entry in zip(found.names, found.entries, strict=True)}
    tilts = {name: STATUS_TILTS[status] for name, status in zip(found.names, found.statuses, strict=True)}
    return Levels.of({**shares, APPROVED_REVOLVING: 0.0}, tilts)


def _decisions(rng: np.random.Generator, cell: Ints, trace: Floats, listed: Flags, kind: Ints) -> Ints:
    days = cells().at("DAYS_DECISION", cell, mix(trace, RECENCY, rng.standard_normal(len(cell))))
    decided = np.clip(whole(days), EARLIEST_DAY, LATEST_DAY)
    return np.where(~listed & (kind == REVOLVING), UNLISTED_CARD_DAY, decided)


def _status(cell: Ints) -> Category:
    names = tuple(STATUS_TILTS)
    codes = np.array([names.index(status) for status in cells().statuses], dtype=np.int8)
    return Category(codes[cell], names)


def _rest(rng: np.random.Generator, cell: Ints, kind: Ints, approved: Flags) -> dict[str, Values]:
    reference = figures("previous_application")
    n = len(cell)
    uniform = rng.random((6, n))
    hour = quantiles(reference["hour"])
    area = cells().at("seller_area", cell, rng.standard_normal(n))
    known = approved & (kind == CONSUMER) & (uniform[0] < INTEREST_KNOWN)
    columns: dict[str, Values] = {
        "WEEKDAY_APPR_PROCESS_START": PREVIOUS_WEEKDAYS.draw(uniform[1]),
        "HOUR_APPR_PROCESS_START": whole(hour.at(rng.standard_normal(n))),
        "FLAG_LAST_APPL_PER_CONTRACT": LAST_PER_CONTRACT.draw(uniform[2]),
        "NFLAG_LAST_APPL_IN_DAY": (uniform[3] > NOT_LAST_IN_DAY).astype(np.int64),
        "SELLERPLACE_AREA": np.maximum(whole(area), -1),
    }
    for place, name in ((4, "rate_interest_primary"), (5, "rate_interest_privileged")):
        drawn = levels(reference[name]).draw(uniform[place])
        rates = np.array([float(rate) for rate in drawn.names])[drawn.codes]
        columns[name.upper()] = with_missing(rates, ~known)
    return columns
