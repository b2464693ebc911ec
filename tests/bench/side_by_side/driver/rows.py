"""What is compared: names as the programs know them, titles, and what a call is worth."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    pieces: int = 1  # of equal work in a call; times are of one
    flops: float = 0  # of a call, multiplications and additions; where they bound it
    bytes: float = 0  # of a call, that must be read and written; where they bound it
    f64: bool = False
    memory_after: str = ""  # for peak memory, that of the row before the dot: what runs before it

    @property
    def is_memory(self):
        return bool(self.memory_after)

    @property
    def tolerance(self):
        """Of results, relative to their root mean square."""
        return 1e-9 if self.f64 else 2e-3 if self.name.startswith(("mlp", "cnn")) else 1e-4


def _matmul(n, f64=False):
    kind = " f64" if f64 else ""
    name = f"matmul_{n}" + ("_f64" if f64 else "")
    yield Row(name, f"matmul {n}{kind}, forward", flops=2 * n**3, f64=f64)
    yield Row(f"{name}_gradient", f"matmul {n}{kind}", flops=6 * n**3, f64=f64)


def _transposed(n):
    for kind, text in (("nt", "a b^T"), ("tn", "a^T b"), ("tt", "a^T b^T")):
        yield Row(f"matmul_{n}_{kind}", f"matmul {n}, {text}, forward", flops=2 * n**3)


_SQUARE = 4 * 4096**2
_CONV = 2 * 64 * 64 * 32 * 9 * 28 * 28

ROWS = [
    Row("record_add", "record one addition, 2x2", pieces=100),
    Row("record_matmul", "record one matmul, 2x2", pieces=100),
    Row("chain_100", "chain of 100 operations on 2x2, each", pieces=100),
    Row("tutorial_step", "training step, tutorial's 2-2-2"),
    Row("mlp_b1", "training step, 16-16-16-1, batch 1"),
    Row("mlp_b32", "training step, 64-64-64-10, batch 32"),
    Row("mlp_b64", "training step, 784-128-128-10, batch 64"),
    Row("mlp_b128", "training step, 784-512-512-10, batch 128"),
    Row("add_1000", "x + z, 10^3"),
    Row("elementwise_1e5", "12 elementwise operations, 10^5"),
    Row("elementwise_1e7", "12 elementwise operations, 10^7"),
    Row("softmax", "softmax, 4096 x 1024", bytes=5 * 4 * 4096 * 1024),
    Row("layer_norm", "layer norm with weight and bias, 4096 x 1024", bytes=5 * 4 * 4096 * 1024),
    Row("sum_axis_0", "sum over axis 0, 4096 x 4096, forward", bytes=_SQUARE),
    Row("sum_axis_1", "sum over axis 1, 4096 x 4096, forward", bytes=_SQUARE),
    Row("transposed_copy", "transposed copy, 4096 x 4096, forward", bytes=2 * _SQUARE),
    Row("add_row", "x + row, 4096 x 4096, forward", bytes=2 * _SQUARE),
    Row("add_column", "x + column, 4096 x 4096, forward", bytes=2 * _SQUARE),
    Row("add_full", "x + z, 4096 x 4096, forward", bytes=3 * _SQUARE),
    Row("take", "take 10^6 rows of 16 from 10^5", bytes=4 * 16 * (2 * 1_000_000 + 3 * 100_000)),
    Row("scatter_add", "scatter_add 10^6 rows of 16 into 10^5", bytes=4 * 16 * (2 * 1_000_000 + 4 * 100_000)),
    *(row for n in (64, 128, 256, 512, 1024, 2048) for row in _matmul(n)),
    *_transposed(512),
    *_transposed(1024),
    *_matmul(512, f64=True),
    *_matmul(1024, f64=True),
    Row("matmul_batched", "matmul (64, 128, 64) x (64, 64, 128)", flops=6 * 64 * 128 * 64 * 128),
    Row("conv_3x3", "convolution 3x3, 64 x 32 x 28 x 28 to 64", flops=3 * _CONV),
    Row("cnn_b64", "training step, 2 convolutions on MNIST, batch 64"),
    Row("transformer_block", "transformer block, 16 x 128 x 256, 4 heads"),
    *(
        Row(f"attention{kind}", f"attention{text}, 8 heads, 1024 x 64", flops=14 * 8 * 1024**2 * 64 // share)
        for kind, text, share in (("", "", 1), ("_causal", ", causal", 2))
    ),
    Row("sgd_momentum_1e7", "SGD with momentum, 10^7 parameters", bytes=5 * 4e7),
    Row("adam_1e7", "Adam, 10^7 parameters", bytes=7 * 4e7),
    Row("mlp_b128.memory", "peak memory, 784-512-512-10, batch 128", memory_after="mlp_b32"),
    Row("cnn_b64.memory", "peak memory, 2 convolutions, batch 64", memory_after="cnn_b1"),
]


def matching(pattern):
    return [row for row in ROWS if re.search(pattern, row.name)]
