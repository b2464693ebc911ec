"""Tapestry beside PyTorch and JAX, row by row: tools/bench. See docs/performance.md."""

import argparse
import datetime
import os
import sys
from pathlib import Path

from driver import build, machine, picture, report, turns
from driver.peer import Process
from driver.rows import matching


def options():
    parser = argparse.ArgumentParser(
        prog="tools/bench",
        description="Times Tapestry beside PyTorch and JAX, in turn, and compares their results.",
    )
    parser.add_argument("--venv", metavar="DIR", default=os.environ.get("TAPESTRY_BENCH_VENV"),
                        help="virtual environment with torch and jax; else $TAPESTRY_BENCH_VENV")
    parser.add_argument("--rows", metavar="REGEX", default="", help="only rows whose names it finds (--list)")
    parser.add_argument("--threads", metavar="N,...", default="1,2", help="numbers of threads (1,2)")
    parser.add_argument("--peers", metavar="KEY,...", default="",
                        help="only these of torch_cpp, torch_cpp_kept, torch_compile, jax_jit")
    parser.add_argument("--out", metavar="DIR", help="write table.txt, table.csv, table.json and ratios.svg there")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter turns: for trying it out")
    parser.add_argument("--no-build", action="store_true", help="take Tapestry's program as it is")
    parser.add_argument("--bazel", metavar="OPTION", action="append", default=[],
                        help="give an option to bazel, as --bazel=--config=native")
    parser.add_argument("--list", action="store_true", help="list the rows")
    asked = parser.parse_args()
    try:
        asked.threads = [int(n) for n in asked.threads.split(",")]
        asked.rows = matching(asked.rows)
    except Exception as error:
        parser.error(str(error))
    if not asked.rows:
        parser.error("no row has such a name; --list shows them")
    for n in asked.threads:
        if n < 1 or machine.processors(n) is None:
            parser.error(f"{n} threads asked for, on {len(os.sched_getaffinity(0))} processors")
    return asked


def other_peers(asked):
    wanted = list(filter(None, asked.peers.split(","))) or build.KEYS
    unknown = set(wanted) - set(build.KEYS)
    if unknown:
        raise SystemExit(f"tools/bench: no peer {', '.join(sorted(unknown))}; there are {', '.join(build.KEYS)}")
    peers = build.peers(asked.venv, wanted)
    for peer in peers:
        if peer.key in wanted and not peer.command:
            build.say(f"{peer.name} is not installed" + ("" if asked.venv else "; --venv says where"))
    return peers


def measure(asked, peers, log):
    lines = []
    processes = {
        n: {p.key: Process(p, machine.processors(n), log) for p in peers if p.command} for n in asked.threads
    }
    try:
        for row in asked.rows:
            for threads in asked.threads:
                build.say(f"{row.name}, {report.counted(threads)}")
                if row.is_memory:
                    cells = turns.peak_memory(row, processes[threads])
                else:
                    rounds, seconds = (3, 0.03) if asked.quick else (7, 0.2)
                    cells = turns.timed(row, processes[threads], rounds, seconds)
                lines.append(report.Line(row, threads, cells))
    except KeyboardInterrupt:
        build.say("interrupted; this is what there is")
    finally:
        for each in processes.values():
            for process in each.values():
                process.stop()
    return lines


def main():
    asked = options()
    if asked.list:
        for row in asked.rows:
            print(f"{row.name:24}{row.title}")
        return
    ours = build.tapestry(not asked.no_build, asked.bazel)
    peers = [ours, *other_peers(asked)]
    program = build.limits()

    def limits_now():
        return {n: machine.limits(program, machine.processors(n), asked.quick) for n in asked.threads}

    load = os.getloadavg()[0]
    before = limits_now()
    about = {
        "processor": ", ".join(filter(None, (machine.processor_name(), machine.instruction_sets()))),
        "processors": str(len(os.sched_getaffinity(0))),
        "date": datetime.datetime.now().astimezone().isoformat(timespec="minutes"),
        "versions": ", ".join(f"{p.name} {p.version}" for p in peers if p.version) + f", GCC {machine.compiler()}",
        "turns": "quick: times are rough" if asked.quick else "medians of 7",
    }
    out = Path(asked.out) if asked.out else None
    if out:
        out.mkdir(parents=True, exist_ok=True)
    with open(out / "log.txt" if out else os.devnull, "w") as log:
        lines = measure(asked, peers, log)
    limits = {n: {name: max(before[n][name], now) for name, now in found.items()} for n, found in limits_now().items()}
    about["load"] = f"{load:.1f} processes at the start, {os.getloadavg()[0]:.1f} at the end"
    table = report.text(lines, peers, about, limits)
    sys.stdout.write(table)
    if out:
        (out / "table.txt").write_text(table)
        (out / "table.csv").write_text(report.csv_text(lines, peers, limits))
        (out / "table.json").write_text(report.json_text(lines, peers, about, limits))
        (out / "ratios.svg").write_text(picture.svg(lines, peers, about))


if __name__ == "__main__":
    main()
