package dev.armature.round;

import dev.armature.distill.ObjectiveDeviceMemory;
import dev.armature.distill.ObjectiveMemory;
import dev.armature.encoder.DeviceEngineMemory;
import dev.armature.encoder.DeviceStreamMemory;
import dev.armature.encoder.EngineMemory;
import dev.armature.encoder.ParameterLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run takes of the memory of the driver and of an executor, computed from its sizes before
 * any of it is allocated. It follows the code that allocates, and its constants are measured
 * ({@code bench memory} puts both side by side): it must not say too little, and not more than half
 * too much.
 *
 * <p>Heap is what must be there at once; the collector's own need is in {@link #heap(List)}. What
 * Spark moves to disk when memory is short counts in full: a round that goes through the disk is
 * slow, not wrong.
 */
public final class RoundMemory {
  private static final long MEGABYTE = 1 << 20;

  /** Spark's classes, its buffers and those of reading Parquet. */
  private static final long SPARK_HEAP = 250 * MEGABYTE;

  /** Class data, compiled code, threads and the collector's tables of a JVM that runs Spark. */
  private static final long JVM = 200 * MEGABYTE;

  /** Pages of libnd4jcpu, OpenBLAS and oneDNN, and what they and the allocator keep. */
  private static final long LIBRARIES = 250 * MEGABYTE;

  /** oneDNN writes to half of the workspace that it asks for; the rest never becomes resident. */
  private static final double WRITTEN = 0.55;

  /** A collector that is to keep up finds a part of the heap free. */
  private static final double COLLECTOR = 1.15;

  /** Bytes of a piece of the averages. */
  private static final long PIECE = (long) ChunkLayout.CHUNK * Float.BYTES;

  /** Spark's driver fetches so many results at once. */
  private static final int RESULTS_AT_ONCE = 4;

  private final TrainingPlan plan;
  private final long vector;
  private final EngineMemory engine;
  private final ObjectiveMemory objective;
  private final DeviceEngineMemory deviceEngine;
  private final ObjectiveDeviceMemory deviceObjective;

  /**
   * One thing that takes memory.
   *
   * @param name for people
   * @param heap bytes of the JVM's heap
   * @param outside bytes outside of the heap
   */
  public record Part(String name, long heap, long outside) {}

  /** The memory of a run by that plan. */
  public RoundMemory(TrainingPlan plan) {
    this.plan = plan;
    int batch = plan.train().batch();
    int ahead =
        plan.round().teacher() == Teacher.PER_STEP
            ? batch
            : batch * Math.min(plan.round().localSteps(), StandingTeacher.stepsAtOnce(batch));
    vector = (long) new ParameterLayout(plan.encoder()).size() * Float.BYTES;
    engine =
        new EngineMemory(
            plan.encoder(), plan.modalities().size(), plan.augment().frames(), batch, ahead);
    objective =
        new ObjectiveMemory(
            plan.distill(),
            plan.modalities(),
            plan.encoder().embedding(),
            plan.round().coresPerWorker(),
            batch,
            ahead);
    deviceEngine =
        new DeviceEngineMemory(
            plan.encoder(),
            plan.modalities().size(),
            plan.augment().frames(),
            batch,
            ahead,
            plan.execution().precision());
    deviceObjective =
        new ObjectiveDeviceMemory(
            plan.distill(), plan.modalities(), plan.encoder().embedding(), batch, ahead);
  }

  /** Bytes of heap, or what a heap must be able to grow to, for these parts. */
  public static long heap(List<Part> parts) {
    return Math.round(COLLECTOR * parts.stream().mapToLong(Part::heap).sum());
  }

  /** Bytes outside of the heap for these parts. */
  public static long outside(List<Part> parts) {
    return parts.stream().mapToLong(Part::outside).sum();
  }

  /**
   * An executor's parts.
   *
   * @param workers how many train in the process at the same time
   * @param shards how many shards it keeps, at least {@code workers}
   * @param shard bytes of one shard
   * @param runs how many runs go on side by side in the application
   */
  public List<Part> executor(int workers, int shards, long shard, int runs) {
    List<Part> parts = new ArrayList<>();
    parts.add(process());
    parts.add(new Part("shards of the data", shards * shard * runs, 0));
    parts.add(new Part("published encoders", 2 * state() * runs, 0));
    parts.add(new Part("published queues", queuesPublished() * runs, 0));
    parts.add(new Part("queues of the process", 0, objective.queues() * runs));
    parts.add(new Part("queues of the workers", 0, workers * objective.queues()));
    parts.addAll(plan.backend().onGpu() ? besideGpus(workers) : onProcessor(workers));
    parts.add(new Part("averaging", workers * averaging(), 0));
    parts.add(new Part("carried from round to round", shards * carried() * runs, 0));
    return List.copyOf(parts);
  }

  private List<Part> onProcessor(int workers) {
    return List.of(
        new Part("parameters, gradients", workers * vector, workers * engine.parameters()),
        new Part("activations", 0, workers * engine.activations()),
        new Part("oneDNN's traces", 0, Math.round(WRITTEN * workers * engine.traces())),
        new Part("scratch", 0, workers * engine.scratch()),
        similarities(workers),
        new Part("views, input norm, keys", workers * (views() + engine.heap() + keys()), 0));
  }

