package dev.armature.encoder.cuda;

import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.EngineComparison;
import dev.armature.encoder.EngineComparison.Deviation;
import dev.armature.encoder.EngineSettings;
import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.GpuGru;
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
 * Steps in double precision, taken on one machine, for a GPU's engine to be held against on another
 * that has little: {@code record FILE} on the one, which looks at how far the processor's engine is
 * from them, {@code check FILE EXECUTION} on the other. Exit code 1 where a tensor is too far off.
 */
public final class RecordedSteps {
  private static final int SHOWN = 12;

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
          new Case(new EncoderShape(150, 64, 3, 128, 2, Recurrence.LOCKSTEP), 2, 64, 16, 4),
          new Case(new EncoderShape(150, 64, 3, 128, 1, Recurrence.BIDIRECTIONAL), 1, 64, 16, 4),
          new Case(new EncoderShape(75, 160, 2, 96, 1, Recurrence.LOCKSTEP), 1, 32, 33, 4));

  /** See the class. */
  public static void main(String[] arguments) throws IOException {
    boolean sound =
        switch (arguments[0]) {
          case "record" -> record(Path.of(arguments[1]));
          case "check" -> check(Path.of(arguments[1]), arguments[2]);
          default -> throw new IllegalArgumentException("found " + arguments[0]);
        };
    System.exit(sound ? 0 : 1);
  }

  /**
   * How the GPU is to compute, from its names with commas between.
   *
   * @param words a precision, and then {@code graphs} or {@code persistent} or both
   */
  public static GpuExecution execution(String words) {
    List<String> named = List.of(words.split(",", -1));
    for (String word : named.subList(1, named.size())) {
      if (!word.equals("graphs") && !word.equals("persistent")) {
        throw new IllegalArgumentException(
            "found %s, expected a precision, graphs, persistent".formatted(words));
      }
    }
    return new GpuExecution(
        GpuPrecision.valueOf(named.get(0).toUpperCase(Locale.ROOT)),
        named.contains("persistent") ? GpuGru.PERSISTENT : GpuGru.STANDARD,
        named.contains("graphs"));
  }

  private static boolean record(Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      for (Case each : CASES) {
        try (EncoderEngine engine =
                EncoderEngines.open(each.shape(), each.modalities(), EncoderBackend.ONEDNN, 2);
            EncoderEngine exact = new Float64Engine(each.shape(), each.modalities())) {
          Map<String, float[]> expected = each.comparison().run(exact);
          write(out, expected);
          out.writeUTF(PrecisionErrors.of(each.comparison().run(engine), expected).toString());
        }
      }
    }
    return true;
  }

  private static void write(DataOutputStream out, Map<String, float[]> tensors)
      throws IOException {
    out.writeInt(tensors.size());
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      out.writeUTF(tensor.getKey());
      out.writeInt(tensor.getValue().length);
      for (float value : tensor.getValue()) {
        out.writeFloat(value);
      }
    }
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

  /** Opens an engine on the first GPU. */
  public static EncoderEngine open(EncoderShape shape, int modalities, GpuExecution execution) {
    return new CudaProvider()
        .open(shape, modalities, new EngineSettings(EncoderBackend.CUDNN, 1, execution, ""));
  }

  private static GpuExecution withoutGraphs(GpuExecution execution) {
    return new GpuExecution(execution.precision(), execution.gru(), false);
  }

  private static boolean check(Path file, String words) throws IOException {
    GpuExecution execution = execution(words);
    System.out.println(new CudaProvider().describe("", execution.precision()).text());
    double bound = EngineComparison.bound(execution.precision());
    boolean sound = true;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (Case each : CASES) {
        Map<String, float[]> exact = read(in);
        String processor = in.readUTF();
        try {
          Map<String, float[]> found = run(each, execution);
          boolean again =
              same(found, run(each, execution))
                  && (!execution.graphs() || same(found, run(each, withoutGraphs(execution))));
          List<Deviation> deviations = EngineComparison.compare(found, exact);
          long beyond = deviations.stream().filter(d -> !(d.relative() <= bound)).count();
          System.out.printf(
              "%s, %s: %d of %d tensors beyond %.0e; a second time, with graphs once without, %s%n",
              each,
              words,
              beyond,
              deviations.size(),
              bound,
              again ? "the same bits" : "OTHER BITS");
          show(deviations);
          System.out.printf(
              "  furthest: %s; the processor's engine: %s%n",
              PrecisionErrors.of(found, exact), processor);
          sound &= beyond == 0 && again;
        } catch (RuntimeException failed) {
          // The next one may tell why.
          System.out.printf("%s, %s: %s%n", each, words, failed);
          sound = false;
        }
      }
    }
    return sound;
  }

  private static void show(List<Deviation> deviations) {
    deviations.stream()
        .sorted(Comparator.comparingDouble(Deviation::relative).reversed())
        .limit(SHOWN)
        .forEach(d -> System.out.printf("  %9.2e  %s%n", d.relative(), d.tensor()));
  }

  private static Map<String, float[]> run(Case each, GpuExecution execution) {
    try (EncoderEngine engine = open(each.shape(), each.modalities(), execution)) {
      return each.comparison().run(engine);
    }
  }

  private static boolean same(Map<String, float[]> one, Map<String, float[]> other) {
    return one.keySet().equals(other.keySet())
        && one.keySet().stream().allMatch(name -> Arrays.equals(one.get(name), other.get(name)));
  }
}
