package dev.armature.distill;

import java.util.Comparator;
import java.util.stream.IntStream;

/** The losses as the formulas say, in double precision, with no thought for speed. */
final class ReferenceObjective {
  private final DistillSettings settings;
  private final int embedding;
  private final int batch;
  private final double[][] keys;
  private final double[][] queues;

  ReferenceObjective(DistillSettings settings, int embedding, float[][] keys, float[][] queues) {
    this.settings = settings;
    this.embedding = embedding;
    this.batch = keys[0].length / embedding;
    this.keys = doubles(keys);
    this.queues = doubles(queues);
  }

  static double[][] doubles(float[][] numbers) {
    double[][] doubles = new double[numbers.length][];
    for (int i = 0; i < numbers.length; i++) {
      float[] row = numbers[i];
      doubles[i] = IntStream.range(0, row.length).mapToDouble(j -> row[j]).toArray();
    }
    return doubles;
  }

  double contrastive(int modality, double[][] queries) {
    double sum = 0;
    for (int row = 0; row < batch; row++) {
      double positive =
          dot(queries[modality], row, keys[modality], row) / settings.contrastTemperature();
      double[] logits = similarities(queries[modality], row, modality);
      double partition = Math.exp(positive);
      for (double logit : logits) {
        partition += Math.exp(logit / settings.contrastTemperature());
      }
      sum += Math.log(partition) - positive;
    }
    return sum / batch;
  }

  double distillation(int teacher, int student, double[][] queries) {
    double sum = 0;
    for (int row = 0; row < batch; row++) {
      double[] ofKey = similarities(keys[teacher], row, teacher);
      double[] ofQuery = similarities(queries[student], row, student);
      int[] neighbours =
          IntStream.range(0, ofKey.length)
              .boxed()
              .sorted(Comparator.comparing((Integer i) -> -ofKey[i]).thenComparing(i -> i))
              .limit(settings.neighbours())
              .mapToInt(i -> i)
              .toArray();
      double[] p = logSoftmax(ofKey, neighbours, settings.teacherTemperature());
      double[] s = logSoftmax(ofQuery, neighbours, settings.studentTemperature());
      for (int i = 0; i < p.length; i++) {
        sum += Math.exp(p[i]) * (p[i] - s[i]);
      }
    }
    return sum / batch;
  }

  double total(double[][] queries) {
    double total = 0;
    for (int student = 0; student < keys.length; student++) {
      total += contrastive(student, queries);
      for (int teacher = 0; teacher < keys.length; teacher++) {
        if (teacher != student) {
          total += settings.weight() * distillation(teacher, student, queries);
        }
      }
    }
    return total;
  }

  double[] similarities(double[] embeddings, int row, int modality) {
    return IntStream.range(0, settings.queue())
        .mapToDouble(position -> dot(embeddings, row, queues[modality], position))
        .toArray();
  }

  private double dot(double[] left, int leftRow, double[] right, int rightRow) {
    double sum = 0;
    for (int i = 0; i < embedding; i++) {
      sum += left[leftRow * embedding + i] * right[rightRow * embedding + i];
    }
    return sum;
  }

  static double[] logSoftmax(double[] values, int[] positions, double temperature) {
    double greatest = IntStream.of(positions).mapToDouble(i -> values[i]).max().orElseThrow();
    double sum =
        IntStream.of(positions)
            .mapToDouble(i -> Math.exp((values[i] - greatest) / temperature))
            .sum();
    return IntStream.of(positions)
        .mapToDouble(i -> (values[i] - greatest) / temperature - Math.log(sum))
        .toArray();
  }
}
