"""What each rule says and what to do about it, in English and French; ``{names}`` are filled in where it is said."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Last part of the id of a row rule."""

    TYPE = "type"
    WHOLE = "whole"
    RANGE = "range"
    PRECISION = "precision"
    EMPTY = "empty"
    ID = "id"
    LABEL = "label"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    FIELDS = "fields"
    QUOTE = "quote"
    NUL = "nul"


@dataclass(frozen=True, slots=True)
class Text:
    """One rule's sentences: what is wrong, what to do."""

    en: str
    fr: str
    remedy_en: str
    remedy_fr: str


_SOURCE_EN, _SOURCE_FR = "Correct the cell at its source.", "Corriger la cellule à la source."

ROW_TEXTS: dict[Code, Text] = {
    Code.TYPE: Text(
        "a value that is not of the column's type",
        "une valeur qui n'est pas du type de la colonne",
        _SOURCE_EN,
        _SOURCE_FR,
    ),
    Code.WHOLE: Text(
        "a fraction where a whole number is expected",
        "une fraction là où un nombre entier est attendu",
        _SOURCE_EN,
        _SOURCE_FR,
    ),
    Code.RANGE: Text(
        "infinite, or too large to be stored exactly",
        "infini, ou trop grand pour être conservé exactement",
        _SOURCE_EN,
        _SOURCE_FR,
    ),
    Code.PRECISION: Text(
        "an amount finer than a thousandth of the currency unit",
        "un montant plus fin que le millième de l'unité monétaire",
        "Round the amount at its source; garant never rounds money.",
        "Arrondir le montant à la source ; garant n'arrondit jamais l'argent.",
    ),
    Code.EMPTY: Text(
        "empty, although every row needs a value here",
        "vide, alors que chaque ligne doit avoir une valeur ici",
        "Complete the cell at its source.",
        "Compléter la cellule à la source.",
    ),
    Code.ID: Text(
        "not an id: expected a whole number from 1 to 9223372036854775807, without leading zero or exponent",
        "pas un identifiant : attendu un entier de 1 à 9223372036854775807, sans zéro initial ni exposant",
        "Export ids as plain whole numbers, the same way in every table.",
        "Exporter les identifiants en nombres entiers simples, de la même façon dans toutes les tables.",
    ),
    Code.LABEL: Text(
        "neither 0 nor 1",
        "ni 0 ni 1",
        "Give every row of this file its outcome, or leave the column out of the file.",
        "Donner un résultat à chaque ligne de ce fichier, ou retirer la colonne du fichier.",
    ),
    Code.DUPLICATE: Text(
        "the same row a second time; the first copy is kept",
        "la même ligne une seconde fois ; la première copie est gardée",
        "Remove the copies at the source.",
        "Supprimer les copies à la source.",
    ),
    Code.CONFLICT: Text(
        "one key with contradicting rows; none of them is kept",
        "une clé avec des lignes contradictoires ; aucune n'est gardée",
        "Find out which row is true and remove the others at the source.",
        "Trouver la ligne exacte et supprimer les autres à la source.",
    ),
    Code.FIELDS: Text(
        "more or fewer cells than the header has",
        "plus ou moins de cellules que l'en-tête",
        "Quote cells that hold the delimiter or a line end.",
        "Mettre entre guillemets les cellules qui contiennent le séparateur ou un saut de ligne.",
    ),
    Code.QUOTE: Text(
        "a quote mark in the middle of a cell",
        "un guillemet au milieu d'une cellule",
        "Quote the cell and double the quote marks inside it.",
        "Mettre la cellule entre guillemets et doubler les guillemets qu'elle contient.",
    ),
    Code.NUL: Text(
        "a NUL byte",
        "un octet NUL",
        "Export the row again; NUL bytes come from a broken transfer.",
        "Exporter la ligne à nouveau ; un octet NUL vient d'un transfert abîmé.",
    ),
}

