"""What TensorBoard's own loader reads from a golden file, and from run folders, beside what dnn says of them.

    check.py GOLDEN RUN...
"""

import json
import pathlib
import shutil
import sys
import tempfile

import tensorboard
from tensorboard.backend.event_processing.event_accumulator import (
    HISTOGRAMS,
    SCALARS,
    EventAccumulator,
)


def load(path):
    everything = EventAccumulator(str(path), size_guidance={SCALARS: 0, HISTOGRAMS: 0})
    return everything.Reload()


def close(a, b):
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b))


def golden(path):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, pathlib.Path(folder) / "events.out.tfevents.golden")
        board = load(folder)
    [scalar] = board.Scalars("accuracy/test")
    assert (scalar.wall_time, scalar.step, scalar.value) == (1.5, 300, 0.96875)
    [event] = board.Histograms("layer 1/weight")
    shown = event.histogram_value
    assert (event.step, shown.min, shown.max, shown.num) == (300, -1.0, 2.0, 4.0)
    assert (shown.sum, shown.sum_squares) == (2.0, 5.5)
    assert len(shown.bucket) == len(shown.bucket_limit) == 30
    assert shown.bucket[0] == 1 and shown.bucket[-1] == 1 and sum(shown.bucket) == 4
    assert shown.bucket_limit[-1] == 2.0
    print("- the golden file: one number and one histogram, as made by TensorBoard itself and, a test says, by dnn")


def run(path):
    board = load(path / "tensorboard")
    lines = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
    counts = []
    for tag, kind in [("cost/steps", "step"), ("cost/epochs", "epoch"), ("cost/validation", "validation")]:
        expected = {line["step"]: line["cost"] for line in lines if line["event"] == kind}
        found = {scalar.step: scalar.value for scalar in board.Scalars(tag)}
        assert found.keys() == expected.keys(), f"{path}: {tag}"
        assert all(close(found[step], expected[step]) for step in found), f"{path}: {tag}"
        counts.append(len(found))
    about = json.loads((path / "run.json").read_text())
    evaluation = json.loads((path / "evaluation.json").read_text())
    weights = {entry["name"].replace(", ", "/"): entry for entry in evaluation["weights"]}
    assert set(board.Tags()["histograms"]) == set(weights), path
    total = 0
    for tag, entry in weights.items():
        events = board.Histograms(tag)
        last = events[-1].histogram_value
        assert len(events) == counts[1] and sum(last.bucket) == last.num == sum(entry["counts"])
        assert [last.min, last.max] == entry["range"], f"{path}: {tag}"
        total += int(last.num)
    assert total == about["parameters"]
    print(
        f"- {path.name}: {', '.join(str(count) for count in counts)} costs of steps, epochs and validations as in"
        f" metrics.jsonl; {len(weights)} histograms after each epoch, of {total} parameters, with the ranges of evaluation.json"
    )


if __name__ == "__main__":
    print(f"# Event files, read by TensorBoard {tensorboard.__version__}\n")
    golden(sys.argv[1])
    for folder in sys.argv[2:]:
        run(pathlib.Path(folder))
