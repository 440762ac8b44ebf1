package dev.armature.evaluate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Measures encoders by the protocols of its settings, beside the same encoders with random weights
 * and a geometric baseline that learns nothing.
 *
 * <p>It goes part by part ({@link EvaluationPart}): first what leaves encoders as they are, then
 * what trains them, which takes far longer. The same input and settings give the same figures, on
 * any number of partitions and executors of one kind of machine. Nothing is chosen by the test
 * split, but for what is named the best epoch. For one thread at a time.
 */
public final class Evaluation {
  private final JavaSparkContext spark;
  private final EngineFactory engines;
  private final EvaluationSettings settings;
  private final EvaluationProgress progress;
  private final boolean mapped;
  private Optional<EvaluationMap> map = Optional.empty();
  private Optional<Exception> mapFailure = Optional.empty();

  /**
   * @param engines opens the engines of the executors' tasks
   * @param progress is told of every phase
   * @param mapped whether there is to be a map, where nearest neighbours are searched
   */
  public Evaluation(
      JavaSparkContext spark,
      EngineFactory engines,
      EvaluationSettings settings,
      EvaluationProgress progress,
      boolean mapped) {
    this.spark = spark;
    this.engines = engines;
    this.settings = settings;
    this.progress = progress;
    this.mapped = mapped;
  }

  /** Runs every protocol of the settings, and keeps nothing on the way. */
  public EvaluationOutcome run(
      EvaluationInput input, EvaluatedEncoders encoders, List<String> classNames) {
    return run(input, encoders, classNames, EvaluationKeeper.NONE);
  }

  /**
   * Runs every protocol of the settings.
   *
   * @param classNames by label
   * @param keeper is given the figures as they come, and says which it has already
   * @return what was measured now
   * @throws IllegalArgumentException if a split is empty, its labels or indices are wrong, there
   *     are fewer training sequences than neighbours, or not a name for every class
   * @throws IllegalStateException if a representation is not finite
   */
  public EvaluationOutcome run(
      EvaluationInput input,
      EvaluatedEncoders encoders,
      List<String> classNames,
      EvaluationKeeper keeper) {
    if (classNames.size() != input.classes()) {
      throw new IllegalArgumentException(
          "%d names for %d classes; give one for each"
              .formatted(classNames.size(), input.classes()));
    }
    map = Optional.empty();
    mapFailure = Optional.empty();
    try (SequenceBlocks training =
            SequenceBlocks.of(spark, "training", input.training(), input.classes());
        SequenceBlocks test = SequenceBlocks.of(spark, "test", input.test(), input.classes())) {
      if (settings.protocols().contains(EvaluationProtocol.KNN)
          && settings.neighbours() > training.rows()) {
        throw new IllegalArgumentException(
            "%d neighbours asked for, with %d training sequences; ask for 1 to %d"
                .formatted(settings.neighbours(), training.rows(), training.rows()));
      }
      Run run = new Run(input, encoders, classNames, keeper, training, test, new Figures());
      Set<EvaluationProtocol> tuned = new TreeSet<>(settings.protocols());
      tuned.removeIf(protocol -> !protocol.trainsEncoders());
      Set<EvaluationProtocol> frozen = new TreeSet<>(settings.protocols());
      frozen.removeAll(tuned);
      run.measure("", frozen);
      run.measure(EvaluationResult.RANDOM_WEIGHTS, frozen);
      run.geometric();
      for (EvaluationProtocol protocol : tuned) {
        run.measure("", Set.of(protocol));
        run.measure(EvaluationResult.RANDOM_WEIGHTS, Set.of(protocol));
      }
      return run.outcome();
    }
  }

  /** Why the last run has no map although there was to be one. */
  public Optional<Exception> mapFailure() {
    return mapFailure;
  }

  /** One run of all protocols. */
  private final class Run {
    private final EvaluationInput input;
    private final EvaluatedEncoders encoders;
    private final List<String> classNames;
    private final EvaluationKeeper keeper;
    private final SequenceBlocks training;
    private final SequenceBlocks test;
    private final Figures figures;
    private final ProtocolFigures protocols;