FILE_TEXTS: dict[str, Text] = {
    "empty_file": Text("the file is empty.", "le fichier est vide.", "Export it again.", "L'exporter à nouveau."),
    "zip_file": Text("this is a zip archive.", "c'est une archive zip.", "Unzip it first.", "La décompresser d'abord."),
    "gzip_file": Text(
        "this is gzip under a plain name.",
        "c'est du gzip sous un nom simple.",
        "Name it .csv.gz.",
        "Le nommer .csv.gz.",
    ),
    "plain_file": Text(
        "this is no gzip, although its name says so.",
        "ce n'est pas du gzip, bien que son nom le dise.",
        "Name it .csv.",
        "Le nommer .csv.",
    ),
    "parquet_file": Text(
        "this is Parquet, although its name says text.",
        "c'est du Parquet, bien que son nom annonce du texte.",
        "Name it .parquet.",
        "Le nommer .parquet.",
    ),
    "web_page": Text(
        "this is a web page.",
        "c'est une page web.",
        "Download the file itself.",
        "Télécharger le fichier lui-même.",
    ),
    "lfs_pointer": Text(
        "this is a Git LFS pointer, not the file.",
        "c'est un pointeur Git LFS, pas le fichier.",
        "Fetch the file with: git lfs pull.",
        "Récupérer le fichier avec : git lfs pull.",
    ),
    "unreadable": Text(
        "cannot be read: {detail}.",
        "lecture impossible : {detail}.",
        "It may be cut or damaged: copy or export it again.",
        "Il est peut-être tronqué ou abîmé : le copier ou l'exporter à nouveau.",
    ),
    "changed": Text(
        "the file changed while it was being read.",
        "le fichier a changé pendant la lecture.",
        "Start again when its export is finished.",
        "Recommencer quand son export est terminé.",
    ),
    "encoding": Text(
        "line {line}: the bytes {found} are not {encoding}.",
        "ligne {line} : les octets {found} ne sont pas du {encoding}.",
        "Write [read.{table}] encoding = \"{fits}\" in tables.toml if that is so; they then read '{text}'.",
        "Écrire [read.{table}] encoding = \"{fits}\" dans tables.toml si c'est le cas ; ils se lisent alors '{text}'.",
    ),
    "wide_encoding": Text(
        "this is UTF-16, not UTF-8.",
        "c'est de l'UTF-16, pas de l'UTF-8.",
        'Write [read.{table}] encoding = "utf-16" in tables.toml.',
        'Écrire [read.{table}] encoding = "utf-16" dans tables.toml.',
    ),
    "wrong_encoding": Text(
        "the bytes {found} are not {encoding}, which [read.{table}] of tables.toml states.",
        "les octets {found} ne sont pas du {encoding}, que [read.{table}] de tables.toml indique.",
        "Correct the encoding there.",
        "Y corriger l'encodage.",
    ),
    "delimiter": Text(
        "the header is one cell, {found}; it looks separated by {delimiter}.",
        "l'en-tête est une seule cellule, {found} ; il semble séparé par {delimiter}.",
        "Write [read.{table}] with delimiter = {delimiter} in tables.toml.",
        "Écrire [read.{table}] avec delimiter = {delimiter} dans tables.toml.",
    ),
    "missing_columns": Text(
        "required columns are absent: {columns}.",
        "des colonnes obligatoires manquent : {columns}.",
        "Export them, or say in [columns.{table}] of tables.toml what the file calls them.{near}",
        "Les exporter, ou dire dans [columns.{table}] de tables.toml comment le fichier les nomme.{near}",
    ),
    "duplicate_column": Text(
        "the column {column} is there {n} times ({found}).",
        "la colonne {column} est présente {n} fois ({found}).",
        "Keep one of them.",
        "N'en garder qu'une.",
    ),
    "ambiguous_column": Text(
        "{column} is in the file, and [columns.{table}] also names {found} for it.",
        "{column} est dans le fichier, et [columns.{table}] nomme aussi {found} pour elle.",
        "Keep one of the two.",
        "Garder l'une des deux.",
    ),
    "shared_column": Text(
        "{found} would be both {other} and {column}.",
        "{found} serait à la fois {other} et {column}.",
        "Correct [columns.{table}] of tables.toml.",
        "Corriger [columns.{table}] de tables.toml.",
    ),
    "unknown_mapping": Text(
        "[columns.{table}] names {found} for {column}, but no file of {table} has that column.",
        "[columns.{table}] nomme {found} pour {column}, mais aucun fichier de {table} n'a cette colonne.",
        "Correct the name in tables.toml.{near}",
        "Corriger le nom dans tables.toml.{near}",
    ),
    "absent_own": Text(
        "[{section}] names the column {column}, which no file of {table} has.",
        "[{section}] nomme la colonne {column}, qu'aucun fichier de {table} ne contient.",
        "Correct the name, map it in [columns.{table}], or remove it.{near}",
        "Corriger le nom, l'indiquer dans [columns.{table}], ou le retirer.{near}",
    ),
    "parts_differ": Text(
        "its columns differ from those of {other}: {columns}.",
        "ses colonnes diffèrent de celles de {other} : {columns}.",
        "Export all parts of a table with the same columns (only TARGET may be absent from one).",
        "Exporter toutes les parties d'une table avec les mêmes colonnes (seule TARGET peut manquer).",
    ),
    "open_quote": Text(
        "line {line}: a quote mark opens a cell here and is not closed in its place.",
        "ligne {line} : un guillemet ouvre ici une cellule et n'est pas fermé à sa place.",
        "Close it, or double the quote marks inside the cell.",
        "Le fermer, ou doubler les guillemets à l'intérieur de la cellule.",
    ),
    "long_row": Text(
        "line {line}: a row of more than {limit} bytes starts here.",
        "ligne {line} : une ligne de plus de {limit} octets commence ici.",
        "Look for a quote mark that is not closed, or for line ends that are none of LF, CRLF, CR.",
        "Chercher un guillemet non fermé, ou des fins de ligne autres que LF, CRLF, CR.",
    ),
    "cut": Text(
        "line {line}: the last row has {found} cells instead of {expected} and no line end: the file was cut.",
        "ligne {line} : la dernière ligne a {found} cellules au lieu de {expected} et pas de fin : fichier tronqué.",
        "Copy or export it again.",
        "Le copier ou l'exporter à nouveau.",
    ),
    "unfit_types": Text(
        "these columns cannot be read exactly: {columns}.",
        "ces colonnes ne peuvent pas être lues exactement : {columns}.",
        "Write them with a type that holds their values.",
        "Les écrire avec un type qui porte leurs valeurs.",
    ),
    "mostly_broken": Text(
        "{n} of {total} rows ({share}) break the rule {rule} ({text}), first on line {line}: {value}.",
        "{n} lignes sur {total} ({share}) enfreignent la règle {rule} ({text}), d'abord la ligne {line} : {value}.",
        "A column swapped with another or a national number format does this; see [read.{table}] of tables.toml.",
        "Une colonne échangée ou un format de nombre national en est la cause ; voir [read.{table}] de tables.toml.",
    ),
    "no_rows": Text(
        "no applicant: the files hold a header only.",
        "aucun demandeur : les fichiers ne contiennent qu'un en-tête.",
        "Export the applications again.",
        "Exporter les demandes à nouveau.",
    ),
    "no_label": Text(
        "no application file has the column TARGET, which training needs.",
        "aucun fichier de demandes n'a la colonne TARGET, nécessaire à l'apprentissage.",
        "Name the lender's column in [columns.application] of tables.toml (`garant init` drafts it): {near}.",
        "Nommer la colonne dans [columns.application] de tables.toml (`garant init` en fait un brouillon) : {near}.",
    ),
    "one_class": Text(
        "TARGET is {found} in every accepted row that has one; training needs both 0 and 1.",
        "TARGET vaut {found} dans toutes les lignes acceptées ; l'apprentissage a besoin de 0 et de 1.",
        "Add applications with the other outcome.",
        "Ajouter des demandes avec l'autre résultat.",
    ),
    "no_application": Text(
        "the table of applicants is missing.",
        "la table des demandeurs manque.",
        "Expected: application, application_train or application_test (.parquet, .csv, .csv.gz).",
        "Attendu : application, application_train ou application_test (.parquet, .csv, .csv.gz).",
    ),
    "zipped_tables": Text(
        "tables are missing ({tables}), but there is {found}.",
        "des tables manquent ({tables}), mais il y a {found}.",
        "Unzip first.",
        "Décompresser d'abord.",
    ),
    "misnamed_tables": Text(
        "tables are missing: {tables}. {found} could be {table}.",
        "des tables manquent : {tables}. {found} pourrait être {table}.",
        'If so, write [tables] {table} = "{found}" in tables.toml. To go on without: {options}.',
        'Si oui, écrire [tables] {table} = "{found}" dans tables.toml. Pour continuer sans : {options}.',
    ),
    "missing_tables": Text(
        "tables are missing: {tables}.",
        "des tables manquent : {tables}.",
        "Add them, or go on without: {options}.",
        "Les ajouter, ou continuer sans : {options}.",
    ),
    "two_sources": Text(
        "the table {table} is there twice: {found}.",
        "la table {table} est présente deux fois : {found}.",
        "Keep one of them, or name the one to read in [tables] of tables.toml.",
        "N'en garder qu'une, ou nommer celle à lire dans [tables] de tables.toml.",
    ),
    "no_parts": Text(
        "a folder of {table} without part files (.parquet, .csv, .csv.gz).",
        "un dossier de {table} sans fichiers (.parquet, .csv, .csv.gz).",
        "Put the part files directly into it.",
        "Y placer directement les fichiers.",
    ),
    "nested_folder": Text(
        "a folder inside the folder of {table}: part files are read from one level only.",
        "un dossier dans le dossier de {table} : les fichiers sont lus à un seul niveau.",
        "Put the part files directly into the folder of the table.",
        "Placer les fichiers directement dans le dossier de la table.",
    ),
    "no_such_source": Text(
        "[tables] names {found} for {table}, which is not there.",
        "[tables] nomme {found} pour {table}, qui n'existe pas.",
        "Correct the name in tables.toml.{near}",
        "Corriger le nom dans tables.toml.{near}",
    ),
}

WARNING_TEXTS: dict[str, Text] = {
    "absent_columns": Text(
        "{n} columns are absent and read as empty: {columns}.",
        "{n} colonnes sont absentes et lues comme vides : {columns}.",
        "Nothing to do if the lender has no such data.",
        "Rien à faire si le prêteur n'a pas ces données.",
    ),
    "extra_columns": Text(
        "{n} columns are unknown and ignored: {columns}.",
        "{n} colonnes sont inconnues et ignorées : {columns}.",
        "Map them in [columns] or declare them in [extra] of tables.toml if they matter.",
        "Les indiquer dans [columns] ou les déclarer dans [extra] de tables.toml si elles comptent.",
    ),
    "label_text": Text(
        "TARGET is read from {found}, and no [label] says what a PD then means.",
        "TARGET est lue depuis {found}, et aucun [label] ne dit ce que la PD signifie alors.",
        "Write [label] in tables.toml.",
        "Écrire [label] dans tables.toml.",
    ),
}
