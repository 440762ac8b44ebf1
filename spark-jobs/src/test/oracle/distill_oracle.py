"""Writes the fixture of the distill tests: CMD's losses and gradients, by PyTorch's autograd.

Written from the papers' formulas (MoCo, equation 1; CMD, section 3.3), in double precision on
float32 inputs. Run from this folder with PyTorch 1.13 or newer: python3 distill_oracle.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

RESOURCES = Path(__file__).parent.parent / "resources/dev/armature/distill"
CONTRAST, TEACHER, STUDENT = 0.07, 0.05, 0.1


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


RESOURCES.mkdir(parents=True, exist_ok=True)
cases = {
    "three modalities": case(1, 3, 64, 24, 8, 4, 1.0, False),
    "two modalities, half weight": case(2, 2, 100, 1, 5, 3, 0.5, False),
    "neighbours that tie at the border": case(3, 3, 48, 17, 8, 3, 1.0, True),
    "the whole queue": case(4, 3, 33, 33, 4, 2, 2.0, False),
}
(RESOURCES / "losses.json").write_text(json.dumps(cases))
