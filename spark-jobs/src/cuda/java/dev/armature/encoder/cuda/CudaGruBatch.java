package dev.armature.encoder.cuda;

import dev.armature.encoder.cuda.DeviceGru.Extent;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnRNNDataStruct;
import org.bytedeco.cuda.cudnn.cudnnRNNStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * A GRU of cuDNN over batches of one size, whose sequences are all of one length. Initial states are
 * zero, and the gradients by them nobody asks for: cuDNN takes null for these.
 */
final class CudaGruBatch implements AutoCloseable {
  private final CudaStatus status;
  private final cudnnRNNStruct gru;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final cudnnRNNDataStruct inputs;
  private final cudnnRNNDataStruct outputs;
  private final cudnnTensorStruct state = new cudnnTensorStruct();
  private final SequenceLengths lengths;
  private final long inferenceWork;
  private final long trainingWork;
  private final long reserve;

  /** Addresses of what a backward pass goes between. */
  record Step(
      Pointer weights,
      Pointer input,
      Pointer output,
      Pointer outputGradient,
      Pointer inputGradient,
      Pointer weightGradients) {}

  /**
   * @param status says what to do where cuDNN has no such GRU
   */
  CudaGruBatch(
      CudaDevice device,
      CudaStatus status,
      cudnnRNNStruct gru,
      cudnnContext handle,
      Extent extent,
      int input,
      int hidden,
      int dataType) {
    this.status = status;
    this.gru = gru;
    try {
      lengths = new SequenceLengths(device, extent);
      owned.push(lengths);
      inputs = data(extent, input, dataType);
      outputs = data(extent, hidden, dataType);
      status.dnn(cudnn.cudnnCreateTensorDescriptor(state), "cudnnCreateTensorDescriptor");
      owned.push(
          () ->
              status.dnn(
                  cudnn.cudnnDestroyTensorDescriptor(state), "cudnnDestroyTensorDescriptor"));
      int[] extents = {1, extent.sequences(), hidden};
      int[] strides = {extent.sequences() * hidden, hidden, 1};
      status.dnn(
          cudnn.cudnnSetTensorNdDescriptor(state, dataType, extents.length, extents, strides),
          "cudnnSetTensorNdDescriptor");
      try (SizeTPointer work = new SizeTPointer(1);
          SizeTPointer kept = new SizeTPointer(1)) {
        sizes(handle, cudnn.CUDNN_FWD_MODE_INFERENCE, work, kept);
        inferenceWork = work.get();
        sizes(handle, cudnn.CUDNN_FWD_MODE_TRAINING, work, kept);
        trainingWork = work.get();
        reserve = kept.get();
      }
    } catch (RuntimeException | Error failure) {
      Release.after(failure, owned);
      throw failure;
    }
  }

  private cudnnRNNDataStruct data(Extent extent, int width, int dataType) {
    cudnnRNNDataStruct data = new cudnnRNNDataStruct();
    status.dnn(cudnn.cudnnCreateRNNDataDescriptor(data), "cudnnCreateRNNDataDescriptor");
    owned.push(
        () ->
            status.dnn(
                cudnn.cudnnDestroyRNNDataDescriptor(data), "cudnnDestroyRNNDataDescriptor"));
    status.dnn(
        cudnn.cudnnSetRNNDataDescriptor(
            data,
            dataType,
            cudnn.CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED,
            extent.frames(),
            extent.sequences(),
            width,
            SequenceLengths.of(extent),
            (Pointer) null),
        "cudnnSetRNNDataDescriptor of %d × %d × %d"
            .formatted(extent.frames(), extent.sequences(), width));
    return data;
  }

  private void sizes(cudnnContext handle, int mode, SizeTPointer work, SizeTPointer kept) {
    status.dnn(
        cudnn.cudnnGetRNNTempSpaceSizes(handle, gru, mode, inputs, work, kept),
        "cudnnGetRNNTempSpaceSizes");
  }

  long workBytes(boolean training) {
    return training ? trainingWork : inferenceWork;
  }

  long reserveBytes() {
    return reserve;
  }

  void forward(
      cudnnContext handle,
      Pointer weights,
      long weightBytes,
      Pointer input,
      Pointer output,
      DeviceFloats work,
      DeviceFloats kept) {
    boolean training = kept != null;
    status.dnn(
        cudnn.cudnnRNNForward(
            handle,
            gru,
            training ? cudnn.CUDNN_FWD_MODE_TRAINING : cudnn.CUDNN_FWD_MODE_INFERENCE,
            lengths.onDevice(),
            inputs,
            input,
            outputs,
            output,
            state,
            null,
            null,
            null,
            null,
            null,
            weightBytes,
            weights,
            workBytes(training),
            DevicePointer.to(work),
            training ? reserve : 0,
            training ? DevicePointer.to(kept) : null),
        "cudnnRNNForward");
  }

  /** Adds to the gradients by the weights. */
  void backward(
      cudnnContext handle, Step step, long weightBytes, DeviceFloats work, DeviceFloats kept) {
    Pointer workPlace = DevicePointer.to(work);
    Pointer keptPlace = DevicePointer.to(kept);
    status.dnn(
        cudnn.cudnnRNNBackwardData_v8(
            handle,
            gru,
            lengths.onDevice(),
            outputs,
            step.output(),
            step.outputGradient(),
            inputs,
            step.inputGradient(),
            state,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            weightBytes,
            step.weights(),
            trainingWork,
            workPlace,
            reserve,
            keptPlace),
        "cudnnRNNBackwardData_v8");
    status.dnn(
        cudnn.cudnnRNNBackwardWeights_v8(
            handle,
            gru,
            cudnn.CUDNN_WGRAD_MODE_ADD,
            lengths.onDevice(),
            inputs,
            step.input(),
            state,
            null,
            outputs,
            step.output(),
            weightBytes,
            step.weightGradients(),
            trainingWork,
            workPlace,
            reserve,
            keptPlace),
        "cudnnRNNBackwardWeights_v8");
  }

  @Override
  public void close() {
    Release.all(owned);
  }
}
