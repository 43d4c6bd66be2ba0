"""Alarms of CloudWatch: the first ten of an account are free."""

from collections.abc import Sequence
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.standing.tagged import Tagged
from garant.cloud.standing.thing import Billed, Standing, counted

FREE: Final = 10
"""Alarms of an account that are not billed."""


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """Alarms beyond the free ones of the account, whoever made the others."""
    ours = {thing.arn: thing.stack for thing in tagged if thing.service == "cloudwatch" and thing.kind == "alarm"}
    if not ours:
        return []
    listed: list[Any] = account.each("cloudwatch", "describe_alarms", "MetricAlarms")
    mine = [alarm for alarm in listed if alarm["AlarmArn"] in ours]
    billed = min(len(mine), len(listed) - FREE)
    if billed <= 0:
        return []
    state = f"{counted(len(mine), 'alarm')} of {len(listed)} in the account, {FREE} are free"
    names = " ".join(alarm["AlarmName"] for alarm in mine)
    return [Standing("alarms", names, next(iter(ours.values())), state, (Billed("alarm", billed),))]


def end(account: Account, thing: Standing) -> None:
    """Delete the alarms."""
    account.ask("cloudwatch", "delete_alarms", AlarmNames=thing.name.split())
