"""Discrete Fourier transforms. Complex numbers are a trailing axis of real and imaginary part, which `axis` does not
count."""

from reference.book import Book, Case, jnp, reals, torch

BOOK = Book()


def of_parts(f, complex_in, complex_out):
    def by_torch(x, axis=-1, n=None, norm="backward"):
        y = getattr(torch.fft, f)(torch.view_as_complex(x) if complex_in else x, n, axis, norm)
        return torch.view_as_real(y) if complex_out else y

    def by_jax(x, axis=-1, n=None, norm="backward"):
        y = getattr(jnp.fft, f)(x[..., 0] + 1j * x[..., 1] if complex_in else x, n, axis, norm)
        return jnp.stack([y.real, y.imag], -1) if complex_out else y
    return by_torch, by_jax


NORMS = ("backward", "ortho", "forward")
for name, complex_in, complex_out in [("fft", True, True), ("ifft", True, True), ("rfft", False, True),
                                      ("irfft", True, False)]:
    parts = [2] if complex_in else []
    x = lambda *extents: [reals(*extents, *parts)]
    BOOK.op(name, *of_parts(name, complex_in, complex_out), *[Case(x(2, 5), norm=norm) for norm in NORMS],
            Case(x(2, 4)), Case(x(3, 2), axis=0), Case(x(2, 3, 2), axis=1), Case(x(3, 2), axis=-2, norm="ortho"),
            Case(x(5), n=3), Case(x(4), n=7), Case(x(3, 2), axis=0, n=4, norm="forward"), Case(x(7)), Case(x(2), n=1))
