package dev.armature.encoder.cuda;

import dev.armature.encoder.GpuPrecision;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A device in main memory. Its streams do their work as early or as late as they may, so that a wait
 * that is missing between two of them shows in the numbers.
 */
public final class HostDevice implements Device {
  /** When a stream does what it was given. */
  public enum Order {
    /** All when somebody waits for it: one that does not wait for another is too early. */
    LATE,
    /** Every second one at once, the others late. */
    SECOND_EARLY,
    /** Every first one at once, the others late. */
    FIRST_EARLY
  }

  private final Order order;
  private final Supplier<Kernels> kernels;
  private final Supplier<LossKernels> losses;
  private final long limit;
  private final GpuPrecision precision;
  private final Map<String, Long> byPurpose = new HashMap<>();
  private int streams;
  private long operations;
  private boolean recording;
  private int recorded;
  private int replayed;
  private long taken;
  private long uploaded;
  private int open;
  private String failure;
  private boolean closed;

  /**
   * @param limit floats that there are
   */
  HostDevice(Order order, Supplier<Kernels> kernels, long limit) {
    this(order, kernels, JavaLossKernels::new, limit, GpuPrecision.FLOAT32);
  }

  private HostDevice(
      Order order,
      Supplier<Kernels> kernels,
      Supplier<LossKernels> losses,
      long limit,
      GpuPrecision precision) {
    this.order = order;
    this.kernels = kernels;
    this.losses = losses;
    this.limit = limit;
    this.precision = precision;
  }

  HostDevice() {
    this(Order.LATE, JavaKernels::new, Long.MAX_VALUE);
  }

  /** Rounds the factors of products as a GPU does. */
  static HostDevice rounding(GpuPrecision precision) {
    return new HostDevice(
        Order.LATE, JavaKernels::new, JavaLossKernels::new, Long.MAX_VALUE, precision);
  }

  /** Computes losses in plain Java. */
  public static HostDevice ofJava(Order order) {
    return new HostDevice(order, JavaKernels::new, Long.MAX_VALUE);
  }

  /** The same, all of it late. */
  public static HostDevice ofJava() {
    return ofJava(Order.LATE);
  }

  /** Computes losses by the kernels themselves; skips the test where there is no compiler. */
  public static HostDevice ofKernels() {
    HostLauncher.assumeCompiler();
    return new HostDevice(
        Order.LATE,
        JavaKernels::new,
        () -> new LaunchedLossKernels(new HostLauncher(false)),
        Long.MAX_VALUE,
        GpuPrecision.FLOAT32);
  }

  /** Has it fail at every call from now on; what is given back, is nevertheless. */
  void fail(String message) {
    failure = message;
  }

  void requireSound() {
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  /** What memory has been taken for. */
  Set<String> purposes() {
    return Set.copyOf(byPurpose.keySet());
  }

  @Override
  public void enter() {
    requireSound();
    if (closed) {
      throw new IllegalStateException("the device is closed");
    }
  }

  /** What a GPU forbids while it records. */
  void requireNoRecording(String call) {
    if (recording) {
      throw new IllegalStateException(call + " while launches are recorded");
    }
  }

  void recording(boolean now) {
    recording = now;
  }

  /** Counts what was recorded, and how often that was replayed. */
  void replayed(int recordings, int replays) {
    recorded += recordings;
    replayed += replays;
  }

  int recorded() {
    return recorded;
  }

  int replayed() {
    return replayed;
  }

  /** Counts what streams have done, each for a millisecond. */
  void done() {
    operations++;
  }

  @Override
  public DeviceMemory allocate(long floats, String purpose) {
    requireNoRecording("memory is taken");
    if (taken + floats > limit) {
      throw new IllegalStateException(
          OutOfMemory.message(
              description(), floats * 4, purpose, memory()));
    }
    taken += floats;
    byPurpose.merge(purpose, floats, Long::sum);
    open++;
    return new HostMemory(
        Math.toIntExact(floats),
        () -> {
          requireNoRecording("memory is freed");
          taken -= floats;
          byPurpose.merge(purpose, -floats, Long::sum);
          open--;
          requireSound();
        });
  }

  @Override
  public DeviceStream newStream() {
    boolean first = streams++ % 2 == 0;
    boolean early =
        switch (order) {
          case LATE -> false;
          case SECOND_EARLY -> !first;
          case FIRST_EARLY -> first;
        };
    open++;
    return new HostStream(
        this, kernels.get(), losses.get(), new HostRounding(precision), early, () -> open--);
  }

  @Override
  public DeviceGru newGru(int input, int hidden) {
    open++;
    return new HostGru(input, hidden, new HostRounding(precision), () -> open--);
  }

  @Override
  public MemoryUse memory() {
    // There is no limit of which bytes could not be counted.
    long floats = Math.min(limit, Long.MAX_VALUE / Float.BYTES);
    return new MemoryUse((floats - taken) * Float.BYTES, floats * Float.BYTES);
  }

  @Override
  public DeviceTimer newTimer() {
    open++;
    return new Timer();
  }

  private final class Timer implements DeviceTimer {
    private HostStream stopped;
    private long began;
    private long ended;

    @Override
    public void start(DeviceStream stream) {
      ((HostStream) stream).enqueue(() -> began = operations);
    }

    @Override
    public void stop(DeviceStream stream) {
      stopped = (HostStream) stream;
      stopped.enqueue(() -> ended = operations);
    }

    @Override
    public double seconds() {
      stopped.synchronize();
      return (ended - began) * 1e-3;
    }

    @Override
    public void close() {
      open--;
    }
  }

  /** Memory, streams, timers and GRUs that have not been closed. */
  public int open() {
    return open;
  }

  void countUpload(int floats) {
    uploaded += floats;
  }

  /** Floats that were brought here. */
  public long uploaded() {
    return uploaded;
  }

  /** Floats that are taken. */
  public long taken() {
    return taken;
  }

  /** Floats that are taken for what is named so. */
  long taken(Predicate<String> purpose) {
    return byPurpose.entrySet().stream()
        .filter(each -> purpose.test(each.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Whether the device itself is closed. */
  public boolean closed() {
    return closed;
  }

  @Override
  public String description() {
    return "main memory";
  }

  @Override
  public void close() {
    closed = true;
  }
}
