"""Where the templates are found."""

from pathlib import Path

import pytest

import garant
from garant.cloud.checkout import infra_app
from garant.exceptions import MissingPartError


def _sources(folder: Path, version: str) -> Path:
    (folder / "infra").mkdir(parents=True)
    (folder / "infra" / "app.py").touch()
    (folder / "src" / "garant").mkdir(parents=True)
    (folder / "src" / "garant" / "__init__.py").write_text(f'"""garant."""\n\n__version__ = "{version}"\n')
    return folder


def test_templates_lie_beside_the_sources_that_run(tmp_path: Path) -> None:
    sources = _sources(tmp_path / "sources", "9.9.9")
    assert infra_app(beside=sources, here=tmp_path) == sources / "infra" / "app.py"


def test_with_the_package_alone_it_is_said_where_templates_come_from(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match=rf"Get the sources of garant {garant.__version__}, .*pip install -e"):
        infra_app(beside=tmp_path, here=tmp_path)


def test_sources_of_the_same_version_in_the_working_folder_will_do(tmp_path: Path) -> None:
    sources = _sources(tmp_path / "sources", garant.__version__)
    assert infra_app(beside=tmp_path / "site-packages", here=sources) == sources / "infra" / "app.py"


def test_templates_of_another_version_are_refused(tmp_path: Path) -> None:
    sources = _sources(tmp_path / "sources", "9.9.9")
    with pytest.raises(MissingPartError, match=rf"belongs to garant 9.9.9, installed is {garant.__version__}"):
        infra_app(beside=tmp_path / "site-packages", here=sources)
