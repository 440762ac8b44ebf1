"""The format of fixtures that TorchFixture reads.

A text header, one line a tensor (`name dim dim ...`), an empty line, then all tensors' numbers in
that order as little-endian float32, row-major.
"""

import numpy as np


class TensorFile:
    def __init__(self):
        self.tensors = {}

    def add(self, prefix, named):
        """Copies tensors in; a state's counters, which have no dimension, are left out."""
        for name, tensor in named:
            if tensor.dim() > 0:
                self.tensors[prefix + name] = tensor.detach().numpy().astype("<f4")

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as out:
            for name, array in self.tensors.items():
                out.write(f"{name} {' '.join(map(str, array.shape))}\n".encode())
            out.write(b"\n")
            for array in self.tensors.values():
                out.write(np.ascontiguousarray(array).tobytes())
