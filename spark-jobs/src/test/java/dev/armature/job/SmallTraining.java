package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A run of two workers and 20 rounds that takes seconds, for clusters. */
final class SmallTraining {
  /** The last checkpoint, below a run's folder. */
  static final String LAST = "checkpoints/round-00000020.safetensors";

  /** As a recipe that includes its neighbour, where the sizes are. */
  static final String RECIPE =
      """
      include required("sizes.conf")
      train { batch = 8, max-steps = 60 }
      round { workers = 2, local-steps = 3 }
      checkpoint { every-rounds = 2, keep = 20 }
      """;

  /** The recipe's neighbour. */
  static final String SIZES =
      """
      encoder { hidden = 8, layers = 2, embedding = 8 }
      distill { queue = 96, neighbours = 20 }
      """;

  private SmallTraining() {}

  /**
   * The command.
   *
   * @param recipe a file with the recipe
   * @param data URI of the data
   * @param run URI of the run's folder
   */
  static List<String> pretrain(Path recipe, String data, String run) {
    return CommandCall.withSettings(
        List.of("pretrain", "--conf", recipe.toString()),
        Stream.of("data.path=" + data, "output.dir=" + run));
  }

  /**
   * The last checkpoint of a run with the shaded jar on this machine, without any cluster.
   *
   * @param folder for its files
   */
  static byte[] locally(Path folder, Path jar, Path recipe, String data)
      throws IOException, InterruptedException {
    Path run = folder.resolve("local");
    List<String> call = new ArrayList<>(List.of("dev.armature.job.Main"));
    call.addAll(pretrain(recipe, data, run.toUri().toString()));
    try (CommandProcess process =
        CommandProcess.start(
            folder,
            List.of("-Dspark.master=local[2]", "-Dspark.local.dir=" + folder),
            ShadedJar.spark(folder) + File.pathSeparator + jar,
            call)) {
      assertThat(process.exitCode()).as(process.output()).isZero();
    }
    return Files.readAllBytes(run.resolve(LAST));
  }
}
