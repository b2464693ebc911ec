"""The rows of torch.compile. Inputs, operations and results are those of torch/*.cc."""

import os

import torch
import torch.nn.functional as F

import inputs
from serve import serve

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
torch.set_num_interop_threads(1)


def compiled(f):
    torch._dynamo.reset()
    return torch.compile(f, dynamic=False)


def given(seed, shape, scale=1.0, shift=0.0):
    return torch.from_numpy(inputs.numbers(seed, shape, scale, shift))


def keeping(compute):
    kept = []

    def call():
        kept.clear()
        kept.extend(compute())

    return call, lambda: [x.detach().numpy() for x in kept]


def forward(f, *xs):
    f = compiled(f)

    def compute():
        with torch.no_grad():
            return [f(*xs)]

    return keeping(compute)


def with_gradient(f, *xs):
    for x in xs:
        x.requires_grad_(True)
    with torch.no_grad():
        like = f(*xs)
    cotangent = given(77, tuple(like.shape)).to(like.dtype)
    f = compiled(f)

    def compute():
        y = f(*xs)
        return [y.detach(), *torch.autograd.grad(y, xs, cotangent)]

    return keeping(compute)


# ---- small ----


def called_100_times(f):
    """There is no recording to time: calls of the compiled function."""
    x, z = given(1, (2, 2)).requires_grad_(True), given(2, (2, 2)).requires_grad_(True)
    f = compiled(f)

    def compute():
        for _ in range(100):
            y = f(x, z)
        return [y]

    return keeping(compute)


def chain_100(x, c):
    y = x
    for i in range(100):
        y = y * c if i % 2 else y + c
    return y


def tutorial_step():
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 2), torch.nn.ReLU())
    parameters = list(net.parameters())
    for i, p in enumerate(parameters):
        p.data.copy_(given(10 + i, tuple(p.shape), 0.4, 0.5))
    x, target = torch.tensor([[0.25, 0.65]]), torch.tensor([[0.99, 0.01]])
    sgd = torch.optim.SGD(parameters, lr=0.01, fused=True)
    loss_of = compiled(lambda: 0.5 * torch.sum(torch.square(net(x) - target)))

    def compute():
        sgd.zero_grad()
        loss = loss_of()
        loss.backward()
        sgd.step()
        return [*(p.grad for p in parameters), loss.detach()]

    return keeping(compute)


# ---- element by element, along an axis, by index ----


def chain_12(x, y, z):
    a = torch.tanh(x * y + z)
    b = torch.sigmoid(torch.exp(a) * y) + x
    return b * (torch.sqrt(b * b + 1) - z)


def elementwise(n):
    return lambda: with_gradient(chain_12, given(1, (n,)), given(2, (n,)), given(3, (n,)))


def add(x, z):
    return x + z


SIDE = (4096, 4096)
TABLE, CHOSEN, WIDTH = 100_000, 1_000_000, 16


def chosen():
    return torch.from_numpy(inputs.indices(5, CHOSEN, TABLE))


def take():
    at = chosen()
    return with_gradient(lambda x: torch.index_select(x, 0, at), given(1, (TABLE, WIDTH)))


def scatter_add():
    at = chosen()
    return with_gradient(
        lambda x, source: torch.index_add(x, 0, at, source), given(1, (TABLE, WIDTH)), given(2, (CHOSEN, WIDTH))
    )


# ---- products ----


def matmul_rows():
    def operands(n, dtype):
        return given(1, (n, n)).to(dtype), given(2, (n, n)).to(dtype)

    def row(maker, f, n, dtype=torch.float32):
        return lambda: maker(f, *operands(n, dtype))

    rows = {}
    for n in (64, 128, 256, 512, 1024, 2048):
        rows[f"matmul_{n}"] = row(forward, torch.matmul, n)
        rows[f"matmul_{n}_gradient"] = row(with_gradient, torch.matmul, n)
    for n in (512, 1024):
        rows[f"matmul_{n}_f64"] = row(forward, torch.matmul, n, torch.float64)
        rows[f"matmul_{n}_f64_gradient"] = row(with_gradient, torch.matmul, n, torch.float64)
        rows[f"matmul_{n}_nt"] = row(forward, lambda a, b: a @ b.t(), n)
        rows[f"matmul_{n}_tn"] = row(forward, lambda a, b: a.t() @ b, n)
        rows[f"matmul_{n}_tt"] = row(forward, lambda a, b: a.t() @ b.t(), n)
    return rows


# ---- networks ----

RATE = 0.01


