package dev.armature.encoder.cuda;

import dev.armature.encoder.cuda.GruSpace.Gate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A GRU in main memory with the manners of cuDNN: gates in the order reset, update, candidate,
 * matrices with a row for every unit, gaps between the parameters, gradients that are added, and a
 * reserve that a backward pass uses up.
 */
final class HostGru implements DeviceGru {
  private static final int GAP = 3;

  private final int input;
  private final int hidden;
  private final HostRounding rounding;
  private final Runnable closing;
  private boolean closed;

  HostGru(int input, int hidden, HostRounding rounding, Runnable closing) {
    this.rounding = rounding;
    this.input = input;
    this.hidden = hidden;
    this.closing = closing;
  }

  @Override
  public GruSpace space() {
    return space(input, hidden);
  }

  static GruSpace space(int input, int hidden) {
    List<Gate> gates = new ArrayList<>();
    long matrices = GAP;
    long perGate = (long) hidden * (input + hidden) + 2 * GAP;
    long biases = matrices + GruSpace.GATES * perGate;
    for (int gate = 0; gate < GruSpace.GATES; gate++) {
      // The hidden matrix first, and the biases from behind.
      long start = matrices + gate * perGate;
      long bias = biases + (GruSpace.GATES - 1L - gate) * (2L * hidden + GAP);
      gates.add(
          new Gate(start + (long) hidden * hidden + GAP, start, bias, bias + hidden));
    }
    return new GruSpace(biases + GruSpace.GATES * (2L * hidden + GAP) + GAP, gates);
  }

  @Override
  public long work(Extent extent, boolean training) {
    return training ? extent.rows() : 1;
  }

  @Override
  public long reserve(Extent extent) {
    return 4L * extent.rows() * hidden;
  }

  private static void scribble(DeviceFloats memory) {
    float[] nothing = new float[Math.toIntExact(memory.length())];
    Arrays.fill(nothing, Float.NaN);
    HostMemory.write(memory, nothing);
  }

  /** The parameters of one gate. */
  private final class Weights {
    private final float[] all;
    private final Gate place;

    Weights(float[] all, int gate) {
      this.all = all;
      place = space().gates().get(gate);
    }

    double ofInput(int unit, float[] x, int start) {
      return product(place.inputWeight() + (long) unit * input, input, x, start)
          + rounding.kept(all[(int) place.inputBias() + unit]);
    }

    double ofState(int unit, double[] state, int start) {
      double sum = rounding.kept(all[(int) place.hiddenBias() + unit]);
      for (int i = 0; i < hidden; i++) {
        sum +=
            rounding.factor(all[(int) place.hiddenWeight() + unit * hidden + i])
                * rounding.factor(state[start + i]);
      }
      return sum;
    }

