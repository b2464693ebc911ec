"""A book of cases, and how a case is worked out: by PyTorch and by JAX in double precision, which must agree.

With L = <weights, values> a case holds dL/dx for each floating input, and the derivative of <directions, dL/dx> with
respect to each, which is the Hessian of L times the directions. Inputs, weights and directions are multiples of powers
of 2, so that single precision holds them exactly.
"""

import math
import os
import platform
import zlib

os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")  # thousands of small programs

import jax
import numpy as np
import torch

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
torch.set_num_threads(1)
jnp = jax.numpy

AGREEMENT = 1e-12  # of the two libraries, relative to max(1, |number|)
DIGITS = 15  # of results, as written


def versions():
    return {"python": platform.python_version(), "torch": torch.__version__.split("+")[0], "jax": jax.__version__,
            "numpy": np.__version__}


# ---- inputs: functions of a random state ----

def reals(*shape, low=-2.0, high=2.0, avoid=()):
    """Different multiples of 1/1024 between the bounds, at least 1/16 away from the points to avoid."""
    def draw(random):
        grid = np.arange(math.floor(low * 1024) + 1, math.ceil(high * 1024)) / 1024
        for point in avoid:
            grid = grid[np.abs(grid - point) >= 1 / 16]
        return random.choice(grid, size=shape, replace=False)
    return draw


def given(values, dtype=np.float64):
    return lambda random: np.array(values, dtype=dtype)


def integers(values):
    return given(values, np.int64)


def booleans(values):
    return given(values, np.bool_)


def matrices(*shape):
    """Well conditioned, with well separated eigenvalues and singular values: a growing diagonal, disturbed."""
    def draw(random):
        m, n = shape[-2:]
        diagonal = np.zeros((m, n))
        np.fill_diagonal(diagonal, 1.5 + np.arange(min(m, n)))
        return diagonal + random.randint(-400, 401, size=shape) / 1024
    return draw


def definite(*shape):
    """Symmetric and positive definite."""
    def draw(random):
        x = random.randint(-16, 17, size=shape) / 16
        return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1])
    return draw


# ---- cases ----

class Case:
    """`only` names the one library to ask, where the other chose differently or loses digits."""

    def __init__(self, inputs, differentiable=True, only=None, **attributes):
        self.inputs, self.attributes, self.only = inputs, attributes, only
        self.differentiable = differentiable


class Book:
    def __init__(self):
        self.ops = []

    def op(self, name, by_torch, by_jax, *cases):
        """The op `name` of Tapestry; either library's function may be None. Cases are Case or lists of inputs."""
        self.ops.append((name, by_torch, by_jax, [c if isinstance(c, Case) else Case(c) for c in cases]))

    def worked(self):
        """The cases as they are written. Error that tells of every case that the libraries disagree about."""
        count, problems = {}, []
        for name, by_torch, by_jax, cases in self.ops:
            for case in cases:
                count[name] = count.get(name, 0) + 1
                try:
                    yield worked(f"{name}_{count[name]}", name, by_torch, by_jax, case)
                except Exception as error:
                    problems.append(f"{name}_{count[name]} {case.attributes}: {error}")
        if problems:
            raise RuntimeError("\n".join(problems))


def worked(label, op, by_torch, by_jax, case):
    random = np.random.RandomState(zlib.crc32(label.encode()))
    inputs = [np.asarray(draw(random)) for draw in case.inputs]
    draw = lambda like: (random.randint(1, 17, size=like.shape) * random.choice([-1, 1], size=like.shape)) / 16.0
    floating = lambda arrays: [a for a in arrays if a.dtype == np.float64]
    sides = {library.__name__.split("_")[0]: library(f, inputs, case.attributes)
             for library, f in ((torch_side, by_torch), (jax_side, by_jax))
             if f and case.only in (None, library.__name__.split("_")[0])}
    first = next(iter(sides.values()))
    values = first.values()
    weights = [draw(v) for v in floating(values)]
    result = {"name": label, "op": op, "by": "+".join(sides), "attributes": case.attributes,
              "inputs": [block(x, exact) for x in inputs], "values": [block(v) for v in values]}
    same(label + " values", [side.values() for side in sides.values()])
    if not case.differentiable or not weights or not floating(inputs):
        return result
    gradients = [side.gradients(weights) for side in sides.values()]
    same(label + " gradients", gradients)
    result |= {"weights": [flat(w) for w in weights], "gradients": [flat(g) for g in gradients[0]]}
    directions = [draw(g) for g in gradients[0]]
    seconds = [side.seconds(weights, directions) for side in sides.values()]
    same(label + " second derivatives", seconds)
    return result | {"directions": [flat(d) for d in directions], "seconds": [flat(s) for s in seconds[0]]}


