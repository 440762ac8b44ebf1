package dev.armature.encoder.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;

/**
 * Work of a stream as a CUDA graph. Streams that wait for one that is captured are captured with it;
 * what a launch was given by value is in the graph.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#cuda-graphs">
 *     NVIDIA's programming guide on graphs and on what capture forbids</a>
 */
final class CudaRecording implements DeviceRecording {
  private final CudaStatus status;
  private final CUstream_st stream;
  private final CUgraph_st graph = new CUgraph_st();
  private final CUgraphExec_st executable = new CUgraphExec_st();
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  private CudaRecording(CudaStatus status, CUstream_st stream, Runnable work) {
    this.status = status;
    this.stream = stream;
    try {
      CaptureLock.run(() -> capture(work));
      status.runtime(cudart.cudaGraphInstantiateWithFlags(executable, graph, 0),
          "cudaGraphInstantiateWithFlags");
      owned.push(
          () -> status.runtime(cudart.cudaGraphExecDestroy(executable), "cudaGraphExecDestroy"));
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned);
      throw failure;
    }
  }

  /**
   * Records.
   *
   * @throws IllegalStateException if something cannot be recorded, or there is too little memory
   */
  static CudaRecording of(CudaStatus status, CUstream_st stream, Runnable work) {
    try {
      return new CudaRecording(status, stream, work);
    } catch (RuntimeException failure) {
      throw new IllegalStateException(
          "%s. This was while launches were recorded: set gpu.graphs = false to do without"
              .formatted(failure.getMessage()),
          failure);
    }
  }

  private void capture(Runnable work) {
    // Other threads may go on launching: they have streams of their own.
    status.runtime(
        cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal),
        "cudaStreamBeginCapture");
    boolean recorded = false;
    int code;
    try {
      work.run();
      recorded = true;
    } finally {
      // In any case, or the stream would be of no more use.
      code = cudart.cudaStreamEndCapture(stream, graph);
      if (!graph.isNull()) {
        owned.push(() -> status.runtime(cudart.cudaGraphDestroy(graph), "cudaGraphDestroy"));
      }
      if (!recorded || code != 0) {
        // Otherwise the next launch would report it again.
        cudart.cudaGetLastError();
      }
    }
    status.runtime(code, "cudaStreamEndCapture");
  }

  @Override
  public void replay() {
    status.runtime(cudart.cudaGraphLaunch(executable, stream), "cudaGraphLaunch");
  }

  @Override
  public void close() {
    Release.all(owned);
  }
}
