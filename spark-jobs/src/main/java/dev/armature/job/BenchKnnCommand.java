package dev.armature.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.evaluate.Features;
import dev.armature.evaluate.NeighbourBenchmark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench knn}: k-nearest-neighbour classification as a Spark job, beside scikit-learn's on
 * the same features in the same minutes.
 */
@Command(
    name = "knn",
    description =
        "Times k-nearest-neighbour classification on Spark, beside scikit-learn's on the same features.",
    footerHeading = "%nExamples:%n",
    footer = {"  deploy/local/submit --master 'local[2]' bench knn --python /usr/bin/python3"})
final class BenchKnnCommand implements Callable<Integer> {
  private static final String SCRIPT = "neighbours_sklearn.py";

  /** With 2,048 numbers the nearest neighbour is then of another class now and then. */
  private static final double WIDTH = 5;

  @Option(
      names = "--training",
      defaultValue = "40000",
      description = "Training rows (default 40000).")
  private int trainingRows;

  @Option(names = "--test", defaultValue = "16000", description = "Test rows (default 16000).")
  private int testRows;

  @Option(names = "--columns", defaultValue = "2048", description = "Numbers a row (default 2048).")
  private int columns;

  @Option(names = "--classes", defaultValue = "60", description = "Classes (default 60).")
  private int classes;

  @Option(
      names = "--neighbours",
      split = ",",
      defaultValue = "1,20",
      description = "Neighbours that vote (default 1,20).")
  private List<Integer> neighbours;

  @Option(
      names = "--metric",
      split = ",",
      defaultValue = "cosine,euclidean",
      description = "cosine, euclidean, or both (default).")
  private List<String> metrics;

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      description = "A Python that has scikit-learn, for instance /usr/bin/python3.")
  private String python;

  @Override
  public Integer call() throws IOException {
    return Sessions.run(
        "bench knn",
        1,
        1,
        session -> {
          run(session);
          return 0;
        });
  }

  private void run(SparkSession session) throws IOException {
    int[] trainingLabels = labels(trainingRows, 1);
    int[] testLabels = labels(testRows, 2);
    Features training = features(trainingLabels, 3);
    Features test = features(testLabels, 4);
    Path folder = Files.createTempDirectory("armature-knn");
    try {
      if (python != null) {
        write(folder, training, trainingLabels, test);
      }
      System.out.printf(
          "%d training and %d test rows of %d numbers, %d classes, %s%n",
          trainingRows, testRows, columns, classes, session.sparkContext().master());
      for (String metric : metrics) {
        for (int count : neighbours) {
          compare(session, folder, training, trainingLabels, test, testLabels, metric, count);
        }
      }
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private void compare(
      SparkSession session,
      Path folder,
      Features training,
      int[] trainingLabels,
      Features test,
      int[] testLabels,
      String metric,
      int count)
      throws IOException {
    long began = System.nanoTime();
    int[] predicted =
        new NeighbourBenchmark(
                JavaSparkContext.fromSparkContext(session.sparkContext()),
                Sessions.taskCores(session))
            .classify(training, trainingLabels, test, testLabels, classes, metric, count);
    double seconds = (System.nanoTime() - began) * 1e-9;
    System.out.printf(Locale.ROOT, "%s, %d neighbours: %.1f s on Spark", metric, count, seconds);
    if (python != null) {
      JsonNode other = scikitLearn(folder, metric, count, session);
      int differing = 0;
      for (int row = 0; row < predicted.length; row++) {
        differing += predicted[row] == other.get("predicted").get(row).asInt() ? 0 : 1;
      }
      double others = other.get("seconds").asDouble();
      System.out.printf(
          Locale.ROOT,
          ", %.1f s by scikit-learn %s: %.2f times as fast; %d of %d predictions differ",
          others,
          other.get("version").asText(),
          others / seconds,
          differing,
          predicted.length);
    }
    System.out.println();
  }

  private JsonNode scikitLearn(Path folder, String metric, int count, SparkSession session)
      throws IOException {
    int cores = session.sparkContext().defaultParallelism();
    Process process =
        new ProcessBuilder(
                python,
                folder.resolve(SCRIPT).toString(),
                folder.toString(),
                metric,
                Integer.toString(count),
                Integer.toString(cores))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream out = process.getInputStream()) {
      byte[] text = out.readAllBytes();
      int code = process.waitFor();
      if (code != 0) {
        throw new UserMistakeException(
            "--python %s: it ended with code %d; give a Python 3 that has numpy and scikit-learn"
                .formatted(python, code));
      }
      return new ObjectMapper().readTree(text);
    } catch (InterruptedException stopped) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while scikit-learn classified", stopped);
    }
  }

  private void write(Path folder, Features training, int[] labels, Features test)
      throws IOException {
    try (InputStream script =
        BenchKnnCommand.class.getClassLoader().getResourceAsStream("bench/" + SCRIPT)) {
      Files.copy(script, folder.resolve(SCRIPT));
    }
    NumpyFile.write(folder.resolve("training.npy"), training.values(), columns);
    NumpyFile.write(folder.resolve("test.npy"), test.values(), columns);
    StringBuilder text = new StringBuilder();
    for (int label : labels) {
      text.append(label).append('\n');
    }
    Files.writeString(folder.resolve("labels.txt"), text, StandardCharsets.US_ASCII);
  }

  private int[] labels(int rows, long seed) {
    return new SplittableRandom(seed).ints(rows, 0, classes).toArray();
  }

  /** Classes are clouds around centres of their own, wide enough to run into each other. */
  private Features features(int[] labels, long seed) {
    SplittableRandom common = new SplittableRandom(0);
    float[] centres = new float[classes * columns];
    for (int place = 0; place < centres.length; place++) {
      centres[place] = (float) common.nextGaussian();
    }
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[Math.multiplyExact(labels.length, columns)];
    for (int place = 0; place < values.length; place++) {
      int centre = labels[place / columns] * columns + place % columns;
      values[place] = (float) (centres[centre] + WIDTH * random.nextGaussian());
    }
    return new Features(labels.length, columns, values);
  }
}
