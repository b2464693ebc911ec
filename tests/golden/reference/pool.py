"""Pooling and interpolation. For JAX by definition: windows are gathered, interpolation is a matrix for each axis."""

import math

import numpy as np
import torch.nn.functional as F

from reference.book import Book, Case, given, integers, jnp, reals, torch
from reference.conv import per_axis

BOOK = Book()


def windows(x, kernel, stride, padding, dilation, ceil_mode, fill):
    """(N, C, spatial..., taps...); whatever lies beyond x is `fill`."""
    axes = x.ndim - 2
    for axis, (k, s, p, d) in enumerate(zip(kernel, stride, padding, dilation)):
        n = x.shape[2 + axis]
        steps = (n + 2 * p - d * (k - 1) - 1) / s
        count = (math.ceil(steps) if ceil_mode else math.floor(steps)) + 1
        if ceil_mode and (count - 1) * s >= n + p:
            count -= 1
        at = np.arange(count)[:, None] * s + np.arange(k)[None, :] * d
        end = max(0, int(at.max()) + 1 - n - p)
        widths = [(0, 0)] * x.ndim
        widths[2 + axis] = (p, end)
        x = jnp.pad(x, widths, constant_values=fill)
        x = jnp.moveaxis(jnp.take(x, at, 2 + axis), 3 + axis, -1)
    return x, tuple(range(-axes, 0))


def jax_max(x, kernel, **options):
    return all_windows(x, kernel, -math.inf, **options).max(-1)


def jax_max_with_indices(x, kernel, **options):
    """Positions are pooled along: the first of the largest tells."""
    spatial = x.shape[2:]
    positions = jnp.broadcast_to(jnp.arange(math.prod(spatial), dtype=float).reshape(spatial), x.shape)
    taken, at = (all_windows(a, kernel, fill, **options) for a, fill in ((x, -math.inf), (positions, -1)))
    first = taken.argmax(-1, keepdims=True)
    return [jnp.take_along_axis(a, first, -1)[..., 0] for a in (taken, at.astype(int))]


def all_windows(x, kernel, fill, stride=None, padding=0, dilation=1, ceil_mode=False):
    axes = x.ndim - 2
    taken, _ = windows(x, *(per_axis(v, axes) for v in (kernel, stride or kernel, padding, dilation)), ceil_mode, fill)
    return taken.reshape(*taken.shape[:2 + axes], -1)


def jax_unpool(x, indices, kernel, stride=None, padding=0, output_size=None):
    axes = x.ndim - 2
    kernel, stride, padding = (per_axis(v, axes) for v in (kernel, stride or kernel, padding))
    spatial = output_size or [(n - 1) * s - 2 * p + k for n, s, p, k in zip(x.shape[2:], stride, padding, kernel)]
    rows = math.prod(x.shape[:2])
    flat = jnp.zeros((rows, math.prod(spatial))).at[jnp.arange(rows)[:, None], indices.reshape(rows, -1)]
    return flat.set(x.reshape(rows, -1)).reshape(*x.shape[:2], *spatial)


