"""Losses of nn."""

import torch.nn.functional as F

from reference.book import Book, Case, integers, jax, jnp, reals, torch

BOOK = Book()
REDUCTIONS = ["mean", "sum", "none"]


def reduced(x, reduction):
    return {"mean": jnp.mean, "sum": jnp.sum, "none": lambda y: y}[reduction](x)


def jax_cross_entropy(logits, labels, reduction):
    return reduced(-jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1)[:, 0], reduction)


BOOK.op("mse_loss", lambda p, t, reduction: F.mse_loss(p, t, reduction=reduction),
        lambda p, t, reduction: reduced((p - t) ** 2, reduction),
        *[Case([reals(3, 2), reals(3, 2)], reduction=r) for r in REDUCTIONS])
BOOK.op("cross_entropy", lambda x, labels, reduction: F.cross_entropy(x, labels, reduction=reduction),
        jax_cross_entropy,
        *[Case([reals(3, 4), integers([2, 0, 3])], reduction=r) for r in REDUCTIONS],
        *[Case([reals(4, 2, low=-40, high=40), integers([1, 0, 1, 1])], reduction=r) for r in REDUCTIONS])
