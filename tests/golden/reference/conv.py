"""Convolutions and their transposes."""

import torch.nn.functional as F

from reference.book import Book, Case, jax, jnp, reals, torch

BOOK = Book()


def per_axis(value, axes):
    return [value] * axes if isinstance(value, int) else value


def jax_conv(axes):
    def f(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        stride, padding, dilation = (per_axis(v, axes) for v in (stride, padding, dilation))
        y = jax.lax.conv_general_dilated(x, weight, stride, [(p, p) for p in padding], rhs_dilation=dilation,
                                         feature_group_count=groups)
        return y if bias is None else y + bias.reshape((-1,) + (1,) * axes)
    return f


def jax_transposed(axes):
    """A convolution of x, with zeros between its elements, with the mirrored kernel."""
    def f(x, weight, bias=None, stride=1, padding=0, dilation=1, output_padding=0, groups=1):
        stride, padding, dilation, more = (per_axis(v, axes) for v in (stride, padding, dilation, output_padding))
        channels, each, *kernel = weight.shape
        mirrored = jnp.flip(weight, range(2, 2 + axes)).reshape(groups, channels // groups, each, *kernel)
        mirrored = mirrored.swapaxes(1, 2).reshape(groups * each, channels // groups, *kernel)
        reach = [d * (k - 1) for d, k in zip(dilation, kernel)]
        around = [(r - p, r - p + m) for r, p, m in zip(reach, padding, more)]
        y = jax.lax.conv_general_dilated(x, mirrored, [1] * axes, around, lhs_dilation=stride, rhs_dilation=dilation,
                                         feature_group_count=groups)
        return y if bias is None else y + bias.reshape((-1,) + (1,) * axes)
    return f


x1, x2, x3 = reals(2, 2, 6), reals(1, 2, 4, 5), reals(1, 2, 3, 3, 4)
BOOK.op("conv1d", F.conv1d, jax_conv(1), [x1, reals(3, 2, 3)], [x1, reals(3, 2, 3), reals(3)],
        Case([x1, reals(2, 2, 3)], stride=2, padding=1), Case([x1, reals(2, 2, 2)], dilation=3),
        Case([x1, reals(4, 1, 3), reals(4)], groups=2, padding=2),
        Case([x1, reals(1, 2, 2)], stride=3, padding=1, dilation=2))
BOOK.op("conv2d", F.conv2d, jax_conv(2), [x2, reals(2, 2, 3, 2)], [x2, reals(3, 2, 2, 2), reals(3)],
        [x2, reals(2, 2, 1, 1)], Case([x2, reals(2, 2, 2, 3)], stride=2), Case([x2, reals(2, 2, 2, 2)], stride=[1, 2]),
        Case([x2, reals(1, 2, 3, 3)], padding=1), Case([x2, reals(1, 2, 3, 3)], padding=[2, 0]),
        Case([x2, reals(2, 2, 2, 2)], dilation=[2, 3]), Case([x2, reals(4, 1, 2, 2)], groups=2),
        Case([x2, reals(2, 1, 3, 3), reals(2)], groups=2, padding=1, stride=2),
        Case([x2, reals(2, 2, 2, 2), reals(2)], stride=[2, 1], padding=[1, 2], dilation=[1, 2]),
        Case([reals(3, 1, 3, 3), reals(1, 1, 3, 3)]))
BOOK.op("conv3d", F.conv3d, jax_conv(3), [x3, reals(1, 2, 2, 2, 2)],
        Case([x3, reals(2, 2, 2, 1, 2), reals(2)], padding=[1, 0, 0]),
        Case([x3, reals(2, 1, 2, 2, 2)], groups=2, stride=[1, 2, 2]),
        Case([x3, reals(1, 2, 2, 2, 2)], dilation=[1, 2, 3]))
t1, t2, t3 = reals(2, 2, 4), reals(1, 2, 2, 3), reals(1, 2, 2, 2, 2)
BOOK.op("conv_transpose1d", F.conv_transpose1d, jax_transposed(1), [t1, reals(2, 3, 3)], [t1, reals(2, 2, 2), reals(2)],
        Case([t1, reals(2, 1, 3)], stride=2, padding=1, output_padding=1), Case([t1, reals(2, 1, 3)], dilation=2),
        Case([t1, reals(2, 2, 2)], groups=2, stride=3, output_padding=2))
BOOK.op("conv_transpose2d", F.conv_transpose2d, jax_transposed(2), [t2, reals(2, 2, 2, 3)],
        [t2, reals(2, 1, 2, 2), reals(1)], Case([t2, reals(2, 1, 2, 2)], stride=[2, 1]),
        Case([t2, reals(2, 2, 3, 3)], padding=1), Case([t2, reals(2, 1, 2, 2)], dilation=[1, 2]),
        Case([t2, reals(2, 1, 3, 2)], stride=2, output_padding=[1, 0]), Case([t2, reals(2, 2, 2, 2)], groups=2),
        Case([t2, reals(2, 1, 3, 3), reals(2)], groups=2, stride=2, padding=1, output_padding=1),
        Case([t2, reals(2, 1, 2, 2)], stride=2, padding=[1, 0], dilation=[2, 1], output_padding=[0, 1]))
BOOK.op("conv_transpose3d", F.conv_transpose3d, jax_transposed(3), [t3, reals(2, 1, 2, 2, 2)],
        Case([t3, reals(2, 1, 1, 2, 2), reals(1)], stride=[1, 2, 1], padding=[0, 1, 0]),
        Case([t3, reals(2, 1, 2, 1, 2)], groups=2, stride=2, output_padding=1))
