"""Folding axes away, and softmax."""

import jax.scipy.special as js
import torch.nn.functional as F

from reference.book import Book, Case, booleans, given, integers, jax, jnp, reals, torch

BOOK = Book()
NAN, INF = float("nan"), float("inf")


def tup(axis):
    return tuple(axis) if isinstance(axis, list) else axis


def every(x, axis):
    return tuple(range(x.ndim)) if axis is None else axis


X = [reals(2, 3, 4)]
FOLDS = [X, Case(X, axis=[0]), Case(X, axis=[1], keepdims=True), Case(X, axis=[0, -1]),
         Case(X, axis=[2, 1], keepdims=True)]
EQUALS = given([[1, 3, 3], [2, 2, 2], [4, 0, -1]])

BOOK.op("sum", lambda x, axis=None, keepdims=False: torch.sum(x, axis, keepdim=keepdims),
        lambda x, axis=None, keepdims=False: jnp.sum(x, tup(axis), keepdims=keepdims), *FOLDS, [reals()],
        [integers([[1, 2], [3, 4]])], [booleans([1, 0, 1])])


def torch_prod(x, axis=None, keepdims=False):
    for a in sorted((a % x.ndim for a in every(x, axis)), reverse=True):
        x = torch.prod(x, a, keepdim=keepdims)
    return x


BOOK.op("prod", torch_prod, lambda x, axis=None, keepdims=False: jnp.prod(x, tup(axis), keepdims=keepdims),
        [reals(5, avoid=[0])], Case([reals(2, 3, 2, avoid=[0])], axis=[1]),
        Case([reals(2, 3, 2, avoid=[0])], axis=[0, 2], keepdims=True),
        Case([given([[2, 0, 3], [0, 0, 1.5], [1, -2, 0.5]])], axis=[1]), [given([0, 2.5, -1])], [given([0, 0, 0])],
        [integers([2, 3, 4])])
BOOK.op("mean", lambda x, axis=None, keepdims=False: torch.mean(x, axis, keepdim=keepdims),
        lambda x, axis=None, keepdims=False: jnp.mean(x, tup(axis), keepdims=keepdims), *FOLDS)
for name, by_torch, by_jax in [("max", torch.amax, jnp.max), ("min", torch.amin, jnp.min)]:
    BOOK.op(name, lambda x, axis=None, keepdims=False, f=by_torch: f(x, every(x, axis), keepdims),
            lambda x, axis=None, keepdims=False, f=by_jax: f(x, tup(axis), keepdims=keepdims), *FOLDS,
            [EQUALS], Case([EQUALS], axis=[1]), Case([EQUALS], axis=[0], keepdims=True),
            Case([given([[1, NAN, 2], [INF, -INF, 0]])], axis=[1], differentiable=False))
for name, by_torch, by_jax in [("var", torch.var, jnp.var), ("std", torch.std, jnp.std)]:
    BOOK.op(name,
            lambda x, axis=None, keepdims=False, correction=1, f=by_torch:
            f(x, axis, correction=correction, keepdim=keepdims),
            lambda x, axis=None, keepdims=False, correction=1, f=by_jax:
            f(x, tup(axis), correction=correction, keepdims=keepdims), *FOLDS,
            Case(X, axis=[1], correction=0), Case(X, correction=2), Case([given([1000, 1001, 1003, 1007])]))
BOOK.op("logsumexp", lambda x, axis=None, keepdims=False: torch.logsumexp(x, every(x, axis), keepdims),
        lambda x, axis=None, keepdims=False: js.logsumexp(x, tup(axis), keepdims=keepdims), *FOLDS,
        [given([1000, 1001, 1002])], Case([given([[0, -INF], [-INF, -INF]])], axis=[1], differentiable=False))


def jax_norm(x, ord=2, axis=None, keepdims=False):
    if ord == "infinity":
        return jnp.max(jnp.abs(x), tup(axis), keepdims=keepdims)
    return jnp.sum(jnp.abs(x) ** ord, tup(axis), keepdims=keepdims) ** (1 / ord)


