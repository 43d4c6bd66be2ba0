"""The pictures in the docs show the pages as they are."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def screenshots() -> ModuleType:
    """The tool that takes them."""
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "tools" / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pictures_were_taken_of_the_present_templates_style_and_texts(screenshots: ModuleType):
    known = screenshots.DIGEST.read_text("utf-8").strip()
    assert known == screenshots.digest(), "pages changed: run `make screenshots` and look at the pictures"


def test_every_picture_is_shown_in_both_languages(screenshots: ModuleType):
    shown = set(re.findall(r"images/pages/([\w-]+\.png)", (ROOT / "docs" / "dashboard.md").read_text("utf-8")))
    made = {path.name for path in screenshots.TARGET.glob("*.png")}
    assert shown == made
    assert {name.replace("-fr.", "-en.") for name in made} == {name for name in made if "-en." in name}
