package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.LocalSpark;
import dev.armature.augment.AugmentSettings;
import dev.armature.augment.Seeds;
import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.dataset.store.StoredSequence;
import dev.armature.encoder.ClassifierGraph;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.MomentumSgd;
import dev.armature.encoder.NativeThreads;
import dev.armature.encoder.Recurrence;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.lang3.SerializationUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class FineTuningTest {
  private static final EncoderShape SHAPE = new EncoderShape(12, 8, 1, 4, 1, Recurrence.LOCKSTEP);
  private static final AugmentSettings VIEWS =
      new AugmentSettings(
          AugmentSettings.Temporal.RANDOM, AugmentSettings.Spatial.NONE, 8, 8, 0.1, 0.5, 0.95, 0.6);
  private static final EngineFactory ENGINES =
      (shape, modalities) -> EncoderEngines.open(shape, modalities, EncoderBackend.ONEDNN, 1);
  private static final int ROWS = 60;
  private static JavaSparkContext spark;
  private static SequenceBlocks training;
  private static FeatureExtraction extraction;
  private static float[] encoder;

  @BeforeAll
  static void open() {
    spark = LocalSpark.context();
    training =
        SequenceBlocks.of(
            spark, "training", spark.parallelize(ToyData.sequences(ROWS, 1), 3), ToyData.CLASSES);
    encoder = EncoderInitializer.initialize(SHAPE, 1, 0);
    extraction =
        new FeatureExtraction(
            spark,
            ENGINES,
            SHAPE,
            List.of(Modality.JOINT),
            new float[][] {encoder},
            ToyData.LAYOUT,
            1,
            VIEWS);
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  @Test
  void one_worker_that_is_averaged_after_every_step_trains_as_a_plain_network_does() {
    FineTuneSettings settings = settings(1, 1, 1);
    FineTuning.Tuned tuned = train(settings, LabelledDraw.all(ROWS));

    // The same network without Spark: the same batches in the same order, at the same rates.
    ClassifierGraph graph = new ClassifierGraph(SHAPE, ToyData.CLASSES);
    ComputationGraphConfiguration configuration =
        graph.configuration(
            new MomentumSgd(settings.encoderLearningRate(), 0.9),
            new MomentumSgd(settings.classifierLearningRate(), 0.9));
    float[] first = FineTuning.initial(ToyData.CLASSES * SHAPE.representation(), 7);
    ComputationGraph network =
        ClassifierGraph.network(configuration, graph.flat(encoder, first, new float[3]));
    ClassifierGraph.Loan loan = ClassifierGraph.lend(network, EncoderBackend.ONEDNN, 1);
    try {
      for (int epoch = 0; epoch < settings.epochs(); epoch++) {
        for (int from = 0; from < ROWS; from += settings.batch()) {
          fit(network, settings, epoch, from);
        }
      }
      float[] plain = network.params().toFloatVector();
      assertThat(Arrays.equals(tuned.encoder(), graph.encoder(plain, encoder))).isTrue();
      assertThat(Arrays.equals(tuned.encoder(), encoder)).isFalse();
      assertThat(tuned.weights()).isEqualTo(graph.weights(plain)).isNotEqualTo(first);
      assertThat(tuned.bias()).isEqualTo(graph.bias(plain));
    } finally {
      loan.close();
    }
    assertThat(tuned.losses()).hasSize(4);
  }

  @Test
  void learning_rates_fall_at_the_milestones() {
    FineTuneSettings settings = FineTuneSettings.PUBLISHED;

    assertThat(settings.factor(49)).isEqualTo(1);
    assertThat(settings.factor(50)).isEqualTo(0.1);
    assertThat(settings.factor(70)).isCloseTo(0.01, within(1e-12));
    FineTuning.Tuned falling = train(settings(2, 1, 1), LabelledDraw.all(ROWS));
    FineTuning.Tuned level = train(settings(1, 1, 1), LabelledDraw.all(ROWS));
    // Three batches are alike; the fourth runs on into the next epoch, if there is one.
    assertThat(falling.losses().subList(0, 3)).isEqualTo(level.losses().subList(0, 3));
    assertThat(falling.losses()).hasSize(8);
  }

  @Test
  void with_one_worker_it_does_not_matter_how_often_it_is_averaged() {
    // The rate falls after 2 of 4 epochs, and the momentum goes on.
    FineTuning.Tuned often = train(settings(4, 1, 1), LabelledDraw.all(ROWS));
    FineTuning.Tuned seldom = train(settings(4, 1, 3), LabelledDraw.all(ROWS));

    assertThat(Arrays.equals(seldom.encoder(), often.encoder())).isTrue();
    assertThat(seldom.weights()).isEqualTo(often.weights());
  }

  @Test
  void with_fewer_labels_than_a_batch_every_epoch_is_a_batch_of_its_own() {
    int[] few = {1, 7, 14, 21, 28, 35};
    FineTuning.Tuned often = train(settings(4, 1, 1), few);
    FineTuning.Tuned seldom = train(settings(4, 1, 3), few);

    assertThat(often.losses()).hasSize(4);
    assertThat(Arrays.equals(seldom.encoder(), often.encoder())).isTrue();
    assertThat(seldom.weights()).isEqualTo(often.weights());
  }

  @Test
  void several_workers_give_the_same_bits_every_time_and_others_than_one() {
    FineTuning.Tuned once = train(settings(1, 3, 1), LabelledDraw.all(ROWS));
    FineTuning.Tuned again = train(settings(1, 3, 1), LabelledDraw.all(ROWS));
    FineTuning.Tuned alone = train(settings(1, 1, 1), LabelledDraw.all(ROWS));

    assertThat(Arrays.equals(again.encoder(), once.encoder())).isTrue();
    assertThat(again.weights()).isEqualTo(once.weights());
    assertThat(again.losses()).isEqualTo(once.losses());
    assertThat(Arrays.equals(once.encoder(), alone.encoder())).isFalse();
  }

  @Test
  void workers_count_by_the_steps_they_take() {
    // 60 sequences in batches of 16 are four: of three workers the first takes two, with one
    // average.
    FineTuneSettings settings = settings(1, 3, 2);
    BatchStream.Stretch stretch = new BatchStream(settings, ROWS).stretches().get(0);
    assertThat(stretch.steps(0)).isEqualTo(2);
    assertThat(stretch.steps(1)).isEqualTo(1);
    assertThat(stretch.steps(2)).isEqualTo(1);
    FineTuning.Tuned tuned = train(settings, LabelledDraw.all(ROWS));

    float[] sum = new float[ToyData.CLASSES];
    float[] last = alone(0, 3);
    float[] middle = alone(1, 3);
    float[] first = alone(2, 3);
    for (int label = 0; label < sum.length; label++) {
      sum[label] = (2 * last[label] + middle[label] + first[label]) / 4;
    }
    assertThat(tuned.bias()).usingComparatorWithPrecision(1e-6f).containsExactly(sum);
  }

  /** The classifier's bias after the batches that one of several workers takes. */
  private static float[] alone(int worker, int workers) {
    ClassifierGraph graph = new ClassifierGraph(SHAPE, ToyData.CLASSES);
    FineTuneSettings settings = settings(1, 3, 2);
    ComputationGraph network =
        ClassifierGraph.network(
            graph.configuration(
                new MomentumSgd(settings.encoderLearningRate(), 0.9),
                new MomentumSgd(settings.classifierLearningRate(), 0.9)),
            graph.flat(
                encoder,
                FineTuning.initial(ToyData.CLASSES * SHAPE.representation(), 7),
                new float[3]));
    ClassifierGraph.Loan loan = ClassifierGraph.lend(network, EncoderBackend.ONEDNN, 1);
    try {
      for (int batch = worker; batch * settings.batch() < ROWS; batch += workers) {
        fit(network, settings, 0, batch * settings.batch());
      }
      return graph.bias(network.params().toFloatVector());
    } finally {
      loan.close();
    }
  }

  /** One batch of an epoch, as fine-tuning makes it. */
  private static void fit(
      ComputationGraph network, FineTuneSettings settings, int epoch, int from) {
    ViewGenerator generator = new ViewGenerator(VIEWS, ToyData.LAYOUT, 1, List.of(Modality.JOINT));
    List<StoredSequence> sequences = ToyData.sequences(ROWS, 1);
    int[] order = LinearClassifier.order(ROWS, Seeds.combine(Seeds.combine(7, "order"), epoch));
    int[] rows = Arrays.copyOfRange(order, from, Math.min(ROWS, from + settings.batch()));
    ViewBatch batch = generator.batch(rows.length);
    int[] labels = new int[rows.length];
    for (int row = 0; row < rows.length; row++) {
      labels[row] = rows[row] % ToyData.CLASSES;
      generator.downstream(
          sequences.get(rows[row]).sequence(), Seeds.combine(7, "crops"), epoch, batch, row);
    }
    network.fit(ClassifierGraph.batch(batch.inputs()[0], 8, 12, labels, ToyData.CLASSES));
  }

  @Test
  void the_split_is_gone_through_once_for_as_many_sequences_as_it_has() {
    // 60 labelled sequences in batches of 16, an average after each: 4 epochs are 15 stretches.
    BatchStream all = new BatchStream(settings(4, 1, 1), ROWS);
    assertThat(all.stretches()).hasSizeGreaterThanOrEqualTo(15);
    assertThat(all.passes(ROWS)).hasSize(4);
    assertThat(all.passes(ROWS).stream().flatMap(pass -> pass.stretches().stream()))
        .containsExactlyElementsOf(all.stretches());
    // With six labels, ten epochs.
    BatchStream few = new BatchStream(settings(40, 1, 1), 6);
    assertThat(few.stretches()).hasSize(40);
    assertThat(few.passes(ROWS)).hasSize(4);
    assertThat(few.passes(ROWS).get(1).firstEpoch()).isEqualTo(10);
    assertThat(few.passes(ROWS).get(1).endEpoch()).isEqualTo(20);
  }

  @Test
  void thread_settings_are_restored_when_the_last_task_has_ended() {
    int before = Nd4j.getEnvironment().maxMasterThreads();
    try {
      openblas_nolapack.blas_set_num_threads(2);
      NativeThreads.Alone one = NativeThreads.aloneUntilClosed();
      NativeThreads.Alone other = NativeThreads.aloneUntilClosed();
      one.close();
      one.close();
      assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
      assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(1);
      other.close();
      assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(2);
      assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(before);
    } finally {
      openblas_nolapack.blas_set_num_threads(1);
    }
  }

  @Test
  void the_configuration_survives_json_and_the_way_to_executors() {
    ComputationGraphConfiguration configuration =
        new ClassifierGraph(SHAPE, 3)
            .configuration(new MomentumSgd(0.5, 0.9), new MomentumSgd(0.25, 0.8));

    ComputationGraphConfiguration read =
        ComputationGraphConfiguration.fromJson(configuration.toJson());

    assertThat(read).isEqualTo(configuration);
    assertThat(read.toJson()).isEqualTo(configuration.toJson()).contains("MomentumSgd");
    // Within one process Spark hands a broadcast on as it is.
    assertThat(SerializationUtils.roundtrip(configuration).toJson())
        .isEqualTo(configuration.toJson());
  }

  @Test
  void training_lowers_the_loss_and_beats_the_frozen_encoder() {
    FineTuneSettings settings = settings(8, 2, 2);
    LinearSettings linear = new LinearSettings(8, 0.1, 0.9, 16, List.of(5), 0.01, true);
    // Four numbers of a random encoder are too few for a linear classifier.
    EncoderShape narrow = new EncoderShape(12, 2, 1, 4, 1, Recurrence.LOCKSTEP);
    float[][] random = {EncoderInitializer.initialize(narrow, 1, 0)};
    Set<String> phases = new HashSet<>();
    EvaluationResult result =
        new Evaluation(
                spark,
                ENGINES,
                new EvaluationSettings(
                    Set.of(EvaluationProtocol.values()), 1, 3, linear, settings, 5, 1),
                (phase, done, total) -> phases.add(phase),
                false)
            .run(
                new EvaluationInput(
                    spark.parallelize(ToyData.sequences(ROWS, 1), 2),
                    spark.parallelize(ToyData.sequences(90, 2), 2),
                    ToyData.CLASSES,
                    ToyData.LAYOUT,
                    1,
                    VIEWS),
                new EvaluatedEncoders(narrow, List.of(Modality.JOINT), random, random),
                List.of("a", "b", "c"))
            .result();

    FineTuning.Tuned tuned = train(settings, LabelledDraw.all(ROWS));
    assertThat(tuned.losses().get(tuned.losses().size() - 1)).isLessThan(tuned.losses().get(0) / 2);
    for (String figure : List.of("top1", "top1-deviation", "mean-class")) {
      assertThat(result.percent("semi-supervised.5-percent.joint." + figure))
          .isPresent()
          .isEqualTo(result.percent("semi-supervised.1-percent.joint." + figure));
    }
    assertThat(phases)
        .contains("semi-supervised.1-percent")
        .doesNotContain("semi-supervised.5-percent");
    double tunedAccuracy = result.percent("fine-tune.joint.top1").orElseThrow();
    assertThat(tunedAccuracy)
        .isGreaterThan(result.percent("linear.joint.top1").orElseThrow())
        .isGreaterThan(result.percent("semi-supervised.5-percent.joint.top1").orElseThrow())
        .isGreaterThan(80);
    List<String> expected = new ArrayList<>();
    for (String measure : List.of("one-shot.joint", "semi-supervised.5-percent.joint")) {
      expected.add(measure + ".top1");
      expected.add(measure + ".top1-deviation");
    }
    assertThat(result.values().keySet()).containsAll(expected);
    assertThat(result.values())
        .containsEntry("semi-supervised.draws", 2)
        .containsEntry("semi-supervised.1-percent.labels", 3)
        .containsEntry("semi-supervised.5-percent.labels", 3)
        .containsEntry(
            "semi-supervised.5-percent.same-as", "1-percent: the same 3 labels, trained with once")
        .doesNotContainKey("semi-supervised.1-percent.same-as")
        .containsEntry("fine-tuning.workers", 2)
        .containsKey("random-weights.linear.joint.top1")
        .doesNotContainKey("random-weights.fine-tune.joint.top1");
  }

  private static FineTuneSettings settings(int epochs, int workers, int averagingFrequency) {
    return new FineTuneSettings(
        epochs,
        16,
        0.1,
        0.2,
        0.9,
        LinearSettings.published(epochs).milestones(),
        true,
        workers,
        averagingFrequency,
        // Of 20 a class, 1 % and 5 % are one each.
        List.of(0.01, 0.05),
        2,
        false,
        EncoderBackend.ONEDNN);
  }

  private static FineTuning.Tuned train(FineTuneSettings settings, int[] labelled) {
    return new FineTuning(spark, settings, 1)
        .train(
            extraction,
            Modality.JOINT,
            encoder,
            training,
            labelled,
            ToyData.CLASSES,
            7,
            done -> {});
  }
}
