"""Writes the fixtures of the distill tests: losses and gradients of every method, by autograd.

Written from the papers' formulas (MoCo, equation 1; CMD, section 3.3; for the others, the formulas
in the classes' documentation), in double precision on float32 inputs. Run from this folder with
PyTorch 1.13 or newer: python3 distill_oracle.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

RESOURCES = Path(__file__).parent.parent / "resources/dev/armature/distill"
CONTRAST, TEACHER, STUDENT = 0.07, 0.05, 0.1
CLUSTER = {
    "weight": 1.0,
    "most": 5,
    "leastSimilarity": 0.4,
    "temperature": 0.3,
    "excludesNeighbours": True,
    "teaches": "KEY",
    "fromInstance": 1.0,
    "fromCluster": 1.0,
    "crossModal": False,
}
NAMES = ["joint", "motion", "bone"]


def short(numbers):
    """Float32 numbers with the nine digits that tell them apart."""
    return [float(f"{number:.9g}") for number in numbers]


def unit(*shape):
    return F.normalize(torch.randn(*shape), dim=-1)


def case(seed, modalities, queue, neighbours, embedding, batch, weight, ties):
    torch.manual_seed(seed)
    queues = [unit(queue, embedding) for _ in range(modalities)]
    if ties:
        # Every key twice: the border of the neighbours falls between two equal similarities.
        for keys in queues:
            keys[queue // 2 :] = keys[: queue // 2]
    keys = [unit(batch, embedding) for _ in range(modalities)]
    queries = [unit(batch, embedding) for _ in range(modalities)]
    leaves = [q.double().requires_grad_() for q in queries]

    contrastive = []
    for q, k, negatives in zip(leaves, keys, queues):
        positive = (q * k.double()).sum(dim=1, keepdim=True)
        logits = torch.cat([positive, q @ negatives.double().T], dim=1) / CONTRAST
        contrastive.append(F.cross_entropy(logits, torch.zeros(batch, dtype=torch.long)))

    distillation = [[torch.zeros(()) for _ in range(modalities)] for _ in range(modalities)]
    for a in range(modalities):
        similarities = keys[a].double() @ queues[a].double().T
        # A stable sort takes the lower position of equal ones, which topk does not promise.
        values, positions = torch.sort(similarities, dim=1, descending=True, stable=True)
        values, positions = values[:, :neighbours], positions[:, :neighbours]
        teacher = F.softmax(values / TEACHER, dim=1)
        for b in range(modalities):
            if a != b:
                student = torch.gather(leaves[b] @ queues[b].double().T, 1, positions)
                student = F.log_softmax(student / STUDENT, dim=1)
                distillation[a][b] = F.kl_div(student, teacher, reduction="batchmean")

    total = sum(contrastive) + weight * sum(sum(row) for row in distillation)
    total.backward()
    return {
        "queue": queue,
        "neighbours": neighbours,
        "embedding": embedding,
        "batch": batch,
        "weight": weight,
        "queues": [x.flatten().tolist() for x in queues],
        "keys": [x.flatten().tolist() for x in keys],
        "queries": [x.flatten().tolist() for x in queries],
        "contrastive": [x.item() for x in contrastive],
        "distillation": [[x.item() for x in row] for row in distillation],
        "total": total.item(),
        "gradients": [x.grad.flatten().tolist() for x in leaves],
    }


class Method:
    """One batch under one method, whole matrices at a time."""

    def __init__(self, seed, settings):
        torch.manual_seed(seed)
        self.s = settings
        self.modalities = settings["modalities"]
        self.heads = 2 if settings["method"] == "I2MD" else 1
        shape = (self.heads, self.modalities)
        batch, queue, embedding = settings["batch"], settings["queue"], settings["embedding"]
        self.queues = unit(*shape, queue, embedding)
        self.keys = unit(*shape, batch, embedding)
        self.queries = unit(*shape, batch, embedding)
        self.leaves = self.queries.double().requires_grad_()
        self.k = self.keys.double()
        self.n = self.queues.double()
        self.terms = {}
        self.total = 0

    def add(self, name, weight, losses):
        self.terms[name] = losses.mean().item()
        self.total = self.total + weight * losses.mean()

    def logits(self, query, key, queue, left_out=None):
        """One row a sequence: the key's logit, then the queue's."""
        negatives = query @ queue.T
        if left_out is not None:
            negatives = negatives.masked_fill(left_out, -float("inf"))
        return torch.cat([(query * key).sum(1, keepdim=True), negatives], dim=1) / CONTRAST

    def teacher(self, key, queue):
        """Probabilities over the whole queue, 0 off the neighbours."""
        similarities = key @ queue.T
        values, order = torch.sort(similarities, dim=1, descending=True, stable=True)
        count = self.s["neighbours"]
        p = F.softmax(values[:, :count] / TEACHER, dim=1)
        return torch.zeros_like(similarities).scatter(1, order[:, :count], p)

    def divergence(self, p, student, queue):
        """KL over the positions where the teacher has neighbours."""
        logits = (student @ queue.T / STUDENT).masked_fill(p == 0, -float("inf"))
        log_s = F.log_softmax(logits, dim=1).masked_fill(p == 0, 0)
        return torch.special.xlogy(p, p).sum(1) - (p * log_s).sum(1)

    def aggregate(self, key, queue):
        """The mix of every key and its neighbours, and which these are."""
        c = self.s["cluster"]
        similarities = key @ queue.T
        # A threshold in single precision, as the similarities that it is compared with.
        near = similarities >= torch.tensor(c["leastSimilarity"], dtype=torch.float32).double()
        rank = torch.argsort(torch.argsort(-similarities, dim=1, stable=True), dim=1)
        near &= rank < c["most"]
        own = torch.ones(len(key), 1, dtype=torch.double)
        logits = torch.cat([own, similarities], dim=1) / c["temperature"]
        kept = torch.cat([own.bool(), near], dim=1)
        w = F.softmax(logits.masked_fill(~kept, -float("inf")), dim=1)
        return F.normalize(w[:, :1] * key + w[:, 1:] @ queue, dim=1), near

    def contrast(self):
        for m in range(self.modalities):
            rows = self.logits(self.leaves[0, m], self.k[0, m], self.n[0, m])
            self.add(f"contrastive.{NAMES[m]}", 1, -F.log_softmax(rows, dim=1)[:, 0])

    def pairs(self):
        for a in range(self.modalities):
            for b in range(self.modalities):
                if a != b:
                    yield a, b, f"{NAMES[a]}-{NAMES[b]}"

    def distil(self, head, teachers, suffix=""):
        weight = self.s["weight"]
        if self.s["topology"] == "CONSENSUS":
            p = torch.stack(teachers).mean(0)
            for b in range(self.modalities):
                loss = self.divergence(p, self.leaves[head, b], self.n[head, b])
                self.add(f"distillation.consensus-{NAMES[b]}{suffix}", weight, loss)
        else:
            for a, b, name in self.pairs():
                loss = self.divergence(teachers[a], self.leaves[head, b], self.n[head, b])
                self.add(f"distillation.{name}{suffix}", weight, loss)

    def teachers(self, head, keys):
        return [self.teacher(keys[m], self.n[head, m]) for m in range(self.modalities)]

    def mcl(self):
        self.contrast()
        for a, b, name in self.pairs():
            rows = self.logits(self.leaves[0, b], self.k[0, a], self.n[0, a])
            self.add(f"mcl.{name}", self.s["weight"], -F.log_softmax(rows, dim=1)[:, 0])

    def crosclr(self):
        for a, b, name in self.pairs():
            found = torch.topk(self.k[0, a] @ self.n[0, a].T, self.s["mining"]["positives"]).indices
            rows = self.logits(self.leaves[0, b], self.k[0, b], self.n[0, b])
            chosen = torch.zeros_like(rows).scatter(1, found + 1, 1)
            chosen[:, 0] = 1
            logs = F.log_softmax(rows, dim=1)
            if self.s["mining"]["form"] == "MEAN_OF_LOGS":
                loss = -(logs * chosen).sum(1) / chosen.sum(1)
            else:
                loss = -torch.log((logs.exp() * chosen).sum(1))
            self.add(f"mining.{name}", self.s["weight"] / (self.modalities - 1), loss)
        total = self.total
        self.contrast()
        if not self.s["mining"]["besideContrast"]:
            self.total = total

    def cmd(self):
        self.contrast()
        self.distil(0, self.teachers(0, self.k[0]))

    def i2md(self):
        c = self.s["cluster"]
        self.cmd()
        mixed = []
        for m in range(self.modalities):
            mix, near = self.aggregate(self.k[1, m], self.n[1, m])
            mixed.append(mix)
            left_out = near if c["excludesNeighbours"] else None
            rows = self.logits(self.leaves[1, m], mix, self.n[1, m], left_out)
            loss = -F.log_softmax(rows, dim=1)[:, 0]
            self.add(f"cluster.{NAMES[m]}", c["weight"], loss)
        instance = self.teachers(0, self.k[0])
        cluster = self.teachers(1, mixed if c["teaches"] == "AGGREGATE" else self.k[1])
        if c["crossModal"]:
            self.distil(1, cluster, ".cluster")
        for m in range(self.modalities):
            loss = self.divergence(instance[m], self.leaves[1, m], self.n[1, m])
            self.add(f"intra.{NAMES[m]}.instance-cluster", c["fromInstance"], loss)
            loss = self.divergence(cluster[m], self.leaves[0, m], self.n[0, m])
            self.add(f"intra.{NAMES[m]}.cluster-instance", c["fromCluster"], loss)

    def result(self):
        getattr(self, self.s["method"].lower())()
        self.total.backward()

        def by_modality(x):
            return [x[:, m].flatten().tolist() for m in range(self.modalities)]

        return {
            **self.s,
            "queues": [short(x) for x in self.queues.flatten(0, 1).flatten(1).tolist()],
            "keys": [short(x) for x in by_modality(self.keys)],
            "queries": [short(x) for x in by_modality(self.queries)],
            "terms": self.terms,
            "total": self.total.item(),
            "gradients": [short(x) for x in by_modality(self.leaves.grad)],
        }


def method(seed, name, cluster=None, **changes):
    settings = {
        "method": name,
        "modalities": 3,
        "queue": 40,
        "neighbours": 12,
        "embedding": 6,
        "batch": 3,
        "weight": 1.0,
        "topology": "PAIRWISE",
        "mining": {"positives": 1, "form": "MEAN_OF_LOGS", "besideContrast": False},
        "cluster": {**CLUSTER, **(cluster or {})},
        **changes,
    }
    return Method(seed, settings).result()


def mining(positives, form, beside=False):
    return {"positives": positives, "form": form, "besideContrast": beside}


RESOURCES.mkdir(parents=True, exist_ok=True)
cases = {
    "three modalities": case(1, 3, 64, 24, 8, 4, 1.0, False),
    "two modalities, half weight": case(2, 2, 100, 1, 5, 3, 0.5, False),
    "neighbours that tie at the border": case(3, 3, 48, 17, 8, 3, 1.0, True),
    "the whole queue": case(4, 3, 33, 33, 4, 2, 2.0, False),
}
(RESOURCES / "losses.json").write_text(json.dumps(cases))
methods = {
    "mcl": method(11, "MCL", weight=0.8),
    "mcl of two": method(12, "MCL", modalities=2, queue=33, batch=4),
    "crosclr, one positive": method(13, "CROSCLR", weight=0.8),
    "crosclr, five positives": method(14, "CROSCLR", mining=mining(5, "MEAN_OF_LOGS")),
    "crosclr, sum of likelihoods": method(15, "CROSCLR", mining=mining(4, "LOG_OF_SUM", True)),
    "consensus": method(16, "CMD", topology="CONSENSUS", weight=1.5),
    "consensus over whole queues": method(17, "CMD", topology="CONSENSUS", neighbours=40),
    "i2md": method(18, "I2MD"),
    "i2md, weights": method(
        19,
        "I2MD",
        weight=0.4,
        cluster={"weight": 0.3, "fromInstance": 0.7, "fromCluster": 1.9, "most": 2},
    ),
    "i2md, other readings": method(
        20,
        "I2MD",
        topology="CONSENSUS",
        modalities=2,
        cluster={"excludesNeighbours": False, "teaches": "AGGREGATE", "crossModal": True},
    ),
    "i2md, pairs of cluster branches": method(
        21, "I2MD", modalities=2, cluster={"crossModal": True, "leastSimilarity": 0.2, "most": 40}
    ),
}
(RESOURCES / "methods.json").write_text(json.dumps(methods))
