"""One block of the lender: every file's rows of 4,096 clients."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from garant.tables.synthetic.applicant import draw_applicants
from garant.tables.synthetic.application import draw_application
from garant.tables.synthetic.bureau import draw_credits
from garant.tables.synthetic.bureau_balance import draw_bureau_balance
from garant.tables.synthetic.clients import FIRST_CLIENT_ID, Clients, draw_clients
from garant.tables.synthetic.credit_card_balance import draw_credit_card_balance
from garant.tables.synthetic.dates import Shock
from garant.tables.synthetic.draws import Flags, Ints
from garant.tables.synthetic.frames import TEST, TRAIN, Values, arrow_array, frame
from garant.tables.synthetic.installments_payments import CardMonths, draw_installments_payments
from garant.tables.synthetic.loan import draw_loans
from garant.tables.synthetic.pos_cash_balance import draw_pos_cash_balance
from garant.tables.synthetic.previous_application import draw_previous_applications
from garant.tables.synthetic.risk import draw_truth

TRUTH = "truth"


def draw_block(seed: int, block: int, *, n_clients: int, shock: Shock | None) -> Mapping[str, pa.Table]:
    """Draw one block of the lender.

    Parameters
    ----------
    seed : int
        Seed of the lender.
    block : int
        Number of the block.
    n_clients : int
        Clients of the whole lender: those of the block beyond it are left out.
    shock : Shock or None
        Shock of the calendar.

    Returns
    -------
    mapping of str to pyarrow.Table
        One table per file, and `TRUTH`.
    """
    clients = draw_clients(seed, block, shock)
    wanted = clients.ids < FIRST_CLIENT_ID + n_clients
    count = int(wanted.sum())
    # One family of tables after the other, so that the columns of one are freed before the next.
    return {
        **_applications(seed, block, clients, wanted, shock),
        **_other_lenders(seed, block, clients, count),
        **_same_lender(seed, block, clients, count),
    }


def _applications(seed: int, block: int, clients: Clients, wanted: Flags, shock: Shock | None) -> dict[str, pa.Table]:
    people = draw_applicants(seed, block, clients, shock)
    loans = draw_loans(seed, block, clients, people)
    truth = draw_truth(seed, block, clients, people, loans, shock)
    columns = draw_application(seed, block, clients, people, loans, truth, shock)
    side = {"SK_ID_CURR": clients.ids, "z": clients.z, "true_pd": truth.pd, "TARGET": truth.label}
    return {
        TRAIN: frame(TRAIN, columns, wanted & ~clients.is_test),
        TEST: frame(TEST, columns, wanted & clients.is_test),
        TRUTH: pa.table({name: arrow_array(values[wanted]) for name, values in side.items()}),
    }


def _other_lenders(seed: int, block: int, clients: Clients, count: int) -> dict[str, pa.Table]:
    loans = draw_credits(seed, block, clients)
    return {
        "bureau": frame("bureau", loans.columns, loans.listed & (loans.owner < count)),
        "bureau_balance": _child("bureau_balance", draw_bureau_balance(seed, block, clients, loans), count),
    }


def _same_lender(seed: int, block: int, clients: Clients, count: int) -> dict[str, pa.Table]:
    contracts, earlier = draw_previous_applications(seed, block, clients)
    frames = {
        "previous_application": frame("previous_application", earlier, contracts.listed & (contracts.owner < count))
    }
    del earlier
    frames["POS_CASH_balance"] = _child(
        "POS_CASH_balance", draw_pos_cash_balance(seed, block, clients, contracts), count
    )
    columns, owner = draw_credit_card_balance(seed, block, clients, contracts)
    payable = CardMonths.of(columns, owner)
    frames["credit_card_balance"] = _child("credit_card_balance", (columns, owner), count)
    del columns, owner
    paid = draw_installments_payments(seed, block, clients, contracts, payable)
    frames["installments_payments"] = _child("installments_payments", paid, count)
    return frames


def _child(file: str, drawn: tuple[dict[str, Values], Ints], count: int) -> pa.Table:
    """Keep the rows of the first `count` clients; rows are in the order of clients."""
    columns, owner = drawn
    return frame(file, columns).slice(0, int(np.searchsorted(owner, count)))
