"""The roles of the platform as a table: who takes them, and what they may do to what, by the templates."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

Template = Mapping[str, Any]

HEAD: Final[Mapping[str, tuple[str, str, str]]] = {
    "en": ("role", "taken by", "may"),
    "fr": ("rôle", "pris par", "peut"),
}
_ATTEMPT: Final = "/attempt=*/"
_ON: Final = {"en": "on", "fr": "sur"}


def table_of(templates: Mapping[str, Template], language: str) -> str:
    """Table in Markdown."""
    rows = [HEAD[language], ("---", "---", "---"), *_rows(templates, language)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _rows(templates: Mapping[str, Template], language: str) -> Iterator[tuple[str, str, str]]:
    for stack, template in sorted(templates.items()):
        for name, resource in template["Resources"].items():
            if resource["Type"] != "AWS::IAM::Role":
                continue
            said = resource["Properties"]
            may = "<br>".join(
                f"{', '.join(f'`{action}`' for action in _listed(each['Action']))} {_ON[language]} "
                f"{', '.join(_short(_shown(target) for target in _listed(each['Resource'])))}"
                for policy in said.get("Policies", ())
                for each in policy["PolicyDocument"]["Statement"]
                if each["Effect"] == "Allow"
            )
            yield f"`{stack}/{re.sub('[0-9A-F]{8}$', '', name)}`", ", ".join(_takers(said)), may


def _takers(role: Mapping[str, Any]) -> Iterator[str]:
    for statement in role["AssumeRolePolicyDocument"]["Statement"]:
        for value in statement["Principal"].values():
            for each in _listed(value):
                yield f"`{each}`" if isinstance(each, str) else "GitHub (OIDC)"


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _short(shown: Iterable[str]) -> Iterator[str]:
    """Places below one attempt of a run together: `runs/run_id=*/attempt=*/{scores/*, matrix/*}`."""
    below: dict[str, list[str]] = {}
    for each in dict.fromkeys(shown):
        head, mark, rest = each.strip("`").partition(_ATTEMPT)
        below.setdefault(head + mark if mark else "", []).append(rest if mark else head)
    for head, rests in below.items():
        if head and len(rests) > 1:
            yield f"`{head}{{{', '.join(rests)}}}`"
        else:
            yield from (f"`{head}{rest}`" for rest in rests)


def _shown(target: object) -> str:
    """What a statement is about, short: the bucket and its prefix, or the resource by its name in the template."""
    if isinstance(target, str):
        plain = target.split(":::")[-1].split(":")[-1]
        bucket = re.match(r"garant-(\w+)-\d{12}-[\w-]+?-\d(/.*)?$", plain)
        short = f"{bucket[1]}{bucket[2] or ''}" if bucket else plain
        return re.sub("[0-9a-f]{64}", "DIGEST", re.sub(r"\d{12}", "ACCOUNT", short))
    text = json.dumps(target)
    found = re.findall(r'(?:GetAtt|Ref)"?:? ?\[?"?(\w+?)[0-9A-F]{8}', text) or re.findall(r'"Ref": "(\w+)"', text)
    return str(found[0]) if found else text
