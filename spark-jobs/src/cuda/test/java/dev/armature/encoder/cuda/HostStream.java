package dev.armature.encoder.cuda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/** Work in main memory that is done when somebody waits for it, or at once. */
final class HostStream implements DeviceStream {
  private final HostDevice device;
  private final HostLane lane;
  private final Kernels kernels;
  private final LossKernels losses;
  private final HostRounding rounding;
  private final boolean early;
  private final Runnable closing;
  private HostRecording recording;
  private int recordings;
  private boolean closed;

  HostStream(
      HostDevice device,
      Kernels computing,
      LossKernels ofLosses,
      HostRounding rounding,
      boolean early,
      Runnable closing) {
    this.device = device;
    this.rounding = rounding;
    this.early = early;
    this.closing = closing;
    lane = new HostLane(early);
    kernels = enqueued(Kernels.class, computing);
    losses = enqueued(LossKernels.class, ofLosses);
  }

  /** What does its work when it is its turn. */
  private <T> T enqueued(Class<T> type, T computing) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              enqueue(
                  () -> {
                    try {
                      method.invoke(computing, arguments);
                    } catch (InvocationTargetException | IllegalAccessException failure) {
                      throw new IllegalStateException(method.getName(), failure);
                    }
                  });
              return null;
            });
    return type.cast(proxy);
  }

  void enqueue(Runnable task) {
    if (closed) {
      throw new IllegalStateException("the stream is closed");
    }
    if (recording != null) {
      recording.add(this, counted(task));
    } else {
      lane.add(counted(task));
    }
  }

  private Runnable counted(Runnable task) {
    return () -> {
      task.run();
      device.done();
    };
  }

  boolean early() {
    return early;
  }

  void replay(Runnable whole) {
    device.requireNoRecording("a recording is replayed");
    device.replayed(0, 1);
    lane.add(whole);
  }

  void forgotten() {
    recordings--;
  }

  @Override
  public void upload(float[] source, int start, DeviceFloats target) {
    device.requireNoRecording("numbers are brought");
    int length = Math.toIntExact(target.length());
    device.countUpload(length);
    float[] copy = Arrays.copyOfRange(source, start, start + length);
    enqueue(() -> HostMemory.write(target, copy));
  }

  @Override
  public void download(DeviceFloats source, float[] target, int start) {
    synchronize();
    float[] values = HostMemory.read(source);
    System.arraycopy(values, 0, target, start, values.length);
  }

  @Override
  public void copy(DeviceFloats source, DeviceFloats target) {
    enqueue(() -> HostMemory.write(target, HostMemory.read(source)));
  }

  @Override
  public void zero(DeviceFloats target) {
    enqueue(() -> HostMemory.write(target, new float[Math.toIntExact(target.length())]));
  }

  @Override
  public void multiply(
      Product form,
      int rows,
      int inner,
      int columns,
      DeviceFloats left,
      DeviceFloats right,
      DeviceFloats result,
      boolean add) {
    enqueue(
        () -> {
          float[] a = HostMemory.read(left);
          float[] b = HostMemory.read(right);
          float[] c = HostMemory.read(result);
          for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
              double sum = add ? c[row * columns + column] : 0;
              for (int i = 0; i < inner; i++) {
                float of =
                    form == Product.LEFT_TRANSPOSED ? a[i * rows + row] : a[row * inner + i];
                float by =
                    form == Product.RIGHT_TRANSPOSED
                        ? b[column * inner + i]
                        : b[i * columns + column];
                sum += rounding.factor(of) * rounding.factor(by);
              }
              c[row * columns + column] = (float) sum;
            }
          }
          HostMemory.write(result, c);
        });
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public LossKernels losses() {
    return losses;
  }

  @Override
  public void after(DeviceStream other) {
    HostStream awaited = (HostStream) other;
    if (awaited.recording != null) {
      recording = awaited.recording;
      recording.await(this, awaited);
    } else if (recording != null) {
      throw new IllegalStateException("a recorded stream waits for one that is not");
    } else {
      int end = awaited.lane.size();
      enqueue(() -> awaited.lane.doneUntil(end));
    }
  }

  @Override
  public DeviceRecording record(Runnable work) {
    device.requireNoRecording("another recording begins");
    HostRecording made = new HostRecording(this);
    recording = made;
    device.recording(true);
    try {
      work.run();
      made.requireJoined();
    } finally {
      made.streams().forEach(stream -> stream.recording = null);
      device.recording(false);
    }
    recordings++;
    device.replayed(1, 0);
    return made;
  }

  @Override
  public void synchronize() {
    device.requireNoRecording("somebody waits");
    lane.doneUntil(lane.size());
  }

  @Override
  public void close() {
    if (!closed) {
      synchronize();
      if (recordings != 0) {
        throw new IllegalStateException("recordings that were not closed: " + recordings);
      }
      closed = true;
      closing.run();
    }
  }
}
