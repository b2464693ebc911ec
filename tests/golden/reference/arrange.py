"""Views, and elements repeated, shifted, mirrored and joined."""

import torch.nn.functional as F

from reference.book import Book, Case, integers, jnp, reals, torch

BOOK = Book()
X = [reals(2, 3, 4)]
M = [reals(3, 4)]

BOOK.op("reshape", torch.reshape, jnp.reshape, Case(X, shape=[4, 6]), Case(X, shape=[-1, 2]), Case(X, shape=[24]))
BOOK.op("transpose", lambda x, first=-1, second=-2: torch.transpose(x, first, second),
        lambda x, first=-1, second=-2: jnp.swapaxes(x, first, second), X, Case(X, first=0, second=2))
BOOK.op("permute", lambda x, axes: x.permute(axes), lambda x, axes: x.transpose(axes), Case(X, axes=[2, 0, 1]),
        Case([integers([[1, 2], [3, 4]])], axes=[1, 0]))
BOOK.op("movedim", lambda x, source, to: torch.movedim(x, source, to),
        lambda x, source, to: jnp.moveaxis(x, source, to), Case(X, source=[0, 2], to=[1, 0]),
        Case(X, source=[-1], to=[0]))
BOOK.op("squeeze", lambda x, axis=None: x.squeeze() if axis is None else x.squeeze(axis),
        lambda x, axis=None: x.squeeze(axis if axis is None else tuple(axis)), [reals(1, 3, 1)],
        Case([reals(1, 3, 1)], axis=[-1]))
BOOK.op("unsqueeze", lambda x, axis: x.unsqueeze(axis), jnp.expand_dims, Case(M, axis=0), Case(M, axis=-1))
BOOK.op("broadcast_to", lambda x, shape: x.broadcast_to(shape), jnp.broadcast_to, Case([reals(3, 1)], shape=[2, 3, 4]),
        Case([reals()], shape=[2, 2]))


def cut(x, axis=0, start=None, stop=None, step=1):
    return x[(slice(None),) * axis + (slice(start, stop, step),)]


def torch_cut(x, axis=0, start=None, stop=None, step=1):
    places = range(x.shape[axis])[start:stop:step]
    return x.index_select(axis, torch.tensor(list(places), dtype=torch.int64))


BOOK.op("slice", torch_cut, cut, Case([reals(6)], start=1, stop=5), Case([reals(7)], step=3), Case([reals(6)], step=-1),
        Case(X, axis=2, start=-3), Case(X, axis=1, start=2, stop=0, step=-1), Case(X, axis=2, stop=-1, step=2))
BOOK.op("flip", lambda x, axis=None: torch.flip(x, axis or list(range(x.ndim))),
        lambda x, axis=None: jnp.flip(x, axis), X, Case(X, axis=[1]), Case(X, axis=[0, -1]))
BOOK.op("roll", lambda x, shifts, axes=None: torch.roll(x, shifts, axes),
        lambda x, shifts, axes=None: jnp.roll(x, shifts, axes), Case(X, shifts=5),
        Case(X, shifts=[-1], axes=[1]), Case(X, shifts=[2, 1], axes=[2, 0]))
BOOK.op("tile", lambda x, counts: torch.tile(x, counts), lambda x, counts: jnp.tile(x, counts), Case(M, counts=[2]),
        Case(M, counts=[2, 1, 2]), Case(X, counts=[1, 2]))
BOOK.op("repeat", lambda x, counts: x.repeat(counts), lambda x, counts: jnp.tile(x, counts),
        Case(M, counts=[2, 1]), Case(M, counts=[2, 1, 2]))
BOOK.op("repeat_interleave", lambda x, count, axis=None: x.repeat_interleave(count, axis),
        lambda x, count, axis=None: jnp.repeat(x, count, axis), Case(M, count=2), Case(M, count=3, axis=0),
        Case(M, count=2, axis=-1))

MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def torch_pad(x, widths, mode="constant", value=0):
    plain = [w for pair in reversed(widths) for w in pair]
    if mode == "constant":
        return F.pad(x, plain, value=value)
    shape = x.shape  # two leading axes are never padded here
    return F.pad(x[None, None], plain, mode=mode)[0, 0] if len(shape) == len(widths) else None


