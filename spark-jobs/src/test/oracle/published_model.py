"""The published CMD model and its training in PyTorch: what Armature's exact mode is compared with.

Written from the papers' formulas (MoCo, He et al., CVPR 2020; CMD, Mao et al., ECCV 2022) and a
description of the released checkpoints, independently of Armature's own code and of the authors'.
Needs PyTorch 1.13 and NumPy:

    python3 published_model.py run --out DIR --hidden 32 --queue 256 --neighbours 64 --batch 16 \
        --sequences 90 --steps 50

makes a data set, draws a start, trains, and writes into DIR:

    data/                train_ and val_ data_joint.npy, label.pkl, num_frame.npy, as the authors'
                         scripts write them. Names fall with the place in the file: what counts
                         is the order of the arrays
    start.pth.tar        {"epoch", "state_dict", "optimizer"}: epoch 0, an optimizer without momentum
    middle.pth.tar       after half the steps, which are whole epochs
    final.pth.tar        after all
    steps.json           "settings" (every size and seed) and "steps": by step, the terms under the
                         names that they have in a run's metrics.jsonl
    features/            WHICH-SPLIT-MODALITY.npy: representations (sequences × 2·hidden) of start
                         and final, split train or val, in evaluation mode

"epoch" counts the epochs that are done. Training is without chance: both views are the centre 95 %
of a sequence, resized, nothing else; batches come in the order of the file, each epoch alike, the
incomplete last one left out. The same with Armature, and compared:

    prepare --dataset npy --source DIR/data --out DATA
    import --from DIR/start.pth.tar --out START
    pretrain --conf conf/exact.conf --set init.from=START --set data.path=DATA \
        --set output.dir=RUN --set train.batch=16 --set distill.neighbours=64 --set train.epochs=10
    export --run RUN --format pytorch --out RUN.pth.tar
    python3 compare_run.py steps RUN/metrics.jsonl DIR/steps.json
    python3 compare_run.py checkpoints RUN.pth.tar DIR/final.pth.tar

(sizes are the checkpoint's; from middle.pth.tar, with --set init.epoch=5, and --offset 25 for the
steps.)

The small run that the tests use, src/test/resources/dev/armature/exchange (1.5 MB), is made by

    python3 published_model.py run --out ../resources/dev/armature/exchange --hidden 4 \
        --embedding 16 --queue 60 --pointer 39 --neighbours 16 --batch 3 --sequences 16 \
        --val-sequences 2 --longest 68 --steps 10 --learning-rate 0.05 --seed 54

where 5 steps are an epoch (the 16th sequence is left out), the queues' position wraps around after
step 7, and no key comes within 1.4e-4 of being another's last neighbour.

Other commands: `train` goes on from a checkpoint, `features` writes representations by one;
with --double either computes in double precision from the same numbers, which shows how far float32
itself is off.
"""

import argparse
import copy
import json
import math
import pickle
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

MODALITIES = ("joint", "motion", "bone")
SUFFIX = {"joint": "", "motion": "_motion", "bone": "_bone"}
FRAMES, CENTRE = 64, 0.95
# NTU RGB+D's bones, child and parent, counted from 1; joint 21 is its own parent.
BONES = (
    "1-2 2-21 3-21 4-3 5-21 6-5 7-6 8-7 9-21 10-9 11-10 12-11 13-1 14-13 15-14 16-15 17-1 18-17 "
    "19-18 20-19 21-21 22-23 23-8 24-25 25-12"
)
PARENTS = [int(bone.split("-")[1]) - 1 for bone in BONES.split()]


# ---- the model


class Recurrent(nn.Module):
    """All layers in one nn.GRU; in lockstep both its directions run forward in time."""

    def __init__(self, features, hidden, layers, recurrence):
        super().__init__()
        self.gru = nn.GRU(features, hidden, layers, batch_first=True, bidirectional=True)
        self.lockstep = recurrence == "lockstep"

    def forward(self, x):
        """sequences × frames × features → the last frame's sequences × 2·hidden."""
        if not self.lockstep:
            return self.gru(x)[0][:, -1]
        # A sequence of one frame has no direction: the "reverse" half only continues its own state.
        output, state = None, None
        for frame in x.unbind(1):
            output, state = self.gru(frame.unsqueeze(1), state)
        return output[:, 0]


