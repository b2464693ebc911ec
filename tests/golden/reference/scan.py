"""Running results along an axis, and order."""

import jax.numpy as jnp

from reference.book import Book, Case, given, integers, jax, reals, torch

BOOK = Book()
X = [reals(3, 4)]
NAN = float("nan")
AXES = [Case(X, axis=0), Case(X, axis=-1), Case([reals(2, 3, 2)], axis=1)]

BOOK.op("cumsum", torch.cumsum, jnp.cumsum, *AXES, Case([integers([[1, 2], [3, 4]])], axis=1))
BOOK.op("cumprod", torch.cumprod, jnp.cumprod, *AXES,
        Case([given([[2, 0, 3, 0.5], [0, 0, 1.5, 1], [1, -2, 0.5, 0]])], axis=1))
BOOK.op("logcumsumexp", torch.logcumsumexp, jax.lax.cumlogsumexp,
        *[Case([reals(2, 3, 2)], axis=axis) for axis in range(3)], Case([given([1000, 0, 1001])], axis=0))


def running(f):
    def jax_running(x, axis):
        values = f(x, axis)
        places = jnp.arange(x.shape[axis]).reshape([-1 if a == axis % x.ndim else 1 for a in range(x.ndim)])
        last = jax.lax.cummax(jnp.where(x == values, places, 0), axis % x.ndim)
        return jnp.take_along_axis(x, last, axis), last
    return jax_running


EQUALS = given([[1, 3, 3, 2], [2, 2, 2, 5], [4, 0, 4, -1]])
for name, by_torch, by_jax in [("cummax", torch.cummax, jax.lax.cummax), ("cummin", torch.cummin, jax.lax.cummin)]:
    BOOK.op(name, by_torch, running(lambda x, axis, f=by_jax: f(x, axis % x.ndim)), *AXES, Case([EQUALS], axis=1))


def torch_recurrence(a, b, axis):
    a, b = torch.broadcast_tensors(a, b)
    steps = [b.select(axis, 0)]
    for i in range(1, b.shape[axis]):
        steps.append(a.select(axis, i) * steps[-1] + b.select(axis, i))
    return torch.stack(steps, axis)


def jax_recurrence(a, b, axis):
    a, b = (jnp.moveaxis(x, axis, 0) for x in jnp.broadcast_arrays(a, b))
    join = lambda first, then: (first[0] * then[0], then[0] * first[1] + then[1])
    return jnp.moveaxis(jax.lax.associative_scan(join, (a, b))[1], 0, axis)


BOOK.op("linear_recurrence", torch_recurrence, jax_recurrence, Case([reals(5), reals(5)], axis=0),
        Case([reals(3, 1), reals(3, 2)], axis=0), Case([reals(), reals(2, 4)], axis=1))


def jax_order(x, axis=-1, descending=False, k=None, largest=True):
    order = jnp.argsort(-x if (descending if k is None else largest) else x, axis, stable=True)
    order = order if k is None else jax.lax.slice_in_dim(order, 0, k, axis=axis)
    return jnp.take_along_axis(x, order, axis), order


BOOK.op("sort", lambda x, axis=-1, descending=False: torch.sort(x, dim=axis, descending=descending, stable=True),
        jax_order, X, Case(X, axis=0), Case(X, axis=0, descending=True), Case([EQUALS], descending=True), [EQUALS],
        Case([given([2, NAN, 1, -NAN, 0])]), Case([reals(2, 3, 2)], axis=1, descending=True))
BOOK.op("topk", lambda x, k, axis=-1, largest=True: torch.topk(x, k, axis, largest), jax_order, Case(X, k=2),
        Case(X, k=1, axis=0), Case(X, k=3, largest=False), Case([reals(2, 3, 2)], k=2, axis=1, largest=False))
BOOK.op("argsort", lambda x, axis=-1, descending=False: torch.argsort(x, dim=axis, descending=descending, stable=True),
        lambda x, axis=-1, descending=False: jax_order(x, axis, descending)[1], X, Case([EQUALS], axis=0),
        Case([integers([[3, 1, 2], [3, 3, 1]])], descending=True))
