package dev.armature.encoder.cuda;

import java.util.Arrays;

/** What the kernels should give, in plain Java and double precision. */
final class JavaKernels implements Kernels {
  private static final double NORM_EPSILON = 1e-5;
  private static final double LENGTH_EPSILON = 1e-12;

  @Override
  public void normTrain(
      DeviceFloats values,
      DeviceFloats unit,
      DeviceFloats result,
      int rows,
      int features,
      DeviceFloats weight,
      DeviceFloats bias,
      DeviceFloats mean,
      DeviceFloats variance) {
    float[] x = HostMemory.read(values);
    float[] u = new float[rows * features];
    float[] y = new float[rows * features];
    float[] w = HostMemory.read(weight);
    float[] b = HostMemory.read(bias);
    float[] runningMean = HostMemory.read(mean);
    float[] runningVariance = HostMemory.read(variance);
    for (int f = 0; f < features; f++) {
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        sum += x[row * features + f];
      }
      double average = sum / rows;
      double squares = 0;
      for (int row = 0; row < rows; row++) {
        squares += Math.pow(x[row * features + f] - average, 2);
      }
      double spread = squares / rows;
      for (int row = 0; row < rows; row++) {
        int i = row * features + f;
        double scaled = (x[i] - average) / Math.sqrt(spread + NORM_EPSILON);
        u[i] = (float) scaled;
        y[i] = (float) (scaled * w[f] + b[f]);
      }
      double unbiased = rows > 1 ? squares / (rows - 1) : spread;
      runningMean[f] = (float) (0.9 * runningMean[f] + 0.1 * average);
      runningVariance[f] = (float) (0.9 * runningVariance[f] + 0.1 * unbiased);
    }
    HostMemory.write(unit, u);
    HostMemory.write(result, y);
    HostMemory.write(mean, runningMean);
    HostMemory.write(variance, runningVariance);
  }

  @Override
  public void normEvaluate(
      DeviceFloats values,
      DeviceFloats result,
      int rows,
      int features,
      DeviceFloats weight,
      DeviceFloats bias,
      DeviceFloats mean,
      DeviceFloats variance) {
    float[] x = HostMemory.read(values);
    float[] w = HostMemory.read(weight);
    float[] b = HostMemory.read(bias);
    float[] m = HostMemory.read(mean);
    float[] v = HostMemory.read(variance);
    float[] y = new float[rows * features];
    for (int i = 0; i < y.length; i++) {
      int f = i % features;
      y[i] = (float) ((x[i] - m[f]) * w[f] / Math.sqrt(v[f] + NORM_EPSILON) + b[f]);
    }
    HostMemory.write(result, y);
  }

  @Override
  public void normBackward(
      DeviceFloats gradient,
      DeviceFloats unit,
      int rows,
      int features,
      DeviceFloats weightGradient,
      DeviceFloats biasGradient) {
    float[] by = HostMemory.read(gradient);
    float[] u = HostMemory.read(unit);
    double[] along = new double[features];
    double[] plain = new double[features];
    for (int i = 0; i < rows * features; i++) {
      along[i % features] += (double) by[i] * u[i];
      plain[i % features] += by[i];
    }
    HostMemory.write(weightGradient, floats(along));
    HostMemory.write(biasGradient, floats(plain));
  }

  private static float[] floats(double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }

  private static float[] reversed(float[] values, int frames, int width) {
    float[] turned = new float[frames * width];
    for (int frame = 0; frame < frames; frame++) {
      System.arraycopy(values, frame * width, turned, (frames - 1 - frame) * width, width);
    }
    return turned;
  }

  @Override
  public void reverseFrames(DeviceFloats source, DeviceFloats target, int frames, int width) {
    HostMemory.write(target, reversed(HostMemory.read(source), frames, width));
  }

  @Override
  public void addFrames(
      DeviceFloats first,
      DeviceFloats second,
      DeviceFloats sum,
      int frames,
      int width,
      boolean reversed) {
    float[] a = HostMemory.read(first);
    float[] b = HostMemory.read(second);
    float[] added = reversed ? reversed(b, frames, width) : b;
    for (int i = 0; i < frames * width; i++) {
      a[i] += added[i];
    }
    HostMemory.write(sum, a);
  }

  @Override
  public void join(
      DeviceFloats first,
      DeviceFloats second,
      DeviceFloats both,
      int frames,
      int sequences,
      int hidden,
      boolean reversed) {
    float[] a = HostMemory.read(first);
    float[] b = HostMemory.read(second);
    float[] c = reversed ? reversed(b, frames, sequences * hidden) : b;
    float[] joined = new float[2 * frames * sequences * hidden];
    for (int row = 0; row < frames * sequences; row++) {
      System.arraycopy(a, row * hidden, joined, 2 * row * hidden, hidden);
      System.arraycopy(c, row * hidden, joined, (2 * row + 1) * hidden, hidden);
    }
    HostMemory.write(both, joined);
  }

  @Override
  public void splitSum(
      DeviceFloats byFirst,
      DeviceFloats bySecond,
      DeviceFloats first,
      DeviceFloats second,
      int frames,
      int sequences,
      int hidden,
      boolean reversed) {
    float[] sum = HostMemory.read(byFirst);
    float[] b = HostMemory.read(bySecond);
    float[] added = reversed ? reversed(b, frames, 2 * sequences * hidden) : b;
    float[][] halves = new float[2][frames * sequences * hidden];
    for (int row = 0; row < frames * sequences; row++) {
      for (int i = 0; i < 2 * hidden; i++) {
        int place = 2 * row * hidden + i;
        halves[i / hidden][row * hidden + i % hidden] = sum[place] + added[place];
      }
    }
    HostMemory.write(first, halves[0]);
    HostMemory.write(
        second, reversed ? reversed(halves[1], frames, sequences * hidden) : halves[1]);
  }

  @Override
  public void split(DeviceFloats both, DeviceFloats first, DeviceFloats second, int rows, int half) {
    float[] all = HostMemory.read(both);
    float[][] halves = new float[2][rows * half];
    for (int i = 0; i < 2 * rows * half; i++) {
      int within = i % (2 * half);
      halves[within / half][i / (2 * half) * half + within % half] = all[i];
    }
    HostMemory.write(first, halves[0]);
    HostMemory.write(second, halves[1]);
  }

  @Override
  public void addBias(DeviceFloats values, DeviceFloats bias, int rows, int width, boolean rectify) {
    float[] x = HostMemory.read(values);
    float[] b = HostMemory.read(bias);
    for (int i = 0; i < rows * width; i++) {
      x[i] += b[i % width];
      x[i] = rectify ? Math.max(0, x[i]) : x[i];
    }
    HostMemory.write(values, x);
  }

  @Override
  public void maskUnlessPositive(DeviceFloats gradient, DeviceFloats values, long length) {
    float[] by = HostMemory.read(gradient);
    float[] x = HostMemory.read(values);
    for (int i = 0; i < length; i++) {
      by[i] = x[i] > 0 ? by[i] : 0;
    }
    HostMemory.write(gradient, by);
  }

  @Override
  public void sumRows(DeviceFloats values, DeviceFloats sum, int rows, int width) {
    float[] x = HostMemory.read(values);
    double[] sums = new double[width];
    for (int i = 0; i < rows * width; i++) {
      sums[i % width] += x[i];
    }
    HostMemory.write(sum, floats(sums));
  }

  @Override
  public void unitLength(
      DeviceFloats values, DeviceFloats unit, DeviceFloats lengths, int rows, int width) {
    float[] x = HostMemory.read(values);
    float[] scaled = new float[rows * width];
    float[] found = new float[rows];
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        squares += (double) x[i] * x[i];
      }
      double length = Math.sqrt(squares);
      found[row] = (float) length;
      for (int i = row * width; i < (row + 1) * width; i++) {
        scaled[i] = (float) (x[i] / Math.max(length, LENGTH_EPSILON));
      }
    }
    HostMemory.write(unit, scaled);
    HostMemory.write(lengths, found);
  }

  @Override
  public void unitBackward(
      DeviceFloats gradient,
      DeviceFloats unit,
      DeviceFloats lengths,
      DeviceFloats result,
      int rows,
      int width) {
    float[] by = HostMemory.read(gradient);
    float[] u = HostMemory.read(unit);
    float[] found = HostMemory.read(lengths);
    float[] x = new float[rows * width];
    for (int row = 0; row < rows; row++) {
      double along = 0;
      for (int i = row * width; i < (row + 1) * width && found[row] > LENGTH_EPSILON; i++) {
        along += (double) u[i] * by[i];
      }
      for (int i = row * width; i < (row + 1) * width; i++) {
        x[i] = (float) ((by[i] - u[i] * along) / Math.max(found[row], LENGTH_EPSILON));
      }
    }
    HostMemory.write(result, x);
  }

  @Override
  public void descend(
      DeviceFloats parameters,
      DeviceFloats velocity,
      DeviceFloats gradient,
      float learningRate,
      float momentum,
      float weightDecay) {
    float[] p = HostMemory.read(parameters);
    float[] v = HostMemory.read(velocity);
    float[] g = HostMemory.read(gradient);
    for (int i = 0; i < p.length; i++) {
      v[i] = momentum * v[i] + g[i] + weightDecay * p[i];
      p[i] -= learningRate * v[i];
    }
    HostMemory.write(parameters, p);
    HostMemory.write(velocity, v);
  }

  @Override
  public void average(DeviceFloats key, DeviceFloats query, float kept, float taken) {
    float[] k = HostMemory.read(key);
    float[] q = HostMemory.read(query);
    for (int i = 0; i < k.length; i++) {
      k[i] = kept * k[i] + taken * q[i];
    }
    HostMemory.write(key, k);
  }

  @Override
  public void pack(DeviceFloats source, int stride, DeviceFloats target, int rows, int columns) {
    float[] from = HostMemory.read(source);
    float[] to = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        to[column * rows + row] = from[row * stride + column];
      }
    }
    HostMemory.write(target, to);
  }

  @Override
  public void unpack(DeviceFloats source, DeviceFloats target, int stride, int rows, int columns) {
    float[] from = HostMemory.read(source);
    float[] to = HostMemory.read(target);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        to[row * stride + column] = from[column * rows + row];
      }
    }
    HostMemory.write(target, to);
  }

  @Override
  public void toBfloat16(DeviceFloats values, DeviceFloats rounded, long length) {
    float[] x = Arrays.copyOf(HostMemory.read(values), (int) length);
    int[] pairs = new int[(int) (length + 1) / 2];
    for (int i = 0; i < length; i++) {
      int bits = Float.floatToRawIntBits(x[i]);
      int upper = bits >>> 16;
      if (Float.isNaN(x[i])) {
        upper |= 0x40;
      } else {
        int dropped = bits & 0xffff;
        upper += dropped > 0x8000 || (dropped == 0x8000 && (upper & 1) == 1) ? 1 : 0;
      }
      pairs[i / 2] |= upper << (16 * (i % 2));
    }
    float[] packed = HostMemory.read(rounded);
    for (int i = 0; i < pairs.length; i++) {
      packed[i] = Float.intBitsToFloat(pairs[i]);
    }
    HostMemory.write(rounded, packed);
  }

  @Override
  public void fromBfloat16(DeviceFloats rounded, DeviceFloats values, long length) {
    float[] packed = HostMemory.read(rounded);
    float[] x = new float[(int) length];
    for (int i = 0; i < length; i++) {
      int half = (Float.floatToRawIntBits(packed[i / 2]) >>> (16 * (i % 2))) & 0xffff;
      x[i] = Float.intBitsToFloat(half << 16);
    }
    HostMemory.write(values, x);
  }
}
