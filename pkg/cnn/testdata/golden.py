"""Golden numbers for pkg/cnn from PyTorch in float64.

    python3 golden.py > golden.json        (Debian: python3-torch)

Every case is a small network on a small batch: parameters, input, labels,
logits, loss, and the gradients of all parameters and of the input. The case
"simple" also has ten steps of each optimizer: the loss before each step and
the parameters after the last.
"""
import json
import torch
from torch import nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def numbers(t):
    return [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()]


def simple():
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten(),
                         nn.Linear(27, 5), nn.ReLU(), nn.Linear(5, 3))


def windows():
    """Rectangular windows, strides, paddings, overlaps, two convolutions."""
    return nn.Sequential(nn.Conv2d(2, 4, (3, 2), stride=2, padding=1), nn.Tanh(),
                         nn.AvgPool2d((2, 3), stride=1, padding=1), nn.Sigmoid(),
                         nn.Conv2d(4, 3, 2), nn.MaxPool2d(3, stride=2, padding=1), nn.Flatten(),
                         nn.Linear(12, 4))


def parameters(net):
    """Named as in a weights file: conv1.weight, affine1.bias, ..."""
    count, named = {}, {}
    for m in net:
        kind = {nn.Conv2d: "conv", nn.Linear: "affine"}.get(type(m))
        if kind:
            count[kind] = count.get(kind, 0) + 1
            named[f"{kind}{count[kind]}.weight"] = m.weight
            named[f"{kind}{count[kind]}.bias"] = m.bias
    return named


def case(build, shape, classes, batch):
    torch.manual_seed(1)
    net = build()
    x = torch.rand(batch, *shape, requires_grad=True)
    labels = torch.arange(batch) * 2 % classes
    logits = net(x)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    named = parameters(net)
    return net, x.detach(), labels, {
        "x": numbers(x), "labels": labels.tolist(), "logits": numbers(logits), "loss": loss.item(),
        "softmax": numbers(F.softmax(logits, 1)), "input_gradient": numbers(x.grad),
        "parameters": {k: numbers(v) for k, v in named.items()},
        "gradients": {k: numbers(v.grad) for k, v in named.items()},
    }


def steps(make):
    net, x, labels, _ = case(simple, (1, 8, 8), 3, 4)
    optimizer, losses = make(net.parameters()), []
    for _ in range(10):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), labels)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return {"losses": losses, "parameters": {k: numbers(v) for k, v in parameters(net).items()}}


print(json.dumps({
    "simple": case(simple, (1, 8, 8), 3, 4)[3],
    "windows": case(windows, (2, 7, 6), 4, 3)[3],
    "optimizers": {
        "sgd": steps(lambda p: torch.optim.SGD(p, lr=0.1)),
        "momentum": steps(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
        "adagrad": steps(lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-7)),
        "adam": steps(lambda p: torch.optim.Adam(p, lr=0.01)),
    },
}, separators=(",", ":")))
