"""A program that records one decision and says so: killed by a failpoint, or not. Arguments: URL, master key, id."""

import sys
from pathlib import Path

from garant.decisions.store import RecordStore
from garant.keys import MasterKey

sys.path.insert(0, str(Path(__file__).parents[1]))
from store_records import new_decision

url, key, decision = sys.argv[1:]
with (
    RecordStore.open(url, MasterKey.read(Path(key)), serving=True) as store,
    store.claim("key-1", "decisions", "k", b"body") as claim,
):
    if claim.answer is None:
        claim.commit([new_decision(id=decision)], decision.encode())
    sys.stdout.write((claim.answer or b"").decode())