def jax_avg(x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    axes = x.ndim - 2
    kernel, stride, padding = (per_axis(v, axes) for v in (kernel, stride or kernel, padding))
    taken, taps = windows(x, kernel, stride, padding, [1] * axes, ceil_mode, 0)
    counted = jnp.ones_like(x)
    if count_include_pad:
        counted = jnp.pad(counted, [(0, 0)] * 2 + [(p, p) for p in padding], constant_values=1)
        padding = [0] * axes
        stride_windows = windows(counted, kernel, stride, padding, [1] * axes, ceil_mode, 0)[0]
        counts = stride_windows[tuple(slice(n) for n in taken.shape)]
    else:
        counts = windows(counted, kernel, stride, padding, [1] * axes, ceil_mode, 0)[0]
    return taken.sum(taps) / counts.sum(taps)


def along(x, axis, matrix):
    return jnp.moveaxis(jnp.tensordot(x, matrix, (axis, 1)), -1, axis)


def jax_adaptive(x, output_size):
    for axis, m in enumerate(per_axis(output_size, x.ndim - 2), 2):
        n = x.shape[axis]
        matrix = np.zeros((m, n))
        for i in range(m):
            low, high = i * n // m, -(-(i + 1) * n // m)
            matrix[i, low:high] = 1 / (high - low)
        x = along(x, axis, matrix)
    return x


def torch_max(axes, indices=False):
    f = [F.max_pool1d, F.max_pool2d, F.max_pool3d][axes - 1]
    return lambda x, kernel, stride=None, padding=0, dilation=1, ceil_mode=False: f(
        x, kernel, stride, padding, dilation, ceil_mode, indices)


def torch_unpool(axes):
    f = [F.max_unpool1d, F.max_unpool2d, F.max_unpool3d][axes - 1]
    return lambda x, indices, kernel, stride=None, padding=0, output_size=None: f(
        x, indices, kernel, stride, padding, output_size)


def torch_avg(axes):
    f = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][axes - 1]
    return lambda x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True: f(
        x, kernel, stride, padding, ceil_mode, count_include_pad)


X1, X2, X3 = [reals(2, 2, 7)], [reals(1, 2, 5, 6)], [reals(1, 1, 4, 4, 3)]
BOOK.op("max_pool1d", torch_max(1), jax_max, Case(X1, kernel=2), Case(X1, kernel=3, stride=2, padding=1),
        Case(X1, kernel=2, dilation=2, stride=1), Case(X1, kernel=2, ceil_mode=True))
BOOK.op("max_pool2d", torch_max(2), jax_max, Case(X2, kernel=2), Case(X2, kernel=[3, 2], stride=[2, 1]),
        Case(X2, kernel=3, padding=1), Case(X2, kernel=2, dilation=[2, 3], stride=1),
        Case(X2, kernel=2, stride=2, ceil_mode=True),
        Case(X2, kernel=3, stride=2, padding=1, ceil_mode=True))
BOOK.op("max_pool3d", torch_max(3), jax_max, Case(X3, kernel=2),
        Case(X3, kernel=[2, 3, 1], stride=1, padding=[1, 0, 0]))
EQUALS = given([[[[1, 2, 2, 0], [2, 2, 3, 3], [-1, -1, 3, 0]], [[0, 0, 0, 0], [4, 0, 4, 0], [0, 4, 0, 4]]]])
NAN = given([[[1, float("nan"), 3, -1, -2, -1]]])
for axes, *cases in [
        (1, Case(X1, kernel=3, stride=2, padding=1), Case([NAN], kernel=2, differentiable=False)),
        (2, Case(X2, kernel=[2, 3]), Case(X2, kernel=2, dilation=[2, 1], stride=1), Case([EQUALS], kernel=2, stride=1),
         Case([EQUALS], kernel=3, stride=2, padding=1, ceil_mode=True)),
        (3, Case(X3, kernel=2), Case(X3, kernel=[2, 1, 3], padding=[1, 0, 1], stride=[1, 2, 1]))]:
    BOOK.op(f"max_pool{axes}d_with_indices", torch_max(axes, indices=True), jax_max_with_indices, *cases)
BOOK.op("max_unpool1d", torch_unpool(1), jax_unpool, Case([reals(1, 2, 2), integers([[[0, 3], [1, 2]]])], kernel=2),
        Case([reals(2, 1, 2), integers([[[1, 4]], [[4, 0]]])], kernel=2, output_size=[5]),
        Case([reals(1, 1, 3), integers([[[0, 3, 4]]])], kernel=3, stride=2, padding=1))
