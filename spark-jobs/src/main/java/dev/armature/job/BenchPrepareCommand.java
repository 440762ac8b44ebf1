package dev.armature.job;

import dev.armature.dataset.Protocol;
import dev.armature.dataset.ReadingBenchmark;
import dev.armature.dataset.SplitRule;
import dev.armature.dataset.ntu.NtuDataset;
import dev.armature.dataset.synthetic.GeneratedTexts;
import dev.armature.dataset.synthetic.SyntheticOptions;
import dev.armature.report.Median;
import dev.armature.skeleton.SkeletonLayouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench prepare}: how many raw NTU RGB+D files are read and normalized in a second, of a
 * folder of generated texts or of one's own.
 */
@Command(
    name = "prepare",
    description = "Times reading and normalizing raw NTU RGB+D files, one thread a core.",
    footerHeading = "%nExamples:%n",
    footer = {"  deploy/local/submit bench prepare"})
final class BenchPrepareCommand implements Callable<Integer> {
  private static final int NTU120_ACTIONS = 120;

  @Option(
      names = "--source",
      paramLabel = "DIR",
      description = "A folder of .skeleton files; default: generated ones, deleted afterwards.")
  private String source;

  @Option(
      names = "--files",
      defaultValue = "2000",
      description = "How many files to generate (default 2000).")
  private int files;

  @Option(names = "--repetitions", defaultValue = "5", description = "Readings (default 5).")
  private int repetitions;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Sessions.hadoop();
    if (source != null) {
      measure(source, hadoop);
      return 0;
    }
    Path folder = Files.createTempDirectory("armature-bench");
    try {
      GeneratedTexts.write(SyntheticOptions.defaults(1), folder.toUri().toString(), files, hadoop);
      measure(folder.toUri().toString(), hadoop);
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
    return 0;
  }

  private void measure(String folder, Configuration hadoop) throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    NtuDataset dataset =
        new NtuDataset(
            folder,
            SkeletonLayouts.named("kinect-v2"),
            NTU120_ACTIONS,
            SplitRule.ntu120(Protocol.XSUB),
            "");
    // Warms the compiler and the file system's cache.
    ReadingBenchmark.Result last = ReadingBenchmark.run(dataset, threads, hadoop);
    List<Double> rates = new ArrayList<>();
    for (int repetition = 0; repetition < repetitions; repetition++) {
      last = ReadingBenchmark.run(dataset, threads, hadoop);
      rates.add(last.rate());
    }
    System.out.printf(
        Locale.ROOT,
        "%.0f files a second on %d cores (median of %d readings of %d files, %.1f MB)%n",
        Median.of(rates),
        threads,
        rates.size(),
        last.recordings(),
        last.bytes() / 1e6);
  }
}