def jax_pad(x, widths, mode="constant", value=0):
    return jnp.pad(x, widths, MODES[mode], **({"constant_values": value} if mode == "constant" else {}))


BOOK.op("pad", torch_pad, jax_pad, Case(M, widths=[[1, 0], [2, 1]]), Case(X, widths=[[0, 0], [1, 1], [0, 2]]),
        Case(M, widths=[[0, 1], [1, 0]], value=-1.5),
        *[Case(M, widths=[[1, 2], [2, 1]], mode=mode) for mode in MODES if mode != "constant"],
        *[Case([reals(5)], widths=[[4, 3]], mode=mode) for mode in MODES if mode != "constant"],
        *[Case([reals(2, 2, 3)], widths=[[0, 1], [1, 1], [2, 0]], mode=mode) for mode in MODES if mode != "constant"])

for name in ["tril", "triu"]:
    BOOK.op(name, lambda x, k=0, f=getattr(torch, name): f(x, k), lambda x, k=0, f=getattr(jnp, name): f(x, k), M,
            Case(X, k=1), Case(X, k=-1))
BOOK.op("diagonal", lambda x, k=0: x.diagonal(k, -2, -1), lambda x, k=0: jnp.diagonal(x, k, -2, -1), M, Case(X, k=1),
        Case(X, k=-1))
BOOK.op("diag_embed", lambda x, k=0: torch.diag_embed(x, k), None, M, Case([reals(3)], k=-1), Case(M, k=2))
BOOK.op("diag", lambda x, k=0: torch.diag(x, k), lambda x, k=0: jnp.diag(x, k), [reals(3)], Case([reals(2)], k=1), M,
        Case(M, k=-1))
BOOK.op("trace", lambda x: x.diagonal(0, -2, -1).sum(-1), lambda x: jnp.trace(x, axis1=-2, axis2=-1), M, X)
BOOK.op("unfold", lambda x, axis, size, step: x.unfold(axis, size, step), None,
        Case([reals(7)], axis=0, size=3, step=2),
        Case([reals(2, 5)], axis=1, size=2, step=1), Case([reals(5, 2)], axis=0, size=3, step=1))

# Those that make several.
BOOK.op("split", lambda x, sizes, axis=0: torch.split(x, sizes, axis),
        lambda x, sizes, axis=0: jnp.split(x, [sum(sizes[:i]) for i in range(1, len(sizes))], axis),
        Case([reals(5, 2)], sizes=[2, 3]), Case(M, sizes=[1, 2, 1], axis=1))
BOOK.op("split_evenly", lambda x, parts, axis=0: torch.tensor_split(x, parts, axis),
        lambda x, parts, axis=0: jnp.split(x, parts, axis), Case(M, parts=3), Case(M, parts=2, axis=-1))
BOOK.op("chunk", lambda x, chunks, axis=0: torch.chunk(x, chunks, axis), None, Case([reals(7)], chunks=3),
        Case(M, chunks=2, axis=1))
BOOK.op("meshgrid", lambda *xs, indexing: torch.meshgrid(*xs, indexing=indexing),
        lambda *xs, indexing: jnp.meshgrid(*xs, indexing=indexing), Case([reals(2), reals(3)], indexing="ij"),
        Case([reals(2), reals(3)], indexing="xy"), Case([reals(2), reals(3), reals(2)], indexing="xy"))
BOOK.op("concat", lambda *xs, axis=0: torch.cat(xs, axis), lambda *xs, axis=0: jnp.concatenate(xs, axis),
        [reals(2, 2), reals(1, 2)], Case([reals(2, 2), reals(2, 3), reals(2, 1)], axis=-1))
BOOK.op("stack", lambda *xs, axis=0: torch.stack(xs, axis), lambda *xs, axis=0: jnp.stack(xs, axis),
        [reals(2, 2), reals(2, 2)], Case([reals(2, 2), reals(2, 2), reals(2, 2)], axis=1),
        Case([reals(3), reals(3)], axis=-1))
