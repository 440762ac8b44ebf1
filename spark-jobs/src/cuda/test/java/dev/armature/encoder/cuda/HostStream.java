package dev.armature.encoder.cuda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Work in main memory that is done when somebody waits for it, or at once. */
final class HostStream implements DeviceStream {
  private final List<Runnable> work = new ArrayList<>();
  private final Kernels kernels;
  private final LossKernels losses;
  private final boolean early;
  private final Runnable closing;
  private int done;
  private boolean closed;

  HostStream(Kernels computing, LossKernels ofLosses, boolean early, Runnable closing) {
    this.early = early;
    this.closing = closing;
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
    work.add(task);
    if (early) {
      synchronize();
    }
  }

  private void doneUntil(int end) {
    while (done < end) {
      Runnable next = work.get(done);
      // Counted first: what it waits for may lead back here.
      work.set(done++, null);
      next.run();
    }
  }

  @Override
  public void upload(float[] source, int start, DeviceFloats target) {
    int length = Math.toIntExact(target.length());
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
                sum += (double) of * by;
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
    int end = awaited.work.size();
    enqueue(() -> awaited.doneUntil(end));
  }

  @Override
  public void synchronize() {
    doneUntil(work.size());
  }

  @Override
  public void close() {
    if (!closed) {
      synchronize();
      closed = true;
      closing.run();
    }
  }
}
