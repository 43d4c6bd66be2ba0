"""Raw tables as Ibis sees them before any engine is known."""

import ibis
import pyarrow as pa

from garant.tables.schema import TABLES


def unbound(name: str, arrow: pa.Schema | None = None) -> ibis.Table:
    """Accepted table `name` as an unbound Ibis table.

    Parameters
    ----------
    name : str
        Name of a raw table.
    arrow : pyarrow.Schema or None
        Its columns where they are not those of the schema alone: with the lender's own.
    """
    fields = {str(f.name): _IBIS[str(f.type)] for f in arrow or TABLES[name].arrow}
    return ibis.table(fields, name=name)


_IBIS = {"int64": "int64", "double": "float64", "string": "string", "date32[day]": "date"}
