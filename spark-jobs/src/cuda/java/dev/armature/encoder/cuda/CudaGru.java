package dev.armature.encoder.cuda;

import dev.armature.encoder.GpuExecution;
import dev.armature.encoder.GpuGru;
import dev.armature.encoder.GpuPrecision;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnDropoutStruct;
import org.bytedeco.cuda.cudnn.cudnnRNNStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * cuDNN's GRU of one layer, forward in time. Its formulas are ours: with two biases a gate, cuDNN
 * computes {@code h' = tanh(W_h x + r ∘ (R_h h + b_Rh) + b_Wh)} and {@code (1 − i) ∘ h' + i ∘ h}.
 *
 * <p>With {@link GpuPrecision#BFLOAT16} cuDNN is given rounded copies of parameters, inputs and
 * gradients, and its results are turned into floats again; copies that the backward pass needs are
 * kept in the reserve.
 *
 * @see <a href="https://docs.nvidia.com/deeplearning/cudnn/latest/api/cudnn-adv-library.html">
 *     cuDNN's documentation of {@code cudnnRNNMode_t} and {@code cudnnGetRNNWeightParams}</a>
 */
final class CudaGru implements DeviceGru {
  private final CudaDevice device;
  private final CudaStatus status;
  private final int input;
  private final int hidden;
  private final GpuGru algorithm;
  private final boolean rounded;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final cudnnRNNStruct description = new cudnnRNNStruct();
  private final CudaStream asking;
  private final GruSpace space;
  private final long spaceBytes;
  private final Map<Extent, CudaGruBatch> batches = new HashMap<>();

  CudaGru(CudaDevice device, int input, int hidden) {
    this.device = device;
    this.input = input;
    this.hidden = hidden;
    algorithm = device.execution().gru();
    status = new CudaStatus(device.description(), advice(algorithm, device.execution()));
    rounded = device.execution().precision() == GpuPrecision.BFLOAT16;
    try {
      asking = new CudaStream(device);
      owned.push(asking);
      describe(dropout(asking.dnn()));
      spaceBytes = spaceBytes(asking.dnn());
      try (CudaMemory sample = device.allocateBytes(spaceBytes, "a look at cuDNN's layout")) {
        space =
            new CudaGruLayout(status, description, input, hidden, dataType())
                .ask(asking.dnn(), spaceBytes, sample.address());
      }
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned);
      throw failure;
    }
  }

  /** cuDNN has less for the persistent algorithm than for the other, and for bfloat16 than for floats. */
  private static String advice(GpuGru algorithm, GpuExecution execution) {
    return switch (algorithm) {
      case PERSISTENT -> "cuDNN has no persistent GRU of this size and precision: set gpu.gru = standard";
      case STANDARD ->
          execution.precision() == GpuPrecision.BFLOAT16
              ? "this cuDNN has no GRU of bfloat16 numbers, which came with 9.13: update it, or set gpu.precision = tf32"
              : "";
    };
  }

  private int dataType() {
    return rounded ? cudnn.CUDNN_DATA_BFLOAT16 : cudnn.CUDNN_DATA_FLOAT;
  }

  private cudnnDropoutStruct dropout(cudnnContext handle) {
    cudnnDropoutStruct none = new cudnnDropoutStruct();
    status.dnn(cudnn.cudnnCreateDropoutDescriptor(none), "cudnnCreateDropoutDescriptor");
    owned.push(
        () ->
            status.dnn(
                cudnn.cudnnDestroyDropoutDescriptor(none), "cudnnDestroyDropoutDescriptor"));
    status.dnn(
        cudnn.cudnnSetDropoutDescriptor(none, handle, 0, (Pointer) null, 0, 0),
        "cudnnSetDropoutDescriptor");
    return none;
  }

  private void describe(cudnnDropoutStruct dropout) {
    status.dnn(cudnn.cudnnCreateRNNDescriptor(description), "cudnnCreateRNNDescriptor");
    owned.push(
        () -> status.dnn(cudnn.cudnnDestroyRNNDescriptor(description), "cudnnDestroyRNNDescriptor"));
    status.dnn(
        cudnn.cudnnSetRNNDescriptor_v8(
            description,
            switch (algorithm) {
              case STANDARD -> cudnn.CUDNN_RNN_ALGO_STANDARD;
              case PERSISTENT -> cudnn.CUDNN_RNN_ALGO_PERSIST_STATIC;
            },
            cudnn.CUDNN_GRU,
            cudnn.CUDNN_RNN_DOUBLE_BIAS,
            cudnn.CUDNN_UNIDIRECTIONAL,
            cudnn.CUDNN_LINEAR_INPUT,
            dataType(),
            cudnn.CUDNN_DATA_FLOAT,
            mathType(device.execution().precision()),
            input,
            hidden,
            // No projection of the state.
            hidden,
            1,
            dropout,
            cudnn.CUDNN_RNN_PADDED_IO_DISABLED),
        "cudnnSetRNNDescriptor_v8 of a GRU from %d to %d".formatted(input, hidden));
  }

  /** cuDNN's default lets floats be rounded to TF32. */
  private static int mathType(GpuPrecision precision) {
    return switch (precision) {
      case FLOAT32 -> cudnn.CUDNN_FMA_MATH;
      case TF32 -> cudnn.CUDNN_DEFAULT_MATH;
      case BFLOAT16 -> cudnn.CUDNN_TENSOR_OP_MATH;
    };
  }

  private long spaceBytes(cudnnContext handle) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      status.dnn(
          cudnn.cudnnGetRNNWeightSpaceSize(handle, description, size),
          "cudnnGetRNNWeightSpaceSize");
      return size.get();
    }
  }

  @Override
  public GruSpace space() {
    return space;
  }

  private CudaGruBatch batch(Extent extent) {
    return batches.computeIfAbsent(
        extent,
        wanted -> {
          CudaGruBatch made =
              new CudaGruBatch(
                  device, status, description, asking.dnn(), wanted, input, hidden, dataType());
          owned.push(made);
          return made;
        });
  }

  @Override
  public long work(Extent extent, boolean training) {
    CudaGruBatch batch = batch(extent);
    long own = DeviceSections.floats(batch.workBytes(training));
    if (!rounded) {
      return own;
    }
    DeviceSections sections = new DeviceSections(own);
    if (training) {
      // Gradients of the backward pass; more than a forward pass in training needs.
      sections.rounded(outputs(extent));
      sections.rounded(inputs(extent));
      sections.rounded(space.length());
    } else {
      sections.rounded(inputs(extent));
      sections.rounded(outputs(extent));
      sections.rounded(space.length());
    }
    return sections.length();
  }

  @Override
  public long reserve(Extent extent) {
    long own = DeviceSections.floats(batch(extent).reserveBytes());
    if (!rounded) {
      return own;
    }
    DeviceSections sections = new DeviceSections(own);
    sections.rounded(inputs(extent));
    sections.rounded(outputs(extent));
    sections.rounded(space.length());
    return sections.length();
  }

  private long inputs(Extent extent) {
    return (long) extent.rows() * input;
  }

  private long outputs(Extent extent) {
    return (long) extent.rows() * hidden;
  }

  @Override
  public void forward(
      DeviceStream stream,
      Extent extent,
      DeviceFloats weights,
      DeviceFloats in,
      DeviceFloats out,
      DeviceFloats work,
      DeviceFloats reserve) {
    CudaGruBatch batch = batch(extent);
    cudnnContext handle = ((CudaStream) stream).dnn();
    if (!rounded) {
      batch.forward(handle, address(weights), spaceBytes, address(in), address(out), work, reserve);
      return;
    }
    boolean training = reserve != null;
    long own =
        DeviceSections.floats(training ? batch.reserveBytes() : batch.workBytes(false));
    DeviceSections sections = new DeviceSections(own);
    DeviceFloats room = training ? reserve : work;
    DeviceFloats roundedIn = sections.rounded(room, inputs(extent));
    DeviceFloats roundedOut = sections.rounded(room, outputs(extent));
    DeviceFloats roundedWeights = sections.rounded(room, space.length());
    stream.kernels().toBfloat16(in, roundedIn, inputs(extent));
    stream.kernels().toBfloat16(weights, roundedWeights, space.length());
    batch.forward(
        handle,
        address(roundedWeights),
        spaceBytes,
        address(roundedIn),
        address(roundedOut),
        work,
        reserve);
    stream.kernels().fromBfloat16(roundedOut, out, outputs(extent));
  }

  @Override
  public void backward(
      DeviceStream stream,
      Extent extent,
      DeviceFloats weights,
      DeviceFloats in,
      DeviceFloats out,
      DeviceFloats outputGradient,
      DeviceFloats work,
      DeviceFloats reserve,
      DeviceFloats inputGradient,
      DeviceFloats gradients) {
    CudaGruBatch batch = batch(extent);
    cudnnContext handle = ((CudaStream) stream).dnn();
    if (!rounded) {
      batch.backward(
          handle,
          new CudaGruBatch.Step(
              address(weights),
              address(in),
              address(out),
              address(outputGradient),
              address(inputGradient),
              address(gradients)),
          spaceBytes,
          work,
          reserve);
      return;
    }
    DeviceSections kept = new DeviceSections(DeviceSections.floats(batch.reserveBytes()));
    DeviceFloats roundedIn = kept.rounded(reserve, inputs(extent));
    DeviceFloats roundedOut = kept.rounded(reserve, outputs(extent));
    DeviceFloats roundedWeights = kept.rounded(reserve, space.length());
    DeviceSections passing = new DeviceSections(DeviceSections.floats(batch.workBytes(true)));
    DeviceFloats byOut = passing.rounded(work, outputs(extent));
    DeviceFloats byIn = passing.rounded(work, inputs(extent));
    DeviceFloats byWeights = passing.rounded(work, space.length());
    Kernels kernels = stream.kernels();
    kernels.toBfloat16(outputGradient, byOut, outputs(extent));
    stream.zero(byWeights);
    batch.backward(
        handle,
        new CudaGruBatch.Step(
            address(roundedWeights),
            address(roundedIn),
            address(roundedOut),
            address(byOut),
            address(byIn),
            address(byWeights)),
        spaceBytes,
        work,
        reserve);
    kernels.fromBfloat16(byIn, inputGradient, inputs(extent));
    kernels.fromBfloat16(byWeights, gradients, space.length());
  }

  private static Pointer address(DeviceFloats floats) {
    return DevicePointer.to(floats);
  }

  @Override
  public void close() {
    Release.all(owned);
  }
}
