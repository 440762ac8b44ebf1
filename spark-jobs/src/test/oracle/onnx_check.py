"""Checks an exported ONNX model: valid by the specification, and the same numbers from ONNX Runtime
as from the specification's own reference implementation, for several batch sizes and lengths.

    python3 onnx_check.py MODEL.onnx

Needs the packages onnx and onnxruntime. Run by hand; the tests do not need it.
"""

import sys

import numpy
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator

TOLERANCE = 1e-5


def main(path):
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    print(f"valid: IR {model.ir_version}, operator set {model.opset_import[0].version}")
    for entry in model.metadata_props:
        print(f"  {entry.key} = {entry.value}")
    runtime = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    reference = ReferenceEvaluator(model)
    names = [output.name for output in runtime.get_outputs()]
    random = numpy.random.default_rng(1)
    worst = 0.0
    for batch, frames in [(1, 1), (1, 9), (5, 1), (3, 20), (8, 64)]:
        inputs = {
            entry.name: random.uniform(-1, 1, (batch, frames, entry.shape[2])).astype("float32")
            for entry in runtime.get_inputs()
        }
        for name, ours, theirs in zip(
            names, runtime.run(None, inputs), reference.run(None, inputs)
        ):
            if ours.shape != theirs.shape:
                sys.exit(f"{name}: shape {ours.shape}, by the reference {theirs.shape}")
            worst = max(worst, float(numpy.abs(ours - theirs).max()))
            if name.endswith(".embedding"):
                worst = max(worst, float(numpy.abs(numpy.linalg.norm(ours, axis=1) - 1).max()))
    print(f"{len(names)} outputs, worst difference {worst:.2e}")
    if worst > TOLERANCE:
        sys.exit(f"the difference is above {TOLERANCE}")


if __name__ == "__main__":
    main(sys.argv[1])
