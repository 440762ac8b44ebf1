"""Writes what PyTorch computes for small encoders, for EncoderOracleTest and FeatureNormTest.

The three recurrent layers are one nn.GRU(num_layers=3, bidirectional=True): `bidirectional` gives it
whole sequences, `lockstep` one frame at a time. All in double precision on float32 weights and
inputs, so that what the tests find is the error of one side. Run from this folder with PyTorch 1.13
or newer: python3 encoder_oracle.py
"""

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from published_model import Encoder
from tensor_file import TensorFile

RESOURCES = Path(__file__).parent.parent / "resources/dev/armature/encoder"
FEATURES, HIDDEN, LAYERS, EMBEDDING = 9, 8, 3, 5
FRAMES, SEQUENCES = 7, 6
LEARNING_RATES = (0.05, 0.05, 0.005, 0.005)
MOMENTUM, WEIGHT_DECAY, KEY_MOMENTUM = 0.9, 0.01, 0.9


class TwoHeads(Encoder):
    def __init__(self, recurrence):
        super().__init__(FEATURES, HIDDEN, LAYERS, EMBEDDING, recurrence)
        self.fc_cluster = nn.Sequential(
            nn.Linear(2 * HIDDEN, 2 * HIDDEN), nn.ReLU(), nn.Linear(2 * HIDDEN, EMBEDDING)
        )

    def forward(self, x):
        """frames × sequences × features → heads × sequences × embedding."""
        r = self.representation(x.transpose(0, 1))
        return torch.stack([functional.normalize(head(r), dim=1) for head in (self.fc, self.fc_cluster)])


def steps(recurrence):
    torch.manual_seed(7)
    query, key = TwoHeads(recurrence), TwoHeads(recurrence)
    with torch.no_grad():
        for module in (query, key):
            module.input_norm.weight.uniform_(0.5, 1.5)
            module.input_norm.bias.uniform_(-0.5, 0.5)
    queries = torch.randn(FRAMES, SEQUENCES, FEATURES) * 1.5 + 0.3
    keys = torch.randn(FRAMES, SEQUENCES + 2, FEATURES)
    direction = torch.randn(2, SEQUENCES, EMBEDDING)
    file = TensorFile()
    file.add("query.", query.state_dict().items())
    file.add("key.", key.state_dict().items())
    file.add("", [("queries", queries), ("keys", keys), ("direction", direction)])

    query, key = query.double(), key.double()
    optimizer = torch.optim.SGD(
        query.parameters(), LEARNING_RATES[0], MOMENTUM, weight_decay=WEIGHT_DECAY
    )
    for step, rate in enumerate(LEARNING_RATES):
        prefix = f"step{step}."
        optimizer.param_groups[0]["lr"] = rate
        embeddings = query(queries.double())
        optimizer.zero_grad()
        (embeddings * direction).sum().backward()
        optimizer.step()
        with torch.no_grad():
            for k, q in zip(key.parameters(), query.parameters()):
                k.copy_(k * KEY_MOMENTUM + q * (1 - KEY_MOMENTUM))
            key_embeddings = key(keys.double())
        file.add(prefix, [("query_embeddings", embeddings), ("key_embeddings", key_embeddings)])
        if step == 0:
            file.add("gradient.", [(n, p.grad) for n, p in query.named_parameters()])
    file.add("after.query.", query.state_dict().items())
    file.add("after.key.", key.state_dict().items())
    file.add(
        "after.velocity.",
        [(n, optimizer.state[p]["momentum_buffer"]) for n, p in query.named_parameters()],
    )
    query.eval()
    with torch.no_grad():
        represented = query.representation(queries.double().transpose(0, 1))
    file.add("", [("representation", represented)])
    file.write(RESOURCES / f"encoder-{recurrence}.bin")


def feature_norm():
    """Batches of several sizes, one after another; the last one's gradient; evaluation."""
    torch.manual_seed(8)
    file = TensorFile()
    norm = nn.BatchNorm1d(5)
    with torch.no_grad():
        norm.weight.uniform_(0.5, 1.5)
        norm.bias.uniform_(-0.5, 0.5)
        norm.running_mean.uniform_(-0.5, 0.5)
        norm.running_var.uniform_(0.5, 1.5)
    file.add("start.", norm.state_dict().items())
    norm = norm.double()
    # Means that are large beside the spreads, and a feature that never changes.
    centre, spread = torch.tensor([0.0, 3, -2, 0.5, 1]), torch.tensor([1, 0.2, 0.5, 2, 0])
    for batch, (sequences, frames) in enumerate([(6, 40), (1, 2), (5, 7)]):
        x = torch.randn(sequences, frames, 5) * spread + centre
        leaf = x.double().requires_grad_()
        y = norm(leaf.transpose(1, 2)).transpose(1, 2)
        prefix = f"batch{batch}."
        file.add(prefix, [("x", x.flatten(0, 1)), ("y", y.flatten(0, 1))])
        file.add(prefix, norm.state_dict().items())
    slope = torch.randn(y.shape)
    norm.zero_grad()
    (y * slope).sum().backward()
    file.add(
        "gradient.",
        [
            ("y", slope.flatten(0, 1)),
            ("x", leaf.grad.flatten(0, 1)),
            ("weight", norm.weight.grad),
            ("bias", norm.bias.grad),
        ],
    )
    norm.eval()
    file.add("evaluated.", [("y", norm(leaf.transpose(1, 2)).transpose(1, 2).flatten(0, 1))])
    file.write(RESOURCES / "feature-norm.bin")


if __name__ == "__main__":
    for chosen in ("lockstep", "bidirectional"):
        steps(chosen)
    feature_norm()
