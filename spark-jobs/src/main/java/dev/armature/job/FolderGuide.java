package dev.armature.job;

import dev.armature.round.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.Path;

/** A file in a run's folder that tells whoever finds it what the others are. */
final class FolderGuide {
  private static final String NAME = "README.md";

  private static final String TEXT =
      """
      # A run of Armature

      | file | what it holds |
      | --- | --- |
      | `report.html` | the run as a page: open it in a browser |
      | `run.conf` | the configuration as it was resolved, and the versions |
      | `metrics.jsonl` | a line a step, a round, a checkpoint and a measurement, as JSON |
      | `checkpoints/` | the newest states, as safetensors files with their checksums |
      | `evaluation*.json` | what `evaluate` measured |

      Files whose names begin with a dot and end in `.incomplete` are being written, or were when a
      process was killed: they can be deleted when none is running.

      Go on with the run, where it was stopped:

          deploy/local/submit pretrain --resume --set output.dir=%1$s

      Measure its encoders on labelled data:

          deploy/local/submit evaluate --run %1$s --data URI

      Use them elsewhere:

          deploy/local/submit export --run %1$s --format onnx --out encoders.onnx
      """;

  private FolderGuide() {}

  /** Writes the file, with the patience of the folder. */
  static void write(RunFolder folder) throws IOException {
    Path path = new Path(folder.path(), NAME);
    byte[] text = TEXT.formatted(folder.path()).getBytes(StandardCharsets.UTF_8);
    folder
        .patience()
        .insist(
            "write",
            path,
            () -> {
              DurableFile.replace(folder.fileSystem(), path, out -> out.write(text));
              return null;
            });
  }
}
