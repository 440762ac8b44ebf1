package dev.armature.job;

import dev.armature.evaluate.embedding.SkeletonEncoder;
import dev.armature.evaluate.embedding.TrainedEncoders;
import dev.armature.skeleton.SkeletonLayout;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Makes a {@link SkeletonEncoder} of a run's newest checkpoint, as {@code export --format spark-ml}
 * does, without a folder in between. For one thread.
 *
 * <pre>{@code
 * SkeletonEncoder encoder =
 *     SkeletonEncoderBuilder.ofRun("hdfs:///runs/utd-mhad")
 *         .modalities(List.of("joint", "bone"))
 *         .build(spark.sparkContext().hadoopConfiguration());
 * }</pre>
 */
public final class SkeletonEncoderBuilder {
  private final String run;
  private List<String> modalities = List.of();
  private List<String> settings = List.of();
  private Optional<SkeletonLayout> layout = Optional.empty();

  private SkeletonEncoderBuilder(String run) {
    this.run = run;
  }

  /**
   * Begins.
   *
   * @param run Hadoop path of the run's folder
   */
  public static SkeletonEncoderBuilder ofRun(String run) {
    return new SkeletonEncoderBuilder(run);
  }

  /** Takes some of the run's modalities, by their labels; without this, all. */
  public SkeletonEncoderBuilder modalities(List<String> some) {
    modalities = List.copyOf(some);
    return this;
  }

  /** Says which joints imported encoders take; others bring their layout with them. */
  public SkeletonEncoderBuilder layout(SkeletonLayout joints) {
    layout = Optional.of(joints);
    return this;
  }

  /** Sets keys of the run anew, each {@code KEY=VALUE}, such as {@code augment.frames=12}. */
  public SkeletonEncoderBuilder settings(List<String> overrides) {
    settings = List.copyOf(overrides);
    return this;
  }

  /**
   * Reads the checkpoint.
   *
   * @throws IllegalArgumentException if that is no run, it has no checkpoint, or a setting does not
   *     fit; the message is for the user
   * @throws IOException if a file system fails, or a file is damaged
   */
  public SkeletonEncoder build(Configuration hadoop) throws IOException {
    try {
      RunFolder folder = new RunFolder(run, hadoop);
      TrainedEncoders encoders =
          RunEncoders.forSequences(folder, folder.settings(settings), layout, modalities);
      return new SkeletonEncoder(encoders);
    } catch (UserMistakeException mistake) {
      throw new IllegalArgumentException(mistake.getMessage(), mistake);
    }
  }
}
