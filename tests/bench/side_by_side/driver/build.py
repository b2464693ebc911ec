"""The programs of the comparison, built where they are stale.

Tapestry's is a target of Bazel. PyTorch's is compiled by g++ against the headers and libraries of the
package that pip installs, and lies with the machine's limits in a folder of the user's cache."""

import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from .peer import Peer

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent.parent
_TARGET = "//tests/bench/side_by_side:tapestry_rows"
_KEEP = {f"MALLOC_{name}_": str(1 << 34) for name in ("MMAP_THRESHOLD", "TRIM_THRESHOLD")}
_KEEP["MALLOC_TOP_PAD_"] = str(1 << 28)


def say(text):
    print(text, file=sys.stderr, flush=True)


def _cache():
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = base / "tapestry" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command, **options):
    done = subprocess.run(command, **options)
    if done.returncode:
        raise SystemExit(f"tools/bench: {' '.join(map(str, command[:3]))}... failed")
    return done


def tapestry(build, bazel_options):
    """Tapestry's program, and version."""
    if build:
        say("building Tapestry's rows")
        _run(["bazel", "build", "-c", "opt", *bazel_options, _TARGET], cwd=ROOT, stdout=sys.stderr)
    program = ROOT / "bazel-bin/tests/bench/side_by_side/tapestry_rows"
    if not program.exists():
        raise SystemExit(f"tools/bench: {program} is not there")
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    return Peer("Tapestry", "tapestry", [str(program)], version=described)


def limits():
    """The program of machine/limits.cc, for this machine's instructions."""
    source = HERE / "machine/limits.cc"
    flags = ["-std=c++20", "-O3", "-march=native", "-fopenmp", "-fno-tree-loop-distribute-patterns"]
    folder = _folder("limits", [source], flags + [_native()])
    program = folder / "limits"
    if not program.exists():
        say("building the machine's limits")
        _run(["g++", *flags, source, "-o", folder / "part"])
        (folder / "part").rename(program)
    return str(program)


def _native():
    """What -march=native means here."""
    return _run(["g++", "-march=native", "-Q", "--help=target"], capture_output=True, text=True).stdout


def _folder(name, sources, flags):
    """A folder for what is built of these sources by these flags."""
    told = hashlib.sha256("\0".join(map(str, flags)).encode())
    for source in sources:
        told.update(source.read_bytes())
    folder = _cache() / f"{name}-{told.hexdigest()[:16]}"
    folder.mkdir(exist_ok=True)
    return folder


def python_of(venv):
    return Path(venv) / "bin/python"


def _installed(venv, module):
    """What the environment says of a package: name, version and so on; None where it is not."""
    if venv is None or not python_of(venv).exists():
        return None
    asked = {
        "torch": "import json, os, torch; print(json.dumps([torch.__version__, os.path.dirname(torch.__file__), "
        "int(torch._C._GLIBCXX_USE_CXX11_ABI)]))",
        "jax": "import json, jax; print(json.dumps([jax.__version__]))",
    }[module]
    done = subprocess.run([python_of(venv), "-c", asked], capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def _torch_program(package, abi, version):
    package = Path(package)
    sources = sorted((HERE / "torch").glob("*.cc"))
    headers = [HERE / "torch/rows.h", HERE / "cc/serve.h", HERE / "cc/inputs.h"]
    flags = ["-std=c++20", "-O2", "-DNDEBUG", f"-D_GLIBCXX_USE_CXX11_ABI={abi}"]
    flags += ["-isystem", package / "include", "-isystem", package / "include/torch/csrc/api/include"]
    folder = _folder("torch", sources + headers, flags + [version])
    program = folder / "torch_rows"
    if program.exists():
        return str(program)
    say("building PyTorch's rows, some minutes of processor time")
    header = folder / "all.h"  # its headers, read once for all sources
    header.write_text('#include "tests/bench/side_by_side/torch/rows.h"\n')
    ready = folder / "all.h.gch"
    _run(["g++", *flags, "-w", "-I", ROOT, "-x", "c++-header", header, "-o", ready])
    objects = [folder / (source.stem + ".o") for source in sources]

    def compile_one(source, result):
        _run(["g++", *flags, "-w", "-I", ROOT, "-include", header, "-c", source, "-o", result])

    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(compile_one, sources, objects))
    libraries = package / "lib"
    _run(
        ["g++", *objects, "-o", folder / "part", "-L", libraries, f"-Wl,-rpath,{libraries}"]
        + ["-Wl,--no-as-needed", "-ltorch", "-ltorch_cpu", "-lc10"]
    )
    ready.unlink()
    for each in objects:
        each.unlink()
    (folder / "part").rename(program)
    return str(program)


KEYS = ["torch_cpp", "torch_cpp_kept", "torch_compile", "jax_jit"]


def peers(venv, wanted):
    """All, of which those that are not wanted or not installed have no command."""
    torch = _installed(venv, "torch") if any(key.startswith("torch") for key in wanted) else None
    jax = _installed(venv, "jax") if "jax_jit" in wanted else None
    cpp, compiled, jitted, version = [], [], [], ""
    inductor = {"TORCHINDUCTOR_CACHE_DIR": str(_cache() / "inductor")}

    def python(name):
        return [str(python_of(venv)), str(HERE / "peers" / name)]

    if torch:
        version = torch[0]
        compiled = python("torch_compile.py")
        if "torch_cpp" in wanted or "torch_cpp_kept" in wanted:
            cpp = [_torch_program(torch[1], torch[2], version)]
    if jax:
        jitted = python("jax_jit.py")
    found = [
        Peer("PyTorch C++", "torch_cpp", cpp, version=version),
        Peer("PyTorch C++, kept memory", "torch_cpp_kept", cpp, _KEEP, version),
        Peer("torch.compile", "torch_compile", compiled, inductor, version),
        Peer("JAX jit", "jax_jit", jitted, version=jax[0] if jax else ""),
    ]
    for peer in found:
        if peer.key not in wanted:
            peer.command, peer.version = [], ""
    return found