class Encoder(nn.Module):
    def __init__(self, features, hidden, layers, embedding, recurrence):
        super().__init__()
        self.encoder = Recurrent(features, hidden, layers, recurrence)
        self.fc = nn.Sequential(
            nn.Linear(2 * hidden, 2 * hidden), nn.ReLU(), nn.Linear(2 * hidden, embedding)
        )
        self.input_norm = nn.BatchNorm1d(features)

    def representation(self, x):
        return self.encoder(self.input_norm(x.transpose(1, 2)).transpose(1, 2))

    def forward(self, x):
        return F.normalize(self.fc(self.representation(x)), dim=1)


class Model(nn.Module):
    """Three pairs of encoders and their queues, under the names of the released checkpoints."""

    def __init__(self, settings):
        super().__init__()
        self.settings = settings
        sizes = [getattr(settings, n) for n in "features hidden layers embedding recurrence".split()]
        for modality in MODALITIES:
            self.add_module("encoder_q" + SUFFIX[modality], Encoder(*sizes))
            self.add_module("encoder_k" + SUFFIX[modality], Encoder(*sizes))
            for parameter in self.key(modality).parameters():
                parameter.requires_grad = False
        for modality in MODALITIES:
            columns = F.normalize(torch.randn(settings.embedding, settings.queue), dim=0)
            self.register_buffer("queue" + SUFFIX[modality], columns)
            pointer = torch.full((1,), settings.pointer, dtype=torch.long)
            self.register_buffer("queue_ptr" + SUFFIX[modality], pointer)
        self.smallest_gap = math.inf

    def query(self, modality):
        return getattr(self, "encoder_q" + SUFFIX[modality])

    def key(self, modality):
        return getattr(self, "encoder_k" + SUFFIX[modality])

    def queue_of(self, modality):
        """As it is now; a copy, because what is enqueued before backward() would change it."""
        return getattr(self, "queue" + SUFFIX[modality]).clone()

    @torch.no_grad()
    def move_keys(self):
        kept = self.settings.key_momentum
        for modality in MODALITIES:
            pairs = zip(self.key(modality).parameters(), self.query(modality).parameters())
            for key, query in pairs:
                key.copy_(key * kept + query * (1 - kept))

    def neighbours(self, modality, keys):
        """Similarities and positions of each key's nearest in its own queue."""
        count = self.settings.neighbours
        # Sorting is stable: of equal similarities the lower position counts as nearer.
        found = torch.sort(keys @ self.queue_of(modality), dim=1, descending=True, stable=True)
        if count < self.settings.queue:
            gaps = found.values[:, count - 1] - found.values[:, count]
            self.smallest_gap = min(self.smallest_gap, gaps.min().item())
        return found.values[:, :count], found.indices[:, :count]

    def losses(self, views):
        """The terms of a step by name; both views are the same."""
        queries = {m: self.query(m)(views[m]) for m in MODALITIES}
        self.move_keys()
        with torch.no_grad():
            keys = {m: self.key(m)(views[m]) for m in MODALITIES}
        terms = {}
        for m in MODALITIES:
            positive = (queries[m] * keys[m]).sum(1, keepdim=True)
            logits = torch.cat([positive, queries[m] @ self.queue_of(m)], 1)
            target = torch.zeros(len(logits), dtype=torch.long, device=logits.device)
            terms["loss.contrastive." + m] = F.cross_entropy(logits / self.settings.contrast, target)
        for teacher in MODALITIES:
            similarities, positions = self.neighbours(teacher, keys[teacher])
            taught = F.softmax(similarities / self.settings.teacher, 1)
            for student in MODALITIES:
                if student != teacher:
                    own = (queries[student] @ self.queue_of(student)).gather(1, positions)
                    learned = F.log_softmax(own / self.settings.student, 1)
                    name = f"loss.distillation.{teacher}-{student}"
                    terms[name] = F.kl_div(learned, taught, reduction="batchmean")
        parts = list(terms.values())
        terms["loss.distillation"] = sum(parts[3:])
        terms["loss.total"] = sum(parts[:3]) + self.settings.weight * terms["loss.distillation"]
        self.enqueue(keys)
        return terms

    @torch.no_grad()
    def enqueue(self, keys):
        for m in MODALITIES:
            pointer = getattr(self, "queue_ptr" + SUFFIX[m])
            coming = torch.arange(len(keys[m]), device=pointer.device)
            places = (pointer + coming) % self.settings.queue
            getattr(self, "queue" + SUFFIX[m])[:, places] = keys[m].T
            pointer[0] = (pointer[0] + len(keys[m])) % self.settings.queue


