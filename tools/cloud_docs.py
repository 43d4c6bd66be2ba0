"""Draw the platform and list its roles for the docs, from the templates that ``infra/app.py`` makes.

Run after a template was changed: python tools/cloud_docs.py
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cloud_picture import svg_of
from cloud_roles import table_of

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = {"en": "cloud.md", "fr": "cloud.fr.md"}

ACCOUNT, REGION = "111122223333", "eu-west-3"
CONTEXT = (
    "github=OWNER/garant",
    "serving=true",
    f"serving_image=sha256:{'0' * 64}",
    "serving_host=credit.example.eu",
    f"serving_certificate=arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000",
    f"serving_bundle={'0' * 64}",
    f"serving_trusted_keys=ed25519:{'A' * 43}=",
    "serving_jwt_issuer=https://login.example.eu",
    "serving_jwt_audience=garant",
    "serving_oidc_issuer=https://login.example.eu",
    "serving_oidc_client_id=garant",
)
"""All that can be asked for stands in picture and table; the values are examples."""

_BETWEEN = re.compile(r"(<!-- roles, made by tools/cloud_docs.py -->\n).*?(\n<!-- end of roles -->)", re.DOTALL)


def templates_in(folder: Path) -> dict[str, Any]:
    """Templates by the name of their stack."""
    return {
        path.name.partition(".")[0]: json.loads(path.read_bytes()) for path in sorted(folder.glob("*.template.json"))
    }


def files_of(templates: Mapping[str, Any]) -> dict[Path, str]:
    """Files of the docs that are made of templates, with their text."""
    made: dict[Path, str] = {}
    for language, page in PAGES.items():
        made[DOCS / "images" / f"cloud-{language}.svg"] = svg_of(templates, language)
        said = (DOCS / page).read_text(encoding="utf-8")
        table = table_of(templates, language)
        made[DOCS / page] = _BETWEEN.sub(lambda found, table=table: f"{found[1]}{table}{found[2]}", said)
    return made


def main() -> None:
    """Write them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "infra" / "app.py"), "--account", ACCOUNT, "--region", REGION]
        for each in CONTEXT:
            command += ["-c", each]
        subprocess.run([*command, "--out", folder], check=True)
        for path, text in files_of(templates_in(Path(folder))).items():
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
