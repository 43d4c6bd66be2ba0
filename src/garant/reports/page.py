"""Pages of reports: self-contained HTML without any address, made from the templates.

Only the data dictionary has a script, a few lines that filter its rows; without it everything is shown.
"""

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from garant import __version__
from garant.storage import atomic_path
from garant.wording.catalogue import Wording


def render_page(template: str, wording: Wording, **values: object) -> str:
    """Return the page that `template` makes of `values`; whatever is no markup of the template is escaped.

    Parameters
    ----------
    template : str
        File name inside ``templates``.
    wording : Wording
        Language of the page and its texts, which the template asks for by id.
    values : object
        What the template shows.
    """
    environment = Environment(
        loader=PackageLoader("garant.reports"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    known = {"language": wording.language, "text": wording.text, "version": __version__}
    return environment.get_template(template, globals=known).render(**values)


def write_page(path: Path, page: str, *, private: bool = False) -> None:
    """Write `page` to `path`, whole or not at all; when `private` nobody but the owner may read it."""
    with atomic_path(path, private=private) as temporary:
        temporary.write_text(page, encoding="utf-8")
