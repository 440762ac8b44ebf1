package dev.armature.encoder.cuda;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnRNNStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;

/** Asks cuDNN where it keeps the parameters of a GRU, and whether they look as we believe. */
final class CudaGruLayout {
  /** Dimensions of what cuDNN describes: 1 × rows × columns. */
  private static final int DIMENSIONS = 3;

  private final CudaStatus status;
  private final cudnnRNNStruct gru;
  private final int input;
  private final int hidden;
  private final int dataType;

  CudaGruLayout(CudaStatus status, cudnnRNNStruct gru, int input, int hidden, int dataType) {
    this.status = status;
    this.gru = gru;
    this.input = input;
    this.hidden = hidden;
    this.dataType = dataType;
  }

  /** Where a parameter is and what it looks like. */
  private record Found(long bytes, int[] extents, int[] strides) {}

  /**
   * Asks.
   *
   * @param bytes of the space
   * @param address of memory of that size on the device, of which nothing is read
   * @throws IllegalStateException if a parameter has another shape than expected
   */
  GruSpace ask(cudnnContext handle, long bytes, long address) {
    List<GruSpace.Gate> gates = new ArrayList<>();
    for (int gate = 0; gate < GruSpace.GATES; gate++) {
      Found[] ofInput = ask(handle, bytes, address, gate);
      Found[] ofHidden = ask(handle, bytes, address, gate + GruSpace.GATES);
      gates.add(
          new GruSpace.Gate(
              offset(ofInput[0], input),
              offset(ofHidden[0], hidden),
              offset(ofInput[1], 1),
              offset(ofHidden[1], 1)));
    }
    return new GruSpace(bytes / bytesPerNumber(), gates);
  }

  private int bytesPerNumber() {
    return dataType == cudnn.CUDNN_DATA_FLOAT ? Float.BYTES : Short.BYTES;
  }

  private Found[] ask(cudnnContext handle, long bytes, long address, int linearLayer) {
    cudnnTensorStruct matrix = new cudnnTensorStruct();
    cudnnTensorStruct bias = new cudnnTensorStruct();
    Pointer matrixPlace = new Pointer();
    Pointer biasPlace = new Pointer();
    status.dnn(cudnn.cudnnCreateTensorDescriptor(matrix), "cudnnCreateTensorDescriptor");
    try {
      status.dnn(cudnn.cudnnCreateTensorDescriptor(bias), "cudnnCreateTensorDescriptor");
      try {
        status.dnn(
            cudnn.cudnnGetRNNWeightParams(
                handle,
                gru,
                0,
                bytes,
                new DevicePointer(address),
                linearLayer,
                matrix,
                matrixPlace,
                bias,
                biasPlace),
            "cudnnGetRNNWeightParams");
        return new Found[] {
          found(matrix, matrixPlace, address), found(bias, biasPlace, address)
        };
      } finally {
        status.dnn(cudnn.cudnnDestroyTensorDescriptor(bias), "cudnnDestroyTensorDescriptor");
      }
    } finally {
      status.dnn(cudnn.cudnnDestroyTensorDescriptor(matrix), "cudnnDestroyTensorDescriptor");
    }
  }

  private Found found(cudnnTensorStruct tensor, Pointer place, long address) {
    int[] type = new int[1];
    int[] dimensions = new int[1];
    int[] extents = new int[DIMENSIONS];
    int[] strides = new int[DIMENSIONS];
    status.dnn(
        cudnn.cudnnGetTensorNdDescriptor(tensor, DIMENSIONS, type, dimensions, extents, strides),
        "cudnnGetTensorNdDescriptor");
    return new Found(place.address() - address, extents, strides);
  }

  private long offset(Found found, int columns) {
    GruLayoutCheck.require(found.extents(), found.strides(), hidden, columns);
    if (found.bytes() % bytesPerNumber() != 0) {
      throw new IllegalStateException(
          "cuDNN keeps a parameter %d bytes from the start, expected a multiple of %d"
              .formatted(found.bytes(), bytesPerNumber()));
    }
    return found.bytes() / bytesPerNumber();
  }
}
