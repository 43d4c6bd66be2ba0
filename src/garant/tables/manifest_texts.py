"""How a file can differ from what the manifest of its folder says, in English and French."""

from garant.tables.rule_texts import Text

PROBLEMS: dict[str, Text] = {
    "unlisted": Text("{file} is not listed", "{file} n'y figure pas", "", ""),
    "absent": Text("{file} is listed but not here", "{file} y figure mais n'est pas là", "", ""),
    "table": Text(
        "{file} is listed as {listed}, here it is {found}", "{file} y figure comme {listed}, ici c'est {found}", "", ""
    ),
    "bytes": Text(
        "{file} has {found} bytes instead of {listed}", "{file} a {found} octets au lieu de {listed}", "", ""
    ),
    "sha256": Text(
        "{file} has another content (sha256 {found}… instead of {listed}…)",
        "{file} a un autre contenu (sha256 {found}… au lieu de {listed}…)",
        "",
        "",
    ),
    "rows": Text("{file} has {found} rows instead of {listed}", "{file} a {found} lignes au lieu de {listed}", "", ""),
    "unreadable": Text("{file} cannot be read: {found}", "{file} ne peut pas être lu : {found}", "", ""),
}
