package dev.armature.evaluate;

import dev.armature.augment.Seeds;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Measures what encoders are worth as a start: with a classifier on top, each is trained as a whole
 * and measured on the test split after its last epoch. The modalities are trained one by one;
 * together they answer with the class whose softmax scores have the largest sum.
 */
final class FineTuneEvaluation {
  private final JavaSparkContext spark;
  private final FineTuneSettings settings;
  private final long seed;
  private final int threads;

  FineTuneEvaluation(JavaSparkContext spark, FineTuneSettings settings, long seed, int threads) {
    this.spark = spark;
    this.settings = settings;
    this.seed = seed;
    this.threads = threads;
  }

  /**
   * With labels for a part of the training split, several times drawn anew. Every modality sees the
   * same labels, as does every subject with the same seed.
   *
   * @param fraction in (0, 1]
   * @param sequencesDone is told how many sequences were trained on so far
   * @return by stream, and last by all streams together if there are several; of each, every draw
   */
  List<List<Classification>> semiSupervised(
      Subject subject, int classes, double fraction, LongConsumer sequencesDone) {
    List<List<Classification>> answers = new ArrayList<>();
    subject.streams().forEach(stream -> answers.add(new ArrayList<>()));
    long done = 0;
    for (int draw = 0; draw < settings.draws(); draw++) {
      long drawSeed = Seeds.combine(Seeds.combine(seed, "semi-supervised"), draw);
      int[] labelled = LabelledDraw.of(subject.training().labels(), classes, fraction, drawSeed);
      long before = done;
      List<Classification> drawn =
          classify(subject, classes, labelled, drawSeed, now -> sequencesDone.accept(before + now));
      for (int measure = 0; measure < drawn.size(); measure++) {
        answers.get(measure).add(drawn.get(measure));
      }
      done += work(subject, labelled.length);
    }
    return answers;
  }

  /** How many sequences all modalities are trained on together, with so many labels. */
  long work(Subject subject, int labelled) {
    return (long) labelled * settings.epochs() * subject.modalities().size();
  }

  /** The same with all labels, once. */
  List<Classification> fullySupervised(Subject subject, int classes, LongConsumer sequencesDone) {
    return classify(
        subject,
        classes,
        LabelledDraw.all(subject.training().rows()),
        Seeds.combine(seed, "fine-tune"),
        sequencesDone);
  }

  private List<Classification> classify(
      Subject subject, int classes, int[] labelled, long drawSeed, LongConsumer sequencesDone) {
    List<Modality> modalities = subject.modalities();
    int[] testLabels = subject.test().labels();
    float[] sum = new float[testLabels.length * classes];
    List<Classification> answers = new ArrayList<>();
    FineTuning training = new FineTuning(spark, settings, threads);
    for (int modality = 0; modality < modalities.size(); modality++) {
      long before = (long) modality * labelled.length * settings.epochs();
      FineTuning.Tuned tuned =
          training.train(
              subject.extraction(),
              modalities.get(modality),
              subject.parameters(modality),
              subject.training(),
              labelled,
              classes,
              Seeds.combine(drawSeed, modality),
              done -> sequencesDone.accept(before + done));
      float[] scores = scores(subject, modalities.get(modality), tuned, classes);
      answers.add(Classification.ofScores(scores, testLabels, classes));
      for (int place = 0; place < sum.length; place++) {
        sum[place] += scores[place];
      }
    }
    if (modalities.size() > 1) {
      answers.add(Classification.ofScores(sum, testLabels, classes));
    }
    return answers;
  }

  /** The softmax scores of the test split, sequences × classes. */
  private float[] scores(Subject subject, Modality modality, FineTuning.Tuned tuned, int classes) {
    Features test;
    try (FeatureExtraction extraction =
        subject.extraction().of(spark, List.of(modality), new float[][] {tuned.encoder()})) {
      test = extraction.evaluation(subject.test(), modality);
    }
    FloatMatrix.useThreads(threads);
    try (LinearClassifier classifier = new LinearClassifier(test.columns(), classes, 1, 0, 0)) {
      classifier.setWeights(tuned.weights());
      classifier.setBias(tuned.bias());
      return classifier.classify(test);
    }
  }
}