def published_weights(encoder):
    """Xavier uniform for GRU matrices and the last layer; the rest as PyTorch drew it."""
    for name, parameter in encoder.encoder.gru.named_parameters():
        if name.startswith("weight"):
            nn.init.xavier_uniform_(parameter)
    nn.init.xavier_uniform_(encoder.fc[2].weight)


@torch.no_grad()
def draw_start(settings):
    """A model in which nothing is trivial: keys off the queries, norms that shift and scale."""
    torch.manual_seed(settings.seed)
    model = Model(settings)
    for modality in MODALITIES:
        query, key = model.query(modality), model.key(modality)
        published_weights(query)
        query.input_norm.weight.uniform_(0.5, 1.5)
        query.input_norm.bias.uniform_(-0.2, 0.2)
        for k, q in zip(key.parameters(), query.parameters()):
            k.copy_(q * (1 + 0.1 * torch.randn(q.shape)))
        for encoder in (query, key):
            encoder.input_norm.running_mean.uniform_(-0.1, 0.1)
            encoder.input_norm.running_var.uniform_(0.2, 1.0)
    return model


@torch.no_grad()
def fill_queues(model, data):
    """Noisy keys, as if training had gone on for a while.

    Against random directions the first losses almost vanish: of -log(0.9995) float32 keeps four
    digits, and a comparison would be one of roundings.
    """
    for m in MODALITIES:
        keys = copy.deepcopy(model.key(m)).train()(data[m])
        columns = keys[torch.arange(model.settings.queue) % len(keys)]
        noise = 0.5 * F.normalize(torch.randn(columns.shape), dim=1)
        getattr(model, "queue" + SUFFIX[m]).copy_(F.normalize(columns + noise, dim=1).T)


# ---- views


def view(joints, count, frames=FRAMES):
    """One sequence, 3 × frames × joints × persons, as the evaluation crop, resized in time."""
    margin = int((1 - CENTRE) * count / 2)
    crop = joints[:, margin : count - margin]
    axes, length, places, persons = crop.shape
    rows = crop.permute(0, 2, 3, 1).reshape(1, -1, length)
    resized = F.interpolate(rows, frames, mode="linear", align_corners=False)
    return resized.reshape(axes, places, persons, frames).permute(0, 3, 1, 2)


def modality(joints, name, parents):
    if name == "motion":
        moved = torch.zeros_like(joints)
        moved[:, :-1] = joints[:, 1:] - joints[:, :-1]
        return moved
    return joints - joints[:, :, parents] if name == "bone" else joints


def views(joints, counts, kind, parents=PARENTS, frames=FRAMES):
    """By modality, every sequence's view: sequences × frames × (joint, axis, person)."""
    every = [view(torch.tensor(j).to(kind), int(n), frames) for j, n in zip(joints, counts)]
    return {
        m: torch.stack([modality(v, m, parents).permute(1, 2, 0, 3).flatten(1) for v in every])
        for m in MODALITIES
    }


# ---- the data set


