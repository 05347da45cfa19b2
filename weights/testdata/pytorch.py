"""The logits that PyTorch computes from a weights file, as JSON.

    python3 pytorch.py ../digits.safetensors > digits.json      (Debian: python3-torch)

The file is read by the definition of safetensors alone, the network is built
from the layers that its metadata list, and the input is digits.u8: the first
MNIST test image of each digit, 10 x 784 bytes.
"""
import json
import os
import struct
import sys

import numpy as np
import torch
from torch import nn


def load(path):
    """Returns the network of a weights file."""
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    spec = json.loads(header.pop("__metadata__")["spec"])
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", entry
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        tensors[name] = torch.from_numpy(np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).copy())

    net = nn.Sequential()
    count = {}
    flat = False
    for layer in spec["layers"]:
        kind = layer["type"]
        count[kind] = count.get(kind, 0) + 1
        name = f"{kind}{count[kind]}"
        window = (layer.get("height"), layer.get("width"))
        if kind == "conv":
            channels = tensors[f"{name}.weight"].shape[1]
            net.add_module(name, nn.Conv2d(channels, layer["filters"], window, stride=max(layer.get("stride", 0), 1), padding=layer.get("padding", 0)))
        elif kind == "maxpool":
            net.add_module(name, nn.MaxPool2d(window, layer["stride"]))
        elif kind == "relu":
            net.add_module(name, nn.ReLU())
        elif kind == "affine":
            if not flat:
                net.add_module("flatten", nn.Flatten())
                flat = True
            net.add_module(name, nn.Linear(tensors[f"{name}.weight"].shape[1], layer["outputs"]))
        else:
            sys.exit(f"no layer of PyTorch for {kind}")
    net.load_state_dict(tensors)
    return net.eval()


def main():
    images = np.fromfile(os.path.join(os.path.dirname(__file__), "digits.u8"), np.uint8).reshape(10, 1, 28, 28)
    with torch.no_grad():
        logits = load(sys.argv[1])(torch.from_numpy(images).float() / 255)
    json.dump([[round(float(v), 6) for v in row] for row in logits], sys.stdout, indent=0)
    print()


if __name__ == "__main__":
    main()
