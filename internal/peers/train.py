"""PyTorch's steps a second on the book's network: batches of 100, Adam, the
layout that is fastest, channels last.

    python3 train.py THREADS
"""
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)
images, labels = torch.rand(60000, 1, 28, 28), torch.randint(0, 10, (60000,))
images[images < 0.8] = 0  # as many zeros as digits have
net = nn.Sequential(nn.Conv2d(1, 30, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4320, 100), nn.ReLU(), nn.Linear(100, 10))
net = net.to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)


def steps(n):
    for _ in range(n):
        chosen = torch.randint(0, 60000, (100,))
        x = images[chosen].to(memory_format=torch.channels_last)
        loss = F.cross_entropy(net(x), labels[chosen])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


steps(20)
speeds = []
for _ in range(5):
    start = time.perf_counter()
    steps(100)
    speeds.append(1e4 / (time.perf_counter() - start))
print(f"{sys.argv[1]} threads: {statistics.median(speeds):.0f} images/s")