def draw_sequence(random, label, longest):
    """Limbs that swing about a pose; the actions differ in tempo and in what swings."""
    frames = random.randint(min(20, longest // 2), longest + 1)
    persons = 2 if random.rand() < 0.3 else 1
    joints = np.zeros((3, longest, 25, 2), np.float32)
    time = np.arange(frames)[None, :, None]
    for person in range(persons):
        pose = random.uniform(-0.8, 0.8, (3, 1, 25))
        swing = random.uniform(0.02, 0.3, (3, 1, 25)) * (1 + np.sin(np.arange(25) * (label + 1)))
        phase = random.uniform(0, 2 * np.pi, (3, 1, 25))
        tempo = (0.08 + 0.06 * label) * random.uniform(0.8, 1.2)
        joints[:, :frames, :, person] = pose + swing * np.sin(tempo * time + phase)
    # Centred on the mid spine of the first person, as the published preprocessing leaves it.
    joints[:, :frames, :, :persons] -= joints[:, :frames, 1:2, :1]
    # A track is filled by repeating it; few bits of mantissa, so that the file compresses.
    joints = joints[:, np.arange(longest) % frames]
    return np.round(joints * 128) / 128, frames


def write_data(folder, settings):
    random = np.random.RandomState(settings.seed)
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for split, count in (("train", settings.sequences), ("val", settings.val_sequences)):
        drawn, names, labels = [], [], []
        for _ in range(count):
            label = number % 4
            drawn.append(draw_sequence(random, label, settings.longest))
            names.append(f"S001C001P{999 - number:03d}R001A{label + 1:03d}.skeleton")
            labels.append(label)
            number += 1
        np.save(folder / f"{split}_data_joint.npy", np.stack([d for d, _ in drawn]).astype("<f4"))
        np.save(folder / f"{split}_num_frame.npy", np.array([n for _, n in drawn], np.int64))
        (folder / f"{split}_label.pkl").write_bytes(pickle.dumps((names, labels), protocol=2))


def read_views(folder, split, kind):
    joints = np.load(folder / f"{split}_data_joint.npy", mmap_mode="r")
    return views(joints, np.load(folder / f"{split}_num_frame.npy"), kind)


# ---- training


def optimizer_of(model):
    s = model.settings
    parameters = model.parameters()  # all of them, as released: the keys' have no gradient
    return torch.optim.SGD(parameters, s.learning_rate, s.momentum, weight_decay=s.weight_decay)


def save(path, epoch, model, optimizer):
    torch.save(
        {
            "epoch": epoch,
            "state_dict": {
                name: value.float() if value.is_floating_point() else value
                for name, value in model.state_dict().items()
            },
            "optimizer": optimizer.state_dict(),
        },
        path,
    )


def load(path, settings):
    """A model of the checkpoint's own sizes, in settings' precision; also optimizer and epoch."""
    content = torch.load(path, map_location="cpu")
    state = content["state_dict"]
    gru = "encoder_q.encoder.gru."
    settings.features = state[gru + "weight_ih_l0"].shape[1]
    settings.hidden = state[gru + "weight_hh_l0"].shape[1]
    settings.layers = sum(name.startswith(gru + "weight_hh") for name in state) // 2
    settings.embedding, settings.queue = state["queue"].shape
    settings.pointer = int(state["queue_ptr"])
    model = Model(settings)
    model.load_state_dict(state)
    model.to(kind_of(settings))
    optimizer = optimizer_of(model)
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer, content["epoch"]


def kind_of(settings):
    return torch.float64 if settings.double else torch.float32


def train(model, optimizer, epoch, data, steps, at_epoch_end=lambda epoch, done: None):
    """Takes steps from the start of an epoch; yields each one's line."""
    s = model.settings
    batches = len(data["joint"]) // s.batch
    model.train()
    lines = []
    for step in range(steps):
        now = epoch + step // batches
        rate = s.learning_rate * 0.1 ** sum(now >= milestone for milestone in s.milestones)
        optimizer.param_groups[0]["lr"] = rate
        first = step % batches * s.batch
        terms = model.losses({m: data[m][first : first + s.batch] for m in MODALITIES})
        optimizer.zero_grad()
        terms["loss.total"].backward()
        optimizer.step()
        line = {"step": epoch * batches + step + 1, "epoch": now + 1}
        line.update({name: term.item() for name, term in terms.items()})
        line["learning-rate"] = rate
        lines.append(line)
        if (step + 1) % batches == 0:
            at_epoch_end(now + 1, step + 1)
    return lines


@torch.no_grad()
def write_features(model, data_folder, folder, prefix):
    folder.mkdir(parents=True, exist_ok=True)
    model.eval()
    for split in ("train", "val"):
        data = read_views(data_folder, split, kind_of(model.settings))
        for m in MODALITIES:
            parts = [model.query(m).representation(part) for part in data[m].split(256)]
            found = torch.cat(parts).float().numpy()
            np.save(folder / f"{prefix}{split}-{m}.npy", found)


def write_steps(path, settings, model, lines):
    said = {
        name.replace("_", "-"): value
        for name, value in sorted(vars(settings).items())
        if isinstance(value, (int, float, str, list))
    }
    said["smallest-gap-at-last-neighbour"] = model.smallest_gap
    path.write_text(json.dumps({"settings": said, "steps": lines}, indent=0) + "\n")
    print(f"{len(lines)} steps, loss {lines[0]['loss.total']:.4f} to {lines[-1]['loss.total']:.4f}")
    print(f"smallest gap between the last neighbour and the next: {model.smallest_gap:.2e}")


# ---- the commands


def run(s):
    if s.steps % 2 != 0 or (s.steps // 2) % (s.sequences // s.batch) != 0:
        raise SystemExit(
            f"half of {s.steps} steps are no whole epochs of {s.sequences // s.batch} steps"
        )
    if s.queue % s.batch != 0 or s.pointer % s.batch != 0:
        raise SystemExit(
            f"a queue of {s.queue} from {s.pointer} is not filled by whole batches of {s.batch}"
        )
    write_data(s.out / "data", s)
    model = draw_start(s)
    fill_queues(model, read_views(s.out / "data", "train", torch.float32))
    optimizer = optimizer_of(model)
    save(s.out / "start.pth.tar", 0, model, optimizer)
    write_features(model, s.out / "data", s.out / "features", "start-")
    model.to(kind_of(s))

    def keep(epoch, done):
        if done == s.steps // 2:
            save(s.out / "middle.pth.tar", epoch, model, optimizer)
        if done == s.steps:
            save(s.out / "final.pth.tar", epoch, model, optimizer)

    data = read_views(s.out / "data", "train", kind_of(s))
    lines = train(model, optimizer, 0, data, s.steps, keep)
    write_steps(s.out / "steps.json", s, model, lines)
    write_features(model, s.out / "data", s.out / "features", "final-")


def go_on(s):
    model, optimizer, epoch = load(s.start, s)
    data = read_views(s.data, "train", kind_of(s))
    batches = len(data["joint"]) // s.batch
    s.out.mkdir(parents=True, exist_ok=True)
    lines = train(model, optimizer, epoch, data, s.steps)
    save(s.out / "final.pth.tar", epoch + s.steps // batches, model, optimizer)
    write_steps(s.out / "steps.json", s, model, lines)


def features(s):
    write_features(load(s.start, s)[0], s.data, s.out, "")


def arguments():
    parser = argparse.ArgumentParser(description="The published CMD model, without chance.")
    commands = parser.add_subparsers(required=True)
    for name, function, described in (
        ("run", run, "data set, start, training, features"),
        ("train", go_on, "go on from a checkpoint"),
        ("features", features, "representations by a checkpoint"),
    ):
        command = commands.add_parser(name, help=described)
        command.set_defaults(function=function)
        command.add_argument("--out", type=Path, required=True, help="folder to write")
        command.add_argument("--double", action="store_true", help="compute in double precision")
        command.add_argument("--recurrence", choices=("lockstep", "bidirectional"))
        command.set_defaults(recurrence="lockstep")
        if name != "run":
            command.add_argument("--from", dest="start", type=Path, required=True)
            command.add_argument("--data", type=Path, required=True)
        else:
            for size, value in (("hidden", 32), ("layers", 3), ("embedding", 128), ("queue", 256)):
                command.add_argument("--" + size, type=int, default=value)
            command.add_argument("--pointer", type=int, default=0, help="the queues' first position")
            command.add_argument("--sequences", type=int, default=90)
            command.add_argument("--val-sequences", type=int, default=30)
            command.add_argument("--longest", type=int, default=300, help="frames")
            command.add_argument("--seed", type=int, default=1)
            command.set_defaults(features=150)
        command.add_argument("--neighbours", type=int, default=64)
        command.add_argument("--batch", type=int, default=16)
        command.add_argument("--steps", type=int, default=50)
        command.add_argument("--learning-rate", type=float, default=0.01)
        command.add_argument("--milestones", type=int, nargs="*", default=[351], help="from 0")
        command.add_argument("--momentum", type=float, default=0.9)
        command.add_argument("--weight-decay", type=float, default=1e-4)
        command.add_argument("--key-momentum", type=float, default=0.999)
        command.add_argument("--weight", type=float, default=1.0, help="of the distillation terms")
        command.add_argument("--contrast", type=float, default=0.07, help="a temperature")
        command.add_argument("--teacher", type=float, default=0.05, help="a temperature")
        command.add_argument("--student", type=float, default=0.1, help="a temperature")
    return parser.parse_args()


if __name__ == "__main__":
    # One thread, whose sums have one order.
    torch.set_num_threads(1)
    chosen = arguments()
    chosen.function(chosen)
