"""UTD-MHAD for the oracle: real recordings in the authors' layout, and their features by PyTorch.

    python3 utd_mhad.py arrays --source SKELETON_FOLDER --out DATA
    python3 utd_mhad.py features --from CHECKPOINT.pth.tar --data DATA --out FEATURES

`arrays` writes what `prepare --dataset npy --layout kinect-v1 --source DATA` reads: the recordings of
odd subjects for training, the others for testing, every frame moved so that the spine is the origin.
`features` writes FEATURES/final-SPLIT-MODALITY.npy: representations by the checkpoint's query encoders in
evaluation mode, of the centre 95 %, for linear_exact.py. Needs PyTorch, NumPy and SciPy.
"""

import argparse
import pickle
import re
from pathlib import Path

import numpy as np
import published_model
import scipy.io
import torch

NAME = re.compile(r"a(\d+)_s(\d+)_t(\d+)_skeleton")
SPINE = 2
# By joint, in the order of the data set's Skeleton_joint_order.txt; the layout kinect-v1.
PARENTS = [1, 1, 1, 2, 1, 4, 5, 6, 1, 8, 9, 10, 3, 12, 13, 14, 3, 16, 17, 18]


def arrays(arguments):
    """Recordings are joints × xyz × frames; the arrays hold xyz × frames × joints × one person."""
    splits = {"train": [], "val": []}
    for path in sorted(arguments.source.glob("*_skeleton.mat")):
        action, subject, _ = map(int, NAME.match(path.stem).groups())
        recording = scipy.io.loadmat(path)["d_skel"].astype(np.float32)
        joints = recording.transpose(1, 2, 0)
        joints = joints - joints[:, :, SPINE : SPINE + 1]
        splits["train" if subject % 2 == 1 else "val"].append((path.stem, action - 1, joints))
    arguments.out.mkdir(parents=True, exist_ok=True)
    for split, recordings in splits.items():
        # No order that a data set could be sorted by.
        order = np.random.RandomState(3).permutation(len(recordings))
        recordings = [recordings[i] for i in order]
        frames = np.array([joints.shape[1] for _, _, joints in recordings])
        data = np.zeros((len(recordings), 3, frames.max(), len(PARENTS), 1), np.float32)
        for row, (_, _, joints) in zip(data, recordings):
            row[:, : joints.shape[1], :, 0] = joints
        np.save(arguments.out / f"{split}_data_joint.npy", data)
        np.save(arguments.out / f"{split}_num_frame.npy", frames.astype(np.int64))
        names, labels = [name for name, _, _ in recordings], [label for _, label, _ in recordings]
        with open(arguments.out / f"{split}_label.pkl", "wb") as out:
            pickle.dump((names, labels), out, protocol=2)
        print(f"{split}: {len(recordings)} recordings of up to {frames.max()} frames")


@torch.no_grad()
def features(arguments):
    model, _, _ = published_model.load(arguments.start, arguments)
    model.eval()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for split in ("train", "val"):
        joints = np.load(arguments.data / f"{split}_data_joint.npy")
        counts = np.load(arguments.data / f"{split}_num_frame.npy")
        views = published_model.views(joints, counts, torch.float32, PARENTS)
        for modality, x in views.items():
            parts = [model.query(modality).representation(part) for part in x.split(64)]
            np.save(arguments.out / f"final-{split}-{modality}.npy", torch.cat(parts).numpy())
    print(f"features of {arguments.start} in {arguments.out}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="UTD-MHAD for the oracle.")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("arrays")
    command.add_argument("--source", type=Path, required=True)
    command.set_defaults(function=arrays)
    command.add_argument("--out", type=Path, required=True)
    command = commands.add_parser("features")
    command.add_argument("--from", dest="start", type=Path, required=True)
    command.add_argument("--data", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--recurrence", choices=("lockstep", "bidirectional"), default="lockstep")
    defaults = {"double": False, "learning_rate": 0.01, "momentum": 0.9, "weight_decay": 1e-4}
    command.set_defaults(function=features, **defaults)
    chosen = parser.parse_args()
    chosen.function(chosen)
