"""A service with pages as tests see it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from api_world import World
from garant.decisions.access import Role
from garant.decisions.ids import new_id


@dataclass(kw_only=True)
class Pages(World):
    """A served app with pages."""

    browsers: dict[tuple[Role, str, str], httpx.Client] = field(default_factory=dict)

    def visit(self, role: Role = Role.ADVISER, branch: str = "paris", name: str = "A. Martin") -> httpx.Client:
        """Client that is logged in, as a browser without JavaScript."""
        key = role, branch, name
        if key not in self.browsers:
            client = httpx.Client(base_url=self.client.base_url, timeout=60)
            form = {"name": name, "role": str(role), "owner": branch, "next": ""}
            assert client.post("/en/login", data=form).status_code == 303
            self.browsers[key] = client
        return self.browsers[key]

    def decided(self, client: int, branch: str = "paris") -> str:
        """Id of a new decision about a client, made through the API."""
        answer = self.post("/v1/decisions", {"client": client}, branch=branch, headers={"Idempotency-Key": new_id()})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


def csrf_of(page: str) -> str:
    """Secret that the forms of a page carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]


NewPages = Callable[..., Pages]
"""Makes a service with pages and a record store of its own."""
