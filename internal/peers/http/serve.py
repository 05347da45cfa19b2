"""Answers what digit a 28x28 PNG shows, by PyTorch behind FastAPI.

    WEIGHTS=simple.safetensors uvicorn --workers 2 --port PORT serve:app
"""
import io
import os
import sys

import numpy
import torch
from fastapi import FastAPI, HTTPException, Request
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../weights/testdata"))
from pytorch import load  # noqa: E402

torch.set_num_threads(1)
net = torch.jit.optimize_for_inference(torch.jit.script(load(os.environ["WEIGHTS"]).eval()))
app = FastAPI()


@app.post("/predict")
async def predict(request: Request):
    pixels = numpy.asarray(Image.open(io.BytesIO(await request.body())).convert("L"), dtype=numpy.float32)
    if pixels.shape != (28, 28):
        raise HTTPException(400, "it is not 28x28")
    with torch.inference_mode():
        p = torch.softmax(net(torch.from_numpy(pixels / 255).view(1, 1, 28, 28)), 1)[0]
    digit = int(p.argmax())
    return {"digit": digit, "confidence": float(p[digit])}
