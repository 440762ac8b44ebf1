package dev.armature.distill;

import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** The total of every method as the formulas say, in double precision, one sequence at a time. */
final class ReferenceMethods {
  private final DistillSettings settings;
  private final Streams streams;
  private final int embedding;
  private final int batch;
  private final double[][][] keys;
  private final double[][][] queues;

  /**
   * @param keys by modality: heads × batch × embedding
   * @param queues by stream
   */
  ReferenceMethods(DistillSettings settings, int embedding, float[][] keys, float[][] queues) {
    this.settings = settings;
    this.streams = new Streams(keys.length, settings.heads());
    this.embedding = embedding;
    this.batch = keys[0].length / embedding / settings.heads();
    this.keys = byStream(ReferenceObjective.doubles(keys));
    this.queues =
        Arrays.stream(ReferenceObjective.doubles(queues))
            .map(this::vectors)
            .toArray(double[][][]::new);
  }

  private double[][][] byStream(double[][] byModality) {
    double[][][] all = new double[streams.count()][][];
    for (int stream = 0; stream < all.length; stream++) {
      double[][] vectors = vectors(byModality[streams.modality(stream)]);
      int first = streams.head(stream).place() * batch;
      all[stream] = Arrays.copyOfRange(vectors, first, first + batch);
    }
    return all;
  }

  private double[][] vectors(double[] numbers) {
    return IntStream.range(0, numbers.length / embedding)
        .mapToObj(i -> Arrays.copyOfRange(numbers, i * embedding, (i + 1) * embedding))
        .toArray(double[][]::new);
  }

  /**
   * @param queriesByModality heads × batch × embedding
   */
  double total(double[][] queriesByModality) {
    double[][][] queries = byStream(queriesByModality);
    double sum = 0;
    for (int row = 0; row < batch; row++) {
      sum += total(queries, row);
    }
    return sum / batch;
  }

  private double total(double[][][] queries, int row) {
    int modalities = streams.modalities();
    Method method = settings.method();
    boolean pairs = settings.crossModal(modalities);
    boolean mines = pairs && method == Method.CROSCLR;
    double total = 0;
    for (int b = 0; b < modalities; b++) {
      double[] query = queries[b][row];
      if (!mines || settings.mining().besideContrast()) {
        total += contrast(query, keys[b][row], queues[b], Set.of());
      }
      for (int a = 0; a < modalities && pairs; a++) {
        if (a != b && method == Method.MCL) {
          total += settings.weight() * contrast(query, keys[a][row], queues[a], Set.of());
        } else if (a != b && mines) {
          total += settings.weight() / (modalities - 1) * mined(query, a, b, row);
        }
      }
    }
    if (settings.distils(modalities)) {
      total += settings.weight() * crossModal(queries, row, Head.INSTANCE);
    }
    if (method == Method.I2MD) {
      if (settings.cluster().crossModal() && settings.distils(modalities)) {
        total += settings.weight() * crossModal(queries, row, Head.CLUSTER);
      }
      for (int m = 0; m < modalities; m++) {
        total += clusterBranch(queries, row, m);
      }
    }
    return total;
  }

  private double clusterBranch(double[][][] queries, int row, int modality) {
    ClusterSettings cluster = settings.cluster();
    int instance = streams.index(modality, Head.INSTANCE);
    int second = streams.index(modality, Head.CLUSTER);
    Set<Integer> near = new HashSet<>();
    double[] mix = aggregate(keys[second][row], queues[second], near);
    Set<Integer> excluded = cluster.excludesNeighbours() ? near : Set.of();
    return cluster.weight() * contrast(queries[second][row], mix, queues[second], excluded)
        + cluster.fromInstance()
            * divergence(teacher(instance, row), queries[second][row], queues[second])
        + cluster.fromCluster()
            * divergence(teacher(second, row), queries[instance][row], queues[instance]);
  }

