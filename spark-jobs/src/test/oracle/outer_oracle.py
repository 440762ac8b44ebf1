"""Writes rounds of three workers under outer optimizers, and bfloat16 numbers, for OuterOptimizerTest.

Each worker takes a few steps of torch.optim.SGD (momentum, weight decay) on a least-squares problem of
its own, from common parameters and with a rate that falls; then their average is taken, and an outer
step. Nesterov is torch.optim.SGD(nesterov=True) with the change as its gradient; SlowMo is written down
from Algorithm 1 of arXiv:1910.00643. In double precision. The base optimizers' buffers are averaged. Run
from this folder with PyTorch 1.13 or newer: python3 outer_oracle.py
"""

from pathlib import Path

import torch

from tensor_file import TensorFile

FOLDER = Path(__file__).parent.parent / "resources/dev/armature/round"
SIZE, WORKERS, STEPS, RATES = 40, 3, 4, [0.05, 0.05, 0.02, 0.02, 0.01, 0.01]


def average_of_workers(problems, published, buffers, rate):
    ends, momenta = [], []
    for data, target in problems:
        x = torch.nn.Parameter(published.clone())
        sgd = torch.optim.SGD([x], lr=rate, momentum=0.9, weight_decay=1e-3)
        sgd.state[x]["momentum_buffer"] = buffers.clone()
        for _ in range(STEPS):
            sgd.zero_grad()
            (data @ x - target).square().mean().backward()
            sgd.step()
        ends.append(x.detach())
        momenta.append(sgd.state[x]["momentum_buffer"].detach())
    return torch.stack(ends).mean(0), torch.stack(momenta).mean(0)


class SlowMo:
    def __init__(self, alpha, beta):
        self.alpha, self.beta, self.u = alpha, beta, torch.zeros(SIZE, dtype=torch.float64)

    def step(self, published, average, rate):
        self.u = self.beta * self.u + (published - average) / rate
        return published - self.alpha * rate * self.u


class Nesterov:
    def __init__(self, rate, momentum):
        self.x = torch.nn.Parameter(torch.zeros(SIZE, dtype=torch.float64))
        self.sgd = torch.optim.SGD([self.x], lr=rate, momentum=momentum, nesterov=momentum > 0)

    def step(self, published, average, _):
        self.x.data = published.clone()
        self.x.grad = published - average
        self.sgd.step()
        return self.x.detach().clone()

    @property
    def u(self):
        return self.sgd.state[self.x]["momentum_buffer"]


def rounds(file, prefix, outer, problems, start):
    published, buffers = start, torch.zeros(SIZE, dtype=torch.float64)
    for number, rate in enumerate(RATES):
        average, buffers = average_of_workers(problems, published, buffers, rate)
        after = outer.step(published, average, rate)
        one = [("published", published), ("average", average), ("next", after), ("momentum", outer.u)]
        file.add(f"{prefix}.{number}.", one)
        published = after


def main():
    torch.manual_seed(7)
    options = {"dtype": torch.float64}
    problems = [
        (torch.randn(60, SIZE, **options), 3 * torch.randn(60, **options)) for _ in range(WORKERS)
    ]
    start = torch.randn(SIZE, **options)
    file = TensorFile()
    file.add("", [("rates", torch.tensor(RATES))])
    rounds(file, "slowmo", SlowMo(0.8, 0.6), problems, start)
    rounds(file, "nesterov", Nesterov(0.7, 0.9), problems, start)

    bits = torch.randint(-(2**31), 2**31, (4096,)).to(torch.int32)
    # Halfway between two bfloat16 numbers, and next to it; of both parities.
    halves = torch.arange(-512, 512, dtype=torch.int32) * 65536 + 0x3F808000
    numbers = torch.cat([bits, halves, halves + 1, halves - 1]).numpy().view("<f4")
    numbers = torch.from_numpy(numbers)
    numbers = numbers[torch.isfinite(numbers)]
    file.add("bfloat16.", [("given", numbers), ("rounded", numbers.bfloat16().float())])
    file.write(FOLDER / "outer.bin")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
