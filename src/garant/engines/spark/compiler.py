"""SQL text of an expression for Spark, from Ibis's own compiler, without a session and without its pandas rules."""

from typing import Any

import ibis
from ibis.backends.sql.compilers import PySparkCompiler
from ibis.backends.sql.compilers.base import NULL, SQLGlotCompiler


class SparkCompiler(PySparkCompiler):
    """Ibis's compiler for Spark, for tables in which NaN is no NULL.

    Ibis writes every float column as ``if(isnan(x), NULL, x)``, because its own PySpark backend passes through pandas,
    which knows no NULL. Accepted tables hold no NaN (it became NULL, or broke a rule), results come as Arrow, and the
    wrapper makes a plan of 400 features several times as long.
    """

    __slots__ = ()

    visit_Field = SQLGlotCompiler.visit_Field  # noqa: N815 - Ibis's name

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802, ANN401 - as Ibis has them
        """Write a number as it is."""
        if dtype.is_floating():
            return SQLGlotCompiler.visit_NonNullLiteral(self, op, value=value, dtype=dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_IsNull(self, op: Any, *, arg: Any) -> Any:  # noqa: N802, ANN401, ARG002
        """Ask for NULL and nothing else."""
        return arg.is_(NULL)

    def visit_NotNull(self, op: Any, *, arg: Any) -> Any:  # noqa: N802, ANN401, ARG002
        """Ask for no NULL and nothing else."""
        return ~arg.is_(NULL)

    def visit_CountStar(self, op: Any, *, arg: Any, where: Any) -> Any:  # noqa: N802, ANN401, ARG002
        """Count rows; none is 0 also where the condition is unknown for every row (Ibis sums it, which gives NULL)."""
        return self.f.count(1 if where is None else self.if_(where, 1, NULL))


def spark_sql(expr: ibis.Table) -> str:
    """SQL text of `expr` for Spark."""
    compiler = SparkCompiler()
    return str(compiler.to_sqlglot(expr).sql(dialect=compiler.dialect))
