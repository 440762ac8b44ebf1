package dev.armature.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.Recurrence;
import dev.armature.exchange.PublishedCheckpoint;
import dev.armature.exchange.PublishedCheckpointReader;
import dev.armature.exchange.PublishedOptimizer;
import dev.armature.round.Checkpoint;
import dev.armature.skeleton.Modality;
import dev.armature.tensor.TensorFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code import}: a checkpoint of the published code in, a run's folder out. */
@Command(
    name = "import",
    description =
        "Makes a run's folder of a checkpoint of the published PyTorch code, or of an exported one.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit import --from checkpoint_0450.pth.tar \\",
      "      --out runs/published"
    })
final class ImportCommand implements Callable<Integer> {

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FILE",
      description = "What torch.save wrote (.pth.tar), or a safetensors file that export wrote.")
  private String from;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The run's folder to make; must not hold anything.")
  private String output;

  @Option(
      names = "--recurrence",
      description =
          "lockstep or bidirectional; default: what an exported file says, else lockstep, as in the published code.")
  private Recurrence recurrence;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Sessions.hadoop();
    RunFolder folder = new RunFolder(output, hadoop);
    if (!folder.isEmpty()) {
      throw new UserMistakeException(
          "%s is not empty: give another --out, or delete the folder".formatted(folder.path()));
    }
    Path path = RunFolder.path(from, hadoop);
    FileSystem fileSystem = path.getFileSystem(hadoop);
    try (PublishedCheckpointReader reader =
        PublishedCheckpointReader.open(fileSystem, path, Optional.ofNullable(recurrence))) {
      requireMemory(reader);
      PublishedCheckpoint read = reader.read();
      Config configuration = configuration(read).withFallback(source(fileSystem, path));
      Path checkpoint =
          folder
              .checkpoints()
              .write(
                  new Checkpoint(
                      read.state(), read.shape(), read.modalities(), provenance(read.texts())));
      folder.writeConfiguration(configuration);
      FolderGuide.write(folder);
      summarize(read, checkpoint);
    } catch (FileNotFoundException missing) {
      throw new UserMistakeException("--from: there is no file %s".formatted(path), missing);
    } catch (TensorFileException wrong) {
      throw new UserMistakeException(wrong.getMessage(), wrong);
    }
    return 0;
  }

  /** The state alone: it is read and written tensor by tensor. */
  private static void requireMemory(PublishedCheckpointReader reader) {
    long bytes =
        DriverMemory.stateBytes(reader.shape(), reader.modalities().size(), reader.queue());
    DriverMemory.require(
        "encoders of hidden %d and queues of %d".formatted(reader.shape().hidden(), reader.queue()),
        bytes,
        Runtime.getRuntime().maxMemory());
  }

  /** What an exported file tells of the data it was trained on stays with the encoders. */
  private static Map<String, String> provenance(Map<String, String> texts) {
    Map<String, String> provenance = new TreeMap<>(texts);
    provenance.keySet().retainAll(Set.of(Provenance.DATA, Provenance.DATA_LAYOUT));
    Versions.current().forEach((name, version) -> provenance.put("version." + name, version));
    return provenance;
  }

  /** Where it came from is told beside the settings: alike checkpoints are alike files. */
  private static Config source(FileSystem fileSystem, Path path) throws IOException {
    try (InputStream in = fileSystem.open(path)) {
      return ConfigFactory.parseMap(
              Map.of("file", path.toString(), "sha256", DigestUtils.sha256Hex(in)))
          .atPath(SettingsFile.VERSIONS + ".imported");
    }
  }

  /**
   * What the file tells; of what it does not, the defaults, as far as the queue allows them. Its
   * learning rate is that of its epoch, and stays: a schedule would lower it once more.
   */
  private static Config configuration(PublishedCheckpoint read) {
    EncoderShape shape = read.shape();
    int queue = read.state().queues().capacity();
    Config defaults = SettingsFile.reference();
    Map<String, Object> known = new TreeMap<>();
    known.put("encoder.modalities", read.modalities().stream().map(Modality::label).toList());
    known.put("encoder.hidden", shape.hidden());
    known.put("encoder.layers", shape.layers());
    known.put("encoder.embedding", shape.embedding());
    known.put("encoder.recurrence", shape.recurrence().label());
    known.put("distill.queue", queue);
    for (String bounded : List.of("distill.neighbours", "train.batch")) {
      known.put(bounded, Math.min(queue, defaults.getInt(bounded)));
    }
    read.optimizer()
        .ifPresent(
            optimizer -> {
              known.putAll(usable(optimizer.settings()));
              known.put("train.schedule", List.of());
            });
    return SettingsFile.readForEvaluation(ConfigFactory.parseMap(known), List.of()).config();
  }

  /** Those that a run can have; an optimizer at the end of its schedule may have a rate of 0. */
  private static Map<String, Double> usable(Map<String, Double> settings) {
    Map<String, Double> usable = new TreeMap<>(settings);
    usable
        .entrySet()
        .removeIf(
            setting -> {
              try {
                SettingsFile.readForEvaluation(
                    ConfigFactory.parseMap(Map.of(setting.getKey(), setting.getValue())),
                    List.of());
                return false;
              } catch (UserMistakeException outOfRange) {
                return true;
              }
            });
    return usable;
  }

  private void summarize(PublishedCheckpoint read, Path checkpoint) {
    EncoderShape shape = read.shape();
    System.out.printf(
        "Imported %s:%n  encoders       %s; %d features a frame, %d layers of hidden %d, embedding %d, %s%n  queues         %d keys, the next at position %d%n  behind it      %d epochs, %d steps%n  optimizer      %s%n",
        from,
        Modality.labels(read.modalities()),
        shape.features(),
        shape.layers(),
        shape.hidden(),
        shape.embedding(),
        shape.recurrence().label(),
        read.state().queues().capacity(),
        read.state().queues().enqueued(),
        read.state().epochs(),
        read.state().steps(),
        read.optimizer().map(ImportCommand::describe).orElse("none; momentum starts at zero"));
    if (!read.ignored().isEmpty()) {
      System.out.printf(
          "  left out       %d tensors that have no place here: %s%n",
          read.ignored().size(), some(read.ignored()));
    }
    System.out.printf(
        "Written to %s.%nMeasure it with: evaluate --run %s --data …; train it further with: pretrain --set init.from=%s …%s%n",
        checkpoint,
        output,
        output,
        read.state().epochs() > 0
            ? " (init.epoch=%d goes on in its schedule)".formatted(read.state().epochs())
            : "");
  }

  /** The first few names, printable: they are the file's own. */
  private static String some(List<String> names) {
    int most = 5;
    String shown = String.join(", ", names.subList(0, Math.min(most, names.size())));
    return (names.size() > most ? shown + ", …" : shown).replaceAll("\\p{Cntrl}", "?");
  }

  private static String describe(PublishedOptimizer optimizer) {
    Map<String, Double> usable = usable(optimizer.settings());
    Map<String, Double> left = new TreeMap<>(optimizer.settings());
    left.keySet().removeAll(usable.keySet());
    return "%d momentum buffers for %d parameters, %s%s%s"
        .formatted(
            optimizer.momentumBuffers(),
            optimizer.parameters(),
            usable,
            left.isEmpty() ? "" : "; out of range and left out: " + left,
            optimizer.nesterov()
                ? "; Nesterov's momentum, which pretrain does not use: its steps will differ"
                : "");
  }
}
