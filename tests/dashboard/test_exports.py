"""An auditor exports what is recorded about a person; nobody else does, and it is recorded."""

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from garant.decisions.access import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from dashboard_world import Pages

    Submit = Callable[..., httpx.Response]


def test_an_auditor_exports_everything_about_one_person_and_it_is_recorded(
    world: "Pages", people: dict[str, int], submit: "Submit"
):
    mine, other = world.decided(people["refuse"]), world.decided(people["accept"])
    auditor = world.visit(Role.AUDITOR)
    answer = submit(auditor, f"/fr/decisions/{mine}", f"/fr/decisions/{mine}/export")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"records.json", "page.fr.html", "page.en.html"} == set(archive.namelist())
        text = archive.read("records.json").decode()
    ids = {each["id"] for each in json.loads(text)["decisions"]}
    assert mine in ids
    assert other not in ids
    assert str(people["accept"]) not in text
    looks = world.parts.store.export(str(people["refuse"])).accesses
    assert "export" in {what for _, _, what in looks}


@pytest.mark.parametrize("role", [Role.ADVISER, Role.REVIEWER, Role.RISK])
def test_no_other_role_exports(world: "Pages", people: dict[str, int], submit: "Submit", role: Role):
    id_ = world.decided(people["accept"])
    page = world.visit(role).get(f"/en/decisions/{id_}")
    assert "/export" not in page.text
    assert submit(world.visit(role), f"/en/decisions/{id_}", f"/en/decisions/{id_}/export").status_code == 403


def test_a_link_exports_nothing_and_neither_does_a_form_without_the_secret(world: "Pages", people: dict[str, int]):
    id_ = world.decided(people["accept"])
    auditor = world.visit(Role.AUDITOR)
    assert auditor.get(f"/en/decisions/{id_}/export").status_code == 405
    assert auditor.post(f"/en/decisions/{id_}/export", data={"csrf": "guessed"}).status_code == 403


def test_of_an_erased_person_nothing_is_exported(world: "Pages", people: dict[str, int]):
    id_ = world.decided(people["accept"])
    auditor = world.visit(Role.AUDITOR)
    shown = auditor.get(f"/en/decisions/{id_}")
    world.parts.store.erase(str(people["accept"]), reason="asked", actor="test")
    token = shown.text.split('name="csrf" value="')[1].split('"')[0]
    assert auditor.post(f"/en/decisions/{id_}/export", data={"csrf": token}).status_code == 410
