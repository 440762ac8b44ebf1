package dev.armature.round;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.encoder.ParameterLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Owns a run's state between rounds and leads it through them: publish, train locally, average in
 * the cluster, enqueue, commit. Runs on the driver, in one thread; several coordinators may lead
 * their runs side by side in one Spark application, and none changes what another computes.
 */
public final class Coordinator {
  private final JavaSparkContext spark;
  private final TrainingPlan plan;
  private final JavaRDD<StoredSequence> data;
  private final Workforce workforce;
  private final int sequences;
  private final ChunkLayout chunks;
  private final ParameterLayout layout;
  private final int runs;
  private final String run = UUID.randomUUID().toString();
  private Shards shards;

  /**
   * Deals the data out to the workers, for the one run of an application. Their number is the
   * plan's and does not change.
   *
   * @param data the training split, in any order
   * @throws IllegalArgumentException if a worker would not get one batch
   */
  public Coordinator(JavaSparkContext spark, TrainingPlan plan, JavaRDD<StoredSequence> data) {
    this(spark, plan, data, 1, () -> plan.round().workers());
  }

  /**
   * Deals the data out to the workers there are.
   *
   * @param plan {@code round().workers()} are the most there may be
   * @param data the training split, in any order
   * @param runs how many runs go on side by side in the application, at least 1: so many keep their
   *     memory between rounds in every process
   * @param workforce decides on the number of workers, at most the plan's
   * @throws IllegalArgumentException if with the plan's number of workers one would not get a batch
   * @throws NoExecutorException if there is nobody to train
   */
  public Coordinator(
      JavaSparkContext spark,
      TrainingPlan plan,
      JavaRDD<StoredSequence> data,
      int runs,
      Workforce workforce) {
    this.spark = spark;
    this.runs = runs;
    this.plan = plan;
    this.data = data;
    this.workforce = workforce;
    this.shards = Shards.deal(data, workforce.workers());
    this.sequences = shards.sequences();
    // With the most workers there may be, shards are smallest.
    scheduleOf(Deal.first(plan.train(), plan.round().workers()));
    this.layout = new ParameterLayout(plan.encoder());
    this.chunks =
        new ChunkLayout(
            ResultVector.of(plan.round().teacher()),
            plan.modalities().size(),
            layout.size(),
            ChunkLayout.CHUNK);
  }

  /**
   * The rounds of the run from a state on, for the workers there are now.
   *
   * @param start the initial state, or one read from a checkpoint
   */
  public RoundSchedule schedule(TrainingState start) {
    RoundSchedule schedule = scheduleOf(dealOf(start));
    Deal deal = schedule.goingOn(start.rounds(), start.epochs());
    return forWorkers(shards.workers(), start.rounds(), scheduleOf(deal));
  }

  private RoundSchedule scheduleOf(Deal deal) {
    return new RoundSchedule(sequences / deal.workers(), plan.train(), plan.round(), deal);
  }

  /** How the data lay when a state was reached. */
  private Deal dealOf(TrainingState state) {
    return state.deal().orElseGet(() -> Deal.first(plan.train(), plan.round().workers()));
  }

  /** The rounds from one on, with the data dealt out anew if the number of workers has changed. */
  private RoundSchedule forWorkers(int workers, int rounds, RoundSchedule before) {
    if (workers == before.deal().workers() || rounds >= before.rounds()) {
      return before;
    }
    return scheduleOf(before.dealtAnew(rounds, workers, sequences / workers, plan.train().batch()));
  }

