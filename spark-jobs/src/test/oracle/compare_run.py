"""Compares a run with the oracle's, or one checkpoint with another.

    python3 compare_run.py steps RUN/metrics.jsonl ORACLE/steps.json
    python3 compare_run.py checkpoints EXPORTED.pth.tar ORACLE/final.pth.tar
    python3 compare_run.py features EXPORTED/features ORACLE/features

`steps` prints every term's largest relative error and the step it is at, over the steps that both
files have (either may be a run or an oracle's), `checkpoints` the relative norm of the difference of
every encoder, its momentum and its queue, `features` that of every pair of .npy files of one name.
Exit code 1 where one is above --tolerance (1e-4) or something is missing. Needs PyTorch and NumPy.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

ENCODERS = [f"encoder_{branch}{of}" for of in ("", "_motion", "_bone") for branch in "qk"]
STATISTICS = ("running_mean", "running_var")


def read_steps(path):
    """By step, the line of a metrics.jsonl or a steps.json."""
    if path.suffix == ".json":
        lines = json.loads(path.read_text())["steps"]
    else:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        lines = [line for line in lines if line["type"] == "step"]
    return {line["step"]: line for line in lines}


def steps(ours, theirs, offset):
    ours, theirs = read_steps(ours), read_steps(theirs)
    ours = {step + offset: line for step, line in ours.items()}
    common = sorted(ours.keys() & theirs.keys())
    if not common:
        raise SystemExit(f"no step in common: {sorted(ours)} and {sorted(theirs)}")
    print(f"steps {common[0]} to {common[-1]}, {len(common)} of {len(ours)} and {len(theirs)}")
    terms = [name for name in theirs[common[0]] if name not in ("step", "epoch")]
    for name in terms:
        errors = [
            (abs(ours[step].get(name, np.nan) - theirs[step][name]) / abs(theirs[step][name]), step)
            for step in common
        ]
        # A term that is missing is NaN, which no comparison would find.
        worst = max(errors, key=lambda error: (np.isnan(error[0]), error[0]))
        yield f"{name} (step {worst[1]})", worst[0]


def vector(tensors):
    return np.concatenate([tensor.double().numpy().ravel() for tensor in tensors])


def difference(ours, theirs):
    """Norm of the difference by the norm of theirs."""
    if ours.shape != theirs.shape:
        raise SystemExit(f"shapes {ours.shape} and {theirs.shape}")
    # Two that are zero are equal; a fresh optimizer's momentum is.
    return np.linalg.norm(ours - theirs) / max(np.linalg.norm(theirs), 1e-30)


def momentum(content, encoder):
    """The buffers of one encoder; zeros where the optimizer has none yet."""
    state, at = content["optimizer"]["state"], 0
    buffers = []
    for of in ENCODERS:
        for name, tensor in content["state_dict"].items():
            counted = name.startswith(of + ".") and "running" not in name and "num_" not in name
            if counted:
                if of == encoder:
                    found = state.get(at, {}).get("momentum_buffer")
                    buffers.append(torch.zeros_like(tensor) if found is None else found)
                at += 1
    return vector(buffers)


def checkpoints(ours, theirs, _):
    ours, theirs = (torch.load(path, map_location="cpu") for path in (ours, theirs))
    state, expected = ours["state_dict"], theirs["state_dict"]
    if state.keys() != expected.keys():
        raise SystemExit(f"names that only one has: {sorted(state.keys() ^ expected.keys())}")
    for encoder in ENCODERS:
        names = [n for n in expected if n.startswith(encoder + ".") and "num_batches" not in n]
        for what, wanted in (
            ("weights", [n for n in names if not n.endswith(STATISTICS)]),
            ("statistics", [n for n in names if n.endswith(STATISTICS)]),
        ):
            pair = [vector([content[n] for n in wanted]) for content in (state, expected)]
            yield f"{encoder} {what}", difference(*pair)
        if encoder.startswith("encoder_q"):
            yield f"{encoder} momentum", difference(momentum(ours, encoder), momentum(theirs, encoder))
    for name in expected:
        if name.startswith("queue") and "ptr" not in name:
            yield name, difference(vector([state[name]]), vector([expected[name]]))
        elif name.startswith("queue_ptr") or name.endswith("num_batches_tracked"):
            found, wanted = int(state[name]), int(expected[name])
            if found != wanted:
                yield f"{name}: {found}, expected {wanted}", np.inf
    if ours["epoch"] != theirs["epoch"]:
        yield f"epoch: {ours['epoch']}, expected {theirs['epoch']}", np.inf


def features(ours, theirs, _):
    names = sorted(path.name for path in theirs.glob("*.npy") if (ours / path.name).exists())
    if not names:
        raise SystemExit(f"no file of {theirs} is in {ours}")
    for name in names:
        yield name, difference(np.load(ours / name), np.load(theirs / name))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = {"steps": steps, "checkpoints": checkpoints, "features": features}
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("ours", type=Path)
    parser.add_argument("theirs", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--offset", type=int, default=0, help="of our steps against theirs")
    chosen = parser.parse_args()
    failed = False
    for what, error in kinds[chosen.kind](chosen.ours, chosen.theirs, chosen.offset):
        close = error <= chosen.tolerance
        failed |= not close
        print(f"{what:<52} {error:9.2e} {'' if close else '  above ' + str(chosen.tolerance)}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
