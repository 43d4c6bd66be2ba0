"""Random streams that depend on seed, block and topic alone, never on the order of work.

Philox is counter-based: seed and topic make the key and the counter, so that any block of clients can be made by any
worker, at any time, with the same numbers.
"""

from enum import IntEnum

import numpy as np

BLOCK_CLIENTS = 4096
"""Clients per block: the unit of work; large enough for vectors, small enough for a bounded memory."""


class Topic(IntEnum):
    """What a stream is for. Values are part of what a seed means: new topics get new numbers."""

    CLIENTS = 1
    APPLICANT = 2
    LOAN = 3
    APPLICATION = 4
    BUILDINGS = 5
    LABELS = 6
    BUREAU = 7
    BUREAU_BALANCE = 8
    PREVIOUS_APPLICATION = 9
    POS_CASH_BALANCE = 10
    CREDIT_CARD_BALANCE = 11
    INSTALLMENTS_PAYMENTS = 12
    CONTRACT_DATES = 13


def stream(seed: int, topic: Topic, block: int) -> np.random.Generator:
    """Open the stream of one topic in one block.

    Parameters
    ----------
    seed : int
        Seed of the lender, 0 ≤ seed < 2**64.
    topic : Topic
        Table or subject.
    block : int
        Number of the block of clients.

    Returns
    -------
    numpy.random.Generator
        The counter starts at (0, 0, topic, block): the low 128 bits belong to the draws of this stream.
    """
    return np.random.Generator(np.random.Philox(key=[seed, 0], counter=[0, 0, int(topic), block]))
