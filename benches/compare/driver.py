"""Asks one worker after the other, in turn, and writes what came out as a table: `driver.py --help`."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import numpy as np

HERE = pathlib.Path(__file__).parent
WORKLOADS = {
    "wide": ([1024, 2048, 2048, 2048, 10], 512),
    "fashion": ([784, 512, 256, 10], 128),
    "deep": ([64] * 21 + [10], 64),
    "cat": ([12288, 20, 7, 5, 1], 209),
    "tiny": ([8, 32, 16, 1], 32),
}
PREDICTIONS = [("fashion", 1), ("fashion", 1000), ("wide", 1000)]
LEARNING_RATE = 0.01
STEPS, TOLERANCE = 10, 1e-4
SLICE, PAUSE = 0.15, 0.1


def write_data(folder):
    """The same weights (He) and data for all, from one seed."""
    random = np.random.default_rng(7)
    for name, (sizes, batch) in WORKLOADS.items():
        at = folder / name
        at.mkdir(parents=True, exist_ok=True)
        (at / "about.json").write_text(json.dumps({"sizes": sizes, "batch": batch, "learning_rate": LEARNING_RATE}))
        put = lambda file, values: np.asarray(values, "<f4").tofile(at / file)
        put("x", random.standard_normal((batch, sizes[0])))
        classes = random.integers(0, max(sizes[-1], 2), batch)
        put("y", classes[:, None] if sizes[-1] == 1 else np.eye(sizes[-1])[classes])
        for layer, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
            put(f"w{layer}", random.standard_normal((units, inputs)) * np.sqrt(2 / inputs))
            put(f"b{layer}", 0.01 * random.standard_normal(units))


class Worker:
    """A process that does what it is told and then waits."""

    def __init__(self, command, threads, folder):
        cores = sorted(os.sched_getaffinity(0))[:threads]
        environment = dict(os.environ)
        for library in ("OMP", "MKL", "OPENBLAS", "RAYON"):
            environment[f"{library}_NUM_THREADS"] = str(threads)
        if threads == 1:
            environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        program, *rest = command
        arguments = [*program, str(folder), str(threads), *rest]
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        self.name = self.ask("name")

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended at: {' '.join(map(str, words))}")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


def agree(found, expected):
    return all(abs(f - e) <= TOLERANCE * abs(e) for f, e in zip(found, expected, strict=True))


def check(workers, names):
    """For each workload, the workers that compute what dnn does; the first worker is dnn."""
    fit, notes = {}, []
    for name in names:
        expected = workers[0].ask("check", name, STEPS)
        fit[name] = [workers[0]]
        for worker in workers[1:]:
            costs = worker.ask("check", name, STEPS)
            # A worker without steps only predicts.
            if costs is None or agree(costs, expected):
                fit[name].append(worker)
            else:
                notes.append(f"{worker.name} on {name}: costs {costs[0]:.6f} … {costs[-1]:.6f}, dnn's are "
                             f"{expected[0]:.6f} … {expected[-1]:.6f}; not timed")
    return fit, notes


def measure(fit, names, rounds):
    """Seconds of each (pass, workload, examples) and worker, one number a round."""
    passes = [("step", name, None) for name in names] + [("predict", *p) for p in PREDICTIONS if p[0] in names]
    ask = lambda worker, what, name, count, times: worker.ask(what, name, *([] if count is None else [count]), times)
    repetitions, seconds = {}, {}
    for case in passes:
        for worker in fit[case[1]]:
            times, took = 1, ask(worker, *case, 1)
            while took is not None and took < SLICE / 4:
                times *= 4
                took = ask(worker, *case, times)
            if took is not None:
                repetitions[case, worker] = max(1, int(times * SLICE / took))
                seconds[case, worker] = []
    for _ in range(rounds):
        for (case, worker), times in repetitions.items():
            # Threads that wait for more work in a loop have given up by then.
            time.sleep(PAUSE)
            seconds[case, worker].append(ask(worker, *case, times) / times)
    return seconds


def operations(what, name, count):
    sizes, batch = WORKLOADS[name]
    once = sum(2 * inputs * units for inputs, units in zip(sizes, sizes[1:]))
    return once * count if what == "predict" else 3 * once * batch - 2 * batch * sizes[0] * sizes[1]


def duration(seconds):
    unit, factor = ("µs", 1e6) if seconds < 1e-3 else ("ms", 1e3)
    return f"{seconds * factor:.3g} {unit}"


def table(seconds, reference):
    """A row for each case and worker: median, spread, rate, and how many times as long as dnn it takes."""
    rows = ["| pass | framework | median | spread | of R | against dnn |", "|---|---|---|---|---|---|"]
    medians = {key: statistics.median(values) for key, values in seconds.items()}
    ours = {case: median for (case, worker), median in medians.items() if worker.name.startswith("dnn ")}
    for (case, worker), values in seconds.items():
        low, _, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
        what, name, count = case
        title = f"{name}, step" if what == "step" else f"{name}, predict {count}"
        median = medians[case, worker]
        rate = operations(*case) / median / 1e9 / reference
        rows.append(f"| {title} | {worker.name} | {duration(median)} | ±{50 * (high - low) / median:.0f} % | "
                    f"{rate:.2f} | {median / ours[case]:.2f}× |")
    return "\n".join(rows)


def reference_rate(command):
    """R in GFLOP/s, as `dnn doctor` measures it, of the fastest back end."""
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return max(backend["gflops_f32"] for backend in report["backends"]), report["cpu"]


def own_figures(dnn, threads, names, rounds):
    """What no rival is asked, by `dnn bench`: one example beside the sum of the parameters, and f64 beside f32."""
    chosen = [name for name in ("wide", "fashion") if name in names]
    if not chosen:
        return ""

    def bench(*more):
        command = [dnn, "bench", "--json", "--backend", "pure", "--threads", str(threads), "--rounds", str(rounds), *more]
        for name in chosen:
            command += ["--workload", name]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return {(one["workload"], one["pass"], one["batch"]): one for one in report}

    single, double = bench(), bench("--double")
    step = lambda report, name: report[name, "step", WORKLOADS[name][1]]["gflops"]
    shares = [f"{step(double, name) / step(single, name):.2f} ({name})" for name in chosen]
    text = f"dnn alone, `dnn bench` right before: a step in f64 has {' and '.join(shares)} of the rate in f32."
    if "fashion" in chosen:
        one = single["fashion", "predict", 1]
        text += (f" One example of `fashion` takes {duration(one['seconds'])}; one thread that only sums as many numbers as "
                 f"it reads, {duration(one['sum_seconds'])}: {one['sum_seconds'] / one['seconds']:.2f} of that rate.")
    return text + "\n"


def main():
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--ours", required=True, help="dnn's worker")
    flags.add_argument("--dnn", required=True, help="the dnn command")
    flags.add_argument("--rivals", required=True, type=pathlib.Path, help="where the Rust rivals' workers are")
    flags.add_argument("--folder", required=True, type=pathlib.Path, help="where the data goes")
    flags.add_argument("--results", type=pathlib.Path, default=HERE / "RESULTS.md")
    flags.add_argument("--threads", type=int, action="append", help="only this number of threads [default: 1 and 2]")
    flags.add_argument("--workload", action="append", choices=WORKLOADS, help="only this workload")
    flags.add_argument("--rounds", type=int, default=9)
    given = flags.parse_args()
    write_data(given.folder)
    python = lambda file, *rest: ([sys.executable, str(HERE / "workers" / file)], *rest)
    rust = lambda name: ([str(given.rivals / f"{name}-worker")],)
    commands = [
        ([given.ours],),
        python("pytorch.py"),
        python("pytorch.py", "compile"),
        python("jax_jit.py"),
        python("tensorflow_keras.py"),
        python("tensorflow_keras.py", "xla"),
        python("sklearn_mlp.py"),
        python("onnx_runtime.py"),
        rust("burn"),
        rust("candle"),
        rust("rustyml"),
    ]
    names = given.workload or list(WORKLOADS)
    parts, all_notes, versions = [], [], {}
    for threads in given.threads or [1, 2]:
        rate, cpu = reference_rate([given.dnn, "doctor", "--json"])
        own = own_figures(given.dnn, threads, names, given.rounds)
        workers = [Worker(command, threads, given.folder) for command in commands]
        versions.update({worker.name: None for worker in workers})
        fit, notes = check(workers, names)
        seconds = measure(fit, names, given.rounds)
        for worker in workers:
            worker.end()
        plural = "thread" if threads == 1 else "threads"
        parts.append(f"## {threads} {plural}, R = {rate:.1f} GFLOP/s\n\n{table(seconds, rate)}\n\n{own}")
        all_notes += [f"- {threads} {plural}: {note}" for note in notes]
        print(parts[-1], *notes, sep="\n")
    head = (HERE / "results-head.md").read_text()
    about = (f"{datetime.date.today()}, {cpu['name']}, {' '.join(cpu['instruction_sets'])}, {cpu['cores']} cores, "
             f"{platform.system()}; {'; '.join(versions)}; {given.rounds} rounds.\n")
    agreement = "\n".join(all_notes) or "All computed the same costs over ten steps, to a relative 1e-4."
    given.results.write_text("\n".join([head, about, *parts, "## Agreement\n", agreement, ""]))


if __name__ == "__main__":
    main()
