package dev.armature.encoder;

import dev.armature.augment.ViewBatch;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Times an engine's part of a training step against a matrix product in the same process; not a
 * test. Arguments: hidden size, steps, threads, batch, modalities.
 */
final class EncoderTiming {
  private static final int FRAMES = 64;

  private EncoderTiming() {}

  public static void main(String[] arguments) throws IOException {
    int hidden = Integer.parseInt(arguments[0]);
    int steps = Integer.parseInt(arguments[1]);
    int threads = Integer.parseInt(arguments[2]);
    int batch = Integer.parseInt(arguments[3]);
    EncoderShape shape = new EncoderShape(150, hidden, 3, 128, 1, Recurrence.LOCKSTEP);
    List<Modality> modalities =
        List.of(Modality.values()).subList(0, Integer.parseInt(arguments[4]));
    ViewBatch views = ViewBatch.zeros(modalities, FRAMES, batch, shape.features());
    SplittableRandom random = new SplittableRandom(1);
    for (float[] input : views.inputs()) {
      for (int i = 0; i < input.length; i++) {
        input[i] = (float) random.nextDouble(-1, 1);
      }
    }
    try (EncoderEngine engine =
        EncoderEngines.open(shape, modalities.size(), EncoderBackend.ONEDNN, threads)) {
      for (int modality = 0; modality < modalities.size(); modality++) {
        float[] parameters = EncoderInitializer.initialize(shape, 1, modality);
        engine.setParameters(EncoderEngine.Branch.QUERY, modality, parameters);
        engine.setParameters(EncoderEngine.Branch.KEY, modality, parameters);
      }
      double[] best = new double[5];
      Arrays.fill(best, Double.MAX_VALUE);
      double bestStep = Double.MAX_VALUE;
      double sgemm = sgemm();
      for (int step = 0; step < steps; step++) {
        long[] times = new long[6];
        times[0] = System.nanoTime();
        float[][] embeddings = engine.embedQueries(views);
        times[1] = System.nanoTime();
        engine.movingAverage(0.999);
        times[2] = System.nanoTime();
        engine.embedKeys(views);
        times[3] = System.nanoTime();
        engine.backward(embeddings);
        times[4] = System.nanoTime();
        engine.update(0.01f, 0.9f, 1e-4f);
        times[5] = System.nanoTime();
        for (int phase = 0; phase < 5; phase++) {
          best[phase] = Math.min(best[phase], (times[phase + 1] - times[phase]) / 1e9);
        }
        bestStep = Math.min(bestStep, (times[5] - times[0]) / 1e9);
      }
      sgemm = Math.max(sgemm, sgemm());
      double rate = EncoderWork.step(shape, modalities.size(), batch, FRAMES) / bestStep / 1e9;
      System.out.printf(
          "hidden %d: step %.3f s, %.1f GFLOP/s, sgemm %.1f GFLOP/s, ratio %.3f%n",
          hidden, bestStep, rate, sgemm, rate / sgemm);
      double pass = EncoderWork.step(shape, modalities.size(), batch, FRAMES) / 4e9;
      System.out.printf(
          "  queries %.3f s (%.1f), average %.4f s, keys %.3f s (%.1f), backward %.3f s (%.1f),"
              + " update %.4f s%n",
          best[0],
          pass / best[0],
          best[1],
          best[2],
          pass / best[2],
          best[3],
          2 * pass / best[3],
          best[4]);
      System.out.printf(
          "  counted against org.bytedeco.javacpp.maxbytes: %d MiB%n", Pointer.totalBytes() >> 20);
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM") || line.startsWith("VmRSS")) {
          System.out.println("  " + line);
        }
      }
    }
  }

  private static double sgemm() {
    INDArray left = Nd4j.rand(DataType.FLOAT, 4096, 1024);
    INDArray right = Nd4j.rand(DataType.FLOAT, 1024, 3072);
    INDArray product = Nd4j.create(DataType.FLOAT, new long[] {4096, 3072}, 'f');
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 8; i++) {
      long start = System.nanoTime();
      left.mmuli(right, product);
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    left.close();
    right.close();
    product.close();
    return 2.0 * 4096 * 1024 * 3072 / best / 1e9;
  }
}
