package dev.armature.encoder.cuda;

import dev.armature.encoder.DeviceStreamMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Main memory that a GPU reads and writes by itself, through which arrays go on their way there and
 * back: two pieces, so that one is filled while the other is under way.
 */
final class CudaStaging implements AutoCloseable {
  private static final int FLOATS = (int) (DeviceStreamMemory.PIECE / Float.BYTES);

  private static final long BYTES = (long) FLOATS * Float.BYTES;

  private final CudaStatus status;
  private final CUstream_st stream;
  private final Piece[] pieces = new Piece[2];
  private int next;

  private static final class Piece {
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final CUevent_st free = new CUevent_st();
    private final Pointer memory = new Pointer();
    private final FloatPointer floats;

    Piece(CudaStatus status) {
      try {
        int code = cudart.cudaHostAlloc(memory, BYTES, 0);
        if (code == cudart.cudaErrorMemoryAllocation) {
          // Otherwise the next launch would report it again.
          cudart.cudaGetLastError();
          throw new IllegalStateException(
              OutOfMemory.ofMainMemory(
                  status.device(), BYTES, cudart.cudaGetErrorString(code).getString()));
        }
        status.runtime(code, "cudaHostAlloc of %d bytes".formatted(BYTES));
        owned.push(() -> status.runtime(cudart.cudaFreeHost(memory), "cudaFreeHost"));
        status.runtime(
            cudart.cudaEventCreateWithFlags(free, cudart.cudaEventDisableTiming),
            "cudaEventCreateWithFlags");
        owned.push(() -> status.runtime(cudart.cudaEventDestroy(free), "cudaEventDestroy"));
        floats = new FloatPointer(memory);
      } catch (RuntimeException | Error failure) {
        Release.after(failure, owned);
        throw failure;
      }
    }
  }

  CudaStaging(CudaStatus status, CUstream_st stream) {
    this.status = status;
    this.stream = stream;
  }

  /** The piece whose turn it is, once nothing uses it any more. */
  private Piece take() {
    int turn = next;
    next = 1 - next;
    if (pieces[turn] == null) {
      pieces[turn] = new Piece(status);
    } else {
      status.runtime(cudart.cudaEventSynchronize(pieces[turn].free), "cudaEventSynchronize");
    }
    return pieces[turn];
  }

  void upload(float[] source, int start, DeviceFloats target) {
    int length = Math.toIntExact(target.length());
    for (int done = 0; done < length; done += FLOATS) {
      int size = Math.min(FLOATS, length - done);
      Piece piece = take();
      piece.floats.put(source, start + done, size);
      status.runtime(
          cudart.cudaMemcpyAsync(
              DevicePointer.to(target.part(done, size)),
              piece.memory,
              (long) size * Float.BYTES,
              cudart.cudaMemcpyHostToDevice,
              stream),
          "cudaMemcpyAsync to the device");
      status.runtime(cudart.cudaEventRecord(piece.free, stream), "cudaEventRecord");
    }
  }

  void download(DeviceFloats source, float[] target, int start) {
    int length = Math.toIntExact(source.length());
    for (int done = 0; done < length; done += FLOATS) {
      int size = Math.min(FLOATS, length - done);
      Piece piece = take();
      status.runtime(
          cudart.cudaMemcpyAsync(
              piece.memory,
              DevicePointer.to(source.part(done, size)),
              (long) size * Float.BYTES,
              cudart.cudaMemcpyDeviceToHost,
              stream),
          "cudaMemcpyAsync from the device");
      status.runtime(cudart.cudaEventRecord(piece.free, stream), "cudaEventRecord");
      status.runtime(cudart.cudaEventSynchronize(piece.free), "cudaEventSynchronize");
      piece.floats.get(target, start + done, size);
    }
  }

  @Override
  public void close() {
    Deque<AutoCloseable> owned = new ArrayDeque<>();
    for (int i = 0; i < pieces.length; i++) {
      if (pieces[i] != null) {
        owned.addAll(pieces[i].owned);
        pieces[i] = null;
      }
    }
    Release.all(owned);
  }
}
