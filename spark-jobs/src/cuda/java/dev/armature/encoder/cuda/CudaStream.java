package dev.armature.encoder.cuda;

import dev.armature.encoder.DeviceStreamMemory;
import dev.armature.encoder.GpuPrecision;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A stream of a GPU, with handles of the libraries that are its own: what goes through one handle on
 * several streams need not give the same bits again.
 */
final class CudaStream implements DeviceStream {
  /** Bytes that cuBLAS may scribble on. */
  private static final long BLAS_WORK = DeviceStreamMemory.PRODUCTS;

  private final CudaDevice device;
  private final CudaStatus status;
  private final CUstream_st stream = new CUstream_st();
  private final CUevent_st marker = new CUevent_st();
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final CudaStaging staging;
  private final Kernels kernels;
  private final LossKernels losses;
  private final FloatPointer one = new FloatPointer(1f);
  private final FloatPointer zero = new FloatPointer(0f);
  private cublasContext blas;
  private cudnnContext dnn;

  CudaStream(CudaDevice device) {
    this.device = device;
    status = device.status();
    try {
      owned.push(one);
      owned.push(zero);
      status.runtime(
          cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking),
          "cudaStreamCreateWithFlags");
      owned.push(() -> status.runtime(cudart.cudaStreamDestroy(stream), "cudaStreamDestroy"));
      status.runtime(
          cudart.cudaEventCreateWithFlags(marker, cudart.cudaEventDisableTiming),
          "cudaEventCreateWithFlags");
      owned.push(() -> status.runtime(cudart.cudaEventDestroy(marker), "cudaEventDestroy"));
      staging = new CudaStaging(status, stream);
      owned.push(staging);
      CudaLauncher launcher = new CudaLauncher(status, device.module(), stream);
      owned.push(launcher);
      kernels = new LaunchedKernels(launcher);
      losses = new LaunchedLossKernels(launcher);
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned);
      throw failure;
    }
  }

  /** The handle of cuDNN; made when it is first asked for. */
  cudnnContext dnn() {
    if (dnn == null) {
      cudnnContext made = new cudnnContext();
      CaptureLock.run(() -> status.dnn(cudnn.cudnnCreate(made), "cudnnCreate"));
      owned.push(
          () -> CaptureLock.run(() -> status.dnn(cudnn.cudnnDestroy(made), "cudnnDestroy")));
      status.dnn(cudnn.cudnnSetStream(made, stream), "cudnnSetStream");
      dnn = made;
    }
    return dnn;
  }

  private cublasContext blas() {
    if (blas == null) {
      cublasContext made = new cublasContext();
      CaptureLock.run(() -> status.blas(cublas.cublasCreate_v2(made), "cublasCreate_v2"));
      owned.push(
          () ->
              CaptureLock.run(
                  () -> status.blas(cublas.cublasDestroy_v2(made), "cublasDestroy_v2")));
      status.blas(cublas.cublasSetStream_v2(made, stream), "cublasSetStream_v2");
      CudaMemory work = device.allocateBytes(BLAS_WORK, "work of cuBLAS");
      owned.push(work);
      status.blas(
          cublas.cublasSetWorkspace_v2(made, new DevicePointer(work.address()), BLAS_WORK),
          "cublasSetWorkspace_v2");
      blas = made;
    }
    return blas;
  }

  @Override
  public void upload(float[] source, int start, DeviceFloats target) {
    staging.upload(source, start, target);
  }

  @Override
  public void download(DeviceFloats source, float[] target, int start) {
    staging.download(source, target, start);
  }

  @Override
  public void copy(DeviceFloats source, DeviceFloats target) {
    status.runtime(
        cudart.cudaMemcpyAsync(
            DevicePointer.to(target),
            DevicePointer.to(source),
            source.length() * Float.BYTES,
            cudart.cudaMemcpyDeviceToDevice,
            stream),
        "cudaMemcpyAsync on the device");
  }

  @Override
  public void zero(DeviceFloats target) {
    status.runtime(
        cudart.cudaMemsetAsync(
            DevicePointer.to(target), 0, target.length() * Float.BYTES, stream),
        "cudaMemsetAsync");
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
    // cuBLAS counts by columns: what it takes for a matrix is our transpose, so that it computes
    // resultᵀ = rightᵀ · leftᵀ.
    boolean leftTransposed = form == Product.LEFT_TRANSPOSED;
    boolean rightTransposed = form == Product.RIGHT_TRANSPOSED;
    status.blas(
        cublas.cublasGemmEx(
            blas(),
            rightTransposed ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N,
            leftTransposed ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N,
            columns,
            rows,
            inner,
            one,
            DevicePointer.to(right),
            cudart.CUDA_R_32F,
            rightTransposed ? inner : columns,
            DevicePointer.to(left),
            cudart.CUDA_R_32F,
            leftTransposed ? rows : inner,
            add ? one : zero,
            DevicePointer.to(result),
            cudart.CUDA_R_32F,
            columns,
            computeType(device.execution().precision()),
            cublas.CUBLAS_GEMM_DEFAULT),
        "cublasGemmEx of %d × %d × %d".formatted(rows, inner, columns));
  }

  private static int computeType(GpuPrecision precision) {
    return switch (precision) {
      case FLOAT32 -> cublas.CUBLAS_COMPUTE_32F_PEDANTIC;
      case TF32 -> cublas.CUBLAS_COMPUTE_32F_FAST_TF32;
      case BFLOAT16 -> cublas.CUBLAS_COMPUTE_32F_FAST_16BF;
    };
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
    CudaStream awaited = (CudaStream) other;
    awaited.mark(awaited.marker);
    status.runtime(
        cudart.cudaStreamWaitEvent(stream, awaited.marker, 0), "cudaStreamWaitEvent");
  }

  /** Has an event record when all is done that was given up to now. */
  void mark(CUevent_st event) {
    status.runtime(cudart.cudaEventRecord(event, stream), "cudaEventRecord");
  }

  @Override
  public DeviceRecording record(Runnable work) {
    return CudaRecording.of(status, stream, work);
  }

  @Override
  public void synchronize() {
    status.runtime(cudart.cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  }

  @Override
  public void close() {
    if (!owned.isEmpty()) {
      owned.push(this::synchronize);
      Release.all(owned);
    }
  }
}
