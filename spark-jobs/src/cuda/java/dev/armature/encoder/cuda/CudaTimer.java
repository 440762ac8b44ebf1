package dev.armature.encoder.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.global.cudart;

/** Two events of CUDA, whose distance has a resolution of about half a microsecond. */
final class CudaTimer implements DeviceTimer {
  private final CudaStatus status;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final CUevent_st begin;
  private final CUevent_st end;

  CudaTimer(CudaStatus status) {
    this.status = status;
    try {
      begin = event();
      end = event();
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned);
      throw failure;
    }
  }

  private CUevent_st event() {
    CUevent_st event = new CUevent_st();
    status.runtime(cudart.cudaEventCreate(event), "cudaEventCreate");
    owned.push(() -> status.runtime(cudart.cudaEventDestroy(event), "cudaEventDestroy"));
    return event;
  }

  @Override
  public void start(DeviceStream stream) {
    ((CudaStream) stream).mark(begin);
  }

  @Override
  public void stop(DeviceStream stream) {
    ((CudaStream) stream).mark(end);
  }

  @Override
  public double seconds() {
    status.runtime(cudart.cudaEventSynchronize(end), "cudaEventSynchronize");
    float[] milliseconds = new float[1];
    status.runtime(
        cudart.cudaEventElapsedTime(milliseconds, begin, end), "cudaEventElapsedTime");
    return milliseconds[0] * 1e-3;
  }

  @Override
  public void close() {
    Release.all(owned);
  }
}
