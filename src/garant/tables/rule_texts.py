"""What each rule about rows and each warning says, in English and French; ``{names}`` are filled in at use."""

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
    FUTURE = "future"
    AGE = "age"
    NEGATIVE = "negative"
    LEVEL = "level"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    OWNER = "owner"
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
        "infinite, or too large to be computed exactly (beyond 100,000 million for an amount, 100,000 days or months)",
        "infini, ou trop grand pour être calculé exactement (au-delà de 100 000 millions pour un montant, de 100 000"
        " jours ou mois)",
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
    Code.FUTURE: Text(
        "a day or month after the application, where only the past is possible",
        "un jour ou un mois postérieur à la demande, là où seul le passé est possible",
        "Export what was known at the application; 0 is the application itself.",
        "Exporter ce qui était connu à la demande ; 0 est la demande elle-même.",
    ),
    Code.AGE: Text(
        "a day of birth of an applicant under 18 or over 120 years old",
        "un jour de naissance d'un demandeur de moins de 18 ans ou de plus de 120 ans",
        "Correct the day of birth at its source: days before the application, below zero.",
        "Corriger le jour de naissance à la source : jours avant la demande, en dessous de zéro.",
    ),
    Code.NEGATIVE: Text(
        "below zero, where that is impossible",
        "en dessous de zéro, là où c'est impossible",
        _SOURCE_EN,
        _SOURCE_FR,
    ),
    Code.LEVEL: Text(
        "not one of the values that the column can have",
        "aucune des valeurs que la colonne peut prendre",
        "Translate the lender's values into those of the data dictionary when the table is exported.",
        "Traduire les valeurs du prêteur en celles du dictionnaire de données lors de l'export de la table.",
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
    Code.OWNER: Text(
        "a contract of two clients; none of its rows is kept in any table",
        "un contrat de deux clients ; aucune de ses lignes n'est gardée dans aucune table",
        "Find out whose contract it is and correct the client at the source.",
        "Trouver à qui est le contrat et corriger le client à la source.",
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

WARNING_TEXTS: dict[str, Text] = {
    "absent_columns": Text(
        "{n} columns are absent and read as empty: {columns}.",
        "{n} colonnes sont absentes et lues comme vides : {columns}.",
        "Nothing to do if the lender has no such data.",
        "Rien à faire si le prêteur n'a pas ces données.",
    ),
    "extra_columns": Text(
        "unknown columns, ignored ({n}): {columns}.",
        "colonnes inconnues, ignorées ({n}) : {columns}.",
        "Map them in [columns] or declare them in [extra] of tables.toml if they matter.",
        "Les indiquer dans [columns] ou les déclarer dans [extra] de tables.toml si elles comptent.",
    ),
    "new_levels": Text(
        "values that the public data do not have, in {n} cell(s): {columns}.",
        "valeurs absentes des données publiques, dans {n} cellule(s) : {columns}.",
        "Check that they are no misspellings. Values of the lender's own are learned like any other.",
        "Vérifier que ce ne sont pas des fautes. Les valeurs propres au prêteur sont apprises comme les autres.",
    ),
    "stripped_spaces": Text(
        "spaces around values, removed from {n} cell(s): {columns}.",
        "espaces autour des valeurs, retirées de {n} cellule(s) : {columns}.",
        "Nothing to do; an export of fixed width does this.",
        "Rien à faire ; un export à largeur fixe fait cela.",
    ),
    "label_text": Text(
        "TARGET is read from {found}, and no [label] says what a PD then means.",
        "TARGET est lue depuis {found}, et aucun [label] ne dit ce que la PD signifie alors.",
        "Write [label] in tables.toml.",
        "Écrire [label] dans tables.toml.",
    ),
}
