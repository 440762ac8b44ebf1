package dev.armature.round;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * The parts of a checkpoint that hold what the workers carry: a file a worker, which an executor
 * writes and reads, never the driver. They are complete before the checkpoint itself gets its name,
 * and it lists them with their checksums. Training goes on from a checkpoint with all of its parts
 * only; its encoders can be used without them.
 */
public final class CarriedCheckpoint {
  private final JavaSparkContext spark;
  private final CarriedLayout layout;

  /** Parts of a plan's checkpoints. */
  public CarriedCheckpoint(JavaSparkContext spark, TrainingPlan plan) {
    this.spark = spark;
    this.layout = CarriedLayout.of(plan);
  }

  /**
   * Writes the parts of a state.
   *
   * @param folder of the checkpoints
   * @return the state, with what the workers carry in files; the same if they carry nothing
   * @throws CarriedStateLostException if a worker's is lost
   */
  public TrainingState write(TrainingState state, Path folder) {
    if (!(state.carried() instanceof CarriedStates.Blocks blocks)) {
      return state;
    }
    Writing writing = new Writing(layout, blocks, folder.toString(), state.rounds());
    try {
      List<CarriedPart> parts =
          spark
              .parallelize(numbers(blocks.workers()), blocks.workers())
              .map(writing::part)
              .collect();
      return state.withCarried(new CarriedStates.Files(folder.toString(), parts));
    } catch (Exception failed) {
      if (CarriedStateLostException.causes(failed)) {
        throw new CarriedStateLostException(failed);
      }
      throw failed;
    }
  }

  private static List<Integer> numbers(int count) {
    List<Integer> numbers = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      numbers.add(number);
    }
    return numbers;
  }

  /**
   * Whether training can go on from a checkpoint: all its parts must be there as they were written.
   *
   * @throws IOException if one is not, naming it
   */
  public void requireWhole(Checkpoint checkpoint) throws IOException {
    if (!(checkpoint.state().carried() instanceof CarriedStates.Files files)) {
      return;
    }
    String folder = files.folder();
    List<String> problems =
        spark
            .parallelize(files.parts(), files.parts().size())
            .map(part -> problem(folder, part))
            .collect();
    for (String problem : problems) {
      if (!problem.isEmpty()) {
        throw new NotWholeException(problem);
      }
    }
  }

  /** Empty if there is none. */
  private static String problem(String folder, CarriedPart part) {
    try {
      Path path = new Path(folder);
      CarriedFile.requireWhole(fileSystem(path), path, part);
      return "";
    } catch (IOException broken) {
      return "its part %s: %s".formatted(part.file(), broken.getMessage());
    }
  }

  /** The file system of a path, as the executor that runs this task knows it. */
  static FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()));
  }

  private record Writing(
      CarriedLayout layout, CarriedStates.Blocks blocks, String folder, int rounds)
      implements Serializable {
    CarriedPart part(int worker) throws IOException {
      Path path = new Path(folder);
      return CarriedFile.write(
          fileSystem(path),
          path,
          rounds,
          worker,
          TaskContext.get().taskAttemptId(),
          layout,
          CarriedBlocks.get(blocks, layout, worker));
    }
  }
}
