package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.LocalSpark;
import dev.armature.augment.AugmentSettings;
import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.Recurrence;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FeatureExtractionTest {
  private static final List<Modality> MODALITIES = List.of(Modality.JOINT, Modality.MOTION);
  private static final int ROWS = 300;
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.context();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Test
  void representations_are_those_of_an_engine_given_the_blocks_one_by_one() {
    List<StoredSequence> sequences = ToyData.sequences(ROWS, 1);
    Features found = evaluation(sequences, 4, FeatureExtraction.JOB_BYTES);

    ViewGenerator generator =
        new ViewGenerator(AugmentSettings.PUBLISHED, ToyData.LAYOUT, 1, List.of(Modality.MOTION));
    try (EncoderEngine engine = ToyEngine.open(ToyData.SHAPE, 1)) {
      engine.setParameters(EncoderEngine.Branch.QUERY, 0, ToyData.parameters(2, 5)[1]);
      for (int first = 0; first < ROWS; first += SequenceBlocks.ROWS) {
        int count = Math.min(SequenceBlocks.ROWS, ROWS - first);
        ViewBatch batch = generator.batch(count);
        for (int row = 0; row < count; row++) {
          generator.evaluation(sequences.get(first + row).sequence(), batch, row);
        }
        int columns = found.columns();
        assertThat(Arrays.copyOfRange(found.values(), first * columns, (first + count) * columns))
            .containsExactly(engine.represent(0, batch));
      }
    }
  }

  @Test
  void partitions_and_their_order_change_no_bit() {
    List<StoredSequence> sequences = ToyData.sequences(ROWS, 1);
    float[] expected = evaluation(sequences, 1, FeatureExtraction.JOB_BYTES).values();
    Collections.shuffle(sequences, new Random(3));

    for (int partitions : new int[] {1, 3, 50, 400}) {
      assertThat(evaluation(sequences, partitions, FeatureExtraction.JOB_BYTES).values())
          .as("%d partitions", partitions)
          .containsExactly(expected);
    }
  }

  @Test
  void partitions_change_no_bit_of_what_the_real_encoders_see_either() {
    List<StoredSequence> sequences = ToyData.sequences(ROWS, 1);
    EncoderShape shape = new EncoderShape(12, 8, 2, 4, 1, Recurrence.LOCKSTEP);
    float[][] parameters = {EncoderInitializer.initialize(shape, 1, 0)};
    List<float[]> found = new ArrayList<>();
    for (int partitions : new int[] {1, 7}) {
      try (SequenceBlocks blocks = blocks(sequences, partitions);
          FeatureExtraction extraction =
              new FeatureExtraction(
                  spark,
                  (sizes, modalities) ->
                      EncoderEngines.open(sizes, modalities, EncoderBackend.ONEDNN, 1),
                  shape,
                  List.of(Modality.BONE),
                  parameters,
                  ToyData.LAYOUT,
                  1,
                  AugmentSettings.PUBLISHED)) {
        found.add(extraction.training(blocks, Modality.BONE, 3, 0, 2).get(1).values());
      }
    }

    assertThat(found.get(1)).hasSize(ROWS * 16).containsExactly(found.get(0));
    assertThat(Arrays.copyOfRange(found.get(0), 0, 16))
        .isNotEqualTo(Arrays.copyOfRange(found.get(0), 16, 32));
  }

  @Test
  void jobs_as_small_as_they_can_be_change_no_bit() {
    List<StoredSequence> sequences = ToyData.sequences(ROWS, 1);

    assertThat(evaluation(sequences, 3, 1).values())
        .containsExactly(evaluation(sequences, 3, FeatureExtraction.JOB_BYTES).values());
  }

  @Test
  void training_crops_are_the_same_by_one_epoch_as_by_many_and_differ_between_epochs() {
    List<StoredSequence> sequences = ToyData.sequences(ROWS, 2);
    try (SequenceBlocks blocks = blocks(sequences, 3);
        FeatureExtraction extraction = extraction(FeatureExtraction.JOB_BYTES)) {
      List<Features> together = extraction.training(blocks, Modality.JOINT, 7, 0, 3);
      List<Features> alone = extraction.training(blocks, Modality.JOINT, 7, 2, 1);
      List<Features> reseeded = extraction.training(blocks, Modality.JOINT, 8, 2, 1);

      assertThat(together).hasSize(3);
      assertThat(together.get(2).values()).containsExactly(alone.get(0).values());
      assertThat(together.get(2).values()).isNotEqualTo(together.get(1).values());
      assertThat(alone.get(0).values()).isNotEqualTo(reseeded.get(0).values());
    }
  }

  @Test
  void sequences_stand_in_the_order_of_their_indices_whatever_these_are() {
    List<StoredSequence> sequences = ToyData.sequences(ROWS, 1);
    List<StoredSequence> sparse = new ArrayList<>();
    for (StoredSequence stored : sequences) {
      sparse.add(new StoredSequence(1000 + 7 * stored.index(), stored.sequence()));
    }
    Collections.shuffle(sparse, new Random(5));

    assertThat(evaluation(sparse, 4, FeatureExtraction.JOB_BYTES).values())
        .containsExactly(evaluation(sequences, 4, FeatureExtraction.JOB_BYTES).values());
    try (SequenceBlocks blocks = blocks(sparse, 4)) {
      assertThat(blocks.labels())
          .containsExactly(
              sequences.stream().mapToInt(stored -> stored.sequence().label()).toArray());
    }
  }

  @Test
  void every_engine_that_was_opened_is_closed() {
    int before = ToyEngine.OPENED.get();
    evaluation(ToyData.sequences(ROWS, 1), 3, FeatureExtraction.JOB_BYTES);

    assertThat(ToyEngine.OPENED.get()).isGreaterThan(before);
    assertThat(ToyEngine.OPEN).hasValue(0);
  }

  @Test
  void a_representation_that_is_not_finite_is_reported_with_its_sequence() {
    float[][] damaged = ToyData.parameters(2, 5);
    Arrays.fill(damaged[1], Float.NaN);
    try (SequenceBlocks blocks = blocks(ToyData.sequences(10, 1), 2);
        FeatureExtraction extraction = extraction(damaged, FeatureExtraction.JOB_BYTES)) {
      assertThatThrownBy(() -> extraction.evaluation(blocks, Modality.MOTION))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("motion encoder")
          .hasMessageContaining("toy-0")
          .hasMessageContaining("earlier checkpoint");
    }
  }

  @Test
  void a_modality_without_an_encoder_is_refused() {
    try (SequenceBlocks blocks = blocks(ToyData.sequences(3, 1), 1);
        FeatureExtraction extraction = extraction(FeatureExtraction.JOB_BYTES)) {
      assertThatThrownBy(() -> extraction.evaluation(blocks, Modality.BONE))
          .hasMessageContaining("no bone encoder");
    }
  }

  @Test
  void a_split_that_cannot_be_right_is_refused() {
    SkeletonSequence sequence = ToyData.sequences(1, 1).get(0).sequence();

    assertThatThrownBy(() -> blocks(List.of(), 1)).hasMessageContaining("some split has no");
    assertThatThrownBy(
            () ->
                blocks(
                    List.of(new StoredSequence(4, sequence), new StoredSequence(4, sequence)), 1))
        .hasMessageContaining("index 4 stands twice in the some split");
    assertThatThrownBy(
            () -> SequenceBlocks.of(spark, "some", spark.parallelize(ToyData.sequences(3, 1)), 2))
        .hasMessageContaining("sequence 2 of the some split has label 2")
        .hasMessageContaining("0 to 1");
  }

  @Test
  void jobs_take_whole_partitions_evenly_and_leave_none_out() {
    assertThat(PartitionGroups.of(5, 100, 100)).containsExactly(new int[] {0, 1, 2, 3, 4});
    assertThat(PartitionGroups.of(5, 101, 100))
        .containsExactly(new int[] {0, 1}, new int[] {2, 3, 4});
    assertThat(PartitionGroups.of(2, 1000, 1)).containsExactly(new int[] {0}, new int[] {1});
  }

  private static Features evaluation(
      List<StoredSequence> sequences, int partitions, long jobBytes) {
    try (SequenceBlocks blocks = blocks(sequences, partitions);
        FeatureExtraction extraction = extraction(jobBytes)) {
      return extraction.evaluation(blocks, Modality.MOTION);
    }
  }

  private static SequenceBlocks blocks(List<StoredSequence> sequences, int partitions) {
    return SequenceBlocks.of(
        spark, "some", spark.parallelize(sequences, partitions), ToyData.CLASSES);
  }

  private static FeatureExtraction extraction(long jobBytes) {
    return extraction(ToyData.parameters(2, 5), jobBytes);
  }

  private static FeatureExtraction extraction(float[][] parameters, long jobBytes) {
    return new FeatureExtraction(
        spark,
        ToyEngine::open,
        ToyData.SHAPE,
        MODALITIES,
        parameters,
        ToyData.LAYOUT,
        1,
        AugmentSettings.PUBLISHED,
        jobBytes);
  }
}
