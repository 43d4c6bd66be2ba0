"""Which raw columns an expression reads, found in the expression itself."""

import ibis.expr.operations as ops
import ibis.expr.types as ir


def raw_columns(expression: ir.Value) -> tuple[str, ...]:
    """Raw columns that `expression` reads, as ``table.COLUMN``, sorted.

    Columns that only decide whether a row is known at the point in time (filters of the relation) are not listed.
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
                found.add(f"{node.rel.name}.{node.name}")
            else:
                waiting.append(node.rel.values[node.name])
        else:
            waiting += [c for c in node.__children__ if isinstance(c, ops.Node) and not isinstance(c, ops.Relation)]
    return tuple(sorted(found))
