package dev.armature.evaluate;

import dev.armature.augment.AugmentSettings;
import dev.armature.encoder.EncoderShape;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Representations of sequences (2·hidden numbers, before the projection heads), computed on the
 * executors and brought to the driver.
 *
 * <p>The parameters of all modalities travel once, in one broadcast. A task opens one engine for
 * one modality, so that an executor never holds more than one encoder a core. Results are the same,
 * bit for bit, however the sequences are partitioned. For one thread at a time.
 */
public final class FeatureExtraction implements AutoCloseable {
  /**
   * What a job may bring to the driver, in bytes: half of what Spark allows it by default ({@code
   * spark.driver.maxResultSize}).
   */
  static final long JOB_BYTES = 512L << 20;

  private final EngineFactory engines;
  private final EncoderShape shape;
  private final List<Modality> modalities;
  private final Broadcast<float[][]> parameters;
  private final SkeletonLayout layout;
  private final int persons;
  private final AugmentSettings views;
  private final long jobBytes;

  /**
   * @param engines opens the tasks' engines
   * @param shape the sizes of the encoders
   * @param modalities which modalities there is an encoder for
   * @param parameters query encoders by modality, laid out as {@link
   *     dev.armature.encoder.ParameterLayout} says
   * @param persons persons of a view
   * @param views frames and crop ratios of views
   */
  public FeatureExtraction(
      JavaSparkContext spark,
      EngineFactory engines,
      EncoderShape shape,
      List<Modality> modalities,
      float[][] parameters,
      SkeletonLayout layout,
      int persons,
      AugmentSettings views) {
    this(spark, engines, shape, modalities, parameters, layout, persons, views, JOB_BYTES);
  }

  FeatureExtraction(
      JavaSparkContext spark,
      EngineFactory engines,
      EncoderShape shape,
      List<Modality> modalities,
      float[][] parameters,
      SkeletonLayout layout,
      int persons,
      AugmentSettings views,
      long jobBytes) {
    this.engines = engines;
    this.shape = shape;
    this.modalities = List.copyOf(modalities);
    this.parameters = spark.broadcast(parameters);
    this.layout = layout;
    this.persons = persons;
    this.views = views;
    this.jobBytes = jobBytes;
  }

  /**
   * How views are made.
   *
   * @param persons persons of a view
   * @param views frames and crop ratios
   */
  record ViewRecipe(SkeletonLayout layout, int persons, AugmentSettings views)
      implements Serializable {}

  /** How views are made. */
  ViewRecipe recipe() {
    return new ViewRecipe(layout, persons, views);
  }

  /** The sizes of the encoders. */
  EncoderShape shape() {
    return shape;
  }

  /** The same views through other encoders of the same shape; the caller closes them. */
  FeatureExtraction of(JavaSparkContext spark, List<Modality> some, float[][] others) {
    return new FeatureExtraction(
        spark, engines, shape, some, others, layout, persons, views, jobBytes);
  }

  /** The modalities there is an encoder for, in order. */
  public List<Modality> modalities() {
    return modalities;
  }

  /**
   * Represents every sequence once, as evaluation looks at it: the centre of its frames.
   *
   * @return rows in the order of the sequences' indices
   * @throws IllegalArgumentException if there is no encoder for the modality
   * @throws IllegalStateException if a representation is not finite
   */
  public Features evaluation(SequenceBlocks sequences, Modality modality) {
    return extract(sequences, modality, List.of(Viewing.evaluation())).get(0);
  }

  /** Whether {@link #training} crops at random; otherwise every epoch is as {@link #evaluation}. */
  boolean cropsAreRandom() {
    return views.temporal() == AugmentSettings.Temporal.RANDOM;
  }

  /**
   * Represents every sequence once an epoch, in the crops that a classifier is trained on. All of
   * it is returned at once: ask for {@link #epochsAtOnce} epochs at a time.
   *
   * @param seed of random crops
   * @param firstEpoch 0-based
   * @return by epoch, rows in the order of the sequences' indices
   * @throws IllegalArgumentException if there is no encoder for the modality
   * @throws IllegalStateException if a representation is not finite
   */
  public List<Features> training(
      SequenceBlocks sequences, Modality modality, long seed, int firstEpoch, int epochs) {
    return extract(
        sequences,
        modality,
        IntStream.range(firstEpoch, firstEpoch + epochs)
            .mapToObj(epoch -> Viewing.training(seed, epoch))
            .toList());
  }

  /** How many epochs of a split's representations are brought to the driver at once. */
  public int epochsAtOnce(SequenceBlocks sequences) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, jobBytes / bytes(sequences, 1)));
  }

  private long bytes(SequenceBlocks sequences, int viewings) {
    return (long) sequences.rows() * shape.representation() * Float.BYTES * viewings;
  }

  private List<Features> extract(
      SequenceBlocks sequences, Modality modality, List<Viewing> viewings) {
    int encoder = modalities.indexOf(modality);
    if (encoder < 0) {
      throw new IllegalArgumentException(
          "there is no %s encoder; there are encoders for %s"
              .formatted(modality.label(), modalities));
    }
    RepresentationTask task =
        new RepresentationTask(
            engines, shape, parameters, encoder, modality, layout, persons, views, viewings);
    JavaRDD<RepresentationTask.Block> blocks = sequences.ranked().mapPartitions(task::run);
    int columns = shape.representation();
    float[][] values = new float[viewings.size()][Math.multiplyExact(sequences.rows(), columns)];
    for (int[] partitions :
        PartitionGroups.of(
            blocks.getNumPartitions(), bytes(sequences, viewings.size()), jobBytes)) {
      for (List<RepresentationTask.Block> partition : blocks.collectPartitions(partitions)) {
        for (RepresentationTask.Block block : partition) {
          if (!block.fault().isEmpty()) {
            throw new IllegalStateException(block.fault());
          }
          float[] part = block.values();
          System.arraycopy(
              part, 0, values[block.viewing()], block.firstRank() * columns, part.length);
        }
      }
    }
    return Arrays.stream(values).map(all -> new Features(sequences.rows(), columns, all)).toList();
  }

  /** Frees the broadcast parameters. */
  @Override
  public void close() {
    parameters.destroy();
  }
}
