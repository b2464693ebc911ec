"""Linear algebra. Where signs of vectors are free the results are functions that do not depend on them: V diag(k) V^T
for k = 1, 2, ... and its like."""

import jax.scipy.linalg as jl

from reference.book import Book, Case, definite, given, jax, jnp, matrices, reals, torch

BOOK = Book()
SQUARES = [[matrices(3, 3)], [matrices(2, 2, 2)], [matrices(1, 1)]]


def symmetric(a):
    return (a + a.swapaxes(-1, -2)) / 2


BOOK.op("cholesky", lambda a: torch.linalg.cholesky(symmetric(a)), lambda a: jnp.linalg.cholesky(a), [definite(3, 3)],
        [definite(2, 2, 2)], [definite(4, 4)], [given([[4, 1.5], [1, 3]])])
PAIRS = [[matrices(3, 3), reals(3, 2)], [matrices(3, 3), reals(3)], [matrices(2, 2, 2), reals(2, 3)],
         [matrices(2, 2), reals(2, 2, 1)]]


def torch_solve(a, b):
    return torch.linalg.solve(a, b[..., None])[..., 0] if b.ndim == 1 else torch.linalg.solve(a, b)


def jax_solve(a, b):
    return jnp.linalg.solve(a, b[..., None])[..., 0] if b.ndim == 1 else jnp.linalg.solve(a, b)


BOOK.op("solve", torch_solve, jax_solve, *PAIRS)


def torch_triangular(a, b, upper=False, transpose=False, unit=False):
    a = a.mT if transpose else a
    columns = b[..., None] if b.ndim == 1 else b
    x = torch.linalg.solve_triangular(a, columns, upper=upper != transpose, unitriangular=unit)
    return x[..., 0] if b.ndim == 1 else x


def jax_triangular(a, b, upper=False, transpose=False, unit=False):
    one = lambda a, b: jl.solve_triangular(a, b, trans=int(transpose), lower=not upper, unit_diagonal=unit)
    return one(a, b)


BOOK.op("triangular_solve", torch_triangular, jax_triangular,
        *[Case([matrices(3, 3), reals(3, 2)], upper=upper, transpose=transpose, unit=unit)
          for upper in (False, True) for transpose in (False, True) for unit in (False, True)],
        Case([matrices(3, 3), reals(3)]))
BOOK.op("inverse", torch.linalg.inv, jnp.linalg.inv, *SQUARES)
BOOK.op("det", torch.linalg.det, jnp.linalg.det, *SQUARES, [matrices(4, 4)])
# Singular: as polynomials of the elements.
two = lambda a: a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
three = lambda a: sum(a[0, i] * (a[1, (i + 1) % 3] * a[2, (i + 2) % 3] - a[1, (i + 2) % 3] * a[2, (i + 1) % 3])
                      for i in range(3))
BOOK.op("det", two, two, [given([[1, 2], [2, 4]])], [given([[0, 0], [0, 0]])])
BOOK.op("det", three, three, [given([[1, 2, 3], [2, 4, 6], [0.5, -1, 2]])], [given([[1, 2, 3], [2, 4, 6], [3, 6, 9]])])
BOOK.op("slogdet", lambda a: tuple(torch.linalg.slogdet(a)), lambda a: tuple(jnp.linalg.slogdet(a)), *SQUARES,
        [given([[0, 2], [1.5, 1]])])
BOOK.op("qr", lambda a: tuple(torch.linalg.qr(a)), lambda a: tuple(jnp.linalg.qr(a)), [matrices(3, 3)],
        [matrices(4, 2)], [matrices(2, 3, 2)])
BOOK.op("qr", lambda a: tuple(torch.linalg.qr(a)), None, [matrices(2, 2, 2)], [matrices(2, 4)])


def weighed_pair(left, right):
    """left diag(1, 2, ...) right."""
    arange = jnp.arange if isinstance(left, jax.Array) else torch.arange
    return (left * arange(1.0, left.shape[-1] + 1, dtype=left.dtype)[None, :]) @ right


def projected(library):
    def f(a):
        w, v = library.linalg.eigh(symmetric(a))
        return w, weighed_pair(v, v.mT)
    return f


BOOK.op("eigh", projected(torch), projected(jnp), *SQUARES, [definite(4, 4)])
BOOK.op("eigvalsh", lambda a: torch.linalg.eigvalsh(symmetric(a)), jnp.linalg.eigvalsh, *SQUARES)


def turned(library):
    def f(a):
        u, s, vh = library.linalg.svd(a, full_matrices=False)
        return s, weighed_pair(u, u.mT), weighed_pair(u, vh), weighed_pair(vh.mT, vh)
    return f


RECTANGLES = [[matrices(3, 3)], [matrices(4, 2)], [matrices(2, 3)], [matrices(2, 2, 2)]]
BOOK.op("svd", turned(torch), turned(jnp), *RECTANGLES)
BOOK.op("svdvals", torch.linalg.svdvals, lambda a: jnp.linalg.svd(a, compute_uv=False), *RECTANGLES)
BOOK.op("pinv", torch.linalg.pinv, jnp.linalg.pinv, *RECTANGLES)
BOOK.op("lstsq", lambda a, b: torch.linalg.pinv(a) @ b, lambda a, b: jnp.linalg.pinv(a) @ b,
        [matrices(3, 3), reals(3, 2)], [matrices(4, 2), reals(4, 2)], [matrices(4, 2), reals(4)],
        [matrices(2, 4), reals(2, 1)], [matrices(2, 3, 2), reals(3, 1)])
BOOK.op("matrix_power", torch.linalg.matrix_power, jnp.linalg.matrix_power,
        *[Case([matrices(2, 2)], n=n) for n in (0, 1, 2, 5, -1, -3)], Case([matrices(2, 2, 2)], n=3))
small = lambda *shape: reals(*shape, low=-1, high=1)
BOOK.op("expm", torch.linalg.matrix_exp, jl.expm, [small(2, 2)], [small(3, 3)], [small(2, 2, 2)],
        [given([[0, 0], [0, 0]])],
        [given([[0, 1], [0, 0]])], [given([[0, -2], [2, 0]])],
        Case([given([[0, -8], [8, 0]])], only="torch"))

NORMS = {"frobenius": "fro", "nuclear": "nuc", "one": 1, "infinity": float("inf"), "two": 2}
BOOK.op("matrix_norm", lambda a, kind: torch.linalg.matrix_norm(a, NORMS[kind]),
        lambda a, kind: jnp.linalg.norm(a, NORMS[kind], (-2, -1)),
        *[Case([matrices(3, 2)], kind=kind) for kind in NORMS], Case([matrices(2, 2, 3)], kind="nuclear"))
