"""Writes a weights file as ONNX, with a free batch size.

    python3 export.py simple.safetensors simple.onnx
"""
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../weights/testdata"))
from pytorch import load  # noqa: E402

torch.onnx.export(load(sys.argv[1]), torch.zeros(1, 1, 28, 28), sys.argv[2], input_names=["x"], output_names=["y"],
                  dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, opset_version=13)
