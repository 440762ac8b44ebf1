package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.LocalSpark;
import dev.armature.augment.AugmentSettings;
import dev.armature.evaluate.EvaluationMap.Figure;
import dev.armature.evaluate.EvaluationMap.MapPoint;
import dev.armature.evaluate.EvaluationMap.Retrieval;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationMapTest {
  private static final int TRAINING = 150;
  private static final int TEST = 140;
  private static final List<Modality> MODALITIES = List.of(Modality.JOINT, Modality.BONE);

  @TempDir private static java.nio.file.Path folder;

  private static JavaSparkContext spark;
  private static EvaluationInput input;
  private static EvaluatedEncoders encoders;
  private static EvaluationResult result;
  private static EvaluationMap map;

  @BeforeAll
  static void evaluate_once() {
    spark = LocalSpark.context();
    input =
        new EvaluationInput(
            spark.parallelize(ToyData.sequences(TRAINING, 1), 2),
            spark.parallelize(ToyData.sequences(TEST, 2), 2),
            ToyData.CLASSES,
            ToyData.LAYOUT,
            1,
            AugmentSettings.PUBLISHED);
    encoders =
        new EvaluatedEncoders(
            ToyData.SHAPE, MODALITIES, ToyData.parameters(2, 5), ToyData.parameters(2, 6));
    Evaluation evaluation = evaluation();
    EvaluationOutcome outcome = evaluation.run(input, encoders, List.of("a", "b", "c"));
    assertThat(evaluation.mapFailure()).isEmpty();
    result = outcome.result();
    map = outcome.map().orElseThrow();
  }

  private static Evaluation evaluation() {
    return new Evaluation(
        spark,
        ToyEngine::open,
        new EvaluationSettings(
            Set.of(EvaluationProtocol.KNN),
            1,
            3,
            new LinearSettings(6, 0.1, 0.9, 64, List.of(4), 0.01, true),
            FineTuneSettings.PUBLISHED,
            9,
            1),
        EvaluationProgress.SILENT,
        true);
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Test
  void every_test_sequence_is_a_point_with_its_own_label() {
    assertThat(map.stream()).isEqualTo("two-stream");
    assertThat(map.sequences()).isEqualTo(TEST);
    assertThat(map.points()).hasSize(TEST);
    for (int row = 0; row < TEST; row++) {
      MapPoint point = map.points().get(row);
      assertThat(point.id()).isEqualTo("toy-" + row);
      assertThat(point.label()).isEqualTo(row % ToyData.CLASSES);
      assertThat(point.x()).isFinite();
      assertThat(point.y()).isFinite();
    }
  }

  @Test
  void neighbours_that_are_drawn_are_the_nearest_and_half_of_them_of_another_class() {
    assertThat(map.retrievals()).hasSize(6);
    for (Retrieval retrieval : map.retrievals()) {
      assertThat(retrieval.neighbours()).hasSize(3);
      assertThat(retrieval.neighbours())
          .isSortedAccordingTo(Comparator.comparingDouble(Figure::similarity).reversed())
          .allSatisfy(found -> assertThat(found.similarity()).isBetween(-1.001, 1.001));
      assertThat(retrieval.query().poses()).hasDimensions(StickPoses.POSES, 1);
    }
    long wrong =
        map.retrievals().stream()
            .filter(each -> each.neighbours().get(0).label() != each.query().label())
            .count();
    double accuracy = result.percent("knn.two-stream.top1").orElseThrow();
    long mistakes = Math.round((100 - accuracy) / 100 * TEST);
    assertThat(mistakes).isPositive();
    assertThat(wrong).isEqualTo(Math.min(3, mistakes));
  }

  @Test
  void the_same_evaluation_gives_the_same_map() throws IOException {
    EvaluationOutcome again = evaluation().run(input, encoders, List.of("a", "b", "c"));
    assertThat(bytes(again.map().orElseThrow())).isEqualTo(bytes(map));
  }

  @Test
  void what_was_written_down_is_read_back() throws IOException {
    Path file = new Path(folder.resolve("map.json").toUri());
    EvaluationMapFile.write(map, file, new Configuration());
    EvaluationMap read = EvaluationMapFile.read(file, new Configuration()).orElseThrow();
    assertThat(read.points()).isEqualTo(map.points());
    assertThat(read.retrievals().get(0).query().poses())
        .isDeepEqualTo(map.retrievals().get(0).query().poses());
    Files.writeString(folder.resolve("half.json"), "{\"stream\":");
    Path half = new Path(folder.resolve("half.json").toUri());
    assertThat(EvaluationMapFile.read(half, new Configuration())).isEmpty();
    Path none = new Path(folder.resolve("none.json").toUri());
    assertThat(EvaluationMapFile.read(none, new Configuration())).isEmpty();
  }

  private static byte[] bytes(EvaluationMap of) throws IOException {
    java.nio.file.Path file = Files.createTempFile(folder, "map", ".json");
    EvaluationMapFile.write(of, new Path(file.toUri()), new Configuration());
    return Files.readAllBytes(file);
  }

  @Test
  void accuracy_during_training_is_that_of_an_evaluation_afterwards() {
    try (AccuracyMonitor monitor =
        new AccuracyMonitor(spark, ToyEngine::open, ToyData.SHAPE, MODALITIES, input, 1)) {
      Map<String, Object> figures = monitor.measure(encoders.trained());
      assertThat(figures)
          .containsEntry("train.sequences", TRAINING)
          .containsEntry("test.sequences", TEST);
      for (String stream : List.of("joint", "bone", "two-stream")) {
        String key = "knn." + stream + ".top1";
        assertThat(figures).containsEntry(key, result.percent(key).orElseThrow());
      }
      assertThat(monitor.measure(encoders.random()).get("knn.joint.top1"))
          .isEqualTo(result.percent("random-weights.knn.joint.top1").orElseThrow());
    }
  }

  @Test
  void rows_that_are_alike_lie_together_in_the_plane() {
    // Three directions, thirty rows around each.
    int rows = 90;
    float[] values = new float[rows * 3];
    for (int row = 0; row < rows; row++) {
      values[row * 3 + row % 3] = 1;
      values[row * 3 + (row + 1) % 3] = 0.002f * row;
    }
    Features features = new Features(rows, 3, values).normalized();
    int[] all = IntStream.range(0, rows).toArray();
    float[][] plane = new PlaneMap(1).of(List.of(features), all);
    for (int row = 0; row < rows; row++) {
      int nearest = -1;
      double best = Double.POSITIVE_INFINITY;
      for (int other = 0; other < rows; other++) {
        double distance =
            Math.hypot(plane[row][0] - plane[other][0], plane[row][1] - plane[other][1]);
        if (other != row && distance < best) {
          best = distance;
          nearest = other;
        }
      }
      assertThat(nearest % 3).as("row %d", row).isEqualTo(row % 3);
    }
  }

  @Test
  void too_few_rows_for_a_plane_lie_on_a_line() {
    Features three = new Features(3, 1, new float[] {1, 1, 1});
    assertThat(new PlaneMap(1).of(List.of(three), new int[] {0, 1, 2}))
        .isDeepEqualTo(new float[][] {{0, 0}, {1, 0}, {2, 0}});
  }

  @Test
  void of_many_sequences_some_are_taken_from_all_over() {
    int[] taken = EvenSample.of(40_000, 5000);
    assertThat(taken).hasSize(5000).isSorted().doesNotHaveDuplicates();
    assertThat(EvenSample.of(40_000, 5000)).isEqualTo(taken);
    assertThat(EvenSample.of(3, 5000)).containsExactly(0, 1, 2);
    // Data sets number sequences by action in turn: every class has its share.
    for (int classes : new int[] {2, 8, 16, 60}) {
      double[] sequences = new double[classes];
      for (int place : taken) {
        sequences[place % classes]++;
      }
      double expected = 5000.0 / classes;
      for (double count : sequences) {
        assertThat(count).isCloseTo(expected, within(5 * Math.sqrt(expected)));
      }
    }
  }

  @Test
  void poses_are_seen_from_the_front_from_the_first_frame_to_the_last() {
    float[] coordinates = new float[11 * 2 * 3];
    for (int frame = 0; frame < 11; frame++) {
      coordinates[frame * 6] = frame;
      coordinates[frame * 6 + 1] = 100;
      coordinates[frame * 6 + 2] = -frame / 3f;
    }
    float[][][][] poses = StickPoses.of(sequence(11, coordinates), 1);
    assertThat(poses).hasDimensions(6, 1);
    // From the front the right of a person is on the left.
    assertThat(poses[5][0][0][0]).isEqualTo(-10);
    assertThat(poses[5][0][0][1]).isCloseTo(-3.333f, within(1e-6f));
    assertThat(poses[1][0][0][0]).isEqualTo(-2);
    // Normalization has put a joint to the origin; any other there was not seen.
    assertThat(poses[5][0][1]).containsExactly(0, 0);
    assertThat(StickPoses.of(sequence(11, coordinates), 0)[5][0][1]).isNull();
    assertThat(StickPoses.of(sequence(1, new float[6]), 1)[0][0][1]).isNull();
  }

  private static SkeletonSequence sequence(int frames, float[] coordinates) {
    return new SkeletonSequence("S", 0, 0, 0, 0, frames, 1, 2, coordinates);
  }
}