Y = [reals(2, 3, 2, avoid=[0])]
BOOK.op("norm", lambda x, ord=2, axis=None, keepdims=False:
        torch.linalg.vector_norm(x, INF if ord == "infinity" else ord, axis, keepdims), jax_norm, Y,
        Case(Y, axis=[0]), Case(Y, axis=[1, 2], keepdims=True), Case(Y, ord=1), Case(Y, ord=1, axis=[1]),
        Case(Y, ord=3), Case(Y, ord=2.5, axis=[0, 2]), Case(Y, ord="infinity"), Case(Y, ord="infinity", axis=[1]))
for position in ["argmax", "argmin"]:
    BOOK.op(position,
            lambda x, axis=None, keepdims=False, f=getattr(torch, position): f(x, axis, keepdims),
            lambda x, axis=None, keepdims=False, f=getattr(jnp, position): f(x, axis, keepdims=keepdims),
            X, Case(X, axis=1), Case(X, axis=-1, keepdims=True), Case([integers([[1, 5], [7, 2]])], axis=0))
for name in ["any", "all"]:
    BOOK.op(name,
            lambda x, axis=None, keepdims=False, f=getattr(torch, name): f(x, every(x, axis), keepdims),
            lambda x, axis=None, keepdims=False, f=getattr(jnp, name): f(x, tup(axis), keepdims=keepdims),
            [given([[0, 1, 0], [0, 0, 0]])], Case([booleans([[0, 1], [1, 1]])], axis=[1]),
            Case([integers([[[0, 1], [2, 2]]])], axis=[0, 2], keepdims=True))
BOOK.op("quantile", lambda x, q, axis=None, keepdims=False: torch.quantile(x, q, axis, keepdim=keepdims),
        lambda x, q, axis=None, keepdims=False: jnp.quantile(x, q, axis, keepdims=keepdims),
        *[Case(X, q=q) for q in (0.0, 0.25, 0.8125, 1.0)], Case(X, q=0.375, axis=1),
        Case(X, q=0.625, axis=2, keepdims=True))
BOOK.op("median", lambda x, axis=None, keepdims=False: torch.quantile(x, 0.5, axis, keepdim=keepdims),
        lambda x, axis=None, keepdims=False: jnp.median(x, axis, keepdims=keepdims), X, Case(X, axis=1),
        Case(X, axis=-1, keepdims=True), Case([given([1, NAN, 2])], differentiable=False))
for name, by_torch, by_jax in [("softmax", F.softmax, jax.nn.softmax),
                               ("log_softmax", F.log_softmax, jax.nn.log_softmax)]:
    BOOK.op(name, lambda x, axis, f=by_torch: f(x, axis), lambda x, axis, f=by_jax: f(x, axis), Case(X, axis=-1),
            Case(X, axis=0), Case(X, axis=1), Case([given([1000, 1001, 990])], axis=0),
            Case([given([[0, -INF, 1], [2, 0, -INF]])], axis=1, differentiable=False))


def jax_normalized(x, count, weight, bias, eps, centers):
    axes = tuple(range(-count, 0))
    deviations = x - jnp.mean(x, axes, keepdims=True) if centers else x
    y = deviations / jnp.sqrt(jnp.mean(deviations ** 2, axes, keepdims=True) + eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


BOOK.op("layer_norm",
        lambda x, weight=None, bias=None, axes=1, eps=1e-5: F.layer_norm(x, x.shape[-axes:], weight, bias, eps),
        lambda x, weight=None, bias=None, axes=1, eps=1e-5: jax_normalized(x, axes, weight, bias, eps, True),
        [reals(3, 4)], Case([reals(2, 3, 4)], axes=2), [reals(3, 4), reals(4)],
        Case([reals(3, 4), reals(4), reals(4)], eps=0.1), Case([given([[1000, 1001, 1003, 1007]])], eps=0.0))
BOOK.op("rms_norm", lambda x, weight=None, axes=1, eps=1e-5: F.rms_norm(x, x.shape[-axes:], weight, eps),
        lambda x, weight=None, axes=1, eps=1e-5: jax_normalized(x, axes, weight, None, eps, False),
        [reals(3, 4)], Case([reals(2, 3, 4)], axes=2), Case([reals(3, 4), reals(4)], eps=0.1))
