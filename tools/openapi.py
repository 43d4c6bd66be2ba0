"""Write ``docs/openapi.json`` anew: what the app says of itself. Run it after a change of a route or of a table."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, cast

from garant.api.app import create_app
from garant.api.openapi import document, text

if TYPE_CHECKING:
    from garant.api.live import Parts

if __name__ == "__main__":
    # Nothing is opened: the app only tells its routes.
    app = create_app(lambda: nullcontext(cast("Parts", None)))
    place = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"
    place.write_text(text(document(app)), encoding="utf-8")
    print(f"{place.name}: written.")
