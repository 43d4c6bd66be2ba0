"""What to do about a column that breaks a rule in many rows, in English and French."""

from garant.tables.rule_texts import Text

EMPTY_CELL = Text("an empty cell", "une cellule vide", "", "")

ADVICE: dict[str, Text] = {
    "swapped": Text(
        "Its values would fit {other}: the two columns look swapped. Export each under its own name, or write "
        '[columns.{table}] {column} = "{other_name}" and {other} = "{column_name}" in tables.toml.',
        "Ses valeurs iraient à {other} : les deux colonnes semblent échangées. Exporter chacune sous son nom, ou "
        'écrire [columns.{table}] {column} = "{other_name}" et {other} = "{column_name}" dans tables.toml.',
        "",
        "",
    ),
    "marks": Text(
        "Its numbers are written in a national format: write [read.{table}] {entries} in tables.toml.",
        "Ses nombres sont écrits dans un format national : écrire [read.{table}] {entries} dans tables.toml.",
        "",
        "",
    ),
    "alone": Text(
        "Its numbers would be read with [read.{table}] {entries}, but those of other columns then not: export all "
        "numbers of a table in one format.",
        "Ses nombres se liraient avec [read.{table}] {entries}, mais alors plus ceux d'autres colonnes : exporter tous "
        "les nombres d'une table dans un seul format.",
        "",
        "",
    ),
    "label": Text(
        "It holds {found}. Export 1 for a default and 0 for none, or name another column in [columns.application].",
        "Elle contient {found}. Exporter 1 pour un défaut et 0 sinon, ou nommer une autre colonne dans "
        "[columns.application].",
        "",
        "",
    ),
    "unlabelled": Text(
        "Applicants whose outcome is not known yet belong in a file of their own without the column {column}, such as "
        "application_test: it is accepted beside the others and not trained on. To score all: --for score.",
        "Les demandeurs dont le résultat n'est pas encore connu vont dans un fichier à part sans la colonne {column}, "
        "tel qu'application_test : il est accepté à côté des autres et ne sert pas à l'apprentissage. Pour tous les "
        "noter : --for score.",
        "",
        "",
    ),
    "fields": Text(
        "The header has {expected} cells. Quote cells that hold the delimiter '{delimiter}'; numbers with a decimal "
        "comma need quotes or another delimiter, told in [read.{table}] of tables.toml.",
        "L'en-tête a {expected} cellules. Mettre entre guillemets les cellules qui contiennent le séparateur "
        "'{delimiter}' ; des nombres à virgule demandent des guillemets ou un autre séparateur, dit dans "
        "[read.{table}] de tables.toml.",
        "",
        "",
    ),
    "row": Text(
        "So many rows point to the export itself.", "Tant de lignes mettent en cause l'export lui-même.", "", ""
    ),
    "empty": Text(
        "So many empty cells mean that {column} was not exported.",
        "Tant de cellules vides montrent que {column} n'a pas été exportée.",
        "",
        "",
    ),
    "other": Text(
        "If another column of the file holds {column}, name it in [columns.{table}] of tables.toml.",
        "Si une autre colonne du fichier contient {column}, la nommer dans [columns.{table}] de tables.toml.",
        "",
        "",
    ),
}
