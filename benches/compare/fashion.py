"""Runs both Fashion-MNIST programs in turn, seed by seed, and writes FASHION.md."""

import argparse
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import torch

here = pathlib.Path(__file__).parent
parser = argparse.ArgumentParser()
parser.add_argument("--ours", required=True)
parser.add_argument("--images", required=True)
parser.add_argument("--threads", default="2")
parser.add_argument("--seeds", type=int, default=3)
options = parser.parse_args()
if not (pathlib.Path(options.images) / "train-images-idx3-ubyte.gz").exists():
    sys.exit(f"found no pictures in {options.images}: run `datasets/fetch fashion-mnist`, or set DNN_DATASETS")

programs = {
    "dnn": [options.ours],
    f"PyTorch {torch.__version__}": [sys.executable, str(here / "fashion_pytorch.py")],
}
seconds = {name: [] for name in programs}
accuracies = {name: [] for name in programs}
for seed in range(options.seeds):
    for name, command in programs.items():
        start = time.perf_counter()
        done = subprocess.run([*command, options.images, options.threads, str(seed)], check=True, capture_output=True)
        seconds[name].append(time.perf_counter() - start)
        accuracies[name].append([float(line) for line in done.stdout.split()])
        print(f"{name}, seed {seed}: {seconds[name][-1]:.2f} s, {100 * accuracies[name][-1][-1]:.2f} %", flush=True)


def processor():
    """The processor's name, as far as the system tells."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    wanted = ("model name", "cpu family", "model\t")
    return ", ".join(dict.fromkeys(line.split(":")[1].strip() for line in lines if line.startswith(wanted)))


ours = seconds["dnn"]
rows = []
for name in programs:
    last = [100 * accuracy[-1] for accuracy in accuracies[name]]
    ratio = statistics.median(theirs / mine for theirs, mine in zip(seconds[name], ours))
    rows.append(
        f"| {name} | {statistics.median(seconds[name]):.2f} | {min(seconds[name]):.2f} to {max(seconds[name]):.2f} | "
        f"{ratio:.2f} | {statistics.mean(last):.2f} ({min(last):.2f} to {max(last):.2f}) |\n"
    )
(here / "FASHION.md").write_text(
    "# Fashion-MNIST from start to end\n\n"
    "Written by `benches/compare/fashion`. 784-512-256-10, Adam at 1e-3, batches of 128, ten epochs, "
    f"{options.threads} threads: from the start of the program, reading the files included, to the last of ten test "
    f"accuracies. Both programs in turn, {options.seeds} seeds; the ratio is the median over the pairs.\n\n"
    f"Processor: {processor()}.\n\n"
    "| program | seconds, median | range | times dnn's | test accuracy, mean (range), % |\n|---|---|---|---|---|\n"
    + "".join(rows)
)
