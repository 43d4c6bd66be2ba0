"""What the client sends is what the state machine expects: neither is changed without the other."""

import json

from garant.cloud.execution import JobInput
from garant_infra.run_steps import ENTRIES


def test_the_client_says_every_entry_that_the_machine_asks_for_and_no_other() -> None:
    job = JobInput("0" * 16, "run-0-0", "s3://b/main.py", ("score",), "--conf a=b", "{}", 30, "s3://logs/jobs/")
    assert set(json.loads(job.text)) == set(ENTRIES)
