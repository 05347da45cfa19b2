"""The speed of PyTorch's matrix product on one core, in GFLOP/s."""
import statistics
import time

import torch

torch.set_num_threads(1)
for n in 512, 1024:
    a, b = torch.randn(n, n), torch.randn(n, n)
    speeds = []
    for _ in range(7):
        start = time.process_time()
        for _ in range(20):
            a @ b
        speeds.append(40 * n**3 / (time.process_time() - start) / 1e9)
    print(f"{n}: {statistics.median(speeds):.0f}")
