"""Products of matrices and tensors."""

from reference.book import Book, Case, integers, jnp, reals, torch

BOOK = Book()

BOOK.op("matmul", torch.matmul, jnp.matmul, [reals(2, 3), reals(3, 4)], [reals(3), reals(3)], [reals(3), reals(3, 2)],
        [reals(2, 3), reals(3)], [reals(2, 2, 3), reals(2, 3, 2)], [reals(2, 2, 3), reals(3, 2)],
        [reals(2, 3), reals(2, 3, 1)], [reals(2, 1, 2, 3), reals(3, 3, 2)], [reals(3), reals(2, 3, 2)],
        [reals(2, 2, 3), reals(3)], [reals(1, 1), reals(1, 5)],
        [integers([[1, 2], [3, 4]]), integers([[0, 1], [1, 5]])])
BOOK.op("dot", torch.dot, jnp.dot, [reals(4), reals(4)], [reals(1), reals(1)])
BOOK.op("outer", torch.outer, jnp.outer, [reals(2), reals(3)], [reals(1), reals(4)])
BOOK.op("bmm", torch.bmm, jnp.matmul, [reals(2, 2, 3), reals(2, 3, 2)], [reals(3, 1, 2), reals(3, 2, 1)])
BOOK.op("addmm", lambda c, a, b, beta=1, alpha=1: torch.addmm(c, a, b, beta=beta, alpha=alpha),
        lambda c, a, b, beta=1, alpha=1: beta * c + alpha * (a @ b), [reals(2, 2), reals(2, 3), reals(3, 2)],
        Case([reals(2), reals(2, 3), reals(3, 2)], beta=0.5, alpha=-2.0),
        Case([reals(2, 1), reals(2, 3), reals(3, 2)], alpha=0.25))
BOOK.op("kron", torch.kron, jnp.kron, [reals(2, 2), reals(1, 3)], [reals(2), reals(3)], [reals(2, 1), reals(2)])
BOOK.op("tensordot", lambda a, b, axes=2: torch.tensordot(a, b, axes), lambda a, b, axes=2: jnp.tensordot(a, b, axes),
        [reals(2, 3, 2), reals(3, 2, 2)], Case([reals(2, 3), reals(3, 2)], axes=1),
        Case([reals(2), reals(2, 2)], axes=0))
BOOK.op("tensordot_pairs", lambda a, b, of_a, of_b: torch.tensordot(a, b, (of_a, of_b)),
        lambda a, b, of_a, of_b: jnp.tensordot(a, b, (of_a, of_b)),
        Case([reals(2, 3, 2), reals(2, 2, 3)], of_a=[1, 0], of_b=[2, 1]),
        Case([reals(2, 3, 2), reals(2, 3)], of_a=[-2], of_b=[-1]))



def attention(q, k, v, added=None, causal=False, scale=None):
    scores = jnp.matmul(q, jnp.swapaxes(k, -1, -2)) * (q.shape[-1] ** -0.5 if scale is None else scale)
    if added is not None:
        scores = scores + added
    if causal:
        scores = jnp.where(jnp.tril(jnp.ones(scores.shape[-2:], bool)), scores, -jnp.inf)
    weights = jnp.exp(scores - scores.max(-1, keepdims=True))
    return jnp.matmul(weights / weights.sum(-1, keepdims=True), v)


BOOK.op("scaled_dot_product_attention",
        lambda q, k, v, added=None, causal=False, scale=None: torch.nn.functional.scaled_dot_product_attention(
            q, k, v, attn_mask=added, is_causal=causal, scale=scale),
        attention, [reals(2, 3), reals(4, 3), reals(4, 2)], [reals(2, 3, 2), reals(2, 2, 2), reals(2, 2, 3)],
        Case([reals(2, 1, 3, 2), reals(1, 2, 3, 2), reals(2, 1, 3, 2)], causal=True),
        Case([reals(2, 3), reals(4, 3), reals(4, 3)], causal=True), Case([reals(3, 2), reals(2, 2), reals(2, 2)], scale=-1.5),
        [reals(2, 3), reals(4, 3), reals(4, 2), reals(2, 4)])

EQUATIONS = [
    ("ij,jk->ik", (2, 3), (3, 2)), ("ij,kj->ik", (2, 3), (2, 3)), ("ij,jk", (2, 3), (3, 2)), ("ba,cb", (3, 2), (2, 3)),
    ("i,i->", (4,), (4,)), ("i,j->ij", (2,), (3,)), ("ij->ji", (2, 3)), ("ij->", (2, 3)), ("ij->j", (2, 3)),
    ("ii->i", (3, 3)), ("ii->", (3, 3)), ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
    ("...ij,...jk->...ik", (2, 1, 2, 2), (3, 2, 2)),
    ("...i,i->...", (2, 2, 3), (3,)), ("i...->...", (2, 3)), ("ij,ij->ij", (2, 3), (2, 3)),
    ("ij,jk,kl->il", (2, 3), (3, 2), (2, 2)),
    ("bi,ijk,bk->bj", (2, 2), (2, 3, 2), (2, 2)), ("iij,j->i", (2, 2, 3), (3,)), ("ijk,jil->kl", (2, 3, 2), (3, 2, 2)),
    ("bhqd,bhkd->bhqk", (1, 2, 2, 3), (1, 2, 3, 3)), ("abc,cd,ab->d", (2, 2, 3), (3, 2), (2, 2)),
    ("ij,k->ijk", (2, 2), (3,)),
    ("i,ij,j->", (2,), (2, 3), (3,)),
]
BOOK.op("einsum", lambda *xs, equation: torch.einsum(equation, *xs), lambda *xs, equation: jnp.einsum(equation, *xs),
        *[Case([reals(*shape) for shape in shapes], equation=equation) for equation, *shapes in EQUATIONS])
