"""Writes twenty whole training steps of I²MD in two stages, for ClusterTrainerOracleTest.

The published model (published_model.py) with a second projection head on every encoder, its moving
average and its queue, and the cluster branch as Armature reads the paper (ClusterSettings): highly
correlated neighbours in the queue mixed into the key, contrast with the mix, distillation both ways
between the branches of a modality. Sequences and starts are those of round_oracle.py, in double
precision on float32 numbers. In the first two of four epochs nothing is distilled. Run from this
folder with PyTorch 1.13 or newer: python3 cluster_round_oracle.py
"""

from argparse import Namespace

import torch
import torch.nn.functional as F
from torch import nn

import published_model
import round_oracle
from published_model import MODALITIES, SUFFIX, Encoder, Model, draw_start, train, views
from tensor_file import TensorFile

SETTINGS = Namespace(
    **{**vars(round_oracle.SETTINGS), "milestones": [], "seed": 27},
    cluster_weight=0.8, most=4, least_similarity=0.9, mix=0.2, from_instance=0.9, from_cluster=1.3,
    first_epoch=2,
)


class TwoHeads(Encoder):
    """Puts out 2 × sequences × embedding: instance head, cluster head."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        instance = self.fc
        self.fc_cluster = nn.Sequential(*(
            nn.Linear(layer.in_features, layer.out_features) if isinstance(layer, nn.Linear) else nn.ReLU()
            for layer in instance
        ))

    def forward(self, x):
        found = self.representation(x)
        return torch.stack([F.normalize(head(found), dim=1) for head in (self.fc, self.fc_cluster)])


class ClusterModel(Model):
    def __init__(self, settings):
        plain, published_model.Encoder = published_model.Encoder, TwoHeads
        try:
            super().__init__(settings)
        finally:
            published_model.Encoder = plain
        for m in MODALITIES:
            columns = F.normalize(torch.randn(settings.embedding, settings.queue), dim=0)
            self.register_buffer("queue_cluster" + SUFFIX[m], columns)
        self.done = 0
        self.mixed = []

    def rows(self, m, head):
        """A queue with keys along the rows; a copy."""
        name = ("queue" if head == 0 else "queue_cluster") + SUFFIX[m]
        return getattr(self, name).T.clone()

    def taught(self, key, rows):
        similarities = key @ rows.T
        found = torch.sort(similarities, dim=1, descending=True, stable=True)
        count = self.settings.neighbours
        gaps = found.values[:, count - 1] - found.values[:, count]
        self.smallest_gap = min(self.smallest_gap, gaps.min().item())
        probabilities = F.softmax(found.values[:, :count] / self.settings.teacher, 1)
        return found.indices[:, :count], probabilities

    def divergence(self, teacher, query, rows):
        positions, probabilities = teacher
        own = (query @ rows.T).gather(1, positions)
        return F.kl_div(F.log_softmax(own / self.settings.student, 1), probabilities, reduction="batchmean")

    def mix(self, key, rows):
        """Each key with its nearest, as far as they are near enough; and which these are."""
        s = self.settings
        mixed, near = [], torch.zeros(len(key), len(rows), dtype=torch.bool)
        for i, one in enumerate(key):
            similarities = rows @ one
            order = torch.argsort(-similarities, stable=True)[: s.most]
            chosen = order[similarities[order] >= s.least_similarity]
            near[i, chosen] = True
            self.smallest_gap = min(self.smallest_gap, (similarities - s.least_similarity).abs().min().item())
            members = torch.cat([one[None], rows[chosen]])
            weights = F.softmax(members @ one / s.mix, 0)
            mixed.append(F.normalize(weights @ members, dim=0))
            self.mixed.append(len(chosen))
        return torch.stack(mixed), near

    def contrast(self, query, positive, rows, left_out=None):
        negatives = query @ rows.T
        if left_out is not None:
            negatives = negatives.masked_fill(left_out, -float("inf"))
        logits = torch.cat([(query * positive).sum(1, keepdim=True), negatives], 1) / self.settings.contrast
        return -F.log_softmax(logits, 1)[:, 0].mean()

    def losses(self, views):
        s = self.settings
        batches = round_oracle.SEQUENCES // s.batch
        begun = self.done // batches >= s.first_epoch
        self.done += 1
        queries = {m: self.query(m)(views[m]) for m in MODALITIES}
        self.move_keys()
        with torch.no_grad():
            keys = {m: self.key(m)(views[m]) for m in MODALITIES}
        terms, mixed_counts = {}, {}
        total = 0

        def add(name, weight, value):
            nonlocal total
            terms["loss." + name] = value if weight > 0 else 0 * value
            total = total + weight * value

        for m in MODALITIES:
            add("contrastive." + m, 1, self.contrast(queries[m][0], keys[m][0], self.rows(m, 0)))
        taught = {(m, h): self.taught(keys[m][h], self.rows(m, h)) for m in MODALITIES for h in (0, 1)}
        for a in MODALITIES:
            for b in MODALITIES:
                if a != b:
                    value = self.divergence(taught[a, 0], queries[b][0], self.rows(b, 0))
                    add(f"distillation.{a}-{b}", s.weight * begun, value)
        for m in MODALITIES:
            mixed, near = self.mix(keys[m][1], self.rows(m, 1))
            mixed_counts["mixed." + m] = near.double().sum(1).mean()
            add("cluster." + m, s.cluster_weight, self.contrast(queries[m][1], mixed, self.rows(m, 1), near))
            value = self.divergence(taught[m, 0], queries[m][1], self.rows(m, 1))
            add(f"intra.{m}.instance-cluster", s.from_instance * begun, value)
            value = self.divergence(taught[m, 1], queries[m][0], self.rows(m, 0))
            add(f"intra.{m}.cluster-instance", s.from_cluster * begun, value)
        for family in ("distillation", "cluster", "intra"):
            terms["loss." + family] = sum(v for n, v in list(terms.items()) if n.startswith(f"loss.{family}."))
        terms["loss.total"] = total
        terms.update(mixed_counts)
        self.enqueue_both(keys)
        return terms

    @torch.no_grad()
    def enqueue_both(self, keys):
        for m in MODALITIES:
            pointer = getattr(self, "queue_ptr" + SUFFIX[m])
            places = (pointer + torch.arange(keys[m].shape[1])) % self.settings.queue
            getattr(self, "queue" + SUFFIX[m])[:, places] = keys[m][0].T
            getattr(self, "queue_cluster" + SUFFIX[m])[:, places] = keys[m][1].T
            pointer[0] = (pointer[0] + keys[m].shape[1]) % self.settings.queue


@torch.no_grad()
def start(data):
    plain, published_model.Model = published_model.Model, ClusterModel
    try:
        model = draw_start(SETTINGS)
    finally:
        published_model.Model = plain
    for m in MODALITIES:
        nn.init.xavier_uniform_(model.query(m).fc_cluster[2].weight)
        for k, q in zip(model.key(m).fc_cluster.parameters(), model.query(m).fc_cluster.parameters()):
            k.copy_(q * (1 + 0.1 * torch.randn(q.shape)))
        # Noisy keys, as fill_queues has them, of both heads.
        found = model.key(m).train()(data[m])
        running = model.key(m).input_norm
        running.running_mean.uniform_(-0.1, 0.1)
        running.running_var.uniform_(0.2, 1.0)
        for head, name in enumerate(("queue", "queue_cluster")):
            keys = found[head][torch.arange(SETTINGS.queue) % len(data[m])]
            noise = 0.5 * F.normalize(torch.randn(keys.shape), dim=1)
            getattr(model, name + SUFFIX[m]).copy_(F.normalize(keys + noise, dim=1).T)
    return model


def add_state(file, prefix, model, optimizer, modalities):
    round_oracle.add_state(file, prefix, model, optimizer, modalities)
    for m in modalities:
        file.add(f"{prefix}{m}.", [("queue_cluster", model.rows(m, 1))])


def main():
    torch.manual_seed(SETTINGS.seed)
    joints, frames, persons = round_oracle.sequences()
    model = start(views(joints.numpy(), frames, torch.float32, round_oracle.PARENTS, round_oracle.FRAMES))
    file = TensorFile()
    file.add("", [("joints", joints), ("frames", frames), ("persons", persons)])
    add_state(file, "start.", model, published_model.optimizer_of(model), MODALITIES)
    model = model.double()
    data = views(joints.numpy(), frames, torch.float64, round_oracle.PARENTS, round_oracle.FRAMES)
    optimizer = published_model.optimizer_of(model)
    lines = train(model, optimizer, 0, data, 20)
    for name in [n for n in lines[0] if n not in ("step", "epoch")]:
        file.add("terms.", [(name, torch.tensor([line[name] for line in lines]))])
    add_state(file, "final.", model, optimizer, ["motion"])
    file.write(round_oracle.FOLDER / "cluster-steps.bin")
    counts = sorted(set(model.mixed))
    print(f"smallest gap that decides on a neighbour: {model.smallest_gap:.2e}; neighbours mixed: {counts}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
