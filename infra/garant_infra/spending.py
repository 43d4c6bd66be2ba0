"""What is spent in a month against what was meant to be: told at half, at 80 %, at all of it, and beforehand."""

from typing import Final

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from garant_infra.alerts import AlertTopic

_TOLD: Final = (("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))


class MonthlyBudget(Construct):
    """Budget of the account; it tells and stops nothing: bills may come a day late, the limits of a job are the stop.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    amount : int
        In US dollars, which AWS keeps budgets in.
    topic : AlertTopic
        Where it is told.
    """

    def __init__(self, scope: Construct, construct_id: str, *, amount: int, topic: AlertTopic) -> None:
        super().__init__(scope, construct_id)
        of = budgets.CfnBudget
        budgets.CfnBudget(
            self,
            "Budget",
            budget=of.BudgetDataProperty(
                budget_name="garant",
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=of.SpendProperty(amount=amount, unit="USD"),
            ),
            notifications_with_subscribers=[
                of.NotificationWithSubscribersProperty(
                    notification=of.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[of.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)],
                )
                for kind, percent in _TOLD
            ],
        )
