"""Writes what PyTorch computes for small encoders, for EncoderOracleTest.

Usage: python3 encoder_oracle.py OUTPUT_FOLDER

One file per recurrence, `encoder-lockstep.bin` and `encoder-bidirectional.bin`: a text header, one
line a tensor (`name dim dim ...`), an empty line, then all tensors' numbers in that order as
little-endian float32, row-major. Encoder parameters come in PyTorch's own names and layout.
"""

import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

FEATURES, HIDDEN, LAYERS, EMBEDDING, HEADS = 9, 8, 2, 5, 2
FRAMES, SEQUENCES = 7, 6
LEARNING_RATE, MOMENTUM, WEIGHT_DECAY, KEY_MOMENTUM = 0.05, 0.9, 0.01, 0.9


class Encoder(nn.Module):
    def __init__(self, recurrence):
        super().__init__()
        self.lockstep = recurrence == "lockstep"
        self.norm = nn.BatchNorm1d(FEATURES)
        self.layers = nn.ModuleList(
            nn.GRU(FEATURES if i == 0 else 2 * HIDDEN, HIDDEN, bidirectional=True)
            for i in range(LAYERS)
        )
        self.heads = nn.ModuleList(
            nn.Sequential(
                nn.Linear(2 * HIDDEN, 2 * HIDDEN), nn.ReLU(), nn.Linear(2 * HIDDEN, EMBEDDING)
            )
            for _ in range(HEADS)
        )

    def representation(self, x):
        frames, sequences, features = x.shape
        x = self.norm(x.reshape(-1, features)).reshape(frames, sequences, features)
        for layer in self.layers:
            if self.lockstep:
                # One frame at a time: the "reverse" GRU then runs forward in time as well.
                state, outputs = None, []
                for frame in x:
                    output, state = layer(frame[None], state)
                    outputs.append(output)
                x = torch.cat(outputs)
            else:
                x, _ = layer(x)
        return x[-1]

    def forward(self, x):
        r = self.representation(x)
        return torch.stack([functional.normalize(head(r), dim=1) for head in self.heads])


def main(folder):
    for recurrence in ("lockstep", "bidirectional"):
        torch.manual_seed(7)
        query, key = Encoder(recurrence), Encoder(recurrence)
        tensors = {}

        def save(prefix, named):
            for name, tensor in named:
                if tensor.dim() > 0:
                    tensors[prefix + name] = tensor.detach().clone().numpy()

        with torch.no_grad():
            for module in (query, key):
                module.norm.weight.uniform_(0.5, 1.5)
                module.norm.bias.uniform_(-0.5, 0.5)
        save("query.", query.state_dict().items())
        save("key.", key.state_dict().items())
        x = torch.randn(FRAMES, SEQUENCES, FEATURES) * 1.5 + 0.3
        y = torch.randn(FRAMES, SEQUENCES + 2, FEATURES)
        direction = torch.randn(HEADS, SEQUENCES, EMBEDDING)
        save("", [("queries", x), ("keys", y), ("direction", direction)])

        optimizer = torch.optim.SGD(
            query.parameters(), LEARNING_RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY
        )
        for step in range(2):
            prefix = f"step{step}."
            embeddings = query(x)
            (embeddings * direction).sum().backward()
            save(prefix, [("query_embeddings", embeddings)])
            save(prefix + "gradient.", [(n, p.grad) for n, p in query.named_parameters()])
            optimizer.step()
            optimizer.zero_grad()
            save(prefix + "query.", query.state_dict().items())
            with torch.no_grad():
                for k, q in zip(key.parameters(), query.parameters()):
                    k.data = k.data * KEY_MOMENTUM + q.data * (1 - KEY_MOMENTUM)
                save(prefix, [("key_embeddings", key(y))])
            save(prefix + "key.", key.state_dict().items())
        query.eval()
        with torch.no_grad():
            save("", [("representation", query.representation(x))])

        with open(f"{folder}/encoder-{recurrence}.bin", "wb") as out:
            for name, array in tensors.items():
                out.write(f"{name} {' '.join(map(str, array.shape))}\n".encode())
            out.write(b"\n")
            for array in tensors.values():
                out.write(np.ascontiguousarray(array, dtype="<f4").tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
