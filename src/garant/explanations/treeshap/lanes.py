"""Eight numbers as one value of compiled code: what a single row needs to use the processor's vectors.

Loops over eight numbers in memory are not enough: the compiler cannot tell that arrays do not overlap. Only calls that
numba documents for extensions are used here.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

Numba = Any
"""What numba and llvmlite hand to an extension; neither has types."""

Lanes = Any
"""A value of `LANES` float64."""

LANES = 8

_VECTOR = ir.VectorType(ir.DoubleType(), LANES)


class LanesType(types.Type):
    """Numba's type of `Lanes`."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


_LANES = LanesType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Numba, kind: Numba) -> None:
        super().__init__(manager, kind, _VECTOR)


def _pointer(context: Numba, builder: Numba, signature: Numba, args: Numba) -> Numba:
    array = context.make_array(signature.args[0])(context, builder, args[0])
    at = builder.mul(args[1], ir.Constant(args[1].type, LANES))
    return builder.bitcast(builder.gep(array.data, [at]), ir.PointerType(_VECTOR))


@intrinsic
def load(_context: Numba, array: Numba, _row: Numba) -> Numba:
    """Row `_row` of a contiguous array of shape (rows, LANES)."""

    def codegen(context: Numba, builder: Numba, signature: Numba, args: Numba) -> Numba:
        return builder.load(_pointer(context, builder, signature, args), align=8)

    return _LANES(array, types.intp), codegen


@intrinsic
def store(_context: Numba, array: Numba, _row: Numba, value: Numba) -> Numba:
    """Write `value` to row `_row` of a contiguous array of shape (rows, LANES)."""

    def codegen(context: Numba, builder: Numba, signature: Numba, args: Numba) -> Numba:
        builder.store(args[2], _pointer(context, builder, signature, args), align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen


def _of_two(operation: str) -> Numba:
    @intrinsic
    def function(_context: Numba, _a: Numba, _b: Numba) -> Numba:
        def codegen(_c: Numba, builder: Numba, _signature: Numba, args: Numba) -> Numba:
            return getattr(builder, operation)(*args)

        return _LANES(_LANES, _LANES), codegen

    return function


add, sub, mul, div = (_of_two(name) for name in ("fadd", "fsub", "fmul", "fdiv"))


@intrinsic
def fused(_context: Numba, _a: Numba, _b: Numba, _c: Numba) -> Numba:
    """``_a * _b + _c``, in one step where the processor can."""

    def codegen(_c: Numba, builder: Numba, _signature: Numba, args: Numba) -> Numba:
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        name = f"llvm.fmuladd.v{LANES}f64"
        function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        return builder.call(function, args)

    return _LANES(_LANES, _LANES, _LANES), codegen


@intrinsic
def spread(_context: Numba, _value: Numba) -> Numba:
    """`_value` in every lane."""

    def codegen(_c: Numba, builder: Numba, _signature: Numba, args: Numba) -> Numba:
        zero = ir.Constant(ir.IntType(32), 0)
        one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), args[0], zero)
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(one, ir.Constant(_VECTOR, ir.Undefined), mask)

    return _LANES(types.float64), codegen
