package dev.armature.job;

import dev.armature.exchange.OnnxModel;
import dev.armature.exchange.PublishedCheckpointWriter;
import dev.armature.round.Checkpoint;
import dev.armature.round.CheckpointStore;
import dev.armature.round.FloatBlock;
import dev.armature.skeleton.Modality;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code export}: a run's newest checkpoint as a file for other programs. */
@Command(
    name = "export",
    description = "Writes a run's newest checkpoint for PyTorch, safetensors, ONNX or Spark ML.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  deploy/local/submit export --run runs/utd-mhad --format onnx \\",
      "      --out utd-mhad.onnx",
      "  deploy/local/submit export --run runs/utd-mhad --format spark-ml \\",
      "      --out utd-mhad-encoder"
    })
final class ExportCommand implements Callable<Integer> {

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "The run's folder; its newest checkpoint is exported.")
  private String run;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description =
          "pytorch: encoders, queues and momentum for torch.load, as the published code saves them. safetensors: the same tensors. onnx: the query encoders, to be run. spark-ml: the same as a transformer for pipelines of Spark ML.")
  private ExportFormat format;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The file to write, for spark-ml a folder; must not be there yet.")
  private String output;

  @Option(
      names = "--modalities",
      split = ",",
      paramLabel = "LIST",
      description =
          "Which of the run's, for instance joint,bone; default: all. pytorch and safetensors know joint, motion and bone.")
  private List<String> modalities = List.of();

  @Option(
      names = "--layout",
      paramLabel = "FILE",
      description =
          "spark-ml, of imported encoders: the joints that they take, a layout in HOCON or the name of one.")
  private String layout;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "spark-ml: sets a key of the run anew, such as augment.frames of imported encoders.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Sessions.hadoop();
    RunFolder folder = new RunFolder(run, hadoop);
    Settings settings = folder.settings(overrides);
    List<Modality> chosen = chosen(settings.modalities());
    Path path = RunFolder.path(output, hadoop);
    if (format == ExportFormat.SPARK_ML) {
      return new TransformerExport(run, modalities, layout, overrides).write(path, hadoop);
    }
    requireNames(chosen);
    try (FileSystem fileSystem = FileSystem.newInstance(path.toUri(), hadoop)) {
      // Hadoop's checksum beside a local file would stay, and condemn what others save in its
      // place.
      fileSystem.setWriteChecksum(false);
      if (fileSystem.exists(path)) {
        throw new UserMistakeException(
            "--out: %s is there already; give another name, or delete it".formatted(path));
      }
      requireMemory(folder);
      write(folder.requireCheckpoint().of(chosen), settings, fileSystem, path);
    }
    return 0;
  }

  /** The checkpoint; a model for ONNX, a third of it and less, is put together in memory. */
  private void requireMemory(RunFolder folder) throws IOException {
    CheckpointStore checkpoints = folder.checkpoints();
    List<Integer> rounds = checkpoints.rounds();
    if (!rounds.isEmpty()) {
      Path newest = checkpoints.path(rounds.get(rounds.size() - 1));
      long bytes = folder.fileSystem().getFileStatus(newest).getLen();
      DriverMemory.require(
          String.format(Locale.ROOT, "checkpoints of %.1f GB", bytes * 1e-9),
          format == ExportFormat.ONNX ? bytes + bytes / 3 : bytes,
          Runtime.getRuntime().maxMemory());
    }
  }

  private void write(Checkpoint checkpoint, Settings settings, FileSystem fileSystem, Path path)
      throws IOException {
    Path temporary = new Path(path.getParent(), "." + path.getName() + ".incomplete");
    try (OutputStream out = new BufferedOutputStream(fileSystem.create(temporary, true), 1 << 20)) {
      write(checkpoint, settings, out);
    } catch (IllegalArgumentException unfit) {
      fileSystem.delete(temporary, false);
      throw new UserMistakeException("--format: " + unfit.getMessage(), unfit);
    } catch (IOException failed) {
      fileSystem.delete(temporary, false);
      throw failed;
    }
    if (!fileSystem.rename(temporary, path)) {
      throw new IOException("could not rename %s to %s".formatted(temporary, path));
    }
    System.out.printf(
        "Wrote %s: %s of %s after %d epochs and %d steps, %s, %.1f MB.%n",
        path,
        content(),
        Modality.labels(checkpoint.modalities()),
        checkpoint.state().epochs(),
        checkpoint.state().steps(),
        checkpoint.shape().recurrence().label(),
        fileSystem.getFileStatus(path).getLen() * 1e-6);
    if (checkpoint.shape().heads() > 1) {
      System.out.println(
          "Of the two projection heads only the instance head is in it, with what belongs to it: the format has no place for the cluster head.");
    }
  }

  private List<Modality> chosen(List<Modality> ofTheRun) {
    if (modalities.isEmpty()) {
      return ofTheRun;
    }
    return RunEncoders.modalities(modalities, ofTheRun);
  }

  private void requireNames(List<Modality> chosen) {
    List<Modality> named =
        chosen.stream().filter(PublishedCheckpointWriter.MODALITIES::contains).toList();
    if (format != ExportFormat.ONNX && named.size() < chosen.size()) {
      List<Modality> nameless = chosen.stream().filter(each -> !named.contains(each)).toList();
      throw new UserMistakeException(
          "--modalities: --format %s has names for %s, not for %s; give %s--format onnx"
              .formatted(
                  format,
                  Modality.labels(PublishedCheckpointWriter.MODALITIES),
                  Modality.labels(nameless),
                  named.isEmpty()
                      ? ""
                      : "--modalities %s, or ".formatted(Modality.labels(named).replace(" ", ""))));
    }
  }

  private void write(Checkpoint checkpoint, Settings settings, OutputStream out)
      throws IOException {
    switch (format) {
      case PYTORCH -> new PublishedCheckpointWriter(checkpoint).writePyTorch(settings.train(), out);
      case SAFETENSORS -> new PublishedCheckpointWriter(checkpoint).writeSafeTensors(out);
      case ONNX ->
          OnnxModel.write(
              checkpoint.shape(),
              checkpoint.modalities(),
              checkpoint.state().model().query().stream().map(FloatBlock::values).toList(),
              checkpoint.provenance(),
              out);
      case SPARK_ML -> throw new IllegalStateException("a transformer is no single file");
    }
  }

  private String content() {
    return format == ExportFormat.ONNX
        ? "query encoders"
        : "query and key encoders, queues and momentum";
  }
}