    private double product(long weights, int length, float[] x, int start) {
      double sum = 0;
      for (int i = 0; i < length; i++) {
        sum += rounding.factor(all[(int) weights + i]) * rounding.factor(x[start + i]);
      }
      return sum;
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Override
  public void forward(
      DeviceStream stream,
      Extent extent,
      DeviceFloats weights,
      DeviceFloats in,
      DeviceFloats out,
      DeviceFloats work,
      DeviceFloats reserve) {
    ((HostStream) stream)
        .enqueue(
            () -> {
              float[] x = HostMemory.read(in);
              float[] all = HostMemory.read(weights);
              float[] states = new float[extent.rows() * hidden];
              float[] kept = new float[4 * states.length];
              Weights reset = new Weights(all, 0);
              Weights update = new Weights(all, 1);
              Weights candidate = new Weights(all, 2);
              double[] state = new double[extent.sequences() * hidden];
              for (int frame = 0; frame < extent.frames(); frame++) {
                double[] next = new double[state.length];
                for (int sequence = 0; sequence < extent.sequences(); sequence++) {
                  int row = frame * extent.sequences() + sequence;
                  for (int unit = 0; unit < hidden; unit++) {
                    int from = sequence * hidden;
                    double r =
                        sigmoid(
                            reset.ofInput(unit, x, row * input)
                                + reset.ofState(unit, state, from));
                    double z =
                        sigmoid(
                            update.ofInput(unit, x, row * input)
                                + update.ofState(unit, state, from));
                    double share = candidate.ofState(unit, state, from);
                    double n =
                        Math.tanh(candidate.ofInput(unit, x, row * input) + r * share);
                    double h = rounding.kept((1 - z) * n + z * state[from + unit]);
                    next[from + unit] = h;
                    int place = row * hidden + unit;
                    states[place] = (float) h;
                    kept[4 * place] = (float) r;
                    kept[4 * place + 1] = (float) z;
                    kept[4 * place + 2] = (float) n;
                    kept[4 * place + 3] = (float) share;
                  }
                }
                state = next;
              }
              scribble(work);
              HostMemory.write(out, states);
              if (reserve != null) {
                HostMemory.write(reserve, kept);
              }
            });
  }

  @Override
  public void backward(
      DeviceStream stream,
      Extent extent,
      DeviceFloats weights,
      DeviceFloats in,
      DeviceFloats out,
      DeviceFloats outputGradient,
      DeviceFloats work,
      DeviceFloats reserve,
      DeviceFloats inputGradient,
      DeviceFloats gradients) {
    ((HostStream) stream)
        .enqueue(
            () -> {
              float[] x = HostMemory.read(in);
              float[] states = HostMemory.read(out);
              float[] byStates = HostMemory.read(outputGradient);
              float[] all = HostMemory.read(weights);
              float[] kept = HostMemory.read(reserve);
              float[] sums = HostMemory.read(gradients);
              double[] byInput = new double[x.length];
              double[] carried = new double[extent.sequences() * hidden];
              for (int frame = extent.frames() - 1; frame >= 0; frame--) {
                double[] before = new double[carried.length];
                for (int sequence = 0; sequence < extent.sequences(); sequence++) {
                  int row = frame * extent.sequences() + sequence;
                  for (int unit = 0; unit < hidden; unit++) {
                    int place = row * hidden + unit;
                    int from = sequence * hidden;
                    double r = kept[4 * place];
                    double z = kept[4 * place + 1];
                    double n = kept[4 * place + 2];
                    double share = kept[4 * place + 3];
                    int earlier = place - extent.sequences() * hidden;
                    double h = frame == 0 ? 0 : states[earlier];
                    double by = rounding.kept(byStates[place]) + carried[from + unit];
                    double byN = by * (1 - z) * (1 - n * n);
                    double byZ = by * (h - n) * z * (1 - z);
                    double byR = byN * share * r * (1 - r);
                    before[from + unit] += by * z;
                    double[] byGate = {byR, byZ, byN};
                    double[] byShare = {byR, byZ, byN * r};
                    for (int gate = 0; gate < GruSpace.GATES; gate++) {
                      Gate where = space().gates().get(gate);
                      int inputRow = (int) where.inputWeight() + unit * input;
                      int hiddenRow = (int) where.hiddenWeight() + unit * hidden;
                      for (int i = 0; i < input; i++) {
                        sums[inputRow + i] += (float)
                                (rounding.factor(byGate[gate])
                                    * rounding.factor(x[row * input + i]));
                        byInput[row * input + i] +=
                            rounding.factor(byGate[gate])
                                * rounding.factor(all[inputRow + i]);
                      }
                      for (int i = 0; i < hidden; i++) {
                        double state =
                            frame == 0 ? 0 : states[earlier - unit + i];
                        sums[hiddenRow + i] +=
                            (float)
                                (rounding.factor(byShare[gate]) * rounding.factor(state));
                        before[from + i] +=
                            rounding.factor(byShare[gate])
                                * rounding.factor(all[hiddenRow + i]);
                      }
                      sums[(int) where.inputBias() + unit] += (float) byGate[gate];
                      sums[(int) where.hiddenBias() + unit] += (float) byShare[gate];
                    }
                  }
                }
                carried = before;
              }
              scribble(work);
              scribble(reserve);
              float[] rounded = new float[byInput.length];
              for (int i = 0; i < rounded.length; i++) {
                rounded[i] = (float) rounding.kept(byInput[i]);
              }
              HostMemory.write(inputGradient, rounded);
              for (int i = 0; i < sums.length; i++) {
                sums[i] = (float) rounding.kept(sums[i]);
              }
              HostMemory.write(gradients, sums);
            });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closing.run();
    }
  }
}
