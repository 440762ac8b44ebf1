package dev.armature.encoder.cuda;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.EngineComparison.Deviation;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Recurrence;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Steps that the processor's engine takes on one machine, for a GPU's engine to be held against on
 * another that has nothing of the processor's: {@code record FILE} on the one, {@code check FILE
 * PRECISION} and {@code time PRECISION} on the other. Exit code 1 where a tensor is too far off.
 */
public final class RecordedSteps {
  private static final int SHOWN = 12;
  private static final int STEPS = 30;
  private static final int COUNTED = 20;

  private RecordedSteps() {}

  /** What is computed. */
  private record Case(EncoderShape shape, int modalities, int frames, int batch, int steps) {
    EngineComparison comparison() {
      return new EngineComparison(shape, modalities, frames, batch, steps);
    }
  }

  private static final List<Case> CASES =
      List.of(
          new Case(new EncoderShape(9, 8, 1, 5, 1, Recurrence.LOCKSTEP), 1, 5, 3, 1),
          new Case(new EncoderShape(150, 64, 3, 128, 2, Recurrence.LOCKSTEP), 2, 64, 16, 2),
          new Case(new EncoderShape(150, 64, 3, 128, 1, Recurrence.BIDIRECTIONAL), 1, 64, 16, 2),
          new Case(new EncoderShape(75, 160, 2, 96, 1, Recurrence.LOCKSTEP), 1, 32, 33, 3));

  /** See the class. */
  public static void main(String[] arguments) throws IOException {
    boolean sound =
        switch (arguments[0]) {
          case "record" -> record(Path.of(arguments[1]));
          case "check" -> check(Path.of(arguments[1]), precision(arguments[2]));
          case "time" -> time(precision(arguments[1]));
          default -> throw new IllegalArgumentException("found " + arguments[0]);
        };
    System.exit(sound ? 0 : 1);
  }

  private static GpuPrecision precision(String label) {
    return GpuPrecision.valueOf(label.toUpperCase(Locale.ROOT));
  }

  private static boolean record(Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      for (Case each : CASES) {
        try (EncoderEngine engine =
            EncoderEngines.open(each.shape(), each.modalities(), EncoderBackend.ONEDNN, 2)) {
          Map<String, float[]> tensors = each.comparison().run(engine);
          out.writeInt(tensors.size());
          for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
            out.writeUTF(tensor.getKey());
            out.writeInt(tensor.getValue().length);
            for (float value : tensor.getValue()) {
              out.writeFloat(value);
            }
          }
        }
      }
    }
    return true;
  }

  private static Map<String, float[]> read(DataInputStream in) throws IOException {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      String name = in.readUTF();
      float[] values = new float[in.readInt()];
      for (int at = 0; at < values.length; at++) {
        values[at] = in.readFloat();
      }
      tensors.put(name, values);
    }
    return tensors;
  }

  private static EncoderEngine open(EncoderShape shape, int modalities, GpuPrecision precision) {
    return new CudaProvider()
        .open(shape, modalities, new EngineSettings(EncoderBackend.CUDNN, 1, precision, ""));
  }

  private static boolean check(Path file, GpuPrecision precision) throws IOException {
    System.out.println(new CudaProvider().describe("", precision).text());
    double bound = EngineComparison.bound(precision);
    boolean sound = true;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (Case each : CASES) {
        Map<String, float[]> expected = read(in);
        try {
          Map<String, float[]> found = run(each, precision);
          boolean again = same(found, run(each, precision));
          List<Deviation> deviations = EngineComparison.compare(found, expected);
          long beyond = deviations.stream().filter(d -> !(d.relative() <= bound)).count();
          System.out.printf(
              "%s, %s: %d of %d tensors beyond %.0e; a second time %s%n",
              each,
              precision.label(),
              beyond,
              deviations.size(),
              bound,
              again ? "the same bits" : "OTHER BITS");
          deviations.stream()
              .sorted(Comparator.comparingDouble(Deviation::relative).reversed())
              .limit(SHOWN)
              .forEach(d -> System.out.printf("  %9.2e  %s%n", d.relative(), d.tensor()));
          sound &= beyond == 0 && again;
        } catch (RuntimeException failed) {
          // The next one may tell why.
          System.out.printf("%s, %s: %s%n", each, precision.label(), failed);
          sound = false;
        }
      }
    }
    return sound;
  }

  private static Map<String, float[]> run(Case each, GpuPrecision precision) {
    try (EncoderEngine engine = open(each.shape(), each.modalities(), precision)) {
      return each.comparison().run(engine);
    }
  }

  private static boolean same(Map<String, float[]> one, Map<String, float[]> other) {
    return one.keySet().equals(other.keySet())
        && one.keySet().stream().allMatch(name -> Arrays.equals(one.get(name), other.get(name)));
  }

  /** The encoders' part of a step at full size: batch 64, three modalities, without losses. */
  private static boolean time(GpuPrecision precision) {
    EncoderShape shape = new EncoderShape(150, 1024, 3, 128, 1, Recurrence.LOCKSTEP);
    ViewBatch views = Numbers.views(3, 64, 64, shape.features(), 1);
    float[][] directions = new float[3][];
    for (int modality = 0; modality < 3; modality++) {
      directions[modality] = Numbers.random(64 * shape.embedding(), modality);
    }
    try (EncoderEngine engine = open(shape, 3, precision)) {
      // Zeros would be multiplied faster than numbers.
      new EngineComparison(shape, 3, 64, 64, 1).run(engine);
      ViewBatch little = Numbers.views(3, 1, 1, shape.features(), 1);
      double[] together = new double[STEPS];
      for (int step = 0; step < STEPS; step++) {
        long began = System.nanoTime();
        engine.embedQueries(views);
        long queries = System.nanoTime();
        engine.movingAverage(0.999);
        engine.embedKeys(views);
        long keys = System.nanoTime();
        engine.backward(directions);
        engine.update(1e-4f, 0.9f, 1e-4f);
        // Waits for the update of every modality.
        for (int modality = 0; modality < 3; modality++) {
          engine.embed(modality, little);
        }
        long ended = System.nanoTime();
        System.out.printf(
            "%s: queries %.2f ms, keys %.2f ms, backward and update %.2f ms, together %.2f ms%n",
            precision.label(),
            (queries - began) * 1e-6,
            (keys - queries) * 1e-6,
            (ended - keys) * 1e-6,
            (ended - began) * 1e-6);
        together[step] = (ended - began) * 1e-6;
      }
      double[] last = Arrays.copyOfRange(together, STEPS - COUNTED, STEPS);
      Arrays.sort(last);
      System.out.printf(
          "%s: of the last %d steps the fastest %.2f ms, in the median %.2f ms%n",
          precision.label(), COUNTED, last[0], last[COUNTED / 2]);
    }
    return true;
  }
}
