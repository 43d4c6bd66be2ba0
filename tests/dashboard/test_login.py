"""Who gets in, who stays in, and which forms count."""

from typing import TYPE_CHECKING

import httpx
import pytest

from garant.dashboard.parts import DashboardOptions
from garant.decisions.access import Role

if TYPE_CHECKING:
    from dashboard_world import NewPages, Pages


def test_nobody_sees_a_page_before_logging_in_and_comes_back_to_it(world: "Pages"):
    with httpx.Client(base_url=world.client.base_url) as browser:
        assert browser.get("/fr").headers["location"] == "/fr/login?next=/fr"
        asked = browser.get("/fr/")
        assert (asked.status_code, asked.headers["location"]) == (303, "/fr/login?next=/fr/")
        form = browser.get(asked.headers["location"])
        assert 'value="/fr/"' in form.text
        fields = {"name": "B. Durand", "role": "risk", "owner": "paris", "next": "/fr/"}
        done = browser.post("/fr/login", data=fields)
        assert (done.status_code, done.headers["location"]) == (303, "/fr/")


@pytest.mark.parametrize("next_", ["https://elsewhere.example/", "//elsewhere.example/en/", "/en//elsewhere", "\\en"])
def test_logging_in_leads_to_no_other_host(world: "Pages", next_: str):
    fields = {"name": "B. Durand", "role": "risk", "owner": "paris", "next": next_}
    done = httpx.post(f"{world.client.base_url}/en/login", data=fields)
    assert done.headers["location"] == "/en/"


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(world: "Pages"):
    fields = {"name": "B. Durand", "role": "risk", "owner": "paris"}
    cookie = httpx.post(f"{world.client.base_url}/en/login", data=fields).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize("value", ["", "a.b.c", "{}xx", "e{}"])
def test_a_changed_cookie_is_nobody(world: "Pages", value: str):
    good = next(iter(world.visit(Role.RISK).cookies.values()))
    answer = httpx.get(f"{world.client.base_url}/en/", headers={"cookie": f"garant={value.format(good)}"})
    assert answer.headers["location"] == "/en/login?next=/en/"


@pytest.mark.parametrize("field", [{"role": "owner"}, {"name": ""}, {"name": "a\nb"}, {"owner": "a b"}, {"owner": ""}])
def test_a_login_that_lacks_something_is_shown_again(world: "Pages", field: dict[str, str]):
    fields = {"name": "B. Durand", "role": "risk", "owner": "paris", **field}
    answer = httpx.post(f"{world.client.base_url}/en/login", data=fields)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://other.example"}]
)
def test_a_form_of_another_site_does_nothing(world: "Pages", headers: dict[str, str]):
    fields = {"name": "B. Durand", "role": "risk", "owner": "paris"}
    answer = httpx.post(f"{world.client.base_url}/en/login", data=fields, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("token", ["", "x" * 32, "é"])
def test_a_form_without_the_secret_of_the_session_does_nothing(world: "Pages", token: str):
    browser = world.visit(Role.RISK)
    answer = browser.post("/fr/logout", data={"csrf": token})
    assert answer.status_code == 403
    assert "Ce formulaire n’a pas été envoyé" in answer.text


def test_without_the_demonstration_login_nobody_names_themselves(new_pages: "NewPages"):
    pages = new_pages(options=DashboardOptions(local_login=False, is_secure=False))
    url = pages.client.base_url
    fields = {"name": "B. Durand", "role": "admin", "owner": "paris"}
    answer = httpx.post(f"{url}/en/login", data=fields)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    assert 'name="role"' not in httpx.get(f"{url}/en/login").text


def test_an_unknown_address_is_told_in_the_language_of_the_page_and_by_the_api_as_before(world: "Pages"):
    browser = world.visit(Role.RISK)
    assert "Cette page n’existe pas" in browser.get("/fr/nothing").text
    assert browser.get("/en/nothing").status_code == 404
    told = world.get("/v1/nothing")
    assert (told.status_code, told.headers["content-type"]) == (404, "application/problem+json")
    assert world.client.put("/v1/decisions").status_code == 405
