#!/usr/bin/env python3
"""Writes data/FAMILY.jsonl: calls of ops with the values and derivatives that PyTorch and JAX give.

    python3 -m venv VENV && VENV/bin/pip install torch==2.13.0 jax jaxlib numpy scipy
    VENV/bin/python tests/golden/make.py [FAMILY...]

A case is one line in reference/FAMILY.py; its numbers depend on the op's name and on its place among that op's cases
alone, so a new line at the end of an op's list leaves all others as they are. tests/golden/golden_test.cc says what
is compared and how closely.
"""

import importlib
import json
import pathlib
import sys

sys.dont_write_bytecode = True
from reference.book import versions  # noqa: E402

FAMILIES = ["elementwise", "reduce", "scan", "arrange", "index", "product", "linalg", "conv", "pool", "loss", "fft"]


def main(families):
    folder = pathlib.Path(__file__).parent / "data"
    total = 0
    for family in families or FAMILIES:
        cases = list(importlib.import_module("reference." + family).BOOK.worked())
        lines = [json.dumps({"family": family, "cases": len(cases), **versions()})]
        lines += [json.dumps(case, separators=(",", ":")) for case in cases]
        (folder / f"{family}.jsonl").write_text("\n".join(lines) + "\n")
        both = sum(case["by"] == "torch+jax" for case in cases)
        print(f"{family}: {len(cases)} cases, {both} by both libraries")
        total += len(cases)
    print(f"{total} cases")


if __name__ == "__main__":
    main(sys.argv[1:])
