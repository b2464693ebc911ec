"""Every function of ops/page/elementwise.def, and those elementwise ones that have attributes: at ordinary points, at the
points where formulas change, at NaN, infinities and zeros (values alone), and for pairs, broadcast."""

import jax.scipy.special as js
import jax.scipy.stats
import torch.nn.functional as F

from reference.book import Book, Case, booleans, given, integers, jax, jnp, reals, torch

BOOK = Book()
nn = jax.nn
SPECIAL = [float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1.0, -1.0]
NO_INFINITIES = [x for x in SPECIAL if abs(x) != float("inf")]  # where both libraries have NaN in place of a limit


def unary(name, by_torch, by_jax, low=-3.0, high=3.0, avoid=(), at=(), special=SPECIAL):
    """`at`: further points, where the derivative is by agreement. `special`: points where values alone are asked for."""
    cases = [[reals(7, low=low, high=high, avoid=avoid)]]
    if at:
        cases.append([given(list(at))])
    if special:
        cases.append(Case([given(special)], differentiable=False))
    BOOK.op(name, by_torch, by_jax, *cases)


INTEGERS = range(-3, 4)
unary("neg", torch.neg, jnp.negative)
unary("abs", torch.abs, jnp.abs, avoid=[0], at=[-2.0**20, 2.0**-20])
BOOK.op("abs", torch.abs, jnp.abs, Case([given([0.0])], only="torch"))  # slope 0; JAX: 1
unary("sign", torch.sign, jnp.sign, avoid=[0], at=[0], special=None)
BOOK.op("sign", torch.sign, jnp.sign, Case([given(SPECIAL)], differentiable=False, only="jax"))  # NaN; PyTorch: 0
unary("floor", torch.floor, jnp.floor, avoid=INTEGERS, at=[-2, 2, -0.5, 0.5])
unary("ceil", torch.ceil, jnp.ceil, avoid=INTEGERS, at=[-2, 2, -0.5, 0.5])
unary("round", torch.round, jnp.round, avoid=[k / 2 for k in range(-6, 7)], at=[-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
unary("sqrt", torch.sqrt, jnp.sqrt, 0.125, 9, at=[2.0**-20, 2.0**20])
unary("exp", torch.exp, jnp.exp, at=[-40, 4.5])
unary("exp2", torch.exp2, jnp.exp2, at=[-40, 8])
unary("expm1", torch.expm1, jnp.expm1, at=[-40, 2.0**-30, 4.5])
unary("log", torch.log, jnp.log, 0.25, 9, at=[2.0**20, 1 + 2.0**-20])
unary("log2", torch.log2, jnp.log2, 0.25, 9, at=[2.0**20, 8])
unary("log10", torch.log10, jnp.log10, 0.25, 9, at=[2.0**20, 1000])
unary("log1p", torch.log1p, jnp.log1p, -0.75, 9, at=[2.0**-30, 2.0**20])
unary("sin", torch.sin, jnp.sin, at=[0, 40, -1000])
unary("cos", torch.cos, jnp.cos, at=[0, 40, -1000])
unary("tan", torch.tan, jnp.tan, -1.25, 1.25, at=[0])
unary("asin", torch.asin, jnp.arcsin, -0.875, 0.875, at=[0])
unary("acos", torch.acos, jnp.arccos, -0.875, 0.875, at=[0])
unary("atan", torch.atan, jnp.arctan, at=[0, 1000])
unary("sinh", torch.sinh, jnp.sinh, at=[0, 2.0**-20])
unary("cosh", torch.cosh, jnp.cosh, at=[0])
unary("tanh", torch.tanh, jnp.tanh, at=[0, 30, 2.0**-20])
unary("asinh", torch.asinh, jnp.arcsinh, at=[0, 1000, 2.0**-20])
unary("acosh", torch.acosh, jnp.arccosh, 1.25, 9)
unary("atanh", torch.atanh, jnp.arctanh, -0.875, 0.875, at=[0, 2.0**-20])
unary("erf", torch.erf, js.erf, at=[0, 6, 2.0**-20])
unary("erfc", torch.erfc, js.erfc, at=[0, 5, -6])
unary("erfinv", torch.erfinv, js.erfinv, -0.9375, 0.9375, at=[0, 2.0**-20])
# PyTorch has no function of these names.
unary("gaussian", None, lambda x: jnp.exp(-x * x), at=[0, 5, -5])
unary("normal_pdf", None, jax.scipy.stats.norm.pdf, at=[0, 5, -5])
unary("normal_cdf", None, jax.scipy.stats.norm.cdf, at=[0, 5, -5])
# PyTorch's second derivative of lgamma has 9 digits.
BOOK.op("lgamma", torch.lgamma, js.gammaln, Case([reals(7, low=0.25, high=9)], only="jax"),
        Case([given([1, 2, 0.5, 2.0**-20, 1000, -0.5, -2.25])], differentiable=False),
        Case([given(SPECIAL)], differentiable=False))
BOOK.op("digamma", torch.digamma, js.digamma, Case([reals(7, low=0.25, high=9)], only="jax"),
        Case([given([1, 2, 0.5, 2.0**-20, 1000, -0.5, -2.25])], differentiable=False),
        Case([given(SPECIAL)], differentiable=False, only="torch"))  # -inf at 0; JAX: NaN
for order in range(5):
    BOOK.op("polygamma", lambda x, order: torch.polygamma(order, x), lambda x, order: js.polygamma(order, x),
            Case([reals(5, low=0.25, high=9)], order=order, only=None if order > 1 else "jax"))
unary("square", torch.square, jnp.square, at=[0])
unary("reciprocal", torch.reciprocal, jnp.reciprocal, avoid=[0])
unary("rsqrt", torch.rsqrt, jax.lax.rsqrt, 0.25, 9)
unary("sigmoid", torch.sigmoid, nn.sigmoid, at=[-40, 0, 40])
unary("softplus", F.softplus, nn.softplus, at=[-40, 0, 40])
unary("relu", torch.relu, nn.relu, avoid=[0], at=[0, -0.0])
unary("silu", F.silu, nn.silu, at=[-40, 0, 40], special=NO_INFINITIES)
unary("gelu", F.gelu, lambda x: nn.gelu(x, approximate=False), at=[0, 5, -5], special=NO_INFINITIES)
unary("leaky_relu", F.leaky_relu, nn.leaky_relu, avoid=[0])
unary("elu", F.elu, nn.elu, avoid=[0], at=[-40, 40])
unary("selu", F.selu, nn.selu, avoid=[0], at=[-40, 40])
unary("mish", F.mish, nn.mish, at=[0, -15, 30], special=NO_INFINITIES)
unary("hardswish", F.hardswish, nn.hard_swish, -6, 6, avoid=[-3, 3], special=NO_INFINITIES)
unary("log_sigmoid", F.logsigmoid, nn.log_sigmoid, at=[-40, 0, 40])
unary("softsign", F.softsign, nn.soft_sign, avoid=[0], at=[1000, -1000], special=NO_INFINITIES)
unary("tanhshrink", F.tanhshrink, lambda x: x - jnp.tanh(x), at=[0, 20])
# PyTorch has neither.
BOOK.op("cbrt", None, jnp.cbrt, Case([reals(7, avoid=[0])], only="jax"),
        Case([given([8, -27, 2.0**-60, -2.0**60, 0.001953125])], differentiable=False, only="jax"),
        Case([given(SPECIAL)], differentiable=False, only="jax"))
BOOK.op("tgamma", None, js.gamma, Case([reals(7, low=0.25, high=9)], only="jax"),
        Case([given([1, 2, 0.5, 5, 20, -0.5, -2.25])], differentiable=False, only="jax"),
        Case([given([float("nan"), float("inf"), 0, -0.0])], differentiable=False, only="jax"))


def binary(name, by_torch, by_jax, x={}, z={}, ties=None):
    """x, z: bounds of the operands."""
    cases = [[reals(5, **x), reals(5, **z)], [reals(3, 1, **x), reals(2, **z)], [reals(**x), reals(2, 1, 2, **z)],
             [reals(2, 2, **x), reals(1, **z)]]
    if ties:
        cases.append([given(ties[0]), given(ties[1])])
    pairs = [[a for a in SPECIAL for b in SPECIAL], [b for a in SPECIAL for b in SPECIAL]]
    cases.append(Case([given(pairs[0]), given(pairs[1])], differentiable=False))
    BOOK.op(name, by_torch, by_jax, *cases)


EQUALS = ([1, 2, -3, 0, 0.5], [1, -2, -3, 0, 0.25])
POSITIVE = dict(low=0.25, high=4)
binary("add", torch.add, jnp.add)
binary("sub", torch.sub, jnp.subtract)
binary("mul", torch.mul, jnp.multiply)
binary("div", torch.div, jnp.divide, z=dict(low=0.5, high=4))
binary("pow", torch.pow, jnp.power, x=POSITIVE, z=dict(low=-3, high=3))
binary("atan2", torch.atan2, jnp.arctan2, x=dict(avoid=[0]), z=dict(low=-2, high=2, avoid=[0]))
binary("minimum", torch.minimum, jnp.minimum, ties=EQUALS)
binary("maximum", torch.maximum, jnp.maximum, ties=EQUALS)
binary("hypot", torch.hypot, jnp.hypot, x=dict(avoid=[0]), z=dict(avoid=[0]))
binary("logaddexp", torch.logaddexp, jnp.logaddexp, ties=([0, 1, 40, -40], [0, 1, -40, 40]))
BOOK.op("logistic_share", None, lambda x, z: nn.sigmoid(x - z), [reals(5), reals(5)], [reals(3, 1), reals(2)],
        [given([0, 1, 40, -40]), given([0, 1, -40, 40])])
binary("remainder", torch.remainder, jnp.remainder, x=dict(low=2, high=9), z=dict(low=0.75, high=1.75),
       ties=([-5.5, 5.5, -5.5, 6.25], [2, -2, -2, 4]))

binary("fmod", torch.fmod, jnp.fmod, x=dict(low=2, high=9), z=dict(low=0.75, high=1.75),
       ties=([-5.5, 5.5, -5.5, 6.25], [2, -2, -2, 4]))

# Neither library has these two: products selected, whose slopes at 0 are not those of the product.
NONZERO = dict(avoid=[0])
binary("mul_zero", lambda x, z: torch.where(x == 0, torch.zeros(()).double(), x * z),
       lambda x, z: jnp.where(x == 0, 0.0, x * z), x=NONZERO, z=NONZERO)
binary("mul_zeros", lambda x, z: torch.where((x == 0) | (z == 0), torch.zeros(()).double(), x * z),
       lambda x, z: jnp.where((x == 0) | (z == 0), 0.0, x * z), x=NONZERO, z=NONZERO)

for compared, by_torch, by_jax in [("equal", torch.eq, jnp.equal), ("not_equal", torch.ne, jnp.not_equal),
                                   ("less", torch.lt, jnp.less), ("less_equal", torch.le, jnp.less_equal),
                                   ("greater", torch.gt, jnp.greater), ("greater_equal", torch.ge, jnp.greater_equal),
                                   ("logical_and", torch.logical_and, jnp.logical_and),
                                   ("logical_or", torch.logical_or, jnp.logical_or),
                                   ("logical_xor", torch.logical_xor, jnp.logical_xor)]:
    BOOK.op(compared, by_torch, by_jax, [given(EQUALS[0]), given(EQUALS[1])], [reals(3, 1), reals(2)],
            [integers([[1, 2, 3]]), integers([[2], [3]])], [given(SPECIAL), given(SPECIAL[::-1])])

for predicate in ["logical_not", "isnan", "isinf", "isfinite"]:
    BOOK.op(predicate, getattr(torch, predicate), getattr(jnp, predicate), [given(SPECIAL)],
            [integers([[0, 3], [-1, 0]])], [given([2.0**-140, 2.0**127, -0.5])])
BOOK.op("logical_and", torch.logical_and, jnp.logical_and, [booleans([1, 1, 0, 0]), booleans([1, 0, 1, 0])])
BOOK.op("logical_xor", torch.logical_xor, jnp.logical_xor, [booleans([1, 1, 0, 0]), booleans([1, 0, 1, 0])])

LINE = [reals(3, 1), reals(4)]
BOOK.op("lerp", torch.lerp, lambda a, b, t: a + t * (b - a), LINE + [reals(3, 4)], LINE + [reals()],
        [reals(2), reals(2), given([0, 1])])
BOOK.op("lerp_number", lambda a, b, t: torch.lerp(a, b, t), lambda a, b, t: a + t * (b - a),
        *[Case(LINE, t=t) for t in (0.25, -1.5, 0.0, 1.0)])
BOOK.op("nan_to_num", lambda x, **to: torch.nan_to_num(x, **to), lambda x, **to: jnp.nan_to_num(x, **to),
        Case([given(SPECIAL)], posinf=8.0, neginf=-2.5), Case([given(SPECIAL)], nan=0.5, posinf=1.0, neginf=0.0),
        Case([integers([3, -1])]), Case([reals(2, 3)]))

# Integers and masks are operands too.
BOOK.op("neg", torch.neg, jnp.negative, [integers([1, -2, 0])])
BOOK.op("mul", torch.mul, jnp.multiply, [integers([1, -2, 3]), reals(3)], [booleans([1, 0, 1]), reals(3)],
        [integers([[1], [-2]]), integers([3, 4])])
BOOK.op("maximum", torch.maximum, jnp.maximum, [integers([1, 5, 3]), integers([4, 2, 3])])
