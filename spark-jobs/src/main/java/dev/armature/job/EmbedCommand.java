package dev.armature.job;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.embedding.Embedding;
import dev.armature.evaluate.embedding.EmbeddingException;
import dev.armature.evaluate.embedding.EmbeddingFolder;
import dev.armature.evaluate.embedding.EmbeddingManifest;
import dev.armature.evaluate.embedding.EmbeddingProgress;
import dev.armature.evaluate.embedding.EmbeddingRequest;
import dev.armature.evaluate.embedding.EmbeddingVector;
import dev.armature.job.preflight.ExecutorFilesCheck;
import dev.armature.job.preflight.Finding;
import dev.armature.job.preflight.OutputFolderCheck;
import dev.armature.job.preflight.Verdict;
import dev.armature.report.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code embed}: a vector for every sequence of a data set. */
@Command(
    name = "embed",
    description =
        "Writes a run's embeddings of a prepared data set to Parquet. A call that was cut short is gone on with by the same call.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit embed --run runs/utd-mhad --data utd-mhad \\",
      "      --out embeddings"
    })
final class EmbedCommand implements Callable<Integer>, Checked {
  private static final String ALL = "all";

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "The run's folder; its newest checkpoint embeds.")
  private String run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "A prepared data set of the same layout.")
  private String data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI",
      description =
          "The folder to write: embeddings/*.parquet, and embed-manifest.json when all of it is there.")
  private String output;

  @Option(
      names = "--split",
      defaultValue = ALL,
      paramLabel = "SPLIT",
      description = "train, test or all (default).")
  private String split;

  @Option(
      names = "--vector",
      defaultValue = "representation",
      paramLabel = "VECTOR",
      description =
          "representation (default): 2·hidden numbers before the heads, as evaluate takes them; head: what the first head makes of them.")
  private String vector;

  @Option(
      names = "--modalities",
      split = ",",
      paramLabel = "LIST",
      description = "Which of the run's, for instance joint,bone; default: all.")
  private List<String> modalities = List.of();

  @Option(
      names = "--overwrite",
      description = "Replace other embeddings that are in the folder; anything else stays.")
  private boolean overwrite;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Sets a key of the run anew, such as augment.frames of encoders that were imported.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() throws IOException {
    Settings settings = settings(Sessions.hadoop());
    SparkConf conf = configuration();
    Preflight.require(Preflight.tasks(conf, settings.encoder().backend()));
    return Sessions.run(
        conf,
        session -> {
          Preflight.require(Preflight.inSession(session, settings, 1, null));
          embed(session, settings);
          return 0;
        });
  }

  @Override
  public void check(Configuration hadoop) throws IOException {
    Settings settings = settings(hadoop);
    Manifest.read(hadoop, data);
    Preflight.require(Preflight.tasks(configuration(), settings.encoder().backend()));
  }

  private Settings settings(Configuration hadoop) throws IOException {
    splits(split);
    vector(vector);
    return new RunFolder(run, hadoop).settings(overrides);
  }

  /** A task for every core: encoders wait for each other within a task, tasks do not. */
  private static SparkConf configuration() {
    return Sessions.configuration("embed", 1, Sessions.coresOfSmallTasks());
  }

  /**
   * The splits of a word.
   *
   * @throws UserMistakeException if it names none
   */
  static List<Split> splits(String word) {
    if (word.equals(ALL)) {
      return List.of(Split.values());
    }
    return Arrays.stream(Split.values())
        .filter(each -> each.label().equals(word))
        .findFirst()
        .map(List::of)
        .orElseThrow(
            () ->
                new UserMistakeException(
                    "--split: found %s, expected train, test or all".formatted(word)));
  }

  private static EmbeddingVector vector(String label) {
    try {
      return EmbeddingVector.of(label);
    } catch (IllegalArgumentException unknown) {
      throw new UserMistakeException("--vector: " + unknown.getMessage(), unknown);
    }
  }

  private void embed(SparkSession session, Settings settings) throws IOException {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    RunFolder folder = new RunFolder(run, hadoop);
    Manifest manifest = Manifest.read(hadoop, data);
    Path out = RunFolder.path(output, hadoop);
    EmbeddingRequest request =
        new EmbeddingRequest(
            RunEncoders.forData(folder, settings, data, manifest, modalities),
            vector(vector),
            data,
            manifest,
            splits(split),
            output,
            overwrite,
            Sessions.taskCores(session),
            Versions.current());
    try {
      Optional<EmbeddingManifest> existing = new EmbeddingFolder(hadoop, output).existing(request);
      if (existing.isEmpty()) {
        requireOutput(session, out.getFileSystem(hadoop), out);
      }
      EmbeddingManifest written;
      try (Display display = new Display()) {
        written = Embedding.run(session, request, display);
      }
      report(written, out, existing.isPresent());
    } catch (EmbeddingException refused) {
      throw new UserMistakeException("--out: " + refused.getMessage(), refused);
    }
  }

  private void requireOutput(SparkSession session, FileSystem fileSystem, Path out)
      throws IOException {
    Finding finding = OutputFolderCheck.of(fileSystem, out);
    if (finding.verdict() == Verdict.FAIL) {
      throw new UserMistakeException(finding.remedy().replace("output.dir", "--out"));
    }
    if (!session.sparkContext().isLocal()) {
      Path manifest = Manifest.path(data);
      ExecutorFilesCheck check = new ExecutorFilesCheck(session.sparkContext(), 1);
      List<Finding> findings = new ArrayList<>();
      findings.add(
          check.data(
              manifest
                  .getFileSystem(session.sparkContext().hadoopConfiguration())
                  .makeQualified(manifest),
              "--data"));
      findings.add(check.output(fileSystem, fileSystem.makeQualified(out), "--out"));
      Preflight.require(findings);
    }
  }

  private static void report(EmbeddingManifest manifest, Path out, boolean before) {
    System.out.printf(
        "%s %d sequences (%s) by checkpoint %s in %d files of %.1f MB; columns %s.%n%s%n",
        before ? "Nothing to do: there are" : "Embedded",
        manifest.parts().stream().mapToLong(EmbeddingManifest.Part::sequences).sum(),
        manifest.identity().get("splits"),
        manifest.identity().get("checkpoint").substring(0, 12),
        manifest.parts().size(),
        manifest.parts().stream().mapToLong(EmbeddingManifest.Part::bytes).sum() * 1e-6,
        manifest.columns().stream()
            .map(column -> "%s (%d)".formatted(column.name(), column.length()))
            .collect(Collectors.joining(", ")),
        "Read them with spark.read.parquet(\"%s\").".formatted(new Path(out, "embeddings")));
  }

  /** Shows how far it is; what an earlier call has done does not count for the rate. */
  private static final class Display implements EmbeddingProgress, AutoCloseable {
    private Optional<Progress> progress = Optional.empty();

    @Override
    public void advanced(long done, long total) {
      if (progress.isEmpty()) {
        progress = Optional.of(Progress.start("Embedding", " sequences", done, total));
        if (done > 0) {
          progress.get().say("%d were done before".formatted(done));
        }
      }
      progress.get().at(done, total);
    }

    @Override
    public void close() {
      progress.ifPresent(Progress::close);
    }
  }
}