  /** What is left of it in main memory where the rest is in that of GPUs. */
  private List<Part> besideGpus(int workers) {
    long staging = deviceEngine.staging() + DeviceStreamMemory.STAGING;
    return List.of(
        new Part("the GPUs' driver, libraries", 0, workers * DeviceEngineMemory.DRIVER),
        new Part("parameters on their way", workers * vector, 0),
        new Part("locked memory to the GPUs", 0, workers * staging),
        plan.backend().lossesOnGpu()
            ? new Part("embeddings on their way", workers * deviceObjective.heap(), 0)
            : similarities(workers),
        // Where ND4J has its arrays on a GPU, the input norm is the processor's.
        new Part(
            "views, keys",
            workers * (views() + keys() + (plan.backend().lossesOnGpu() ? 0 : engine.heap())),
            0));
  }

  private Part similarities(int workers) {
    return new Part("similarities", workers * objective.heap(), workers * objective.similarities());
  }

  /**
   * Bytes that workers of one process take of a GPU that they share; 0 where they compute on the
   * processor. What cuDNN and CUDA take for themselves are allowances.
   */
  public long device(int workers) {
    if (!plan.backend().onGpu()) {
      return 0;
    }
    long losses = plan.backend().lossesOnGpu() ? deviceObjective.total() : 0;
    return DeviceEngineMemory.CONTEXT + workers * (deviceEngine.total() + losses);
  }

  /**
   * The driver's parts.
   *
   * @param runs how many runs go on side by side
   */
  public List<Part> driver(int runs) {
    return List.of(
        process(),
        // Whoever leads the run has the state that it began with for as long as it goes on.
        new Part("states before run and round", 2 * state() * runs, 0),
        new Part("published encoders", state() * runs, 0),
        new Part("averages, some on their way", (result() + onTheirWay()) * runs, 0),
        new Part("teachers moved here", movedHere() * runs, 0),
        new Part("outer momentum", outerMomentum() * runs, 0),
        new Part(
            "queues",
            (queuesPublished() + 2 * objective.queues() + keys() * plan.round().workers()) * runs,
            objective.queues() * runs));
  }

  /**
   * The parts of one process that is driver and executor at once.
   *
   * @param workers how many train at the same time
   * @param shard bytes of one shard
   * @param runs how many runs go on side by side
   */
  public List<Part> local(int workers, long shard, int runs) {
    List<Part> parts = new ArrayList<>(driver(runs));
    executor(workers, plan.round().workers(), shard, runs).stream()
        .filter(part -> !part.equals(process()) && !part.name().startsWith("published"))
        .forEach(parts::add);
    return List.copyOf(parts);
  }

  /**
   * Bytes of one shard in memory.
   *
   * @param sequences of the training split
   * @param meanFrames their mean length
   */
  public long shard(int sequences, double meanFrames) {
    double numbers = meanFrames * plan.persons() * plan.layout().joints().size() * 3;
    double each = numbers * Float.BYTES + 200;
    return Math.round(Math.ceil((double) sequences / plan.round().workers()) * each);
  }

  /** What every process that runs Spark takes, whatever it does. */
  public static Part process() {
    return new Part("Spark, JVM, libraries", SPARK_HEAP, JVM + LIBRARIES);
  }

  /** Bytes of query, key and velocity of every modality. */
  private long state() {
    return 3 * vector * plan.modalities().size();
  }

  /** Key encoders that do not travel move on the driver. */
  private long movedHere() {
    return plan.round().teacher() == Teacher.PER_ROUND ? vector * plan.modalities().size() : 0;
  }

  /** That with which the run began, and the present one. */
  private long outerMomentum() {
    return plan.round().sharing().outer().hasMomentum() ? 2 * vector * plan.modalities().size() : 0;
  }

  /** Bytes of what workers send of it. */
  private long result() {
    return vector
        * plan.modalities().size()
        * plan.round().sharing().returned(plan.round().teacher()).size();
  }

  /** The base and as many updates, each as numbers and as blocks for those who fetch them. */
  private long queuesPublished() {
    return 2
        * (2 * objective.queues() + Math.min(objective.queues(), keys() * plan.round().workers()));
  }

  /**
   * All of a worker's pieces while they are sorted; then a sum in double, its average, its bytes.
   */
  private long averaging() {
    return result() + Math.min(3 * result(), 6 * PIECE);
  }

  /** Those that are fetched at once are there as blocks, as one array, and unpacked. */
  private long onTheirWay() {
    return Math.min(3 * result(), 3 * RESULTS_AT_ONCE * PIECE);
  }

  /** What workers carry: as a round found it and as it leaves it, each twice, on two executors. */
  private long carried() {
    return 4 * CarriedLayout.of(plan).bytes();
  }

  private long keys() {
    long step = (long) plan.train().batch() * plan.encoder().embedding() * Float.BYTES;
    long perRound = step * plan.round().localSteps() * plan.streams().count();
    return Math.min(perRound, objective.queues() / plan.round().workers() + step);
  }

  private long views() {
    long ofBatch =
        (long) plan.modalities().size()
            * plan.augment().frames()
            * plan.encoder().features()
            * Float.BYTES;
    int steps = TrainerResources.stepsAtHand(plan);
    return 2 * ofBatch * ((long) steps * engine.batch() + engine.ahead());
  }
}