def several(results):
    return list(results) if isinstance(results, (tuple, list)) else [results]


class torch_side:
    def __init__(self, f, inputs, attributes):
        self.inputs = [torch.tensor(x).requires_grad_(x.dtype == np.float64) for x in inputs]
        self.sources = [x for x in self.inputs if x.requires_grad]
        self.results = several(f(*self.inputs, **attributes))

    def values(self):
        return [r.numpy(force=True) for r in self.results]

    def gradients(self, weights):
        return [g.numpy(force=True) for g in self.first(weights)]

    def seconds(self, weights, directions):
        along = sum((torch.tensor(d) * g).sum() for d, g in zip(directions, self.first(weights)))
        return [s.numpy(force=True) for s in self.slopes(along)]

    def first(self, weights):
        floating = [r for r in self.results if r.is_floating_point()]
        return self.slopes(sum((torch.tensor(w) * r).sum() for w, r in zip(weights, floating)))

    def slopes(self, number):
        if not number.requires_grad:
            return [torch.zeros_like(x) for x in self.sources]
        found = torch.autograd.grad(number, self.sources, create_graph=True, allow_unused=True)
        return [torch.zeros_like(x) if g is None else g for g, x in zip(found, self.sources)]


class jax_side:
    def __init__(self, f, inputs, attributes):
        self.inputs = [jnp.asarray(x) for x in inputs]
        self.which = [i for i, x in enumerate(inputs) if x.dtype == np.float64]
        self.f = lambda *xs: several(f(*xs, **attributes))

    def values(self):
        return [np.asarray(r) for r in self.f(*self.inputs)]

    def gradients(self, weights):
        return [np.asarray(g) for g in jax.grad(self.weighed(weights), self.which)(*self.inputs)]

    def seconds(self, weights, directions):
        gradient = jax.grad(self.weighed(weights), self.which)
        along = lambda *xs: sum((d * g).sum() for d, g in zip(directions, gradient(*xs)))
        return [np.asarray(s) for s in jax.grad(along, self.which)(*self.inputs)]

    def weighed(self, weights):
        def number(*xs):
            floating = [r for r in self.f(*xs) if jnp.issubdtype(r.dtype, jnp.floating)]
            return sum((w * r).sum() for w, r in zip(weights, floating))
        return number


def same(what, sides):
    for other in sides[1:]:
        for a, b in zip(sides[0], other, strict=True):
            assert a.shape == b.shape, f"{what}: shapes {a.shape} and {b.shape}"
            a, b = a.astype(np.float64), b.astype(np.float64)
            alike = (a == b) | (np.isnan(a) & np.isnan(b))
            with np.errstate(invalid="ignore"):
                alike |= np.abs(a - b) <= AGREEMENT * np.maximum(1, np.abs(a))
            assert alike.all(), f"{what} differ: {a.ravel().tolist()} and {b.ravel().tolist()}"


# ---- as JSON ----

def exact(x):
    if isinstance(x, (bool, int)):
        return int(x)
    if not math.isfinite(x):
        return str(x)
    return int(x) if x == int(x) and abs(x) < 1e9 and math.copysign(1, x) > 0 else x


def short(x):
    return exact(float(f"{x:.{DIGITS}g}") if isinstance(x, float) else x)


def flat(array, number=short):
    return [number(x) for x in np.asarray(array).ravel().tolist()]


def block(array, number=short):
    dtypes = {"float64": {}, "int64": {"dtype": "i64"}, "int32": {"dtype": "i64"}, "bool": {"dtype": "boolean"}}
    return {**dtypes[array.dtype.name], "shape": list(array.shape), "numbers": flat(array, number)}