def training(net, x, target):
    parameters = list(net.parameters())
    initial = inputs.initial_parameters([tuple(p.shape) for p in parameters])
    for p, value in zip(parameters, initial):
        p.data.copy_(torch.from_numpy(value))
    sgd = torch.optim.SGD(parameters, lr=RATE, fused=True)
    loss = F.cross_entropy if target.dtype == torch.int64 else F.mse_loss
    loss_of = compiled(lambda: loss(net(x), target))
    latest = []

    def call():
        sgd.zero_grad()
        error = loss_of()
        error.backward()
        sgd.step()
        latest[:] = [error.detach()]

    def results():
        moved = [(i.astype("float64") - p.detach().numpy()) / RATE for i, p in zip(initial, parameters)]
        return [latest[0].numpy(), *moved]

    return call, results


def labels(batch):
    return torch.from_numpy(inputs.indices(4, batch, 10))


def mlp(batch, size, hidden, out):
    def prepare():
        nn = torch.nn
        net = nn.Sequential(
            nn.Linear(size, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, out)
        )
        return training(net, given(1, (batch, size)), given(2, (batch, 1)) if out == 1 else labels(batch))

    return prepare


def cnn(batch):
    def prepare():
        nn = torch.nn
        net = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
            nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 14 * 14, 10),
        )
        return training(net, given(1, (batch, 1, 28, 28)), labels(batch))

    return prepare


def block(x, *p):
    b, n, w, heads = inputs.TRANSFORMER.values()

    def normalized(x, weight, bias):
        return F.layer_norm(x, (w,), weight, bias, 1e-5)

    together = F.linear(normalized(x, p[0], p[1]), p[2], p[3]).view(b, n, 3, heads, w // heads)
    q, k, v = together.permute(2, 0, 3, 1, 4).unbind(0)
    mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, w)
    x = x + F.linear(mixed, p[4], p[5])
    return x + F.linear(F.gelu(F.linear(normalized(x, p[6], p[7]), p[8], p[9])), p[10], p[11])


def attention(causal):
    return lambda: with_gradient(
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=causal),
        *(given(seed, (1, 8, 1024, 64)) for seed in (1, 2, 3)),
    )


# ---- optimizers ----


def optimizer(kind, **options):
    def prepare():
        parameter = torch.nn.Parameter(given(1, (10_000_000,)))
        parameter.grad = given(2, (10_000_000,))
        made = kind([parameter], lr=0.001, fused=True, **options)
        return made.step, lambda: [parameter.detach().numpy()]

    return prepare


ROWS = {
    "record_add": lambda: called_100_times(add),
    "record_matmul": lambda: called_100_times(torch.matmul),
    "chain_100": lambda: with_gradient(chain_100, given(1, (2, 2)), given(2, (2, 2))),
    "tutorial_step": tutorial_step,
    "mlp_b1": mlp(1, 16, 16, 1),
    "mlp_b32": mlp(32, 64, 64, 10),
    "mlp_b64": mlp(64, 784, 128, 10),
    "mlp_b128": mlp(128, 784, 512, 10),
    "add_1000": lambda: with_gradient(add, given(1, (1000,)), given(2, (1000,))),
    "elementwise_1e5": elementwise(100_000),
    "elementwise_1e7": elementwise(10_000_000),
    "softmax": lambda: with_gradient(lambda x: torch.softmax(x, -1), given(1, (4096, 1024), 4)),
    "layer_norm": lambda: with_gradient(
        lambda x, weight, bias: F.layer_norm(x, (1024,), weight, bias, 1e-5),
        given(1, (4096, 1024)), given(2, (1024,), 1, 1), given(3, (1024,)),
    ),
    "sum_axis_0": lambda: forward(lambda x: torch.sum(x, 0), given(1, SIDE)),
    "sum_axis_1": lambda: forward(lambda x: torch.sum(x, 1), given(1, SIDE)),
    "transposed_copy": lambda: forward(lambda x: x.t().contiguous(), given(1, SIDE)),
    "add_row": lambda: forward(add, given(1, SIDE), given(2, (4096,))),
    "add_column": lambda: forward(add, given(1, SIDE), given(2, (4096, 1))),
    "add_full": lambda: forward(add, given(1, SIDE), given(2, SIDE)),
    "take": take,
    "scatter_add": scatter_add,
    **matmul_rows(),
    "matmul_batched": lambda: with_gradient(torch.matmul, given(1, (64, 128, 64)), given(2, (64, 64, 128))),
    "conv_3x3": lambda: with_gradient(
        lambda x, w, b: F.conv2d(x, w, b, padding=1),
        given(1, (64, 32, 28, 28)), given(2, (64, 32, 3, 3), 0.06), given(3, (64,), 0.06),
    ),
    "cnn_b1": cnn(1),
    "cnn_b64": cnn(64),
    "transformer_block": lambda: with_gradient(block, *map(torch.from_numpy, inputs.transformer_inputs())),
    "attention": attention(False),
    "attention_causal": attention(True),
    "sgd_momentum_1e7": optimizer(torch.optim.SGD, momentum=0.9),
    "adam_1e7": optimizer(torch.optim.Adam),
}

if __name__ == "__main__":
    serve(ROWS)
