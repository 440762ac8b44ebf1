"""Writes fifty whole training steps of three modalities, for LocalTrainerOracleTest.

The published model (published_model.py) on sequences of four joints and up to two persons, in
double precision on float32 weights, keys and joints. The queues are no multiple of the batch, so
that a batch of keys wraps around; the rate falls after the seventh epoch. With this seed and rate
float32 alone puts no term off by more than 5e-6; at 0.05 it is ten times as much. Run from this folder with
PyTorch 1.13 or newer: python3 round_oracle.py
"""

from argparse import Namespace
from pathlib import Path

import torch

import published_model
from published_model import MODALITIES, draw_start, fill_queues, train, views
from tensor_file import TensorFile

FOLDER = Path(__file__).parent.parent / "resources/dev/armature/round"
PARENTS, FRAMES, LONGEST, SEQUENCES = [0, 0, 1, 1], 12, 30, 22
SETTINGS = Namespace(
    features=24, hidden=6, layers=3, embedding=6, recurrence="lockstep", queue=30, pointer=27,
    neighbours=9, batch=4, learning_rate=0.02, milestones=[7], momentum=0.9, weight_decay=1e-3,
    key_momentum=0.95, weight=0.7, contrast=0.07, teacher=0.05, student=0.1, seed=3,
)


def sequences():
    """Joints that wave: sequences × 3 × frames × joints × persons; frames of each, persons of each."""
    frames = torch.randint(10, LONGEST + 1, (SEQUENCES,))
    persons = torch.randint(1, 3, (SEQUENCES,))
    shape = (SEQUENCES, 3, 1, 4, 2)
    time = torch.arange(LONGEST).reshape(1, 1, -1, 1, 1)
    tempo = 0.05 + 0.4 * torch.rand(SEQUENCES, 1, 1, 1, 1)
    joints = torch.randn(shape) + torch.rand(shape) * torch.sin(tempo * time + 6 * torch.rand(shape))
    for one, count in zip(joints, persons):
        one[..., count:] = 0
    return joints, frames, persons


def add_state(file, prefix, model, optimizer, modalities):
    for m in modalities:
        query = model.query(m)
        file.add(f"{prefix}{m}.query.", query.state_dict().items())
        file.add(f"{prefix}{m}.key.", model.key(m).state_dict().items())
        state = optimizer.state
        found = [(n, state[p]["momentum_buffer"]) for n, p in query.named_parameters() if p in state]
        file.add(f"{prefix}{m}.velocity.", found)
        # Keys along the rows, as Armature has them.
        file.add(f"{prefix}{m}.", [("queue", model.queue_of(m).T)])


def main():
    model = draw_start(SETTINGS)
    joints, frames, persons = sequences()
    data = views(joints.numpy(), frames, torch.float32, PARENTS, FRAMES)
    fill_queues(model, data)
    file = TensorFile()
    file.add("", [("joints", joints), ("frames", frames), ("persons", persons)])
    optimizer = published_model.optimizer_of(model)
    add_state(file, "start.", model, optimizer, MODALITIES)

    model = model.double()
    optimizer = published_model.optimizer_of(model)
    data = views(joints.numpy(), frames, torch.float64, PARENTS, FRAMES)

    def keep(epoch, done):
        if done == 25:
            add_state(file, "middle.", model, optimizer, MODALITIES)

    lines = train(model, optimizer, 0, data, 50, keep)
    for name in [n for n in lines[0] if n not in ("step", "epoch")]:
        file.add("terms.", [(name, torch.tensor([line[name] for line in lines]))])
    add_state(file, "final.", model, optimizer, ["motion"])
    file.write(FOLDER / "steps.bin")
    print(f"smallest gap between the last neighbour and the next: {model.smallest_gap:.2e}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
