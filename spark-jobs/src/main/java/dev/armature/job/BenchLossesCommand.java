package dev.armature.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.distill.AlignedQueues;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.Objectives;
import dev.armature.distill.StepObjective;
import dev.armature.distill.StepTargets;
import dev.armature.encoder.EngineSettings;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench losses}: the time of the losses and their gradients alone, against the number of
 * modalities. Embeddings and queues are random directions; no encoder runs. Everything that is
 * measured alternates.
 */
@Command(
    name = "losses",
    description = "Times losses and gradients without encoders, by number of modalities.",
    footerHeading = "%nExamples:%n",
    footer = {"  deploy/local/submit bench losses"})
final class BenchLossesCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options;

  @Mixin private Variants variants;

  @Option(
      names = "--modalities",
      split = ",",
      paramLabel = "N",
      defaultValue = "2,3,4,6",
      description = "Numbers of modalities, at least two of them (default ${DEFAULT-VALUE}).")
  private List<Integer> modalities = List.of();

  @Option(names = "--steps", defaultValue = "9", description = "Steps that count (default 9).")
  private int steps;

  @Option(names = "--warm-up", defaultValue = "3", description = "Steps before (default 3).")
  private int warmUp;

  @Option(names = "--json", description = "End with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (steps < 1 || warmUp < 0) {
      throw new UserMistakeException(
          "--steps must be at least 1 and --warm-up at least 0, found %d and %d"
              .formatted(steps, warmUp));
    }
    int most = Modality.values().length;
    if (modalities.stream().distinct().count() < 2
        || modalities.stream().anyMatch(number -> number < 1 || number > most)) {
      throw new UserMistakeException(
          "--modalities must be at least two different numbers, each 1 to %d, found %s"
              .formatted(most, modalities));
    }
    List<List<String>> overrides = variants.overrides();
    if (overrides.isEmpty()) {
      overrides = List.of(List.of());
    }
    LossGrowth growth = new LossGrowth(overrides.stream().map(Variants::name).toList(), modalities);
    List<Measured> all = new ArrayList<>();
    try {
      Settings shared = options.read(Sessions.hadoop());
      for (int variant = 0; variant < overrides.size(); variant++) {
        Settings settings = options.read(Sessions.hadoop(), overrides.get(variant));
        for (int count = 0; count < modalities.size(); count++) {
          all.add(new Measured(settings, variant, count, modalities.get(count)));
        }
      }
      for (int round = 0; round < warmUp + steps; round++) {
        for (Measured measured : all) {
          LossGrowth.Seconds seconds = measured.step();
          if (round >= warmUp) {
            growth.add(measured.variant, measured.place, seconds);
          }
        }
      }
      System.out.printf(
          Locale.ROOT,
          "batch %d, queue %d, %d neighbours, embedding %d, %d cores; milliseconds, medians of %d steps%n",
          shared.train().batch(),
          shared.distill().queue(),
          shared.distill().neighbours(),
          shared.encoder().embedding(),
          BenchData.cores(shared),
          steps);
    } finally {
      all.forEach(Measured::close);
    }
    growth.print(System.out);
    if (json) {
      System.out.println(new ObjectMapper().writeValueAsString(growth.result()));
    }
    return 0;
  }

  /** One variant with one number of modalities. */
  private static final class Measured implements AutoCloseable {
    private final int variant;
    private final int place;
    private final int batch;
    private final StepObjective objective;
    private final AlignedQueues queues;
    private final float[][] queries;
    private final float[][] keys;

    Measured(Settings settings, int variant, int place, int modalities) {
      this.variant = variant;
      this.place = place;
      this.batch = settings.train().batch();
      DistillSettings distill = settings.distill();
      int embedding = settings.encoder().embedding();
      int heads = distill.heads();
      List<Modality> named = List.of(Modality.values()).subList(0, modalities);
      EngineSettings engine =
          EngineSettings.of(settings.encoder().backend(), BenchData.cores(settings));
      objective = Objectives.open(distill, named, embedding, engine);
      queues = AlignedQueues.random(modalities * heads, distill.queue(), embedding, 1);
      queries = directions(modalities, heads * batch, embedding, 2);
      keys = directions(modalities, heads * batch, embedding, 3);
    }

    private static float[][] directions(int modalities, int count, int embedding, long seed) {
      try (AlignedQueues random = AlignedQueues.random(modalities, count, embedding, seed)) {
        return random.snapshot().keys();
      }
    }

    LossGrowth.Seconds step() {
      long began = System.nanoTime();
      StepTargets targets = objective.teach(keys, queues, batch);
      objective.settle();
      long taught = System.nanoTime();
      objective.compute(queries, keys, targets, queues, batch);
      long learned = System.nanoTime();
      return new LossGrowth.Seconds((taught - began) * 1e-9, (learned - taught) * 1e-9);
    }

    @Override
    public void close() {
      objective.close();
      queues.close();
    }
  }
}
