package dev.armature.job;

import dev.armature.dataset.Protocol;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.DatasetKind;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.Preparation;
import dev.armature.dataset.store.PreparationListener;
import dev.armature.dataset.store.PrepareRequest;
import dev.armature.dataset.synthetic.SyntheticOptions;
import dev.armature.report.Progress;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code prepare}: raw recordings in, a prepared data set out. */
@Command(
    name = "prepare",
    description = "Normalizes raw recordings, splits them, writes them as Parquet with a manifest.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit prepare --dataset utd-mhad --source Skeleton \\",
      "      --protocol xsub --out utd-mhad",
      "  deploy/local/submit prepare --dataset synthetic --subjects 10 --out generated"
    })
final class PrepareCommand implements Callable<Integer>, Checked {
  private static final int LISTED = 5;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "KIND",
      completionCandidates = Kinds.class,
      description = "One of: ${COMPLETION-CANDIDATES}.")
  private String dataset;

  @Option(
      names = "--source",
      paramLabel = "URI",
      description =
          "Folder of the raw recordings (npz, pyskl: the file; parquet: the table); not for synthetic.")
  private String source;

  @Option(
      names = "--protocol",
      paramLabel = "PROTOCOL",
      completionCandidates = Protocols.class,
      description =
          "How to split, one of: ${COMPLETION-CANDIDATES} (default xsub; nw-ucla: xview).")
  private String protocol;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI",
      description = "Folder to write; must not hold anything else.")
  private String output;

  @Option(
      names = "--missing",
      paramLabel = "FILE",
      description = "NTU RGB+D's list of samples with missing skeletons; they are left out.")
  private String missing;

  @Option(
      names = "--layout",
      paramLabel = "FILE",
      description =
          "A joint layout, as a HOCON or JSON file or the name of one; default: the data set's own.")
  private String layout;

  @Option(
      names = "--splits",
      split = ",",
      paramLabel = "TRAIN,TEST",
      description =
          "Pyskl: names of two splits in the pickle (default: those of the protocol, else train and val).")
  private List<String> splits = List.of();

  @Option(
      names = "--training",
      split = ",",
      paramLabel = "NUMBER",
      description =
          "Parquet, without a column split: the subjects that train (xview: cameras, xsetup: set-ups).")
  private List<Integer> training = List.of();

  @Option(names = "--strict", description = "Fail on the first bad recording.")
  private boolean strict;

  @Option(names = "--subjects", defaultValue = "10", description = "Synthetic: persons.")
  private int subjects;

  @Option(
      names = "--repetitions",
      defaultValue = "4",
      description = "Synthetic: how often each person performs each action.")
  private int repetitions;

  @Option(
      names = "--noise",
      defaultValue = "1",
      description = "Synthetic: sensor noise, 1 as an ordinary Kinect's.")
  private double noise;

  @Option(names = "--seed", defaultValue = "1", description = "Synthetic: seed.")
  private long seed;

  @Override
  public Integer call() throws IOException {
    PrepareRequest request = request();
    return Sessions.run(
        "prepare",
        1,
        1,
        session -> {
          Manifest manifest;
          try (Display display = new Display()) {
            manifest = Preparation.run(session, request, display);
          }
          summarize(manifest);
          return 0;
        });
  }

  @Override
  public void check(Configuration hadoop) {
    request();
  }

  private PrepareRequest request() {
    DatasetKind kind = DatasetKind.of(dataset);
    if (kind != DatasetKind.SYNTHETIC && source == null) {
      throw new UserMistakeException(
          "--source is missing: the folder with the raw recordings of " + kind.label());
    }
    checkSplits(kind);
    return new PrepareRequest(
        kind,
        source == null ? "" : source,
        protocol(kind),
        output,
        Optional.ofNullable(missing),
        layout(kind),
        splits,
        training,
        new SyntheticOptions(subjects, repetitions, noise, seed),
        strict);
  }

  private void checkSplits(DatasetKind kind) {
    if (!splits.isEmpty() && (kind != DatasetKind.PYSKL || splits.size() != 2)) {
      throw new UserMistakeException(
          "--splits %s: expected two names, TRAIN,TEST, with --dataset pyskl"
              .formatted(String.join(",", splits)));
    }
    if (!training.isEmpty() && kind != DatasetKind.PARQUET) {
      throw new UserMistakeException(
          "--training is for --dataset parquet; %s has a rule of its own".formatted(kind.label()));
    }
  }

  private Protocol protocol(DatasetKind kind) {
    if (protocol == null) {
      return kind.usualProtocol();
    }
    return Arrays.stream(Protocol.values())
        .filter(each -> each.label().equals(protocol))
        .findFirst()
        .orElseThrow(
            () ->
                new UserMistakeException(
                    "--protocol %s: expected one of %s"
                        .formatted(
                            protocol,
                            Arrays.stream(Protocol.values()).map(Protocol::label).toList())));
  }

  private Optional<SkeletonLayout> layout(DatasetKind kind) {
    if (layout == null && kind == DatasetKind.PARQUET) {
      throw new UserMistakeException(
          "--layout is missing: a table does not say what its joints are; give a file or one of %s"
              .formatted(SkeletonLayouts.names()));
    }
    return Optional.ofNullable(layout).map(word -> layout(word, Sessions.hadoop()));
  }

  /**
   * A layout by its name, or of a file.
   *
   * @throws UserMistakeException if it is neither
   */
  static SkeletonLayout layout(String layout, Configuration hadoop) {
    try {
      boolean file = layout.endsWith(".conf") || layout.endsWith(".json") || layout.contains("/");
      return file
          ? SkeletonLayouts.read(SettingsFile.parse(layout, hadoop))
          : SkeletonLayouts.named(layout);
    } catch (IllegalArgumentException wrong) {
      throw new UserMistakeException(
          "--layout %s: %s".formatted(layout, wrong.getMessage()), wrong);
    }
  }

  private void summarize(Manifest manifest) {
    Manifest.SplitSummary train = manifest.split(Split.TRAIN);
    Manifest.SplitSummary test = manifest.split(Split.TEST);
    System.out.printf(
        "Prepared %s by %s: %d training and %d test sequences, %d classes, layout %s, %d persons, %d to %d frames.%n",
        manifest.dataset(),
        manifest.protocol(),
        train.sequences(),
        test.sequences(),
        manifest.classes().count(),
        manifest.layout().name(),
        manifest.persons(),
        Math.min(train.frames().min(), test.frames().min()),
        Math.max(train.frames().max(), test.frames().max()));
    Manifest.SetAsideSummary setAside = manifest.setAside();
    if (setAside.total() > 0) {
      System.out.printf("Set aside %d recordings: %s.%n", setAside.total(), setAside.byFault());
      setAside.listed().stream()
          .limit(LISTED)
          .forEach(each -> System.out.printf("  %s: %s%n", each.id(), each.reason()));
      if (setAside.total() > LISTED) {
        System.out.printf("  … the others are in %s/manifest.json%n", output);
      }
    }
    System.out.printf(
        "Next: pretrain --conf RECIPE --set data.path=%s --set output.dir=DIR (recipes are in conf/)%n",
        output);
  }

  /** Shows a preparation's progress. */
  private static final class Display implements PreparationListener, AutoCloseable {
    private final Progress progress = Progress.start("Reading", " recordings", 0, -1);

    @Override
    public void reading(long done, long setAside, long total) {
      progress.at(done, total);
      if (setAside > 0) {
        progress.say(setAside + " set aside");
      }
    }

    @Override
    public void writing(long sequences) {
      progress.say("writing %d sequences".formatted(sequences));
    }

    @Override
    public void alreadyPrepared(String output) {
      progress.say(output + " holds this very data set already");
    }

    @Override
    public void close() {
      progress.close();
    }
  }

  /** Names for the help text. */
  private static final class Kinds implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(DatasetKind.values()).map(DatasetKind::label).iterator();
    }
  }

  /** Names for the help text. */
  private static final class Protocols implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Protocol.values()).map(Protocol::label).iterator();
    }
  }
}
