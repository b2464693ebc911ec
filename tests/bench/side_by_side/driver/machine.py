"""The machine, and on which of its processors the programs run."""

import os
import platform
import subprocess


def processor_name():
    try:
        with open("/proc/cpuinfo") as info:
            for line in info:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def instruction_sets():
    """The widest SIMD instructions, by which a nameless processor is told from another."""
    with open("/proc/cpuinfo") as info:
        flags = next((line.split() for line in info if line.startswith("flags")), [])
    return next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "")


def processors(count):
    """So many that this process may use, of different cores as far as there are; None when too few."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < count:
        return None
    first, second, seen = [], [], set()
    for processor in allowed:
        try:
            with open(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list") as siblings:
                core = siblings.read()
        except OSError:
            core = str(processor)
        (second if core in seen else first).append(processor)
        seen.add(core)
    return (first + second)[:count]


def compiler():
    return subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()


def limits(program, on, quick):
    """FLOP/s and bytes/s, by name: machine/limits.cc."""
    out = subprocess.run(
        [program, *(["--quick"] if quick else [])],
        env=os.environ | {"OMP_NUM_THREADS": str(len(on))},
        preexec_fn=lambda: os.sched_setaffinity(0, on),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {name: float(value) for name, value in (line.split() for line in out.splitlines())}
