package dev.armature.encoder.cuda;

import dev.armature.encoder.ParameterLayout;

/**
 * One GRU over whole sequences in double precision, loop by loop, from a zero state. Arrays are
 * frames × sequences × width; the parameters lie in a flat vector as {@link ParameterLayout} says.
 */
final class Float64Gru {
  /** Update, reset, candidate. */
  private static final int GATES = 3;

  private final int inputWeight;
  private final int hiddenWeight;
  private final int inputBias;
  private final int hiddenBias;
  private final int input;
  private final int hidden;
  private final boolean reversed;

  /**
   * @param name for instance {@code gru.0.forward}
   * @param reversed whether it runs backward in time
   */
  Float64Gru(ParameterLayout layout, String name, int input, int hidden, boolean reversed) {
    inputWeight = layout.tensor(name + ".weight_input").offset();
    hiddenWeight = layout.tensor(name + ".weight_hidden").offset();
    inputBias = layout.tensor(name + ".bias_input").offset();
    hiddenBias = layout.tensor(name + ".bias_hidden").offset();
    this.input = input;
    this.hidden = hidden;
    this.reversed = reversed;
  }

  /** States, gates and the state's share of the candidate, rows × hidden each. */
  record Trace(
      int frames,
      int sequences,
      double[] input,
      double[] states,
      double[] update,
      double[] reset,
      double[] candidate,
      double[] share) {}

  private int row(int time, int frames, int sequences, int sequence) {
    return (reversed ? frames - 1 - time : time) * sequences + sequence;
  }

  Trace forward(double[] parameters, double[] x, int frames, int sequences) {
    int size = frames * sequences * hidden;
    Trace trace =
        new Trace(
            frames,
            sequences,
            x,
            new double[size],
            new double[size],
            new double[size],
            new double[size],
            new double[size]);
    double[] byInput = new double[GATES * hidden];
    double[] byState = new double[GATES * hidden];
    double[] zero = new double[hidden];
    for (int time = 0; time < frames; time++) {
      for (int sequence = 0; sequence < sequences; sequence++) {
        int row = row(time, frames, sequences, sequence);
        int before = time == 0 ? 0 : row(time - 1, frames, sequences, sequence) * hidden;
        double[] earlier = time == 0 ? zero : trace.states;
        product(parameters, inputWeight, inputBias, x, row * input, input, byInput);
        product(parameters, hiddenWeight, hiddenBias, earlier, before, hidden, byState);
        for (int unit = 0; unit < hidden; unit++) {
          int at = row * hidden + unit;
          double z = sigmoid(byInput[unit] + byState[unit]);
          double r = sigmoid(byInput[hidden + unit] + byState[hidden + unit]);
          double share = byState[2 * hidden + unit];
          double n = Math.tanh(byInput[2 * hidden + unit] + r * share);
          trace.update[at] = z;
          trace.reset[at] = r;
          trace.candidate[at] = n;
          trace.share[at] = share;
          trace.states[at] = (1 - z) * n + z * earlier[before + unit];
        }
      }
    }
    return trace;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private void product(
      double[] parameters,
      int weight,
      int bias,
      double[] x,
      int start,
      int length,
      double[] result) {
    System.arraycopy(parameters, bias, result, 0, result.length);
    for (int i = 0; i < length; i++) {
      double factor = x[start + i];
      int from = weight + i * result.length;
      for (int gate = 0; gate < result.length; gate++) {
        result[gate] += factor * parameters[from + gate];
      }
    }
  }

  /**
   * Adds gradients.
   *
   * @param byStates the loss's gradient by the states
   * @param byInput to which that by the input is added
   * @param gradients to which those by the parameters are added
   */
  void backward(
      double[] parameters, Trace trace, double[] byStates, double[] byInput, double[] gradients) {
    int frames = trace.frames;
    int sequences = trace.sequences;
    double[] carried = new double[sequences * hidden];
    double[] zero = new double[hidden];
    double[] ofInput = new double[GATES * hidden];
    double[] ofState = new double[GATES * hidden];
    for (int time = frames - 1; time >= 0; time--) {
      for (int sequence = 0; sequence < sequences; sequence++) {
        int row = row(time, frames, sequences, sequence);
        int before = time == 0 ? 0 : row(time - 1, frames, sequences, sequence) * hidden;
        double[] earlier = time == 0 ? zero : trace.states;
        for (int unit = 0; unit < hidden; unit++) {
          int at = row * hidden + unit;
          double z = trace.update[at];
          double r = trace.reset[at];
          double n = trace.candidate[at];
          double by = byStates[at] + carried[sequence * hidden + unit];
          double byN = by * (1 - z) * (1 - n * n);
          ofInput[unit] = by * (earlier[before + unit] - n) * z * (1 - z);
          ofInput[hidden + unit] = byN * trace.share[at] * r * (1 - r);
          ofInput[2 * hidden + unit] = byN;
          ofState[unit] = ofInput[unit];
          ofState[hidden + unit] = ofInput[hidden + unit];
          ofState[2 * hidden + unit] = byN * r;
          carried[sequence * hidden + unit] = by * z;
        }
        backward(
            parameters, inputWeight, inputBias, trace.input, row * input, input, ofInput, byInput,
            row * input, gradients);
        backward(
            parameters, hiddenWeight, hiddenBias, earlier, before, hidden, ofState, carried,
            sequence * hidden, gradients);
      }
    }
  }

  private static void backward(
      double[] parameters,
      int weight,
      int bias,
      double[] x,
      int start,
      int length,
      double[] byGates,
      double[] byX,
      int byStart,
      double[] gradients) {
    for (int i = 0; i < length; i++) {
      int from = weight + i * byGates.length;
      double sum = 0;
      for (int gate = 0; gate < byGates.length; gate++) {
        sum += byGates[gate] * parameters[from + gate];
        gradients[from + gate] += byGates[gate] * x[start + i];
      }
      byX[byStart + i] += sum;
    }
    for (int gate = 0; gate < byGates.length; gate++) {
      gradients[bias + gate] += byGates[gate];
    }
  }
}
