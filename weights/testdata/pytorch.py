"""The logits that PyTorch computes from a weights file, as JSON.

    python3 pytorch.py ../simple.safetensors > simple.json      (Debian: python3-torch)

The file is read by the definition of safetensors alone, the network is the
book's SimpleConvNet, and the input is digits.u8: the first MNIST test image
of each digit, 10 x 784 bytes.
"""
import json
import os
import struct
import sys

import numpy as np
import torch
from torch import nn

data = open(sys.argv[1], "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + size])
header.pop("__metadata__")
tensors = {}
for name, entry in header.items():
    assert entry["dtype"] == "F32", entry
    start, end = (8 + size + offset for offset in entry["data_offsets"])
    tensors[name] = torch.from_numpy(np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).copy())

net = nn.Sequential()
net.add_module("conv1", nn.Conv2d(1, 30, 5))
net.add_module("relu1", nn.ReLU())
net.add_module("pool1", nn.MaxPool2d(2, 2))
net.add_module("flatten", nn.Flatten())
net.add_module("affine1", nn.Linear(4320, 100))
net.add_module("relu2", nn.ReLU())
net.add_module("affine2", nn.Linear(100, 10))
net.load_state_dict(tensors)

images = np.fromfile(os.path.join(os.path.dirname(__file__), "digits.u8"), np.uint8).reshape(10, 1, 28, 28)
with torch.no_grad():
    logits = net(torch.from_numpy(images).float() / 255)
json.dump([[round(float(v), 6) for v in row] for row in logits], sys.stdout, indent=0)
print()
