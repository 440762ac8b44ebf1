package dev.armature.encoder.cuda;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What the kernels of losses should give, in plain Java and double precision. */
final class JavaLossKernels implements LossKernels {

  @Override
  public void neighbours(
      DeviceFloats similarities, int rows, int queue, int wanted, float scale) {
    float[] all = HostMemory.read(similarities);
    for (int row = 0; row < rows; row++) {
      int start = row * queue;
      int[] chosen = descending(all, start, queue).limit(wanted).toArray();
      double[] exponentials = new double[queue];
      double sum = 0;
      for (int i : chosen) {
        exponentials[i - start] = Math.exp(((double) all[i] - all[chosen[0]]) * scale);
        sum += exponentials[i - start];
      }
      for (int i = start; i < start + queue; i++) {
        all[i] = -1;
      }
      for (int i : chosen) {
        all[i] = (float) (exponentials[i - start] / sum);
      }
    }
    HostMemory.write(similarities, all);
  }

  @Override
  public void agree(DeviceFloats teacher, DeviceFloats consensus, float share, boolean first) {
    float[] own = HostMemory.read(teacher);
    float[] sums = HostMemory.read(consensus);
    for (int i = 0; i < own.length; i++) {
      if (first) {
        sums[i] = -1;
      }
      if (own[i] >= 0) {
        sums[i] = Math.max(sums[i], 0) + own[i] * share;
      }
    }
    HostMemory.write(consensus, sums);
  }

  @Override
  public void aggregate(
      DeviceFloats similarities,
      DeviceFloats keys,
      DeviceFloats queueKeys,
      DeviceFloats aggregates,
      DeviceFloats counts,
      int rows,
      int queue,
      int embedding,
      int most,
      float least,
      float scale) {
    float[] all = HostMemory.read(similarities);
    float[] own = HostMemory.read(keys);
    float[] others = HostMemory.read(queueKeys);
    float[] mixes = own.clone();
    float[] numbers = new float[rows];
    for (int row = 0; row < rows; row++) {
      int start = row * queue;
      int[] chosen =
          descending(all, start, queue)
              .filter(i -> all[i] >= least)
              .limit(most)
              .toArray();
      double greatest = chosen.length == 0 ? 1 : Math.max(1, all[chosen[0]]);
      double[] sum = new double[embedding];
      for (int i = 0; i < embedding; i++) {
        sum[i] = Math.exp((1 - greatest) * scale) * own[row * embedding + i];
        for (int each : chosen) {
          sum[i] +=
              Math.exp((all[each] - greatest) * scale)
                  * others[(each - start) * embedding + i];
        }
      }
      double length = Math.sqrt(Arrays.stream(sum).map(number -> number * number).sum());
      for (int i = 0; chosen.length > 0 && i < embedding; i++) {
        mixes[row * embedding + i] = (float) (sum[i] / length);
      }
      Arrays.fill(all, start, start + queue, -1);
      for (int each : chosen) {
        all[each] = 1;
      }
      numbers[row] = chosen.length;
    }
    HostMemory.write(similarities, all);
    HostMemory.write(aggregates, mixes);
    HostMemory.write(counts, numbers);
  }

  /** Places of a stretch's numbers, the greatest first and of equal ones the first. −0 is 0. */
  private static IntStream descending(float[] numbers, int start, int length) {
    // Sorting is stable. What is no number comes first.
    return IntStream.range(start, start + length)
        .boxed()
        .sorted(
            Comparator.comparing(
                (Integer i) ->
                    Float.isNaN(numbers[i]) ? Float.NEGATIVE_INFINITY : -(numbers[i] + 0f)))
        .mapToInt(Integer::intValue);
  }

  @Override
  public void contrast(
      DeviceFloats similarities,
      DeviceFloats queries,
      DeviceFloats keys,
      DeviceFloats excluded,
      DeviceFloats coefficients,
      DeviceFloats gradient,
      DeviceFloats losses,
      int rows,
      int queue,
      int embedding,
      float scale,
      float factor) {
    float[] all = HostMemory.read(similarities);
    float[] derivatives = new float[rows * queue];
    float[] values = new float[rows];
    double[] positives = positives(queries, keys, rows, embedding);
    double[] byPositive = new double[rows];
    float[] words = excluded == null ? null : HostMemory.read(excluded);
    for (int i = 0; words != null && i < all.length; i++) {
      all[i] = words[i] < 0 ? all[i] : Float.NEGATIVE_INFINITY;
    }
    for (int row = 0; row < rows; row++) {
      double shift = positives[row];
      for (int i = row * queue; i < (row + 1) * queue; i++) {
        shift = Math.max(shift, all[i]);
      }
      double sum = Math.exp((positives[row] - shift) * scale);
      double own = sum;
      for (int i = row * queue; i < (row + 1) * queue; i++) {
        sum += Math.exp((all[i] - shift) * scale);
      }
      for (int i = row * queue; i < (row + 1) * queue; i++) {
        derivatives[i] = (float) (factor * scale * Math.exp((all[i] - shift) * scale) / sum);
      }
      values[row] = (float) -Math.log(own / sum);
      byPositive[row] = factor * scale * (own / sum - 1);
    }
    HostMemory.write(coefficients, derivatives);
    HostMemory.write(losses, values);
    addPositives(keys, gradient, byPositive, embedding);
  }

