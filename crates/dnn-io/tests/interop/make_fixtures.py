"""Writes the state dicts of one PyTorch network under many names and in many forms, with what it predicts.

    make_fixtures.py FOLDER

Beside each file NAME.safetensors or NAME.npz stand its predictions, NAME.f32 and NAME.f64, raw and little-endian, for the
examples in x.f32 and x.f64: what PyTorch gives in that precision with the numbers of the file.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
torch.manual_seed(7)
torch.set_num_threads(1)


class Named(nn.Module):
    """The layers by names that say nothing of their kind."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc10 = nn.Linear(4, 6), nn.Linear(6, 5), nn.Linear(5, 3)

    def forward(self, x):
        x = nn.functional.leaky_relu(self.fc2(nn.functional.gelu(self.fc1(x))), 0.2)
        return self.fc10(x).softmax(1)


def sequential():
    return nn.Sequential(
        nn.Linear(4, 6), nn.GELU(), nn.Linear(6, 5), nn.LeakyReLU(0.2), nn.Linear(5, 3), nn.Softmax(dim=1)
    )


x = (2 * torch.randn(8, 4)).float()
x.numpy().tofile(folder / "x.f32")
x.double().numpy().tofile(folder / "x.f64")


def predictions(name, network):
    """What it gives with its numbers as doubles, then with the singles made of those."""
    with torch.no_grad():
        network.double()(x.double()).numpy().tofile(folder / f"{name}.f64")
        network.float()(x).numpy().tofile(folder / f"{name}.f32")


named = Named()
state = {key: tensor.clone() for key, tensor in named.state_dict().items()}
save_file(state, folder / "named.safetensors")
save_file({f"module.{key}": tensor for key, tensor in state.items()}, folder / "parallel.safetensors")
arrays = {key: tensor.numpy() for key, tensor in state.items()}
np.savez(folder / "savez.npz", **arrays)
np.savez_compressed(folder / "compressed.npz", **{key: np.asfortranarray(array) for key, array in arrays.items()})
for name in ("named", "parallel", "savez", "compressed"):
    predictions(name, named)

types = {"sequential": torch.float32, "double": torch.float64, "half": torch.float16, "bfloat": torch.bfloat16}
for name, dtype in types.items():
    network = sequential().to(dtype)
    places = {"fc1": 0, "fc2": 2, "fc10": 4}
    values = {}
    for key, tensor in state.items():
        module, part = key.split(".")
        values[f"{places[module]}.{part}"] = tensor.to(dtype) + (1e-10 if name == "double" else 0)
    network.load_state_dict(values)
    save_file(network.state_dict(), folder / f"{name}.safetensors")
    predictions(name, network)

normalised = nn.Sequential(
    *sequential()[:2], nn.LayerNorm(6), *sequential()[2:4], nn.Dropout(0.5), *sequential()[4:]
).eval()
for part in normalised[2].parameters():
    nn.init.normal_(part)
save_file(normalised.state_dict(), folder / "normalised.safetensors")
predictions("normalised", normalised)
