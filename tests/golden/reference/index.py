"""Choosing and replacing elements, by indices and by masks."""

from reference.book import Book, Case, booleans, given, integers, jax, jnp, reals, torch

BOOK = Book()
M = reals(3, 4)
NAN, INF = float("nan"), float("inf")
ROWS = integers([[2, 0, 1, 2], [0, 0, 2, 1]])  # along axis 0 of M
COLUMNS = integers([[3, 0], [1, 1], [0, 2]])  # along axis 1


def places(x, axis, index):
    """The full indices of torch.gather."""
    grid = list(jnp.indices(index.shape, sparse=True))
    grid[axis % x.ndim] = index
    return tuple(grid)


BOOK.op("take", lambda x, i, axis=0: torch.index_select(x, axis, i.flatten()).unflatten(axis, i.shape),
        lambda x, i, axis=0: jnp.take(x, i, axis), [M, integers([2, 0, 2])],
        Case([M, integers([[0, 3], [1, 1]])], axis=1), [integers([[1, 2], [3, 4]]), integers([1])])
BOOK.op("index_select", lambda x, i, axis: torch.index_select(x, axis, i), lambda x, i, axis: jnp.take(x, i, axis),
        Case([M, integers([2, 0, 2, 1])], axis=0), Case([M, integers([3])], axis=-1))
BOOK.op("gather", lambda x, i, axis: torch.gather(x, axis, i), lambda x, i, axis: x[places(x, axis, i)],
        Case([M, ROWS], axis=0), Case([M, COLUMNS], axis=1), Case([M, integers([[3, 3, 3]])], axis=-1))
BOOK.op("take_along_axis", lambda x, i, axis: torch.take_along_dim(x, i, axis),
        lambda x, i, axis: jnp.take_along_axis(x, i, axis), Case([M, COLUMNS], axis=1),
        Case([M, integers([[2, 1, 0, 0]])], axis=0), Case([reals(1, 3), integers([[0, 2], [1, 1]])], axis=1))
BOOK.op("scatter", lambda x, i, s, axis: torch.scatter(x, axis, i, s),
        lambda x, i, s, axis: x.at[places(x, axis, i)].set(s),
        Case([M, integers([[2, 0, 1, 2], [0, 1, 2, 1]]), reals(2, 4)], axis=0),
        Case([M, integers([[3, 0], [1, 2]]), reals(2, 2)], axis=1))
BOOK.op("scatter_value", lambda x, i, axis, value: torch.scatter(x, axis, i, value),
        lambda x, i, axis, value: x.at[places(x, axis, i)].set(value), Case([M, ROWS], axis=0, value=0.5),
        Case([M, COLUMNS], axis=1, value=-2.0))
BOOK.op("scatter_add", lambda x, i, s, axis: torch.scatter_add(x, axis, i, s),
        lambda x, i, s, axis: x.at[places(x, axis, i)].add(s), Case([M, ROWS, reals(2, 4)], axis=0),
        Case([M, COLUMNS, reals(3, 2)], axis=1), Case([M, integers([[1, 1, 1]]), reals(1, 3)], axis=-1))
BOOK.op("one_hot", lambda i, classes: torch.nn.functional.one_hot(i, classes),
        lambda i, classes: jax.nn.one_hot(i, classes, dtype=jnp.int64), Case([integers([2, 0])], classes=3),
        Case([integers([[1], [4]])], classes=5))
BOOK.op("masked_fill", lambda x, mask, value: x.masked_fill(mask, value),
        lambda x, mask, value: jnp.where(mask, value, x), Case([M, booleans([[1], [0], [1]])], value=0.25),
        Case([M, booleans([0, 1, 1, 0])], value=-3.0))
BOOK.op("where", torch.where, jnp.where, [booleans([[1], [0], [1]]), M, reals(4)], [booleans([1, 0, 1, 1]), reals(), M],
        [booleans([[0, 1], [1, 0]]), integers([[1, 2], [3, 4]]), integers([5, 6])],
        Case([booleans([1, 0]), given([1, NAN]), given([INF, 2])]))
BOOK.op("clamp", lambda x, low, high: torch.clamp(x, low, high), lambda x, low, high: jnp.clip(x, low, high),
        Case([M], low=-0.5, high=1.0),
        Case([given([-2, -0.5, 0.25, 1, 3])], low=-0.5, high=1.0, only="torch"),  # slope 1 at the bounds; JAX: 1/2
        Case([given([NAN, INF, -INF])], low=0.0, high=1.0, differentiable=False))
BOOK.op("nonzero", torch.nonzero, lambda x: jnp.stack(jnp.nonzero(x), -1), [given([[0, 1.5], [NAN, 0], [2, -0.0]])],
        [booleans([0, 1, 1])])
SORTED = given([-1, 0, 0, 0.5, 2])
BOOK.op("searchsorted", lambda s, v, right=False: torch.searchsorted(s, v, right=right),
        lambda s, v, right=False: jnp.searchsorted(s, v, side="right" if right else "left"),
        [SORTED, given([[-2, -1, 0], [0.25, 2, 3]])], Case([SORTED, given([[-2, -1, 0], [0.25, 2, 3]])], right=True))
