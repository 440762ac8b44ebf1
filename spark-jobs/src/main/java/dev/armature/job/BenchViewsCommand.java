package dev.armature.job;

import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.report.Median;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench views}: how many augmented views, in all modalities, are made in a second. */
@Command(
    name = "views",
    description = "Times the augmentation, one thread a core.",
    footerHeading = "%nExamples:%n",
    footer = {"  deploy/local/submit bench views"})
final class BenchViewsCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options;

  @Option(
      names = "--batches",
      defaultValue = "400",
      description = "Batches of train.batch a thread and repetition (default 400).")
  private int batches;

  @Override
  public Integer call() throws IOException {
    Settings settings = options.read(Sessions.hadoop());
    int threads = Runtime.getRuntime().availableProcessors();
    int batch = settings.train().batch();
    List<SkeletonSequence> sequences = BenchData.sequences(batch);
    List<Double> rates = new ArrayList<>();
    for (int repetition = 0; repetition < 6; repetition++) {
      long began = System.nanoTime();
      IntStream.range(0, threads).parallel().forEach(thread -> make(settings, sequences, thread));
      double seconds = (System.nanoTime() - began) * 1e-9;
      // The first is the compiler's.
      if (repetition > 0) {
        rates.add(2.0 * batch * batches * threads / seconds);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%.0f views a second on %d cores (median of %d; each %d frames in %d modalities)%n",
        Median.of(rates),
        threads,
        rates.size(),
        settings.augment().frames(),
        settings.modalities().size());
    return 0;
  }

  private void make(Settings settings, List<SkeletonSequence> sequences, int thread) {
    ViewGenerator generator =
        new ViewGenerator(settings.augment(), BenchData.layout(), 2, settings.modalities());
    ViewBatch first = generator.batch(sequences.size());
    ViewBatch second = generator.batch(sequences.size());
    for (int batch = 0; batch < batches; batch++) {
      generator.training(sequences, thread, batch, first, second, 0);
    }
  }
}
