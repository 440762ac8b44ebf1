"""Times scikit-learn's KNeighborsClassifier on features that `bench knn` wrote.

python3 neighbours_sklearn.py FOLDER METRIC NEIGHBOURS JOBS

FOLDER holds training.npy and test.npy (float32) and labels.txt, a training label a line. Prints one
JSON object: the version, the seconds of fit and predict (reading apart) and every prediction.
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.neighbors import KNeighborsClassifier

folder, metric, neighbours, jobs = sys.argv[1:]
training = np.load(f"{folder}/training.npy")
test = np.load(f"{folder}/test.npy")
labels = np.loadtxt(f"{folder}/labels.txt", dtype=np.int64)

began = time.perf_counter()
classifier = KNeighborsClassifier(
    n_neighbors=int(neighbours), metric=metric, algorithm="brute", n_jobs=int(jobs)
)
predicted = classifier.fit(training, labels).predict(test)
seconds = time.perf_counter() - began
json.dump(
    {"version": sklearn.__version__, "seconds": seconds, "predicted": predicted.tolist()},
    sys.stdout,
)
