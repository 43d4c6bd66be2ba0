"""Raw tables as Ibis sees them before any engine is known."""

import ibis

from garant.tables.schema import TABLES


def unbound(name: str) -> ibis.Table:
    """Accepted table `name` as an unbound Ibis table with the types of the schema."""
    fields = {str(f.name): _IBIS[str(f.type)] for f in TABLES[name].arrow}
    return ibis.table(fields, name=name)


_IBIS = {"int64": "int64", "double": "float64", "string": "string", "date32[day]": "date"}
