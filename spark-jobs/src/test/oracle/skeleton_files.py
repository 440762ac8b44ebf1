"""Writes the archives and pickles that the tests of dataset.numpy and dataset.pyskl read.

Coordinates name their place, so that a test computes them: sequence + 1 + person/2 + frame/64 +
joint/2048 + axis/8, of which a float16 holds the first terms and rounds the rest; what a float16
has is written to half.npy as float32. Run: python3 skeleton_files.py ../resources
"""

import os
import pickle
import sys
import types
import zipfile

import numpy as np

root = sys.argv[1]


def path(*parts):
    full = os.path.join(root, *parts)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def values(sequence, persons, frames, joints, axes=3):
    m, t, v, c = np.meshgrid(
        *[np.arange(size) for size in (persons, frames, joints, axes)], indexing="ij"
    )
    return sequence + 1 + m / 2 + t / 64 + v / 2048 + c / 8


# Archives: frames x (person, joint, coordinate), filled up with zeros; the second sequence has one
# person and is centred as CTR-GCN's scripts leave it, the fourth names two classes.
def archive(dtype):
    x = np.zeros((4, 7, 150), dtype=dtype)
    for sequence, (persons, frames) in enumerate([(2, 7), (1, 4), (2, 5), (1, 6)]):
        block = values(sequence, persons, frames, 25).transpose(1, 0, 2, 3)
        if sequence == 1:
            block = block - block[0, 0, 1]
        x[sequence, :frames, : persons * 75] = block.reshape(frames, -1)
    y = np.zeros((4, 3))
    y[[0, 1, 2, 3], [2, 0, 1, 1]] = 1
    y[3, 0] = 1
    return x, y


x, y = archive(np.float32)
np.savez(path("npz", "stored.npz"), x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
np.savez_compressed(path("npz", "deflated.npz"), x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
x, y = archive(np.float64)
np.savez(path("npz", "labels.npz"), x_train=x, y_train=np.array([2, 0, 1, 9]), x_test=x, y_test=y)
np.savez(path("npz", "short.npz"), x_train=x, y_train=y[:3], x_test=x, y_test=y)
np.savez(path("npz", "joints.npz"), x_train=x[:, :, :120], y_train=y, x_test=x, y_test=y)
np.savez(path("npz", "missing.npz"), x_train=x, y_train=y)
# A bomb: four gigabytes of zeros announced, none of them there.
header = b"\x93NUMPY\x01\x00\x76\x00" + (
    "{'descr': '<f4', 'fortran_order': False, 'shape': (7158278, 1, 150), }".ljust(117) + "\n"
).encode()
with zipfile.ZipFile(path("npz", "bomb.npz"), "w", zipfile.ZIP_DEFLATED) as bomb:
    bomb.writestr("x_train.npy", header + bytes(1 << 20))
    bomb.writestr("y_train.npy", header + bytes(1 << 20))


# Pickles.
def annotation(index, keypoint, **more):
    return dict(
        frame_dir="S001C00%dP001R001A00%d" % (1 + index % 3, 1 + index % 4),
        label=index % 4,
        total_frames=keypoint.shape[1],
        keypoint=keypoint,
        **more,
    )


def save(name, content, protocol, pickler=pickle.Pickler):
    with open(path("pyskl", name), "wb") as out:
        pickler(out, protocol).dump(content)


names = ["S001C00%dP001R001A00%d" % (1 + i % 3, 1 + i % 4) for i in range(6)]
splits = {
    "xsub_train": names[:4],
    "xsub_val": names[4:],
    "train": names[4:],
    "val": names[:4],
    "other": names,
}
kinds = [
    values(0, 2, 8, 25).astype(np.float16),
    values(1, 1, 6, 25).astype(">f4"),
    np.asfortranarray(values(2, 2, 5, 25).astype(np.float32)),
    values(3, 1, 40, 25).astype(np.float64),
    values(4, 2, 12, 25).astype(np.float32)[:, ::2],
    values(5, 3, 5, 25).astype(np.float32),
]
annotations = [annotation(i, kind) for i, kind in enumerate(kinds)]
annotations[1]["label"] = np.int64(1)
annotations[2]["total_frames"] = np.int32(5)
for protocol in range(2, 6):
    save("protocol%d.pkl" % protocol, dict(split=splits, annotations=annotations), protocol)
np.save(path("pyskl", "half.npy"), kinds[0].astype(np.float32))

# NumPy 2 calls the modules numpy._core; the functions are the same.
core = types.ModuleType("numpy._core.multiarray")
sys.modules["numpy._core"] = types.ModuleType("numpy._core")
sys.modules["numpy._core.multiarray"] = core


def _reconstruct(subtype, shape, dtype):
    return np.core.multiarray._reconstruct(subtype, shape, dtype)


_reconstruct.__module__ = "numpy._core.multiarray"
_reconstruct.__qualname__ = "_reconstruct"
core._reconstruct = _reconstruct


class Numpy2(pickle._Pickler):
    def reducer_override(self, value):
        if isinstance(value, np.ndarray):
            _, arguments, state = value.__reduce__()
            return _reconstruct, arguments, state
        return NotImplemented


save("numpy2.pkl", dict(split=splits, annotations=annotations), 4, Numpy2)

image = dict(img_shape=(1080, 1920), original_shape=(1080, 1920))
flat = values(0, 2, 6, 17, 2) * 100 + 16 * np.arange(17)[:, None]
flat = flat.astype(np.float16)
flat[0, 2, 5] = 0
scored = dict(keypoint_score=np.ones((2, 6, 17), np.float16), **image)
save(
    "image.pkl",
    dict(
        split=dict(train=names[:1], val=names[1:2]),
        annotations=[annotation(0, flat, **scored), annotation(1, flat, **scored)],
    ),
    4,
)

nan = values(0, 1, 5, 25).astype(np.float32)
nan[0, 3, 4, 1] = np.nan
wrong = [
    annotation(0, kinds[0]),
    annotation(1, nan),
    annotation(2, values(0, 1, 5, 17).astype(np.float32)),
    dict(annotation(3, kinds[1]), total_frames=9),
    dict(annotation(4, kinds[1]), label=-1),
    dict(annotation(5, kinds[1]), frame_dir="elsewhere"),
    dict(frame_dir="in-a-file", label=1, total_frames=4, raw_file="x.pkl"),
    annotation(0, kinds[1][:, :1]),
    annotation(0, kinds[1][..., :2]),
    annotation(0, kinds[1].astype(np.int32)),
    "text",
    annotation(0, kinds[1]),
]
for i, name in [(7, "single"), (8, "no-image"), (9, "whole"), (11, "good")]:
    wrong[i]["frame_dir"] = name
save(
    "wrong.pkl",
    dict(
        split=dict(train=names + ["in-a-file", "single", "no-image", "whole"], val=["good"]),
        annotations=wrong,
    ),
    4,
)
save("list.pkl", annotations, 4)
save("objects.pkl", dict(split=splits, annotations=[np.array([None])]), 4)


class Hostile:
    def __reduce__(self):
        return os.system, ("true",)


save("hostile.pkl", dict(split=splits, annotations=[Hostile()]), 4)
