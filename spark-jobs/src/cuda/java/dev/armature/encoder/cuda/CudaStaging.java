package dev.armature.encoder.cuda;

import dev.armature.encoder.DeviceStreamMemory;
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

  private final CudaStatus status;
  private final CUstream_st stream;
  private final Piece[] pieces = new Piece[2];
  private int next;

  private static final class Piece {
    private final Pointer memory = new Pointer();
    private final CUevent_st free = new CUevent_st();
    private FloatPointer floats = new FloatPointer();
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
      Piece made = new Piece();
      pieces[turn] = made;
      status.runtime(
          cudart.cudaHostAlloc(made.memory, (long) FLOATS * Float.BYTES, 0), "cudaHostAlloc");
      made.floats = new FloatPointer(made.memory);
      status.runtime(
          cudart.cudaEventCreateWithFlags(made.free, cudart.cudaEventDisableTiming),
          "cudaEventCreateWithFlags");
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
    for (int i = 0; i < pieces.length; i++) {
      Piece piece = pieces[i];
      pieces[i] = null;
      if (piece != null) {
        if (!piece.free.isNull()) {
          status.runtime(cudart.cudaEventDestroy(piece.free), "cudaEventDestroy");
        }
        if (!piece.memory.isNull()) {
          status.runtime(cudart.cudaFreeHost(piece.memory), "cudaFreeHost");
        }
      }
    }
  }
}
