"""How large the decision service is in the cloud: what stack Serving deploys, and what a month of it is reckoned from.

It costs by the hour whether anybody asks or not, which is why it is off unless it is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

HOURS_PER_MONTH: Final = 730
"""As AWS counts a month."""


@dataclass(frozen=True, kw_only=True)
class ServingSize:
    """Tasks, database and network of the decision service.

    Attributes
    ----------
    tasks_min, tasks_max : int
        Tasks that run at least and at most; two, so that one zone may fail.
    cpu_target_percent : int
        Average load of the tasks above which another is started.
    vcpu : int
        Of one task, which runs as many workers.
    memory_gb : int
        Of one task.
    database_class : str
        Machine of PostgreSQL.
    database_gb : int
        Its disk.
    zones : int
        Zones that network and database stand in.
    nat_gateways : int
        Ways out to the lender's identity provider, whose keys are read there.
    """

    tasks_min: int = 2
    tasks_max: int = 6
    cpu_target_percent: int = 60
    vcpu: int = 1
    memory_gb: int = 3
    database_class: str = "db.t4g.small"
    database_gb: int = 20
    zones: int = 2
    nat_gateways: int = 1

    @property
    def database_price(self) -> str:
        """Name of the price of an hour of the database's machine in one zone."""
        return f"database_{self.database_class.removeprefix('db.').replace('.', '_')}"

    def monthly(self, *, tasks: int | None = None, is_public: bool = False) -> Mapping[str, float]:
        """Units of a month by the name of their price; requests and what leaves the network come on top.

        Parameters
        ----------
        tasks : int or None
            Tasks that run all the month; as many as run at least by default.
        is_public : bool
            Whether the load balancer has public addresses, one in each zone.
        """
        running = self.tasks_min if tasks is None else tasks
        addresses = self.nat_gateways + (self.zones if is_public else 0)
        return {
            "fargate_vcpu": running * self.vcpu * HOURS_PER_MONTH,
            "fargate_memory": running * self.memory_gb * HOURS_PER_MONTH,
            "load_balancer": HOURS_PER_MONTH,
            self.database_price: self.zones * HOURS_PER_MONTH,
            "database_storage": self.zones * self.database_gb,
            "nat_gateway": self.nat_gateways * HOURS_PER_MONTH,
            "public_address": addresses * HOURS_PER_MONTH,
            # The master key of the record store, and the password of the database's owner.
            "secret": 2,
        }


SERVING_SIZE: Final = ServingSize()
"""What is deployed."""
