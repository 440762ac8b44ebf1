"""Writes the NumPy files that the tests of dataset.numpy read.

A coordinate's value names its place: sequence + axis/8 + frame/128 + joint/4096 + person/8192, all
of which a float32 holds exactly. Run: python3 numpy_layout.py ../resources/numpy
"""

import os
import pickle
import sys

import numpy as np

folder = sys.argv[1]


def values(sequences, frames, joints, persons, dtype):
    n, c, t, v, m = np.meshgrid(
        *[np.arange(size) for size in (sequences, 3, frames, joints, persons)], indexing="ij"
    )
    return (n + 1 + c / 8 + t / 128 + v / 4096 + m / 8192).astype(dtype)


def path(*parts):
    full = os.path.join(folder, *parts)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


train = values(3, 6, 25, 2, np.float32)
train[1, :, :, :, 1] = 0  # the second sequence has one person
train[2, 1, 3, 4, 0] = np.nan  # the third is damaged: frame 4, joint 5
np.save(path("good", "train_data_joint.npy"), train)
np.save(path("good", "train_num_frame.npy"), np.array([6, 4, 6], dtype=np.int64))
names = ["S001C002P003R002A004.skeleton", "S001C001P001R001A001.skeleton", "S003C001P001R001A002.skeleton"]
with open(path("good", "train_label.pkl"), "wb") as out:
    pickle.dump((names, [3, 0, 1]), out, protocol=2)

val = values(2, 5, 25, 2, np.float64)
np.save(path("good", "val_data_joint.npy"), val)
np.save(path("good", "val_num_frame.npy"), np.array([5, 1], dtype=np.int32))
np.save(path("good", "val_label.npy"), np.array([2, 1], dtype=np.int64))

np.save(path("fortran.npy"), np.asfortranarray(values(1, 2, 25, 2, np.float32)))
np.save(path("bigendian.npy"), values(1, 2, 25, 2, np.float32).astype(">f4"))
np.save(path("joints17.npy"), values(1, 2, 17, 2, np.float32))
with open(path("protocol4_label.pkl"), "wb") as out:
    pickle.dump((["a", "b"], [1, 0]), out, protocol=4)
with open(path("foreign_label.pkl"), "wb") as out:
    pickle.dump((["a"], np.array([1])), out, protocol=2)
with open(path("foreign4_label.pkl"), "wb") as out:
    pickle.dump((["a"], np.array([1])), out, protocol=4)
