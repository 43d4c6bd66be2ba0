"""Only what every engine computes alike: exact aggregates, division in one place, nothing that one engine lacks."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pytest

from garant.features.catalogue import groups
from garant.features.feature import FeatureGroup
from garant.tables.unbound import unbound

ALLOWED: tuple[type[ops.Node], ...] = (
    *(ops.Field, ops.Literal, ops.Add, ops.Subtract, ops.Multiply, ops.Divide, ops.Cast),
    *(ops.Less, ops.LessEqual, ops.Greater, ops.GreaterEqual, ops.Equals, ops.And, ops.Or),
    *(ops.IsNull, ops.NotNull, ops.InValues, ops.IfElse, ops.SearchedCase, ops.Coalesce, ops.NullIf),
    *(ops.Sum, ops.Count, ops.CountStar, ops.Min, ops.Max, ops.RowNumber, ops.WindowFunction, ops.SortKey),
    *(ops.UnboundTable, ops.Project, ops.Filter, ops.Aggregate, ops.JoinChain, ops.JoinLink, ops.JoinReference),
)

FORBIDDEN_CALLS = frozenset(
    (
        *("mean", "median", "mode", "var", "std", "cov", "corr", "quantile", "argmax", "argmin", "first", "last"),
        *("nunique", "approx_nunique", "approx_median", "collect", "group_concat", "lag", "lead", "cummax", "cumsum"),
        *("sqrt", "ln", "log", "log2", "log10", "exp", "pow", "floor", "ceil", "round", "sample", "now", "today"),
        *("upper", "lower", "strip", "contains", "like", "ilike", "startswith", "endswith", "re_search", "re_extract"),
        *("substr", "concat", "length", "ntile"),
    )
)

FORBIDDEN_OPERATORS = (ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)


def nodes(start: ops.Node) -> Iterator[ops.Node]:
    """Every operation below `start`, relations included."""
    seen: set[ops.Node] = set()
    waiting: list[Any] = [start]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            yield node
            waiting.extend(node.__children__)


def faults(expression: ir.Expr) -> list[str]:
    """What in `expression` some engine would compute in another way."""
    found: list[str] = []
    for node in nodes(expression.op()):
        if type(node) not in ALLOWED:
            found.append(f"{type(node).__name__} is not allowed")
        if isinstance(node, ops.Divide) and not isinstance(node.right, ops.NullIf):
            found.append("division outside ratio")
        if isinstance(node, ops.Sum) and not node.arg.dtype.is_integer():
            found.append(f"sum over {node.arg.dtype}: it would depend on the order of rows")
        if isinstance(node, ops.Cast) and not node.to.is_float64():
            found.append(f"cast to {node.to}")
    return found


@pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)
def test_a_group_holds_nothing_that_engines_compute_differently(group: FeatureGroup):
    assert sorted(set(faults(group.per_client()))) == []


ROWS: Any = unbound("application")


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        (ROWS.AMT_CREDIT / ROWS.AMT_ANNUITY, "division outside ratio"),
        (ROWS.EXT_SOURCE_1.sum(), "sum over float64"),
        (ROWS.AMT_CREDIT.median(), "Median is not allowed"),
        (ROWS.AMT_CREDIT.mean(), "Mean is not allowed"),
        (ROWS.AMT_CREDIT.var(), "Variance is not allowed"),
        (ROWS.AMT_CREDIT.argmax(ROWS.DAYS_BIRTH), "ArgMax is not allowed"),
        (ROWS.AMT_CREDIT % 7, "Modulus is not allowed"),
        (ROWS.AMT_CREDIT // 7, "FloorDivide is not allowed"),
        (ROWS.CODE_GENDER.upper(), "Uppercase is not allowed"),
        (ROWS.EXT_SOURCE_1.cast("int64"), "cast to int64"),
    ],
)
def test_a_planted_difference_is_found(planted: ir.Value, fault: str):
    assert any(found.startswith(fault) for found in faults(planted))


def source_faults(source: str) -> list[str]:
    """Operators and calls in Python source that have no place in a feature."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, FORBIDDEN_OPERATORS):
            found.append(f"line {node.lineno}: {type(node.op).__name__}")
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in FORBIDDEN_CALLS
            and not (isinstance(node.func.value, ast.Constant | ast.JoinedStr))
        ):
            found.append(f"line {node.lineno}: .{node.func.attr}()")
    return found


def test_no_feature_module_divides_or_calls_what_an_engine_lacks(project: Path):
    modules = sorted((project / "src" / "garant" / "features").glob("*.py"))
    assert len(modules) > 15
    found = {module.name: source_faults(module.read_text("utf-8")) for module in modules}
    # ratio.py is where features divide; encode.py works on the result, in numpy.
    assert [fault.split(": ")[1] for fault in found.pop("ratio.py")] == ["Div"]
    assert found.pop("encode.py") == []
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("planted", ["a / b", "a // b", "a % b", "a ** 2", "row.X.median()", "row.X.first()", "x.ln()"])
def test_a_planted_operator_or_call_is_found_in_source(planted: str):
    assert source_faults(planted)


def test_every_group_compiles_for_every_dialect_that_needs_no_session():
    for group in groups():
        for dialect in ("duckdb", "sqlite"):
            assert "SK_ID_CURR" in str(ibis.to_sql(group.per_client(), dialect=dialect))
