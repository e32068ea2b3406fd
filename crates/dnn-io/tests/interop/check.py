"""Runs what `interop write FOLDER` wrote with the real libraries, and prints the largest difference of each prediction.

    check.py FOLDER

Fails if PyTorch differs by more than 1e-6, onnxruntime by more than 1e-5, if `onnx.checker` refuses a model, or if NumPy
finds other names or numbers than safetensors does.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

folder = Path(sys.argv[1])
torch.set_num_threads(1)
onnxruntime.set_default_logger_severity(3)

MODULES = {
    "elu": lambda settings: nn.ELU(settings["alpha"]),
    "gelu": lambda _: nn.GELU(),
    "leaky_relu": lambda settings: nn.LeakyReLU(settings["slope"]),
    "relu": lambda _: nn.ReLU(),
    "selu": lambda _: nn.SELU(),
    "sigmoid": lambda _: nn.Sigmoid(),
    "silu": lambda _: nn.SiLU(),
    "softmax": lambda _: nn.Softmax(dim=1),
    "softplus": lambda _: nn.Softplus(threshold=1000),
    "tanh": lambda _: nn.Tanh(),
}


def sequential(path):
    """The network that the file describes."""
    with safe_open(path, "pt") as file:
        layers = json.loads(file.metadata()["dnn.network"])
    modules = []
    for layer in layers:
        settings = dict(layer.get("settings", []))
        if layer["kind"] == "dropout":
            modules.append(nn.Dropout(settings["rate"]))
            continue
        if layer["kind"] == "layer_normalisation":
            modules.append(nn.LayerNorm(layer["inputs"], settings["epsilon"]))
            continue
        modules.append(nn.Linear(layer["inputs"], layer["outputs"]))
        activation = layer["activation"]
        if activation["name"] != "identity":
            modules.append(MODULES[activation["name"]](dict(activation.get("settings", []))))
    return nn.Sequential(*modules).eval()


def in_pytorch(path, x):
    network = sequential(path).to(torch.from_numpy(x).dtype)
    network.load_state_dict(load_file(path), strict=True)
    with torch.no_grad():
        return network(torch.from_numpy(x)).numpy()


def in_onnxruntime(path, x):
    """All examples at once; one by one must be accepted too, since the batch is free."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert {opset.domain for opset in model.opset_import} == {""}, "only standard operators"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == ["batch", x.shape[1]]
    y = session.run(["y"], {"x": x})[0]
    single = np.concatenate([session.run(["y"], {"x": x[i : i + 1]})[0] for i in range(len(x))])
    assert y.dtype == x.dtype and np.allclose(single, y, rtol=0, atol=1e-6)
    return y, sorted({node.op_type for node in model.graph.node})


def same_in_numpy(path, tensors):
    with np.load(path) as arrays:
        assert set(arrays) == set(tensors), "the same names"
        return all(np.array_equal(arrays[name], tensor.numpy()) for name, tensor in tensors.items())


print("| network | precision | PyTorch | onnxruntime | operators | NumPy |")
print("|---|---|---|---|---|---|")
worst = {}
paths = sorted(folder.glob("*.safetensors"))
assert paths, "nothing to check"
for path in paths:
    name, precision = path.stem.split("-")
    dtype = {"f32": np.float32, "f64": np.float64}[precision]
    tensors = load_file(path)
    inputs = tensors["0.weight"].shape[-1]
    x = np.fromfile(path.with_suffix(".x"), dtype).reshape(-1, inputs)
    y = np.fromfile(path.with_suffix(".y"), dtype).reshape(len(x), -1)
    onnx_y, operators = in_onnxruntime(path.with_suffix(".onnx"), x)
    differences = {"PyTorch": np.abs(in_pytorch(path, x) - y).max(), "onnxruntime": np.abs(onnx_y - y).max()}
    assert same_in_numpy(path.with_suffix(".npz"), tensors), path
    for library, difference in differences.items():
        worst[library] = max(worst.get(library, 0), difference)
    columns = [f"{difference:.1e}" for difference in differences.values()]
    print(f"| {name} | {precision} | {' | '.join(columns)} | {', '.join(operators)} | equal |")

print(f"\nThe largest: PyTorch {worst['PyTorch']:.1e}, onnxruntime {worst['onnxruntime']:.1e}.")
assert worst["PyTorch"] <= 1e-6 and worst["onnxruntime"] <= 1e-5, worst
