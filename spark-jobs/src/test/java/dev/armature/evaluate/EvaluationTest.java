package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.LocalSpark;
import dev.armature.augment.AugmentSettings;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationTest {
  private static final List<Modality> ALL = List.of(Modality.JOINT, Modality.MOTION, Modality.BONE);
  private static final Set<EvaluationProtocol> FROZEN =
      Set.of(EvaluationProtocol.KNN, EvaluationProtocol.LINEAR);
  private static final Map<String, List<Long>> DONE = new LinkedHashMap<>();
  private static final Map<String, Long> TOTALS = new LinkedHashMap<>();
  private static JavaSparkContext spark;
  private static EvaluationResult result;

  @BeforeAll
  static void evaluate_once() {
    spark = LocalSpark.context();
    result =
        run(
            settings(FROZEN, 1),
            ALL,
            2,
            (phase, now, total) -> {
              DONE.computeIfAbsent(phase, first -> new ArrayList<>()).add(now);
              TOTALS.put(phase, total);
            });
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Test
  void every_measure_stands_beside_that_of_random_weights() {
    List<String> keys = new ArrayList<>();
    for (String prefix : List.of("", EvaluationResult.RANDOM_WEIGHTS)) {
      for (String stream : List.of("joint", "motion", "bone", "three-stream")) {
        keys.add(prefix + "knn." + stream + ".top1");
        keys.add(prefix + "knn." + stream + ".mean-class");
      }
      for (String stream : List.of("joint", "motion", "bone", "three-stream")) {
        keys.add(prefix + "linear." + stream + ".top1");
        keys.add(prefix + "linear." + stream + ".mean-class");
        keys.add(prefix + "linear." + stream + ".best-epoch.top1");
        keys.add(prefix + "linear." + stream + ".best-epoch");
      }
    }
    keys.add("geometric.knn.top1");
    keys.add("geometric.knn.mean-class");
    keys.add("chance.top1");
    assertThat(new ArrayList<>(result.values().keySet()).subList(0, keys.size())).isEqualTo(keys);
    assertThat(result.values())
        .containsEntry("classes", 3)
        .containsEntry("train.sequences", 150)
        .containsEntry("test.sequences", 140)
        .containsEntry("knn.k", 1)
        .containsEntry("knn.metric", "cosine")
        .containsEntry("linear.epochs", 6)
        .containsEntry("seed", 9L);
    assertThat(result.percent("chance.top1").orElseThrow()).isEqualTo(100.0 / 3);
  }

  @Test
  void encoders_that_see_beat_encoders_that_do_not() {
    // Random weights are all zero here: everything looks alike to them.
    for (String key : List.of("knn.joint.top1", "knn.three-stream.top1", "linear.joint.top1")) {
      assertThat(result.percent(key).orElseThrow()).as(key).isGreaterThan(60);
      assertThat(result.percent(EvaluationResult.RANDOM_WEIGHTS + key).orElseThrow())
          .as(key)
          .isLessThan(40);
    }
    assertThat(result.percent("geometric.knn.top1").orElseThrow()).isGreaterThan(95);
    assertThat(result.percent("linear.joint.best-epoch.top1").orElseThrow())
        .isGreaterThanOrEqualTo(result.percent("linear.joint.top1").orElseThrow());
  }

  @Test
  void figures_do_not_depend_on_how_sequences_are_partitioned() {
    EvaluationResult many = run(settings(FROZEN, 1), ALL, 37, EvaluationProgress.SILENT);

    assertThat(many.values()).isEqualTo(result.values());
  }

  @Test
  void the_tiles_of_a_large_test_split_add_up_to_a_plain_search() {
    int queries = 2 * NeighbourSearch.QUERIES + 300;
    Features training = random(200, 1);
    Features test = random(queries, 2);
    int[] trainingLabels = IntStream.range(0, 200).map(row -> row % 4).toArray();
    int[] testLabels = IntStream.range(0, queries).map(row -> row % 3).toArray();

    List<Classification> found =
        new NeighbourEvaluation(spark, Metric.EUCLIDEAN, 1, 1)
            .classify(List.of(training), trainingLabels, List.of(test), testLabels, 4);

    int correct = 0;
    for (int query = 0; query < queries; query++) {
      int nearest = 0;
      for (int candidate = 1; candidate < 200; candidate++) {
        if (distance(training, candidate, test, query) < distance(training, nearest, test, query)) {
          nearest = candidate;
        }
      }
      correct += trainingLabels[nearest] == testLabels[query] ? 1 : 0;
    }
    assertThat(found).hasSize(1);
    assertThat(found.get(0).top(1)).isEqualTo(100.0 * correct / queries);
  }

  @Test
  void epochs_extracted_one_by_one_train_the_same_classifiers_as_epochs_extracted_together() {
    LinearEvaluation linear =
        new LinearEvaluation(new LinearSettings(5, 0.1, 0.9, 64, List.of(3), 0.01, true), 3, 1);
    List<List<LinearAccuracy>> accuracies = new ArrayList<>();
    for (long jobBytes : new long[] {1, 3L * 150 * 8 * 4, Long.MAX_VALUE}) {
      try (SequenceBlocks training = blocks(ToyData.sequences(150, 1));
          SequenceBlocks test = blocks(ToyData.sequences(140, 2));
          FeatureExtraction extraction =
              new FeatureExtraction(
                  spark,
                  ToyEngine::open,
                  ToyData.SHAPE,
                  ALL,
                  ToyData.parameters(3, 5),
                  ToyData.LAYOUT,
                  1,
                  AugmentSettings.PUBLISHED,
                  jobBytes)) {
        List<Integer> done = new ArrayList<>();
        accuracies.add(
            linear
                .classify(
                    extraction,
                    training,
                    ALL.stream().map(modality -> extraction.evaluation(test, modality)).toList(),
                    test.labels(),
                    ToyData.CLASSES,
                    done::add)
                .stream()
                .map(LinearEvaluation.Reached::accuracy)
                .toList());
        assertThat(done).isSorted().endsWith(15);
      }
    }

    assertThat(accuracies.get(0)).hasSize(4).isEqualTo(accuracies.get(1));
    assertThat(accuracies.get(2)).isEqualTo(accuracies.get(1));
  }

  @Test
  void without_randomness_figures_do_not_depend_on_the_seed() {
    AugmentSettings centre =
        new AugmentSettings(
            AugmentSettings.Temporal.CENTRE,
            AugmentSettings.Spatial.NONE,
            AugmentSettings.PUBLISHED.frames(),
            AugmentSettings.PUBLISHED.minimumCrop(),
            0.1,
            0.5,
            0.95,
            0.6);
    LinearSettings plain = new LinearSettings(6, 0.1, 0.9, 64, List.of(4), 0, false);
    List<Map<String, Object>> figures = new ArrayList<>();
    for (long seed : new long[] {1, 2}) {
      EvaluationSettings settings =
          new EvaluationSettings(
              Set.of(EvaluationProtocol.LINEAR), 1, 3, plain, FineTuneSettings.PUBLISHED, seed, 1);
      Map<String, Object> values =
          new LinkedHashMap<>(run(settings, ALL, 2, EvaluationProgress.SILENT, centre).values());
      assertThat(values.remove("seed")).isEqualTo(seed);
      figures.add(values);
    }

    assertThat(figures.get(0)).isEqualTo(figures.get(1));
    assertThat(figures.get(0))
        .containsEntry("linear.initial-deviation", "0.0")
        .containsEntry("linear.order", "data set")
        .containsEntry("linear.crops", "centre");
  }

  @Test
  void one_modality_has_no_streams_to_put_together() {
    EvaluationResult bone =
        run(
            settings(Set.of(EvaluationProtocol.KNN), 5),
            List.of(Modality.BONE),
            2,
            EvaluationProgress.SILENT);

    assertThat(bone.values()).containsKey("knn.bone.top1");
    assertThat(bone.values().keySet())
        .noneMatch(key -> key.contains("stream") || key.contains("linear"));
  }

  @ParameterizedTest
  @CsvSource({"2, two-stream", "6, six-stream"})
  void all_streams_together_are_named_by_their_number(int modalities, String together) {
    List<Modality> some = List.of(Modality.values()).subList(0, modalities);
    EvaluationResult found =
        run(settings(Set.of(EvaluationProtocol.KNN), 5), some, 2, EvaluationProgress.SILENT);
    List<String> expected = new ArrayList<>(some.stream().map(Modality::label).toList());
    expected.add(together);
    assertThat(
            found.values().keySet().stream()
                .filter(key -> key.startsWith("knn.") && key.endsWith(".top1")))
        .containsExactly(
            expected.stream().map(stream -> "knn." + stream + ".top1").toArray(String[]::new));
    assertThat(found.values().keySet().stream().filter(key -> key.contains("-stream.top1")))
        .containsExactly("knn." + together + ".top1", "random-weights.knn." + together + ".top1");
  }

  @Test
  void every_phase_is_told_of_from_its_start_to_its_end() {
    assertThat(DONE)
        .containsOnlyKeys(
            "representations.test",
            "representations.training",
            "knn",
            "linear",
            "random-weights.representations.test",
            "random-weights.representations.training",
            "random-weights.knn",
            "random-weights.linear",
            "geometric");
    DONE.forEach(
        (phase, steps) -> {
          assertThat(steps).as(phase).isSorted().startsWith(0L).endsWith(TOTALS.get(phase));
        });
    assertThat(TOTALS).containsEntry("linear", 18L);
  }

  @Test
  void what_an_evaluation_kept_before_it_failed_is_not_measured_again() {
    Map<String, Object> kept = new LinkedHashMap<>();
    List<String> parts = new ArrayList<>();
    List<String> phases = new ArrayList<>();
    EvaluationKeeper failing =
        keeper(
            parts,
            kept,
            () -> {
              if (parts.size() == 3) {
                throw new IllegalStateException("the night is over");
              }
            });
    assertThatThrownBy(() -> run(ALL, failing, phases)).hasMessage("the night is over");
    assertThat(parts).containsExactly("knn", "linear", "random-weights.knn");
    assertThat(kept)
        .containsKeys("linear.joint.top1", "random-weights.knn.joint.top1", "seed")
        .doesNotContainKeys("random-weights.linear.joint.top1", "geometric.knn.top1");
    phases.clear();

    run(ALL, keeper(parts, kept, () -> {}), phases);

    assertThat(parts)
        .containsExactly(
            "knn", "linear", "random-weights.knn", "random-weights.linear", "geometric.knn");
    assertThat(phases).contains("random-weights.linear").doesNotContain("knn", "linear");
    assertThat(phases).doesNotContain("representations.training");
    assertThat(kept).isEqualTo(result.values());
  }

  private static EvaluationKeeper keeper(
      List<String> parts, Map<String, Object> kept, Runnable then) {
    return new EvaluationKeeper() {
      @Override
      public boolean has(String part) {
        return parts.contains(part);
      }

      @Override
      public void keep(Set<String> some, EvaluationOutcome measured) {
        parts.addAll(some);
        kept.putAll(measured.result().values());
        then.run();
      }
    };
  }

  @Test
  void more_neighbours_than_training_sequences_are_refused_before_any_work() {
    assertThatThrownBy(
            () ->
                run(
                    settings(Set.of(EvaluationProtocol.KNN), 151),
                    ALL,
                    2,
                    (phase, now, total) -> {
                      throw new AssertionError("work was begun: " + phase);
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("151 neighbours");
  }

  @Test
  void parameters_of_another_shape_are_refused() {
    assertThatThrownBy(
            () ->
                new EvaluatedEncoders(
                    ToyData.SHAPE, ALL, ToyData.parameters(3, 1), new float[3][7]))
        .hasMessageContaining("the random joint encoder has 7 parameters");
    assertThatThrownBy(
            () ->
                new EvaluatedEncoders(
                    ToyData.SHAPE, ALL, ToyData.parameters(2, 1), new float[3][7]))
        .hasMessageContaining("trained parameters of 2 encoders, for 3 modalities");
  }

  private static SequenceBlocks blocks(List<StoredSequence> sequences) {
    return SequenceBlocks.of(spark, "some", spark.parallelize(sequences, 2), ToyData.CLASSES);
  }

  private static Features random(int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[rows * 5];
    for (int place = 0; place < values.length; place++) {
      values[place] = (float) random.nextGaussian();
    }
    return new Features(rows, 5, values);
  }

  private static double distance(Features left, int leftRow, Features right, int rightRow) {
    double squares = 0;
    for (int column = 0; column < left.columns(); column++) {
      double difference =
          left.values()[leftRow * left.columns() + column]
              - right.values()[rightRow * right.columns() + column];
      squares += difference * difference;
    }
    return squares;
  }

  private static EvaluationSettings settings(Set<EvaluationProtocol> protocols, int neighbours) {
    return new EvaluationSettings(
        protocols,
        neighbours,
        3,
        new LinearSettings(6, 0.1, 0.9, 64, List.of(4), 0.01, true),
        FineTuneSettings.PUBLISHED,
        9,
        1);
  }

  private static EvaluationResult run(
      EvaluationSettings settings,
      List<Modality> modalities,
      int partitions,
      EvaluationProgress progress) {
    return run(settings, modalities, partitions, progress, AugmentSettings.PUBLISHED);
  }

  private static EvaluationResult run(
      EvaluationSettings settings,
      List<Modality> modalities,
      int partitions,
      EvaluationProgress progress,
      AugmentSettings views) {
    List<StoredSequence> training = ToyData.sequences(150, 1);
    List<StoredSequence> test = ToyData.sequences(140, 2);
    Collections.shuffle(training, new Random(partitions));
    return new Evaluation(spark, ToyEngine::open, settings, progress, false)
        .run(
            new EvaluationInput(
                spark.parallelize(training, partitions),
                spark.parallelize(test, partitions),
                ToyData.CLASSES,
                ToyData.LAYOUT,
                1,
                views),
            encoders(modalities),
            List.of("a", "b", "c"))
        .result();
  }

  private static void run(List<Modality> modalities, EvaluationKeeper keeper, List<String> phases) {
    new Evaluation(
            spark,
            ToyEngine::open,
            settings(FROZEN, 1),
            (phase, now, total) -> phases.add(phase),
            false)
        .run(
            new EvaluationInput(
                spark.parallelize(ToyData.sequences(150, 1), 2),
                spark.parallelize(ToyData.sequences(140, 2), 2),
                ToyData.CLASSES,
                ToyData.LAYOUT,
                1,
                AugmentSettings.PUBLISHED),
            encoders(modalities),
            List.of("a", "b", "c"),
            keeper);
  }

  /** Trained ones that see, and random ones that do not. */
  private static EvaluatedEncoders encoders(List<Modality> modalities) {
    float[][] blind = new float[modalities.size()][ToyData.parameters(1, 1)[0].length];
    return new EvaluatedEncoders(
        ToyData.SHAPE, modalities, ToyData.parameters(modalities.size(), 5), blind);
  }
}
