"""The inputs of all programs of the comparison, and what is compared of results: cc/inputs.h says more."""

import numpy as np

_MASK = (1 << 64) - 1


def _number(seed, count):
    h = np.arange(1, count + 1, dtype=np.uint64)
    h *= np.uint64((0xA3B1956F2C7D4E61 + 2 * seed) & _MASK)
    h ^= h >> np.uint64(31)
    h *= np.uint64(0x9B5E37D1C4A8F26D)
    h ^= h >> np.uint64(29)
    return (h >> np.uint64(40)).astype(np.float64) / 8388608.0 - 1.0


def numbers(seed, shape, scale=1.0, shift=0.0):
    count = int(np.prod(shape, dtype=np.int64))
    return (_number(seed, count) * scale + shift).astype(np.float32).reshape(shape)


def indices(seed, count, below):
    return ((_number(seed, count) + 1) / 2 * below).astype(np.int64)


def digest(x):
    flat = np.asarray(x).reshape(-1).astype(np.float64)
    root = float(np.sqrt(flat.size))
    return flat.size, float(np.linalg.norm(flat)) / root, float(flat @ _number(0, flat.size)) / root


def initial_parameters(shapes):
    """As the networks of all programs start."""
    fan_in = [int(np.prod(shape[1:], dtype=np.int64)) if len(shape) > 1 else 1 for shape in shapes]
    return [numbers(10 + i, shape, 1 / np.sqrt(max(fan_in[i], 4))) for i, shape in enumerate(shapes)]


TRANSFORMER = dict(batch=16, length=128, width=256, heads=4)


def transformer_inputs():
    """x, then weights and biases in the order in which the block uses them."""
    b, n, w = TRANSFORMER["batch"], TRANSFORMER["length"], TRANSFORMER["width"]
    scale = 1 / np.sqrt(w)
    return [
        numbers(1, (b, n, w)), numbers(2, (w,), 0.1, 1), numbers(3, (w,), 0.1),
        numbers(4, (3 * w, w), scale), numbers(5, (3 * w,), scale), numbers(6, (w, w), scale),
        numbers(7, (w,), scale), numbers(8, (w,), 0.1, 1), numbers(9, (w,), 0.1),
        numbers(10, (4 * w, w), scale), numbers(11, (4 * w,), scale), numbers(12, (w, 4 * w), scale / 2),
        numbers(13, (w,), scale),
    ]
