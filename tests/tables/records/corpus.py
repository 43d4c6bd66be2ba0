"""Bad requests, and a few that only look bad: each made by a line of code, with what must be said of it.

Used where raw records are read and where they arrive over HTTP; `cases` needs all seven tables and no own columns.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ACCEPTED: frozenset[str] = frozenset()
"""Expected codes of a request that is fine."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One request body.

    Parameters
    ----------
    name : str
        What it is.
    body : bytes
        What is sent.
    codes : frozenset of str
        Codes of all problems; `ACCEPTED` where there are none.
    private : str
        Text of the body that must stand in no answer and no log; empty where there is none.
    """

    name: str
    body: bytes
    codes: frozenset[str]
    private: str = ""


def application(**cells: Any) -> Json:  # noqa: ANN401 - cells of JSON
    """A sound application with other `cells`."""
    return {
        "SK_ID_CURR": 100_001,
        "NAME_CONTRACT_TYPE": "Cash loans",
        "AMT_INCOME_TOTAL": 31_000,
        "AMT_CREDIT": 12_000.5,
        "AMT_ANNUITY": 410.25,
        "DAYS_BIRTH": -12_000,
        "DAYS_EMPLOYED": -900,
        **cells,
    }


def credit(number: int = 1, **cells: Any) -> Json:  # noqa: ANN401 - cells of JSON
    """A sound row of bureau with other `cells`."""
    return {
        "SK_ID_BUREAU": number,
        "CREDIT_ACTIVE": "Active",
        "DAYS_CREDIT": -300,
        "AMT_CREDIT_SUM": 5_000,
        "AMT_CREDIT_SUM_DEBT": 1_200.125,
        **cells,
    }


def month(number: int = 1, back: int = -1, status: object = "0") -> Json:
    """A sound row of bureau_balance."""
    return {"SK_ID_BUREAU": number, "MONTHS_BALANCE": back, "STATUS": status}


def without(cells: Json, name: str) -> Json:
    """`cells` without one of them."""
    return {key: value for key, value in cells.items() if key != name}


def sound(**tables: Any) -> Json:  # noqa: ANN401 - tables of JSON
    """A sound request of all seven tables, with other `tables`."""
    children = ("bureau_balance", "previous_application", "POS_CASH_balance", "installments_payments")
    empty: Json = {name: [] for name in (*children, "credit_card_balance")}
    return {"application": application(), "bureau": [credit()], **empty, **tables}


def text(value: object) -> bytes:
    """JSON as most libraries write it."""
    return json.dumps(value).encode()


def cases() -> Iterator[Case]:
    """All requests."""
    yield from _no_records()
    yield from _form()
    yield from _numbers()
    yield from _strings()
    yield from _fields()
    yield from _values()
    yield from _rows()
    yield from _fine()


def _case(name: str, body: bytes, *codes: str, private: str = "") -> Case:
    return Case(name, body, frozenset(codes), private)


def _with(name: str, code: str, *, private: str = "", **cells: Any) -> Case:  # noqa: ANN401 - cells of JSON
    return _case(name, text(sound(application=application(**cells))), code, private=private)


def _raw(name: str, cell: str, *codes: str) -> Case:
    """A request with `cell` as the text of the income."""
    body = text(sound(application=application(AMT_INCOME_TOTAL="§"))).decode().replace('"\\u00a7"', cell)
    return _case(name, body.encode("utf-8", "surrogatepass"), *codes)


def _no_records() -> Iterator[Case]:
    yield _case("empty body", b"", "json.empty")
    yield _case("only spaces", b" \r\n\t ", "json.empty")
    yield _case("null", b"null", "json.not_object")
    yield _case("an array", text([sound()]), "json.not_object")
    yield _case("a string", b'"application"', "json.not_object")
    yield _case("a number", b"7", "json.not_object")
    yield _case("an empty object", b"{}", "json.missing")
    yield _case("application null", text(sound(application=None)), "json.not_object")
    yield _case("application a list", text(sound(application=[application()])), "json.not_object")
    yield _case("a table null", text(sound(bureau=None)), "json.not_list")
    yield _case("a table an object", text(sound(bureau={"0": credit()})), "json.not_list")
    yield _case("a row a number", text(sound(bureau=[7])), "json.not_object")
    yield _case("all fields missing", text(sound(application={})), "json.missing")


def _form() -> Iterator[Case]:
    whole = text(sound())
    yield _case("cut short", whole[:-20], "json.syntax")
    yield _case("trailing comma", whole[:-1] + b",}", "json.syntax")
    yield _case("a comment", whole[:-1] + b"/* none */}", "json.syntax")
    yield _case("a second value", whole + b"{}", "json.syntax")
    yield _case("single quotes", whole.replace(b'"', b"'"), "json.syntax")
    yield _case("byte order mark", b"\xef\xbb\xbf" + whole, "json.bom")
    yield _case("UTF-16", whole.decode().encode("utf-16"), "json.encoding")
    yield _case("UTF-16 without mark", whole.decode().encode("utf-16-le"), "json.encoding")
    yield _case("UTF-32 without mark", whole.decode().encode("utf-32-be"), "json.encoding")
    yield _case("Latin-1", whole.replace(b"Cash loans", "Prêt".encode("latin-1")), "json.encoding")
    yield _case("overlong UTF-8", whole.replace(b"Cash loans", b"\xc0\xaf"), "json.encoding")
    yield _case("depth of 21", b"[" * 21 + b"]" * 21, "json.depth")
    yield _case("depth of 100,000", b"[" * 100_000 + b"]" * 100_000, "json.depth")
    yield _case("depth of 100,000 objects, unclosed", b'{"a":' * 100_000, "json.depth")
    yield _case("depth inside a cell", text(sound(application=application(AMT_CREDIT=[[1]]))), "json.not_cell")
    yield _case("a cell an object", text(sound(application=application(AMT_CREDIT={"$gt": 0}))), "json.not_cell")
    same = b'"SK_ID_CURR": 100001, "SK_ID_CURR": 100001'
    other = b'"SK_ID_CURR": 100001, "SK_ID_CURR": 100002'
    yield _case("a key twice", whole.replace(b'"SK_ID_CURR": 100001', same), "json.duplicate_key")
    yield _case("a key twice, two values", whole.replace(b'"SK_ID_CURR": 100001', other), "json.duplicate_key")
    yield _case("a table twice", whole[:-1] + b', "bureau": []}', "json.duplicate_key")
    escaped = b'"SK_ID_CURR": 100001, "SK_ID\\u005fCURR": 7'
    yield _case("a key twice, once escaped", whole.replace(b'"SK_ID_CURR": 100001', escaped), "json.duplicate_key")
    keys = ",".join(f'"k{number}":1' for number in range(1_001))
    yield _case("1,001 keys", b"{" + keys.encode() + b"}", "json.items")
    yield _case("100,000 rows", text(sound(bureau=[{}] * 100_000)), "json.items")
    yield _case("10,001 months", text(sound(bureau_balance=[{}] * 10_001)), "json.items")
    yield _case("1,001 rows", text(sound(bureau=[credit(n) for n in range(1, 1_002)])), "json.items")


def _numbers() -> Iterator[Case]:
    for cell in ("NaN", "Infinity", "-Infinity"):
        yield _raw(cell, cell, "json.constant")
    yield _raw("1e400", "1e400", "json.number")
    yield _raw("-1e400", "-1e400", "json.number")
    yield _raw("1e-400", "1e-400", "json.number")
    yield _raw("400 nines and an exponent", "9" * 400 + "e99", "json.number")
    yield _raw("4,000 digits", "7" * 4_000, "json.integer")
    yield _raw("100,000 digits", "7" * 100_000, "json.integer")
    yield _raw("2^63", str(2**63), "json.integer")
    yield _raw("-2^63", str(-(2**63)), "json.integer")
    for cell in ("01", "+1", ".5", "1.", "0x10", "1_000", "1,5", "１２"):
        yield _raw(f"number {cell}", cell, "json.syntax")
    kind = "application.AMT_INCOME_TOTAL.type"
    for cell in ('"1000"', '"1_000"', '"1,5"', '"１２"', '""', '"NaN"', "true", "false"):
        yield _raw(f"number as {cell}", cell, kind)
    yield _raw("an amount of a ten-thousandth", "0.0001", "application.AMT_INCOME_TOTAL.precision")
    yield _raw("an amount of 1e15", "1e15", "application.AMT_INCOME_TOTAL.range")
    yield _raw("an amount of 10^18", str(10**18), "application.AMT_INCOME_TOTAL.range")
    yield _raw("an amount below zero", "-1", "application.AMT_INCOME_TOTAL.negative")
    for number in (0, -5, 1.5, 2.0**53 + 2, 1e30, "100001", True):
        yield _with(f"id {number!r}", "application.SK_ID_CURR.id", SK_ID_CURR=number)
    yield _with("id null", "application.SK_ID_CURR.empty", SK_ID_CURR=None)
    yield _with("a fraction of a day", "application.DAYS_BIRTH.whole", DAYS_BIRTH=-12000.5)
    yield _with("a flag that is true", "application.FLAG_MOBIL.type", FLAG_MOBIL=True)


def _strings() -> Iterator[Case]:
    whole = text(sound())

    def named(name: str, cell: bytes, code: str) -> Case:
        return _case(name, whole.replace(b"Cash loans", b"Kept" + cell), code, private="Kept")

    yield named("NUL, escaped", b"\\u0000", "json.control_character")
    yield named("NUL", b"\x00", "json.control_character")
    yield named("line end, escaped", b"\\nINFO accepted", "json.control_character")
    yield named("line end", b"\nINFO accepted", "json.control_character")
    yield named("a terminal's escape", b"\\u001b[2J", "json.control_character")
    yield named("DEL", b"\x7f", "json.control_character")
    yield named("C1 control", "\u0085".encode(), "json.control_character")
    yield named("line separator", "\u2028".encode(), "json.control_character")
    yield named("half a character, escaped", b"\\ud800", "json.surrogate")
    yield named("half a character, the wrong half", b"\\udc00x", "json.surrogate")
    yield named("half a character", b"\xed\xa0\x80", "json.encoding")
    yield named("text turned around", "\u202egnp.exe".encode(), "json.bidi")
    yield named("text turned around, escaped", b"\\u202e", "json.bidi")
    yield named("isolated text", "\u2067x\u2069".encode(), "json.bidi")
    yield named("zero width flood", "\u200b".encode() * 50, "json.invisible")
    yield named("zero width between letters", "a\u200bb\u200cc\u200dd".encode(), "json.invisible")
    yield named("combining flood", ("e" + "\u0301" * 50).encode(), "json.invisible")
    yield named("invisible tags", "\U000e0041\U000e0042\U000e0043".encode(), "json.invisible")
    yield named("1 MB", b"x" * 1_000_000, "json.long_text")
    yield named("an escape that is none", b"\\x41", "json.syntax")
    key = whole[:-1] + ', "\u202ename": []}'.encode()
    yield _case("a name turned around", key, "json.name")
    key = whole[:-1] + b', "' + b"k" * 1_001 + b'": []}'
    yield _case("a very long name", key, "json.name")


def _fields() -> Iterator[Case]:
    private = "Élodie Secret"
    yield _with("an unknown field", "json.unknown_field", NAME_OF_CHILD=1)
    yield _case(
        "a field named by a person",
        text(sound(application={**application(), private: 1})),
        "json.unknown_field",
        private=private,
    )
    yield _with("a field in other letters", "json.unknown_field", amt_credit=1)
    yield _with("the prototype of objects", "json.unknown_field", __proto__={})
    yield _with("a flag of a sentinel", "json.unknown_field", FLAG_NO_EMPLOYMENT=1)
    yield _with("the place of a row", "json.unknown_field", source_line=1)
    yield _with("TARGET", "json.label", TARGET=0)
    yield _with("TARGET null", "json.label", TARGET=None)
    yield _case("an unknown table", text({**sound(), "customers": []}), "json.unknown_table")
    for name in ("SK_ID_CURR", "AMT_CREDIT", "DAYS_BIRTH"):
        yield _case(f"without {name}", text(sound(application=without(application(), name))), "json.missing")
    yield _case("a credit without id", text(sound(bureau=[without(credit(), "SK_ID_BUREAU")])), "json.missing")


def _values() -> Iterator[Case]:
    private = "Robert'); DROP TABLE decisions;--"
    yield _with("a day of birth in the future", "application.DAYS_BIRTH.future", DAYS_BIRTH=1)
    yield _with("ten years old", "application.DAYS_BIRTH.age", DAYS_BIRTH=-3_652)
    yield _with("130 years old", "application.DAYS_BIRTH.age", DAYS_BIRTH=-47_482)
    yield _with("employed tomorrow", "application.DAYS_EMPLOYED.future", DAYS_EMPLOYED=1)
    yield _with("a car of age -1", "application.OWN_CAR_AGE.negative", OWN_CAR_AGE=-1)
    yield _with("a date of February 30", "application.APPLICATION_DATE.type", APPLICATION_DATE="2026-02-30")
    yield _with("a date with a time", "application.APPLICATION_DATE.type", APPLICATION_DATE="2026-02-03T00:00")
    yield _with("a number for a text", "application.NAME_INCOME_TYPE.type", NAME_INCOME_TYPE=1)
    yield _with("SQL for a number", "application.AMT_CREDIT.type", private=private, AMT_CREDIT=private)
    status = [month(status="9")]
    yield _case("a status that is none", text(sound(bureau_balance=status)), "bureau_balance.STATUS.level")
    status = [month(status=0)]
    yield _case("a status as a number", text(sound(bureau_balance=status)), "bureau_balance.STATUS.type")
    future = [credit(DAYS_CREDIT=1)]
    yield _case("a credit of tomorrow", text(sound(bureau=future)), "bureau.DAYS_CREDIT.future")


def _rows() -> Iterator[Case]:
    foreign = [credit(SK_ID_CURR=100_002)]
    yield _case("a row of another client", text(sound(bureau=foreign)), "bureau.SK_ID_CURR.client")
    contradicting = [credit(), credit(DAYS_CREDIT=-301)]
    yield _case("one credit, two rows", text(sound(bureau=contradicting)), "bureau.SK_ID_BUREAU.conflict")
    lost = [month(2)]
    yield _case("months of no credit", text(sound(bureau_balance=lost)), "bureau_balance.SK_ID_BUREAU.orphan")
    unknown = without(sound(bureau_balance=[month()]), "bureau")
    yield _case("months, credits left out", text(unknown), "bureau_balance.SK_ID_BUREAU.orphan")
    many = [credit(number, DAYS_CREDIT=5) for number in range(1, 301)]
    yield _case("300 bad rows", text(sound(bureau=many)), "bureau.DAYS_CREDIT.future")
    two = text(sound(application=application(AMT_CREDIT=-1), bureau=[credit(CREDIT_ACTIVE=1)]))
    yield _case("two faults", two, "application.AMT_CREDIT.negative", "bureau.CREDIT_ACTIVE.type")


def _fine() -> Iterator[Case]:
    whole = text(sound())
    yield _case("all tables", whole)
    yield _case("spaces and line ends", json.dumps(sound(), indent=4).encode() + b"\r\n")
    yield _case("only the application", text({"application": application()}))
    yield _raw("-0", "-0")
    yield _raw("-0.0", "-0.0")
    yield _raw("an exponent", "3.1e4")
    yield _raw("an amount of zero", "0")
    yield _raw("an amount of null", "null")
    for number in (2**31, 2**53 + 1, 2**63 - 1, 100_001.0):
        yield _case(f"id {number}", text(sound(application=application(SK_ID_CURR=number))))
    nobody = application(**dict.fromkeys(["AMT_INCOME_TOTAL", "AMT_ANNUITY", "DAYS_BIRTH"]))
    yield _case("all that may be null is null", text(sound(application=nobody)))
    yield _case("no employment", text(sound(application=application(DAYS_EMPLOYED=365_243))))
    yield _case("annuity above the credit", text(sound(application=application(AMT_ANNUITY=1e6))))
    yield _case("a copy of a row", text(sound(bureau=[credit(), credit()])))
    yield _case("ids of the client in rows", text(sound(bureau=[credit(SK_ID_CURR=100_001)])))
    private = "Robert'); DROP TABLE decisions;--"
    for name, cell in {
        "SQL": private,
        "a template": "{{7*7}}${7*7}<%= 7*7 %>",
        "a formula": "=cmd|' /C calc'!A0",
        "a script": "<script>alert(1)</script>",
        "a path": "../../etc/passwd",
        "accents": "Prêt à l’équipement",
        "accents apart": "Pre\u0302t a\u0300 l’e\u0301quipement re\u0301nove\u0301",
        "Persian with a joiner": "می\u200cخواهم",
        "an emoji": "👩‍👧",
    }.items():
        yield _case(f"{name} for a purpose", text(sound(application=application(NAME_HOUSING_TYPE=cell))))
    yield _case("an emoji, escaped", whole.replace(b"Cash loans", b"\\ud83d\\ude00"))
    yield _case("3,000 months", text(sound(bureau_balance=[month(1, -back) for back in range(3_000)])))
    yield _case("1,000 rows", text(sound(bureau=[credit(number) for number in range(1, 1_001)])))
