package dev.armature.encoder.cuda;

import java.util.HashMap;
import java.util.Map;
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
  private final Map<String, Long> byPurpose = new HashMap<>();
  private int streams;
  private long taken;
  private int open;
  private boolean closed;

  /**
   * @param limit floats that there are
   */
  HostDevice(Order order, Supplier<Kernels> kernels, long limit) {
    this(order, kernels, JavaLossKernels::new, limit);
  }

  private HostDevice(
      Order order, Supplier<Kernels> kernels, Supplier<LossKernels> losses, long limit) {
    this.order = order;
    this.kernels = kernels;
    this.losses = losses;
    this.limit = limit;
  }

  HostDevice() {
    this(Order.LATE, JavaKernels::new, Long.MAX_VALUE);
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
        Long.MAX_VALUE);
  }

  @Override
  public void enter() {
    if (closed) {
      throw new IllegalStateException("the device is closed");
    }
  }

  @Override
  public DeviceMemory allocate(long floats, String purpose) {
    if (taken + floats > limit) {
      throw new IllegalStateException(
          OutOfMemory.message(
              description(), floats * 4, purpose, (limit - taken) * 4, limit * 4));
    }
    taken += floats;
    byPurpose.merge(purpose, floats, Long::sum);
    open++;
    return new HostMemory(
        Math.toIntExact(floats),
        () -> {
          taken -= floats;
          byPurpose.merge(purpose, -floats, Long::sum);
          open--;
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
    return new HostStream(kernels.get(), losses.get(), early, () -> open--);
  }

  @Override
  public DeviceGru newGru(int input, int hidden) {
    open++;
    return new HostGru(input, hidden, () -> open--);
  }

  /** Memory, streams and GRUs that have not been closed. */
  public int open() {
    return open;
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
