"""Writes the fixtures that the evaluate package's tests compare with.

    python3 spark-jobs/src/test/oracle/evaluate.py

neighbours.json: scikit-learn's exact cosine neighbours. linear.json: PyTorch's softmax regression by
SGD with momentum, batches in a given order, the last one incomplete. retrieval.json: scikit-learn's
average precision of ranked lists.
"""

import json
import pathlib

import numpy
import torch
from sklearn.metrics import average_precision_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "resources" / "evaluate"


def numbers(array):
    return [float(f"{value:.9g}") for value in numpy.asarray(array, dtype=numpy.float64).ravel()]


def neighbours():
    random = numpy.random.RandomState(1)
    classes, dimensions = 5, 9
    centres = random.randn(classes, dimensions)

    def draw(rows):
        labels = random.randint(0, classes, rows)
        return (centres[labels] + 1.2 * random.randn(rows, dimensions)).astype("float32"), labels

    training, training_labels = draw(70)
    queries, query_labels = draw(30)
    search = NearestNeighbors(n_neighbors=7, metric="cosine", algorithm="brute").fit(training)
    distances, indices = search.kneighbors(queries)
    nearest = KNeighborsClassifier(n_neighbors=1, metric="cosine", algorithm="brute")
    accuracy = nearest.fit(training, training_labels).score(queries, query_labels)
    # Seven votes of five classes: many queries have ties.
    votes = KNeighborsClassifier(n_neighbors=7, metric="cosine", algorithm="brute")
    predicted = votes.fit(training, training_labels).predict(queries)
    return {
        "classes": classes,
        "columns": dimensions,
        "training": numbers(training),
        "trainingLabels": training_labels.tolist(),
        "queries": numbers(queries),
        "queryLabels": query_labels.tolist(),
        "neighbours": 7,
        "indices": indices.ravel().tolist(),
        "similarities": numbers(1 - distances),
        "predicted": predicted.tolist(),
        "nearestAccuracy": 100 * accuracy,
    }


def linear():
    torch.manual_seed(2)
    rows, columns, classes, batch = 22, 6, 4, 8
    features = torch.randn(rows, columns)
    labels = torch.randint(0, classes, (rows,))
    model = torch.nn.Linear(columns, classes)
    torch.nn.init.normal_(model.weight, 0, 0.01)
    torch.nn.init.zeros_(model.bias)
    weights = model.weight.detach().clone()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0)
    rates, orders, losses = [0.1, 0.1, 0.01], [], []
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        order = torch.randperm(rows)
        orders += order.tolist()
        for first in range(0, rows, batch):
            chosen = order[first : first + batch]
            loss = torch.nn.functional.cross_entropy(model(features[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return {
        "rows": rows,
        "columns": columns,
        "classes": classes,
        "batch": batch,
        "rates": rates,
        "momentum": 0.9,
        "features": numbers(features),
        "labels": labels.tolist(),
        "initialWeights": numbers(weights),
        "orders": orders,
        "losses": numbers(losses),
        "weights": numbers(model.weight.detach()),
        "bias": numbers(model.bias.detach()),
        "scores": numbers(torch.softmax(model(features), 1).detach()),
    }


def retrieval():
    random = numpy.random.RandomState(3)
    items, cutoffs, lists = 40, [1, 5, 10, 40], []
    for share in (0.05, 0.1, 0.3, 0.5, 0.9, 1.0):
        relevant = random.rand(items) < share
        relevant[random.randint(items)] = True
        # Distinct: scikit-learn takes equal scores as one step.
        scores = numpy.linspace(1, 0, items)
        lists.append(
            {
                "relevance": relevant.astype(int).tolist(),
                "averagePrecision": average_precision_score(relevant, scores),
                "precisions": [float(relevant[:cutoff].mean()) for cutoff in cutoffs],
            }
        )
    return {"cutoffs": cutoffs, "lists": lists}


FIXTURES = {"neighbours": neighbours, "linear": linear, "retrieval": retrieval}

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, fixture in FIXTURES.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(fixture()) + "\n")
