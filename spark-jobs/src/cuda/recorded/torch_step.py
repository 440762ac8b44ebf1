"""A whole CMD step in PyTorch, its GRU given one frame at a time: what our step is held against.

    python3 torch_step.py time --precision tf32     # on the GPU, where there is one; the median of some steps
    python3 torch_step.py check                     # small, on the processor

The model is published_model.py's (whose losses LocalTrainerOracleTest holds against ours), but
that neighbours come from topk, not from a sort: query encoders forward, moving average, key
encoders forward, losses of three modalities against their queues, queues, backward, SGD. As in the
authors' code all layers and both directions are one nn.GRU, which is called once a frame and hands
its state on; --recurrence bidirectional gives it whole sequences, which is the most that PyTorch
itself has, of another encoder. Needs PyTorch 1.13 or newer.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
# Beside this file where it was packed, else where it is in the sources.
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "test/oracle")]

from published_model import MODALITIES, Model, optimizer_of  # noqa: E402


class Step(Model):
    """One that sorts no more than it needs, and does not wait for the GPU in between."""

    def neighbours(self, modality, keys):
        found = torch.topk(keys @ self.queue_of(modality), self.settings.neighbours, dim=1)
        return found.values, found.indices


def views(settings, device, kind):
    shape = (settings.batch, settings.frames, settings.features)
    return {m: torch.randn(shape, dtype=kind).to(device) for m in MODALITIES}


def take(model, optimizer, data):
    terms = model.losses(data)
    optimizer.zero_grad(set_to_none=True)
    terms["loss.total"].backward()
    optimizer.step()
    return terms


def seconds(device, work):
    """Of one call: by events where a GPU computes."""
    if device.type != "cuda":
        began = time.perf_counter()
        work()
        return time.perf_counter() - began
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    work()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) * 1e-3


def measure(settings):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rounded = settings.precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = rounded
    torch.backends.cudnn.allow_tf32 = rounded
    torch.manual_seed(1)
    model = Step(settings).to(device).train()
    for module in model.modules():
        if isinstance(module, torch.nn.GRU):
            module.flatten_parameters()
    optimizer = optimizer_of(model)
    data = views(settings, device, torch.float32)
    for _ in range(settings.warm_up):
        take(model, optimizer, data)
    found = [seconds(device, lambda: take(model, optimizer, data)) for _ in range(settings.steps)]
    name = torch.cuda.get_device_name() if device.type == "cuda" else "the processor"
    how = "a frame at a time" if settings.recurrence == "lockstep" else "whole sequences"
    print(
        f"PyTorch {torch.__version__} on {name}, {how}, {settings.precision}: fastest "
        f"{min(found) * 1e3:.2f} ms, median of {settings.steps} steps in seconds: "
        f"{statistics.median(found):.6f}"
    )


def check(settings):
    """Terms and gradients of this step and of the published model's, in double precision."""
    settings.hidden, settings.queue, settings.neighbours = 6, 40, 9
    settings.batch, settings.frames, settings.features = 4, 7, 12
    torch.manual_seed(2)
    data = views(settings, torch.device("cpu"), torch.float64)
    published = Model(settings).double()
    own = Step(settings).double()
    own.load_state_dict(published.state_dict())
    found = [take(model, optimizer_of(model), data) for model in (own, published)]
    furthest = max(abs(found[0][name] - found[1][name]).item() for name in found[1])
    pairs = zip(own.parameters(), published.parameters())
    moved = max((one - other).abs().max().item() for one, other in pairs)
    print(f"terms differ by {furthest:.1e}, parameters after the step by {moved:.1e}")
    if furthest > 1e-12 or moved > 1e-12:
        raise SystemExit("these are not the same steps")


def arguments():
    parser = argparse.ArgumentParser(description="A CMD step in PyTorch.")
    parser.add_argument("command", choices=("time", "check"))
    parser.add_argument("--precision", choices=("float32", "tf32"), default="float32")
    parser.add_argument("--recurrence", choices=("lockstep", "bidirectional"), default="lockstep")
    for name, value in (
        ("hidden", 1024), ("layers", 3), ("embedding", 128), ("features", 150), ("frames", 64),
        ("batch", 64), ("queue", 16384), ("neighbours", 8192), ("steps", 10), ("warm-up", 3),
    ):
        parser.add_argument("--" + name, type=int, default=value)
    parser.set_defaults(
        pointer=0, learning_rate=0.01, momentum=0.9, weight_decay=1e-4, key_momentum=0.999,
        weight=1.0, contrast=0.07, teacher=0.05, student=0.1,
    )
    return parser.parse_args()


if __name__ == "__main__":
    chosen = arguments()
    measure(chosen) if chosen.command == "time" else check(chosen)
