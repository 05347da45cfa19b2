"""Golden numbers for pkg/cnn from PyTorch in float64.

    python3 golden.py > golden.json        (Debian: python3-torch)

Every case is a small network on a small batch: parameters, input, labels,
logits, loss, and the gradients of all parameters and of the input. The case
"simple" also has ten steps of each optimizer: the loss before each step and
the parameters after the last. The case "norm" is in training mode with smoothed
labels, and has what a step leaves: running statistics and the logits that use
them; then the same with a teacher, and ten steps of two kinds.
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
        kind = {nn.Conv2d: "conv", nn.Linear: "affine", nn.BatchNorm2d: "batchnorm"}.get(type(m))
        if kind:
            count[kind] = count.get(kind, 0) + 1
            named[f"{kind}{count[kind]}.weight"] = m.weight
            named[f"{kind}{count[kind]}.bias"] = m.bias
        if kind == "batchnorm":
            named[f"{kind}{count[kind]}.running_mean"] = m.running_mean
            named[f"{kind}{count[kind]}.running_var"] = m.running_var
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


def norm():
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2, 2),
                         nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3))


def new_norm():
    """The net as a training might leave it, samples, labels, a teacher's logits."""
    torch.manual_seed(2)
    net = norm()
    for name, v in parameters(net).items():
        if name.startswith("batchnorm"):
            v.data = torch.rand_like(v) + (0 if name.endswith("mean") or name.endswith("bias") else 0.5)
    net.train()
    x = torch.rand(5, 1, 10, 10) * torch.randint(0, 2, (5, 1, 10, 10))
    return net, x.requires_grad_(), torch.tensor([0, 2, 1, 1, 0]), 3 * torch.randn(5, 3)


SMOOTHING, WEIGHT, TEMPERATURE = 0.1, 0.7, 3.0


def objective(logits, labels, teacher):
    """teacher may be None."""
    loss = F.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
    if teacher is None:
        return loss
    divergence = F.kl_div(F.log_softmax(logits / TEMPERATURE, 1), F.softmax(teacher / TEMPERATURE, 1), reduction="batchmean")
    return (1 - WEIGHT) * loss + WEIGHT * TEMPERATURE**2 * divergence


def norm_case(taught):
    net, x, labels, teacher = new_norm()
    before = {k: numbers(v) for k, v in parameters(net).items()}
    logits = net(x)
    loss = objective(logits, labels, teacher if taught else None)
    logits.retain_grad()
    loss.backward()
    gradients = {k: numbers(v.grad) for k, v in parameters(net).items() if v.grad is not None}
    after = {k: numbers(v) for k, v in parameters(net).items() if "running" in k}
    net.eval()
    return {
        "x": numbers(x), "labels": labels.tolist(), "teacher": numbers(teacher), "logits": numbers(logits),
        "loss": loss.item(), "input_gradient": numbers(x.grad), "logits_gradient": numbers(logits.grad),
        "parameters": before, "gradients": gradients, "statistics": after, "evaluated": numbers(net(x)),
    }


def norm_steps(make, clip=None, decay=None):
    """Ten steps with the teacher; the decaying mean of all parameters and statistics."""
    net, x, labels, teacher = new_norm()
    x = x.detach()
    optimizer, losses = make(net.parameters()), []
    averaged = {k: v.detach().clone() for k, v in parameters(net).items()}
    for step in range(1, 11):
        optimizer.zero_grad()
        loss = objective(net(x), labels, teacher)
        losses.append(loss.item())
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(net.parameters(), clip)
        optimizer.step()
        if decay:
            d = min(decay, (1 + step) / (10 + step))
            for k, v in parameters(net).items():
                averaged[k] = d * averaged[k] + (1 - d) * v.detach()
    return {"losses": losses, "parameters": {k: numbers(v) for k, v in parameters(net).items()},
            "averaged": {k: numbers(v) for k, v in averaged.items()}}


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
        "adamw": steps(lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1)),
    },
    "norm": norm_case(taught=False),
    "taught": norm_case(taught=True),
    "norm_steps": {
        "adamw": norm_steps(lambda p: torch.optim.AdamW(p, lr=0.01, eps=1e-4), decay=0.4),
        "clipped": norm_steps(lambda p: torch.optim.SGD(p, lr=0.1), clip=0.05),
    },
}, separators=(",", ":")))