  private double crossModal(double[][][] queries, int row, Head head) {
    int modalities = streams.modalities();
    double sum = 0;
    double[] mean = new double[settings.queue()];
    for (int a = 0; a < modalities; a++) {
      double[] p = teacher(streams.index(a, head), row);
      Arrays.setAll(mean, i -> mean[i] + p[i] / modalities);
      for (int b = 0; b < modalities; b++) {
        if (a != b && settings.topology() == Topology.PAIRWISE) {
          int student = streams.index(b, head);
          sum += divergence(p, queries[student][row], queues[student]);
        }
      }
    }
    for (int b = 0; b < modalities && settings.topology() == Topology.CONSENSUS; b++) {
      int student = streams.index(b, head);
      sum += divergence(mean, queries[student][row], queues[student]);
    }
    return sum;
  }

  private double contrast(double[] query, double[] key, double[][] queue, Set<Integer> excluded) {
    return -Math.log(likelihood(query, key, query, key, queue, excluded));
  }

  /** Of one candidate among the key and the queue. */
  private double likelihood(
      double[] query,
      double[] key,
      double[] of,
      double[] candidate,
      double[][] queue,
      Set<Integer> excluded) {
    double tau = settings.contrastTemperature();
    double shift = dot(of, candidate);
    double sum = Math.exp((dot(query, key) - shift) / tau);
    for (int i = 0; i < queue.length; i++) {
      sum += excluded.contains(i) ? 0 : Math.exp((dot(query, queue[i]) - shift) / tau);
    }
    return 1 / sum;
  }

  private double mined(double[] query, int a, int b, int row) {
    int[] found = nearest(keys[a][row], queues[a], settings.mining().positives());
    double[] key = keys[b][row];
    double own = likelihood(query, key, query, key, queues[b], Set.of());
    double sum = own;
    double logs = Math.log(own);
    for (int i : found) {
      double p = likelihood(query, key, query, queues[b][i], queues[b], Set.of());
      sum += p;
      logs += Math.log(p);
    }
    return settings.mining().form() == MiningSettings.Form.LOG_OF_SUM
        ? -Math.log(sum)
        : -logs / (1 + found.length);
  }

  /** A teacher's distribution over the whole queue, 0 off its neighbours. */
  private double[] teacher(int stream, int row) {
    double[] key = keys[stream][row];
    boolean mixes =
        streams.head(stream) == Head.CLUSTER && settings.cluster().teaches() == Teaches.AGGREGATE;
    double[] teaching = mixes ? aggregate(key, queues[stream], new HashSet<>()) : key;
    double[][] queue = queues[stream];
    double[] p = new double[queue.length];
    int[] nearest = nearest(teaching, queue, settings.neighbours());
    double greatest = dot(teaching, queue[nearest[0]]);
    double sum = 0;
    for (int i : nearest) {
      p[i] = Math.exp((dot(teaching, queue[i]) - greatest) / settings.teacherTemperature());
      sum += p[i];
    }
    for (int i : nearest) {
      p[i] /= sum;
    }
    return p;
  }

  private double divergence(double[] p, double[] query, double[][] queue) {
    double sum = 0;
    double cross = 0;
    double entropy = 0;
    for (int i = 0; i < p.length; i++) {
      if (p[i] > 0) {
        double logit = dot(query, queue[i]) / settings.studentTemperature();
        sum += Math.exp(logit);
        cross += p[i] * logit;
        entropy -= p[i] * Math.log(p[i]);
      }
    }
    return Math.log(sum) - cross - entropy;
  }

  private double[] aggregate(double[] key, double[][] queue, Set<Integer> near) {
    ClusterSettings cluster = settings.cluster();
    double[] mix = key.clone();
    int most = Math.min(cluster.most(), queue.length);
    for (int i : nearest(key, queue, most)) {
      double similarity = dot(key, queue[i]);
      if (similarity >= (float) cluster.leastSimilarity()) {
        near.add(i);
        double weight = Math.exp((similarity - 1) / cluster.temperature());
        Arrays.setAll(mix, j -> mix[j] + weight * queue[i][j]);
      }
    }
    double length = Math.sqrt(dot(mix, mix));
    Arrays.setAll(mix, j -> mix[j] / length);
    return mix;
  }

  private static int[] nearest(double[] key, double[][] queue, int count) {
    return IntStream.range(0, queue.length)
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> -dot(key, queue[i])).thenComparing(i -> i))
        .limit(count)
        .mapToInt(i -> i)
        .toArray();
  }

  private static double dot(double[] left, double[] right) {
    return IntStream.range(0, left.length).mapToDouble(i -> left[i] * right[i]).sum();
  }
}
