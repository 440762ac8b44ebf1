package dev.armature.encoder;

import static org.nd4j.linalg.indexing.NDArrayIndex.interval;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The formulas of {@link GruBackend}, frame by frame in ND4J operations and in whatever floating
 * type the arrays have. Many times slower than a native primitive; it exists to check one.
 */
final class PlainGruBackend implements GruBackend {

  /** Gates and the candidate's share of the state, all frames × sequences × hidden. */
  private static final class Trace implements GruTrace {
    private INDArray update;
    private INDArray reset;
    private INDArray candidate;
    private INDArray hiddenShare;

    @Override
    public void close() {
      update = null;
      reset = null;
      candidate = null;
      hiddenShare = null;
    }
  }

  @Override
  public GruTrace newTrace(GruShape shape) {
    return new Trace();
  }

  @Override
  public void forward(
      GruShape shape, GruWeights weights, INDArray input, INDArray output, GruTrace trace) {
    int hidden = shape.hidden();
    Trace kept = trace == null ? new Trace() : (Trace) trace;
    long[] extent = {shape.frames(), shape.sequences(), hidden};
    kept.update = Nd4j.create(input.dataType(), extent);
    kept.reset = Nd4j.create(input.dataType(), extent);
    kept.candidate = Nd4j.create(input.dataType(), extent);
    kept.hiddenShare = Nd4j.create(input.dataType(), extent);
    INDArray state = Nd4j.create(input.dataType(), shape.sequences(), hidden);
    for (int step = 0; step < shape.frames(); step++) {
      int frame = frame(shape, step);
      INDArray x = at(input, frame).mmul(weights.input()).addRowVector(weights.inputBias());
      INDArray u = state.mmul(weights.hidden()).addRowVector(weights.hiddenBias());
      INDArray update = Transforms.sigmoid(gate(x, 0, hidden).add(gate(u, 0, hidden)));
      INDArray reset = Transforms.sigmoid(gate(x, 1, hidden).add(gate(u, 1, hidden)));
      INDArray share = gate(u, 2, hidden).dup();
      INDArray candidate = Transforms.tanh(gate(x, 2, hidden).add(reset.mul(share)));
      state = candidate.mul(update.rsub(1)).add(update.mul(state));
      at(output, frame).assign(state);
      at(kept.update, frame).assign(update);
      at(kept.reset, frame).assign(reset);
      at(kept.candidate, frame).assign(candidate);
      at(kept.hiddenShare, frame).assign(share);
    }
  }

  @Override
  public void backward(
      GruShape shape,
      GruWeights weights,
      INDArray input,
      INDArray output,
      INDArray outputGradient,
      GruTrace trace,
      INDArray inputGradient,
      GruWeights gradients) {
    Trace kept = (Trace) trace;
    gradients.input().assign(0);
    gradients.hidden().assign(0);
    gradients.inputBias().assign(0);
    gradients.hiddenBias().assign(0);
    INDArray zero = Nd4j.create(input.dataType(), shape.sequences(), shape.hidden());
    INDArray stateGradient = zero.dup();
    for (int step = shape.frames() - 1; step >= 0; step--) {
      int frame = frame(shape, step);
      INDArray state = step == 0 ? zero : at(output, frame(shape, step - 1)).dup();
      INDArray update = at(kept.update, frame);
      INDArray reset = at(kept.reset, frame);
      INDArray candidate = at(kept.candidate, frame);
      stateGradient = stateGradient.add(at(outputGradient, frame));
      INDArray byCandidate =
          stateGradient.mul(update.rsub(1)).mul(candidate.mul(candidate).rsub(1));
      INDArray byUpdate = stateGradient.mul(state.sub(candidate)).mul(update).mul(update.rsub(1));
      INDArray byReset = byCandidate.mul(at(kept.hiddenShare, frame)).mul(reset).mul(reset.rsub(1));
      INDArray byInput = Nd4j.concat(1, byUpdate, byReset, byCandidate);
      INDArray byHidden = Nd4j.concat(1, byUpdate, byReset, byCandidate.mul(reset));
      gradients.input().addi(at(input, frame).transpose().mmul(byInput));
      gradients.hidden().addi(state.transpose().mmul(byHidden));
      gradients.inputBias().addi(byInput.sum(0));
      gradients.hiddenBias().addi(byHidden.sum(0));
      at(inputGradient, frame).assign(byInput.mmul(weights.input().transpose()));
      stateGradient = stateGradient.mul(update).add(byHidden.mmul(weights.hidden().transpose()));
    }
  }

  private static int frame(GruShape shape, int step) {
    return shape.backwards() ? shape.frames() - 1 - step : step;
  }

  private static INDArray at(INDArray sequences, int frame) {
    return sequences.get(point(frame));
  }

  private static INDArray gate(INDArray all, int gate, int hidden) {
    return all.get(
        org.nd4j.linalg.indexing.NDArrayIndex.all(),
        interval((long) gate * hidden, (gate + 1L) * hidden));
  }

  @Override
  public void close() {}
}