  private static double[] positives(
      DeviceFloats queries, DeviceFloats keys, int rows, int embedding) {
    float[] q = HostMemory.read(queries);
    float[] k = HostMemory.read(keys);
    double[] products = new double[rows];
    for (int i = 0; i < rows * embedding; i++) {
      products[i / embedding] += (double) q[i] * k[i];
    }
    return products;
  }

  private static void addPositives(
      DeviceFloats keys, DeviceFloats gradient, double[] byPositive, int embedding) {
    float[] k = HostMemory.read(keys);
    float[] g = HostMemory.read(gradient);
    for (int i = 0; i < g.length; i++) {
      g[i] += (float) (byPositive[i / embedding] * k[i]);
    }
    HostMemory.write(gradient, g);
  }

  @Override
  public void distil(
      DeviceFloats similarities,
      DeviceFloats teacher,
      DeviceFloats coefficients,
      DeviceFloats losses,
      int rows,
      int queue,
      float scale,
      float factor) {
    float[] all = HostMemory.read(similarities);
    float[] said = HostMemory.read(teacher);
    float[] derivatives = HostMemory.read(coefficients);
    float[] values = new float[rows];
    for (int row = 0; row < rows; row++) {
      double shift = Double.NEGATIVE_INFINITY;
      for (int i = row * queue; i < (row + 1) * queue; i++) {
        shift = said[i] < 0 ? shift : Math.max(shift, all[i]);
      }
      double sum = 0;
      for (int i = row * queue; i < (row + 1) * queue; i++) {
        sum += said[i] < 0 ? 0 : Math.exp((all[i] - shift) * scale);
      }
      double divergence = 0;
      for (int i = row * queue; i < (row + 1) * queue; i++) {
        if (!(said[i] < 0)) {
          double logarithm = (all[i] - shift) * scale - Math.log(sum);
          divergence += said[i] == 0 ? 0 : said[i] * (Math.log(said[i]) - logarithm);
          derivatives[i] += (float) (factor * scale * (Math.exp(logarithm) - said[i]));
        }
      }
      values[row] = (float) divergence;
    }
    HostMemory.write(coefficients, derivatives);
    HostMemory.write(losses, values);
  }

  @Override
  public void mine(
      DeviceFloats similarities,
      DeviceFloats queries,
      DeviceFloats keys,
      DeviceFloats teacher,
      DeviceFloats coefficients,
      DeviceFloats gradient,
      DeviceFloats losses,
      int rows,
      int queue,
      int embedding,
      int mined,
      float scale,
      float factor,
      boolean logOfSum) {
    float[] all = HostMemory.read(similarities);
    float[] said = HostMemory.read(teacher);
    float[] derivatives = HostMemory.read(coefficients);
    float[] values = new float[rows];
    double[] positives = positives(queries, keys, rows, embedding);
    double[] byPositive = new double[rows];
    for (int row = 0; row < rows; row++) {
      double positive = positives[row];
      // Relative to the own positive.
      double sum = 1;
      double logarithms = 0;
      for (int i = row * queue; i < (row + 1) * queue; i++) {
        if (said[i] >= 0) {
          sum += Math.exp((all[i] - positive) * scale);
          logarithms += (all[i] - positive) * scale;
        }
      }
      for (int i = row * queue; i < (row + 1) * queue; i++) {
        if (said[i] >= 0) {
          double share =
              logOfSum ? Math.exp((all[i] - positive) * scale) / sum : 1.0 / (mined + 1);
          derivatives[i] -= (float) (factor * scale * share);
        }
      }
      values[row] = (float) (logOfSum ? -Math.log(sum) : -logarithms / (mined + 1));
      byPositive[row] = factor * scale * (1 - (logOfSum ? 1 / sum : 1.0 / (mined + 1)));
    }
    HostMemory.write(coefficients, derivatives);
    HostMemory.write(losses, values);
    addPositives(keys, gradient, byPositive, embedding);
  }
}