  /**
   * Trains from a state to the end of the schedule.
   *
   * @param start the initial state, or one read from a checkpoint
   * @return the state after the last round
   * @throws IOException if the listener cannot write
   * @throws DivergedException if a loss or a parameter is not finite; that round is not committed
   */
  public TrainingState run(TrainingState start, RoundListener listener) throws IOException {
    TrainingState state = start;
    RoundSchedule schedule = schedule(start);
    ExecutorWatch executors = new ExecutorWatch();
    spark.sc().addSparkListener(executors);
    try (QueuePublisher queues = new QueuePublisher(spark, start.queues(), start.rounds())) {
      while (state.rounds() < schedule.rounds()) {
        long began = System.nanoTime();
        schedule = forWorkers(workforce.workers(), state.rounds(), schedule);
        dealTo(schedule.deal().workers());
        Round round = schedule.round(state.rounds());
        double mustered = secondsSince(began);
        Broadcast<ModelState> model = spark.broadcast(state.model());
        Publication publication = queues.publish(run, round, model);
        double published = secondsSince(began);
        RoundOutcome outcome = RoundOutcome.of(trainAndAverage(publication), chunks);
        model.destroy();
        double trained = secondsSince(began);
        List<StepLosses> losses = losses(round, outcome.workers());
        DivergedException.checkLosses(round, losses);
        DivergedException.checkParameters(round, outcome.vectors(ResultVector.QUERY));
        queues.enqueue(round, outcome.workers(), plan.train().batch());
        state =
            new TrainingState(
                round.index() + 1,
                state.steps() + round.steps(),
                schedule.epochsAfter(round),
                nextModel(state.model(), outcome, round),
                queues.snapshot(),
                changed(schedule.deal()));
        double seconds = secondsSince(began);
        Map<String, Double> driver = new LinkedHashMap<>();
        driver.put("muster", mustered);
        driver.put("publish", published - mustered);
        driver.put("train-and-average", trained - published);
        driver.put("enqueue", seconds - trained);
        listener.roundCompleted(
            report(round, schedule, losses, outcome.workers(), seconds, driver, executors.drain()),
            state);
      }
    } finally {
      spark.sc().removeSparkListener(executors);
      shards.release();
      TrainerPool.clear(plan);
      QueueReplica.clear(run);
    }
    return state;
  }

  private void dealTo(int workers) {
    if (workers != shards.workers()) {
      shards.release();
      shards = Shards.deal(data, workers);
    }
  }

  /** Empty as long as the data lies as it did at the run's start. */
  private Optional<Deal> changed(Deal deal) {
    return deal.equals(Deal.first(plan.train(), plan.round().workers()))
        ? Optional.empty()
        : Optional.of(deal);
  }

  private List<Averaging.Outcome> trainAndAverage(Publication publication) {
    int workers = publication.round().workers();
    JavaPairRDD<ChunkKey, Contribution> contributions =
        shards.rdd().mapPartitionsToPair(new WorkerTask(plan, publication, chunks, runs));
    return contributions
        .repartitionAndSortWithinPartitions(
            new ChunkPartitioner(Math.min(workers, chunks.count() + 1)), ChunkKey.ORDER)
        .mapPartitions(new Averaging(publication.round().index(), workers))
        .collect();
  }

  private ModelState nextModel(ModelState before, RoundOutcome outcome, Round round) {
    List<FloatBlock> query = outcome.vectors(ResultVector.QUERY);
    List<FloatBlock> velocity = outcome.vectors(ResultVector.VELOCITY);
    List<FloatBlock> key =
        plan.round().teacher() == Teacher.PER_STEP
            ? outcome.vectors(ResultVector.KEY)
            : TeacherAverage.move(
                before.key(), query, Math.pow(plan.train().keyMomentum(), round.steps()), layout);
    return new ModelState(query, key, velocity);
  }

  private static List<StepLosses> losses(Round round, List<WorkerRound> workers) {
    List<StepLosses> steps = new ArrayList<>();
    for (int step = 0; step < round.steps(); step++) {
      int at = step;
      steps.add(StepLosses.mean(workers.stream().map(worker -> worker.steps().get(at)).toList()));
    }
    return steps;
  }

  private RoundReport report(
      Round round,
      RoundSchedule schedule,
      List<StepLosses> steps,
      List<WorkerRound> workers,
      double seconds,
      Map<String, Double> driver,
      List<String> executors) {
    PhaseTimes phases = new PhaseTimes();
    workers.forEach(worker -> phases.add(worker.phases()));
    Map<PhaseTimes.Phase, Double> workerSeconds = phases.seconds();
    workerSeconds.replaceAll((phase, sum) -> sum / workers.size());
    return new RoundReport(
        round,
        schedule.rounds(),
        schedule.steps(),
        IntStream.range(0, round.steps())
            .mapToObj(step -> plan.train().learningRate(round.epochOf(step)))
            .toList(),
        steps,
        (long) round.steps() * workers.size() * plan.train().batch(),
        seconds,
        workerSeconds,
        Collections.unmodifiableMap(driver),
        workers.stream()
            .sorted(Comparator.comparingInt(WorkerRound::worker))
            .map(WorkerRound::host)
            .toList(),
        executors);
  }

  private static double secondsSince(long began) {
    return (System.nanoTime() - began) * 1e-9;
  }
}
