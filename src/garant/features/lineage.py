"""Which raw columns an expression reads, found in the expression itself."""

import ibis.expr.operations as ops
import ibis.expr.types as ir

from garant.tables.schema import TABLES


def raw_columns(expression: ir.Value) -> tuple[str, ...]:
    """Raw columns that `expression` reads, as ``table.COLUMN``, sorted.

    The flag of a sentinel is listed as the raw column that held the sentinel. Keys are listed where they bring rows
    together or break a tie. Columns that only decide whether a row is known at the point in time (filters of the
    relation) are not listed.
    """
    found: set[str] = set()
    seen: set[ops.Node] = set()
    waiting: list[ops.Node] = [expression.op()]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, ops.Field):
            if isinstance(node.rel, ops.UnboundTable):
                found.add(f"{node.rel.name}.{_raw_column(node.rel.name, node.name)}")
            else:
                waiting.append(node.rel.values[node.name])
        else:
            waiting += [c for c in node.__children__ if isinstance(c, ops.Node) and not isinstance(c, ops.Relation)]
    return tuple(sorted(found))


def _raw_column(table: str, name: str) -> str:
    of_sentinel = (c.name for c in TABLES[table].columns if c.sentinel_flag == name) if table in TABLES else ()
    return next(iter(of_sentinel), name)