    Run(
        EvaluationInput input,
        EvaluatedEncoders encoders,
        List<String> classNames,
        EvaluationKeeper keeper,
        SequenceBlocks training,
        SequenceBlocks test,
        Figures figures) {
      this.input = input;
      this.encoders = encoders;
      this.classNames = classNames;
      this.keeper = keeper;
      this.training = training;
      this.test = test;
      this.figures = figures;
      protocols = new ProtocolFigures(spark, settings, progress, input.classes(), figures);
    }

    /** Measures what the keeper does not have. */
    void measure(String prefix, Set<EvaluationProtocol> some) {
      boolean trained = prefix.isEmpty();
      List<EvaluationPart> missing =
          EvaluationPart.of(settings).stream()
              .filter(part -> some.contains(part.protocol()))
              .filter(part -> part.isOfRandomWeights() != trained)
              .filter(part -> !keeper.has(part.name()))
              .toList();
      if (missing.isEmpty()) {
        return;
      }
      try (Subject subject = subject(prefix, trained ? encoders.trained() : encoders.random())) {
        for (EvaluationProtocol protocol : some) {
          if (missing.stream().anyMatch(part -> part.protocol() == protocol)) {
            if (protocol == EvaluationProtocol.SEMI_SUPERVISED) {
              protocols.semiSupervised(subject, keeper, this::keep);
            } else {
              measure(subject, protocol);
              keep(Set.of(subject.name(protocol.label())));
            }
          }
        }
      }
    }

    private Subject subject(String prefix, float[][] parameters) {
      return new Subject(
          prefix,
          new FeatureExtraction(
              spark,
              engines,
              encoders.shape(),
              encoders.modalities(),
              parameters,
              input.layout(),
              input.persons(),
              input.views()),
          parameters,
          training,
          test,
          progress);
    }

    private void measure(Subject subject, EvaluationProtocol protocol) {
      switch (protocol) {
        case KNN -> {
          protocols.neighbours(subject);
          if (mapped && subject.name("").isEmpty()) {
            draw(subject);
          }
        }
        case RETRIEVAL -> protocols.retrieval(subject);
        case ONE_SHOT -> protocols.oneShot(subject);
        case LINEAR -> {
          // Nobody asks for neighbours behind it.
          subject.forgetDirections();
          protocols.linear(subject);
        }
        case FINE_TUNE -> protocols.fineTune(subject);
        case SEMI_SUPERVISED -> throw new IllegalArgumentException("it has several parts");
      }
    }

    /** A picture is not worth the figures: where it fails, these are measured all the same. */
    private void draw(Subject subject) {
      List<String> streams = subject.streams();
      try {
        map =
            Optional.of(
                new MapMaker(
                        training,
                        test,
                        subject.extraction().recipe().layout(),
                        classNames,
                        settings.seed(),
                        settings.threads())
                    .of(
                        streams.get(streams.size() - 1),
                        subject.trainingDirections(),
                        subject.testDirections()));
      } catch (Exception failed) {
        // Not by name: a failed Spark job is a checked exception that no method of Spark's
        // declares.
        mapFailure = Optional.of(failed);
      }
    }

    void geometric() {
      if (keeper.has(EvaluationPart.GEOMETRIC)) {
        return;
      }
      progress.advanced("geometric", 0, 1);
      figures.classified(
          EvaluationPart.GEOMETRIC,
          new GeometricBaseline(spark, input.layout(), input.persons(), settings.threads())
              .classify(training, test, input.classes()));
      progress.advanced("geometric", 1, 1);
      keep(Set.of(EvaluationPart.GEOMETRIC));
    }

    private void keep(Set<String> parts) {
      keeper.keep(parts, outcome());
    }

    EvaluationOutcome outcome() {
      Figures described = figures.copy();
      new EvaluationDescription(settings).describe(input, training, test, encoders, described);
      return described.outcome(classNames, map);
    }
  }
}
