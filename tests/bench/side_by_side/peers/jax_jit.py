"""The rows of JAX, each call compiled by jit. Inputs, operations and results are those of torch/*.cc."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

import inputs
from serve import serve

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)


def given(seed, shape, scale=1.0, shift=0.0):
    return jnp.asarray(inputs.numbers(seed, shape, scale, shift))


def keeping(compute):
    kept = []

    def call():
        kept.clear()
        kept.extend(jax.block_until_ready(compute()))

    return call, lambda: [np.asarray(x) for x in kept]


def forward(f, *xs):
    f = jax.jit(f)
    return keeping(lambda: [f(*xs)])


def with_gradient(f, *xs):
    like = jax.eval_shape(f, *xs)
    cotangent = given(77, like.shape).astype(like.dtype)

    @jax.jit
    def both(xs, cotangent):
        y, pull = jax.vjp(f, *xs)
        return [y, *pull(cotangent)]

    return keeping(lambda: both(xs, cotangent))


# ---- small ----


def called_100_times(f):
    """There is no recording to time: calls of the compiled function."""
    x, z, f = given(1, (2, 2)), given(2, (2, 2)), jax.jit(f)

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
    x, target = jnp.array([[0.25, 0.65]], jnp.float32), jnp.array([[0.99, 0.01]], jnp.float32)
    parameters = [given(10 + i, shape, 0.4, 0.5) for i, shape in enumerate([(2, 2), (2,)] * 2)]

    def loss_of(p):
        hidden = jax.nn.relu(x @ p[0].T + p[1])
        return 0.5 * jnp.sum(jnp.square(jax.nn.relu(hidden @ p[2].T + p[3]) - target))

    @jax.jit
    def step(p):
        loss, gradients = jax.value_and_grad(loss_of)(p)
        return [a - 0.01 * g for a, g in zip(p, gradients)], [*gradients, loss]

    def compute():
        nonlocal parameters
        parameters, results = step(parameters)
        jax.block_until_ready(parameters)
        return results

    return keeping(compute)


# ---- element by element, along an axis, by index ----


def chain_12(x, y, z):
    a = jnp.tanh(x * y + z)
    b = jax.nn.sigmoid(jnp.exp(a) * y) + x
    return b * (jnp.sqrt(b * b + 1) - z)


def elementwise(n):
    return lambda: with_gradient(chain_12, given(1, (n,)), given(2, (n,)), given(3, (n,)))


def normalized(x, weight, bias):
    deviation = x - jnp.mean(x, -1, keepdims=True)
    return deviation * jax.lax.rsqrt(jnp.mean(jnp.square(deviation), -1, keepdims=True) + 1e-5) * weight + bias


def add(x, z):
    return x + z


SIDE = (4096, 4096)
TABLE, CHOSEN, WIDTH = 100_000, 1_000_000, 16


def chosen():
    return jnp.asarray(inputs.indices(5, CHOSEN, TABLE).astype(np.int32))


def take():
    at = chosen()
    return with_gradient(lambda x: jnp.take(x, at, axis=0, mode="clip"), given(1, (TABLE, WIDTH)))


def scatter_add():
    at = chosen()
    return with_gradient(lambda x, source: x.at[at].add(source), given(1, (TABLE, WIDTH)), given(2, (CHOSEN, WIDTH)))


# ---- products ----


def matmul_rows():
    def operands(n, dtype):
        return given(1, (n, n)).astype(dtype), given(2, (n, n)).astype(dtype)

    def row(maker, f, n, dtype=jnp.float32):
        return lambda: maker(f, *operands(n, dtype))

    rows = {}
    for n in (64, 128, 256, 512, 1024, 2048):
        rows[f"matmul_{n}"] = row(forward, jnp.matmul, n)
        rows[f"matmul_{n}_gradient"] = row(with_gradient, jnp.matmul, n)
    for n in (512, 1024):
        rows[f"matmul_{n}_f64"] = row(forward, jnp.matmul, n, jnp.float64)
        rows[f"matmul_{n}_f64_gradient"] = row(with_gradient, jnp.matmul, n, jnp.float64)
        rows[f"matmul_{n}_nt"] = row(forward, lambda a, b: a @ b.T, n)
        rows[f"matmul_{n}_tn"] = row(forward, lambda a, b: a.T @ b, n)
        rows[f"matmul_{n}_tt"] = row(forward, lambda a, b: a.T @ b.T, n)
    return rows


def convolved(x, weight, bias):
    y = jax.lax.conv_general_dilated(x, weight, (1, 1), "SAME", dimension_numbers=("NCHW", "OIHW", "NCHW"))
    return y + bias[:, None, None]


# ---- networks ----

RATE = 0.01


def training(net, shapes, x, target):
    initial = inputs.initial_parameters(shapes)
    parameters, loss = [jnp.asarray(p) for p in initial], None

    def loss_of(p):
        y = net(p, x)
        if target.dtype == jnp.float32:
            return jnp.mean(jnp.square(y - target))
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(y), target[:, None], axis=1))

    @functools.partial(jax.jit, donate_argnums=0)
    def step(p):
        loss, gradients = jax.value_and_grad(loss_of)(p)
        return [a - RATE * g for a, g in zip(p, gradients)], loss

    def call():
        nonlocal parameters, loss
        parameters, loss = step(parameters)
        jax.block_until_ready(parameters)

    def results():
        return [np.asarray(loss), *((i.astype("float64") - np.asarray(p)) / RATE for i, p in zip(initial, parameters))]

    return call, results


def labels(batch):
    return jnp.asarray(inputs.indices(4, batch, 10).astype(np.int32))


def mlp(batch, size, hidden, out):
    def net(p, x):
        x = jax.nn.relu(x @ p[0].T + p[1])
        x = jax.nn.relu(x @ p[2].T + p[3])
        return x @ p[4].T + p[5]

    shapes = [(hidden, size), (hidden,), (hidden, hidden), (hidden,), (out, hidden), (out,)]
    return lambda: training(
        net, shapes, given(1, (batch, size)), given(2, (batch, 1)) if out == 1 else labels(batch)
    )


def cnn(batch):
    def net(p, x):
        x = jax.nn.relu(convolved(x, p[0], p[1]))
        x = jax.nn.relu(convolved(x, p[2], p[3]))
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        return x.reshape(batch, -1) @ p[4].T + p[5]

    shapes = [(16, 1, 3, 3), (16,), (32, 16, 3, 3), (32,), (10, 32 * 14 * 14), (10,)]
    return lambda: training(net, shapes, given(1, (batch, 1, 28, 28)), labels(batch))


def block(x, *p):
    b, n, w, heads = inputs.TRANSFORMER.values()
    together = (normalized(x, p[0], p[1]) @ p[2].T + p[3]).reshape(b, n, 3, heads, w // heads)
    q, k, v = jnp.transpose(together, (2, 0, 3, 1, 4))
    weights = jax.nn.softmax(q @ jnp.swapaxes(k, -1, -2) * float((heads / w) ** 0.5))
    mixed = jnp.swapaxes(weights @ v, 1, 2).reshape(b, n, w)
    x = x + mixed @ p[4].T + p[5]
    return x + jax.nn.gelu(normalized(x, p[6], p[7]) @ p[8].T + p[9], approximate=False) @ p[10].T + p[11]


def attention(causal):
    def f(q, k, v):
        scores = q @ jnp.swapaxes(k, -1, -2) * 0.125
        if causal:
            scores = jnp.where(jnp.tril(jnp.ones((1024, 1024), bool)), scores, -jnp.inf)
        return jax.nn.softmax(scores) @ v

    return lambda: with_gradient(f, *(given(seed, (1, 8, 1024, 64)) for seed in (1, 2, 3)))


# ---- optimizers ----


def optimizer(update, state):
    def prepare():
        held = [given(1, (10_000_000,)), *(jnp.zeros_like(given(1, (10_000_000,))) for _ in range(state))]
        gradient, steps = given(2, (10_000_000,)), 0
        step = jax.jit(update, donate_argnums=0)

        def call():
            nonlocal held, steps
            steps += 1
            held = jax.block_until_ready(step(held, gradient, jnp.float32(steps)))

        return call, lambda: [np.asarray(held[0])]

    return prepare


def sgd(held, g, _):
    p, velocity = held
    velocity = 0.9 * velocity + g
    return [p - 0.001 * velocity, velocity]


def adam(held, g, steps):
    p, first, second = held
    first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g * g
    root = jnp.sqrt(second / (1 - 0.999**steps)) + 1e-8
    return [p - 0.001 / (1 - 0.9**steps) * first / root, first, second]


ROWS = {
    "record_add": lambda: called_100_times(add),
    "record_matmul": lambda: called_100_times(jnp.matmul),
    "chain_100": lambda: with_gradient(chain_100, given(1, (2, 2)), given(2, (2, 2))),
    "tutorial_step": tutorial_step,
    "mlp_b1": mlp(1, 16, 16, 1),
    "mlp_b32": mlp(32, 64, 64, 10),
    "mlp_b64": mlp(64, 784, 128, 10),
    "mlp_b128": mlp(128, 784, 512, 10),
    "add_1000": lambda: with_gradient(add, given(1, (1000,)), given(2, (1000,))),
    "elementwise_1e5": elementwise(100_000),
    "elementwise_1e7": elementwise(10_000_000),
    "softmax": lambda: with_gradient(jax.nn.softmax, given(1, (4096, 1024), 4)),
    "layer_norm": lambda: with_gradient(
        normalized, given(1, (4096, 1024)), given(2, (1024,), 1, 1), given(3, (1024,))
    ),
    "sum_axis_0": lambda: forward(lambda x: jnp.sum(x, 0), given(1, SIDE)),
    "sum_axis_1": lambda: forward(lambda x: jnp.sum(x, 1), given(1, SIDE)),
    "transposed_copy": lambda: forward(jnp.transpose, given(1, SIDE)),
    "add_row": lambda: forward(add, given(1, SIDE), given(2, (4096,))),
    "add_column": lambda: forward(add, given(1, SIDE), given(2, (4096, 1))),
    "add_full": lambda: forward(add, given(1, SIDE), given(2, SIDE)),
    "take": take,
    "scatter_add": scatter_add,
    **matmul_rows(),
    "matmul_batched": lambda: with_gradient(jnp.matmul, given(1, (64, 128, 64)), given(2, (64, 64, 128))),
    "conv_3x3": lambda: with_gradient(
        convolved, given(1, (64, 32, 28, 28)), given(2, (64, 32, 3, 3), 0.06), given(3, (64,), 0.06)
    ),
    "cnn_b1": cnn(1),
    "cnn_b64": cnn(64),
    "transformer_block": lambda: with_gradient(block, *map(jnp.asarray, inputs.transformer_inputs())),
    "attention": attention(False),
    "attention_causal": attention(True),
    "sgd_momentum_1e7": optimizer(sgd, 1),
    "adam_1e7": optimizer(adam, 2),
}

if __name__ == "__main__":
    serve(ROWS)
