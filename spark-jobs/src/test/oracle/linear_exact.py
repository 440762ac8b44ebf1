"""Evaluates given features as `evaluate` does where nothing is random, to compare the accuracies.

    python3 linear_exact.py FEATURES DATA --which final --evaluation RUN/evaluation.json

FEATURES holds WHICH-SPLIT-MODALITY.npy, sequences × numbers, for splits train and val; DATA the labels
beside the arrays that were prepared, train_label.pkl and val_label.pkl (or .npy), in the same order.
Nearest neighbours are scikit-learn's, with the cosine; the linear classifier is PyTorch's, trained by
SGD from zeros on the features in their order, an incomplete last batch kept. The run's side of it:

    evaluate --run RUN --data PREPARED --set augment.temporal=centre --set train.shuffle=false \
        --set evaluate.linear-initial-deviation=0

Prints every accuracy, with --evaluation beside the run's; exit code 1 where one differs by more than
--tolerance percent. The numbers of epochs, batch, rate and neighbours are then the run's.
"""

import argparse
import json
import pickle
from pathlib import Path

import numpy as np
import torch
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import normalize

MODALITIES = ("joint", "motion", "bone")
STREAMS = {2: "two-stream", 3: "three-stream"}


def read_labels(data, split):
    file = data / f"{split}_label.npy"
    if file.exists():
        return np.load(file)
    with open(data / f"{split}_label.pkl", "rb") as opened:
        return np.array(pickle.load(opened)[1])


def read_features(folder, which):
    """By modality that is there, the training and the test features."""
    features = {}
    for modality in MODALITIES:
        files = [folder / f"{which}-{split}-{modality}.npy" for split in ("train", "val")]
        if files[0].exists():
            features[modality] = [np.load(file).astype("float32") for file in files]
    return features


def knn(features, labels, neighbours):
    # Streams count alike: each part of a concatenated vector has length 1.
    streams = {name: [normalize(part) for part in parts] for name, parts in features.items()}
    if len(streams) > 1:
        together = [np.hstack([parts[split] for parts in streams.values()]) for split in (0, 1)]
        streams[STREAMS[len(features)]] = together
    for name, (training, test) in streams.items():
        nearest = KNeighborsClassifier(neighbours, metric="cosine", algorithm="brute")
        yield f"knn.{name}.top1", 100 * nearest.fit(training, labels[0]).score(test, labels[1])


def linear_scores(training, labels, test, classes, settings):
    """Softmax scores of the test features after every epoch."""
    training, labels, test = torch.tensor(training), torch.tensor(labels), torch.tensor(test)
    model = torch.nn.Linear(training.shape[1], classes)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=settings.learning_rate, momentum=0.9)
    # 50 and 70 of 80 epochs, in proportion.
    falls = [milestone * settings.epochs // 80 for milestone in (50, 70)]
    for epoch in range(settings.epochs):
        passed = len({fall for fall in falls if 0 < fall <= epoch})
        optimizer.param_groups[0]["lr"] = settings.learning_rate * 0.1**passed
        for first in range(0, len(training), settings.batch):
            rows = slice(first, first + settings.batch)
            loss = torch.nn.functional.cross_entropy(model(training[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            yield torch.softmax(model(test), 1).numpy()


def linear(features, labels, settings):
    classes = 1 + max(part.max() for part in labels)
    scores = {
        name: list(linear_scores(training, labels[0], test, classes, settings))
        for name, (training, test) in features.items()
    }
    if len(scores) > 1:
        scores[STREAMS[len(features)]] = [sum(streams) for streams in zip(*scores.values())]
    for name, by_epoch in scores.items():
        accuracies = [100 * np.mean(one.argmax(1) == labels[1]) for one in by_epoch]
        yield f"linear.{name}.top1", accuracies[-1]
        yield f"linear.{name}.best-epoch.top1", max(accuracies)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("features", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--which", default="final")
    parser.add_argument("--evaluation", type=Path)
    parser.add_argument("--tolerance", type=float, default=0.005)
    parser.add_argument("--epochs", type=int, default=80)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--neighbours", type=int, default=1)
    settings = parser.parse_args()
    run = json.loads(settings.evaluation.read_text()) if settings.evaluation else {}
    settings.epochs = run.get("linear.epochs", settings.epochs)
    settings.batch = run.get("linear.batch", settings.batch)
    settings.learning_rate = float(run.get("linear.learning-rate", settings.learning_rate))
    settings.neighbours = run.get("knn.k", settings.neighbours)

    labels = [read_labels(settings.data, split) for split in ("train", "val")]
    features = read_features(settings.features, settings.which)
    differ = False
    for measure in (knn(features, labels, settings.neighbours), linear(features, labels, settings)):
        for name, accuracy in measure:
            beside = ""
            if settings.evaluation:
                theirs = run.get(name, float("nan"))
                same = abs(theirs - accuracy) <= settings.tolerance
                differ = differ or not same
                beside = f"  {theirs:8.2f}{'' if same else '  differs'}"
            print(f"{name:36}{accuracy:8.2f}{beside}")
    raise SystemExit(1 if differ else 0)


if __name__ == "__main__":
    main()
