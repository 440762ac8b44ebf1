package dev.armature.round;

import dev.armature.dataset.store.StoredSequence;
import dev.armature.encoder.ParameterLayout;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
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
  private final Sharing sharing;
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
    this.sharing = plan.round().sharing();
    this.data = data;
    this.workforce = workforce;
    this.shards = Shards.deal(data, workforce.workers());
    this.sequences = shards.sequences();
    // With the most workers there may be, shards are smallest.
    scheduleOf(Deal.first(plan.train(), plan.round().workers()));
    this.layout = new ParameterLayout(plan.encoder());
    this.chunks =
        new ChunkLayout(
            sharing.returned(plan.round().teacher()),
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
    return forWorkers(shards.workers(), start.rounds(), goingOn(start));
  }

  /** The rounds of the run from a state on, had the number of workers not changed since. */
  private RoundSchedule goingOn(TrainingState start) {
    RoundSchedule schedule = scheduleOf(dealOf(start));
    return scheduleOf(schedule.goingOn(start.rounds(), start.epochs()));
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
   * @throws CarriedStateLostException if what the workers carry is lost; the run can go on from a
   *     checkpoint
   */
  public TrainingState run(TrainingState start, RoundListener listener) throws IOException {
    TrainingState state = start;
    // How many workers there were before the first round decides nothing.
    RoundSchedule schedule = goingOn(start);
    OuterStep outer =
        new OuterStep(sharing.outer(), layout, plan.modalities().size(), start.outer());
    ExecutorWatch executors = new ExecutorWatch();
    RoundTraffic traffic = new RoundTraffic(run);
    spark.sc().addSparkListener(executors);
    spark.sc().addSparkListener(traffic);
    try (QueuePublisher queues = new QueuePublisher(spark, start.queues(), start.rounds());
        CarriedPlaces places = new CarriedPlaces(spark, plan)) {
      while (state.rounds() < schedule.rounds()) {
        long began = System.nanoTime();
        schedule = forWorkers(workforce.workers(), state.rounds(), schedule);
        dealTo(schedule.deal().workers());
        Round round = schedule.round(state.rounds());
        double mustered = secondsSince(began);
        Broadcast<ModelState> model = spark.broadcast(published(state));
        long modelBytes = RoundTraffic.published(spark.sc(), model);
        CarriedStates carryTo = places.next(round.workers());
        RoundOutcome outcome = new RoundOutcome(chunks, bases(state.model()));
        RoundBytes bytes;
        double published;
        try {
          Publication publication = queues.publish(run, round, model, state.carried(), carryTo);
          published = secondsSince(began);
          RoundJob job = new RoundJob(spark, chunks, round.workers());
          traffic.begin(spark, job.accounts());
          work(round, () -> job.run(plan, publication, shards, runs, outcome));
          bytes = traffic.end(spark, modelBytes, queues.drainPublished(), chunks.bytes());
        } finally {
          model.destroy();
        }
        double trained = secondsSince(began);
        RoundAccount account = outcome.account();
        DivergedException.checkLosses(round, account.steps());
        ModelState next = nextModel(state.model(), outcome, round, outer);
        DivergedException.checkParameters(round, next);
        queues.enqueue(account.keys());
        state =
            new TrainingState(
                round.index() + 1,
                state.steps() + round.steps(),
                schedule.epochsAfter(round),
                next,
                queues.snapshot(),
                changed(schedule.deal()),
                outer.momentum(),
                carryTo);
        places.release();
        double seconds = secondsSince(began);
        Map<String, Double> driver = new LinkedHashMap<>();
        driver.put("muster", mustered);
        driver.put("publish", published - mustered);
        driver.put("train-and-average", trained - published);
        driver.put("enqueue", seconds - trained);
        listener.roundCompleted(
            report(round, schedule, account, seconds, driver, executors.drain(), bytes), state);
      }
    } finally {
      spark.sc().removeSparkListener(executors);
      spark.sc().removeSparkListener(traffic);
      shards.release();
      TrainerPool.clear(plan);
      QueueReplica.clear(run);
    }
    return state;
  }

  /** Spark jobs of a round have a name of their own, by which they can be cancelled. */
  private void work(Round round, Runnable job) {
    String group = "%s-%d".formatted(run, round.index());
    spark.setJobGroup(group, "round %d".formatted(round.index() + 1), false);
    try {
      workforce.during(job, () -> spark.cancelJobGroup(group));
    } finally {
      spark.clearJobGroup();
    }
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

  /** What workers need of a state: momentum buffers only where a round begins with these. */
  private ModelState published(TrainingState state) {
    boolean begins =
        sharing.momentum() == Momentum.AVERAGED
            || (sharing.momentum() == Momentum.LOCAL && state.carried().workers() == 0);
    ModelState model = state.model();
    return begins ? model : new ModelState(model.query(), model.key(), List.of());
  }

  /** What the averages are changes of, where they are. */
  private Map<ResultVector, List<FloatBlock>> bases(ModelState model) {
    return sharing.wire() == Wire.FLOAT32
        ? Map.of()
        : Map.of(ResultVector.QUERY, model.query(), ResultVector.KEY, model.key());
  }

  private ModelState nextModel(
      ModelState before, RoundOutcome outcome, Round round, OuterStep outer) {
    List<FloatBlock> query = outcome.vectors(ResultVector.QUERY);
    outer.apply(before.query(), query, plan.train().learningRate(round, round.steps() - 1));
    List<FloatBlock> velocity =
        sharing.momentum() == Momentum.AVERAGED
            ? outcome.vectors(ResultVector.VELOCITY)
            : Collections.nCopies(query.size(), new FloatBlock(new float[layout.size()]));
    List<FloatBlock> key =
        plan.round().teacher() == Teacher.PER_STEP
            ? outcome.vectors(ResultVector.KEY)
            : TeacherAverage.move(
                before.key(), query, Math.pow(plan.train().keyMomentum(), round.steps()), layout);
    return new ModelState(query, key, velocity);
  }

  private RoundReport report(
      Round round,
      RoundSchedule schedule,
      RoundAccount account,
      double seconds,
      Map<String, Double> driver,
      List<String> executors,
      RoundBytes bytes) {
    Map<PhaseTimes.Phase, Double> workerSeconds = account.phases().seconds();
    workerSeconds.replaceAll((phase, sum) -> sum / round.workers());
    return new RoundReport(
        round,
        schedule.rounds(),
        schedule.steps(),
        IntStream.range(0, round.steps())
            .mapToObj(step -> plan.train().learningRate(round, step))
            .toList(),
        account.steps(),
        (long) round.steps() * round.workers() * plan.train().batch(),
        seconds,
        workerSeconds,
        Collections.unmodifiableMap(driver),
        account.hosts(),
        executors,
        bytes);
  }

  private static double secondsSince(long began) {
    return (System.nanoTime() - began) * 1e-9;
  }
}