BOOK.op("max_unpool2d", torch_unpool(2), jax_unpool,
        Case([reals(1, 2, 1, 2), integers([[[[4, 2]], [[1, 7]]]])], kernel=2),
        Case([reals(1, 1, 2, 2), integers([[[[0, 3], [9, 14]]]])], kernel=2, output_size=[5, 4]),
        Case([reals(1, 1, 2, 1), integers([[[[5], [6]]]])], kernel=[2, 3], stride=[1, 2]))
BOOK.op("max_unpool3d", torch_unpool(3), jax_unpool,
        Case([reals(1, 2, 1, 1, 2), integers([[[[[9, 3]]], [[[0, 15]]]]])], kernel=2))
BOOK.op("avg_pool1d", torch_avg(1), jax_avg, Case(X1, kernel=2), Case(X1, kernel=3, stride=2, padding=1),
        Case(X1, kernel=3, stride=2, padding=1, count_include_pad=False), Case(X1, kernel=2, ceil_mode=True))
BOOK.op("avg_pool2d", torch_avg(2), jax_avg, Case(X2, kernel=2), Case(X2, kernel=[3, 2], stride=[2, 1]),
        Case(X2, kernel=3, padding=1), Case(X2, kernel=3, padding=1, count_include_pad=False),
        Case(X2, kernel=2, stride=2, ceil_mode=True),
        Case(X2, kernel=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
        Case(X2, kernel=3, stride=2, padding=1, ceil_mode=True))
BOOK.op("avg_pool3d", torch_avg(3), jax_avg, Case(X3, kernel=2),
        Case(X3, kernel=[2, 3, 1], stride=1, padding=[1, 0, 0]))
for axes, X, sizes in [(1, X1, [3, 7, 1]), (2, X2, [2, [3, 4], 1]), (3, X3, [2, [3, 1, 2]])]:
    name = f"adaptive_avg_pool{axes}d"
    BOOK.op(name, lambda x, output_size, f=getattr(F, name): f(x, output_size), jax_adaptive,
            *[Case(X, output_size=size) for size in sizes])


def resized(x, mode, size, align_corners):
    """Rows of weights, for each axis by itself."""
    for axis, m in enumerate(per_axis(size, x.ndim - 2), 2):
        n = x.shape[axis]
        matrix = np.zeros((m, n))
        for i in range(m):
            if mode == "nearest":
                matrix[i, i * n // m] = 1
                continue
            aligned = i * (n - 1) / (m - 1) if m > 1 else 0
            at = aligned if align_corners else min(max((i + 0.5) * n / m - 0.5, 0), n - 1)
            low = min(int(at), n - 1)
            matrix[i, low] += 1 - (at - low)
            matrix[i, min(low + 1, n - 1)] += at - low
        x = along(x, axis, matrix)
    return x


LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


def torch_interpolate(x, mode, size=None, scale=None, align_corners=False):
    mode = mode if mode == "nearest" else LINEAR[x.ndim - 2]
    return F.interpolate(x, size, scale, mode, align_corners if mode != "nearest" else None)


def jax_interpolate(x, mode, size=None, scale=None, align_corners=False):
    return resized(x, mode, [int(n * scale) for n in x.shape[2:]] if scale else size, align_corners)


S1, S2, S3 = [reals(1, 2, 4)], [reals(1, 2, 3, 4)], [reals(1, 1, 2, 3, 2)]
BOOK.op("interpolate", torch_interpolate, jax_interpolate,
        *[Case(S1, mode=mode, size=size) for mode in ("nearest", "linear") for size in ([7], [3])],
        *[Case(S2, mode=mode, size=size) for mode in ("nearest", "linear") for size in ([5, 6], [2, 7])],
        *[Case(S2, mode=mode, scale=2.0) for mode in ("nearest", "linear")],
        Case(S1, mode="linear", size=[7], align_corners=True), Case(S2, mode="linear", size=[5, 2], align_corners=True),
        *[Case(S3, mode=mode, size=[3, 2, 4]) for mode in ("nearest", "linear")],
        Case(S3, mode="linear", size=[3, 2, 4], align_corners=True))
