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
  private final Patience patience;

  /**
   * Parts of a plan's checkpoints.
   *
   * @param patience with which they are written and read
   */
  public CarriedCheckpoint(JavaSparkContext spark, TrainingPlan plan, Patience patience) {
    this.spark = spark;
    this.layout = CarriedLayout.of(plan);
    this.patience = patience;
  }

  /**
   * Writes the parts of a state.
   *
   * @param store that the checkpoint is to be written to
   * @return the state, with what the workers carry in files; the same if they carry nothing
   * @throws CarriedStateLostException if a worker's is lost
   * @throws IOException if a part cannot be written
   */
  public TrainingState write(TrainingState state, CheckpointStore store) throws IOException {
    if (!(state.carried() instanceof CarriedStates.Blocks blocks)) {
      return state;
    }
    String folder = store.folder().toString();
    Writing writing = new Writing(layout, blocks, folder, state.rounds());
    List<CarriedPart> parts =
        patience.insist(
            "write the parts of",
            store.path(state.rounds()),
            () -> {
              // What attempts have left may be what fills the disk.
              store.deleteIncomplete();
              return write(writing);
            });
    return state.withCarried(new CarriedStates.Files(folder, parts));
  }

  private List<CarriedPart> write(Writing writing) throws IOException {
    int workers = writing.blocks().workers();
    List<PartAnswer> answers;
    try {
      answers =
          spark
              .parallelize(numbers(workers), workers)
              .map(worker -> PartAnswer.of(writing.file(worker), () -> writing.part(worker)))
              .collect();
    } catch (Exception failed) {
      if (CarriedStateLostException.causes(failed)) {
        throw new CarriedStateLostException(failed);
      }
      throw failed;
    }
    List<CarriedPart> parts = new ArrayList<>();
    for (PartAnswer answer : answers) {
      parts.add(answer.require());
    }
    return parts;
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
   * @throws IOException if one is not, or cannot be read, naming it
   */
  public void requireWhole(Checkpoint checkpoint) throws IOException {
    if (!(checkpoint.state().carried() instanceof CarriedStates.Files files)) {
      return;
    }
    String folder = files.folder();
    patience.insist(
        "read parts of a checkpoint in",
        new Path(folder),
        () -> {
          List<PartAnswer> answers =
              spark
                  .parallelize(files.parts(), files.parts().size())
                  .map(
                      part ->
                          PartAnswer.of(new Path(folder, part.file()), () -> whole(folder, part)))
                  .collect();
          for (PartAnswer answer : answers) {
            answer.require();
          }
          return null;
        });
  }

  private static CarriedPart whole(String folder, CarriedPart part) throws IOException {
    Path path = new Path(folder, part.file());
    try {
      ChecksummedFile.require(fileSystem(path), path, part.sha256());
    } catch (NotWholeException broken) {
      throw new NotWholeException(
          "its part %s: %s".formatted(part.file(), broken.getMessage()), broken);
    }
    return part;
  }

  /** The file system of a path, as the executor that runs this task knows it. */
  static FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()));
  }

  private record Writing(
      CarriedLayout layout, CarriedStates.Blocks blocks, String folder, int rounds)
      implements Serializable {
    Path file(int worker) {
      return new Path(folder, CarriedPart.name(rounds, worker));
    }

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
