package dev.armature.encoder.cuda;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.jita.allocator.impl.AtomicAllocator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.jcublas.context.CudaContext;

/** ND4J's arrays on a GPU, where they are: nothing is copied. */
final class Nd4jCudaArrays implements DeviceArrays {

  /** Memory of ND4J's, which it frees itself. */
  private record Lent(long address) implements DeviceMemory {
    @Override
    public void close() {}
  }

  @Override
  public Loan lend(INDArray... arrays) {
    AtomicAllocator allocator = AtomicAllocator.getInstance();
    // What was last written in main memory is brought to the GPU.
    CudaContext context = allocator.getFlowController().prepareActionAllWrite(arrays);
    List<DeviceFloats> lent = new ArrayList<>();
    for (INDArray array : arrays) {
      if (array.offset() != 0) {
        throw new IllegalArgumentException(
            "an array that begins at number %d of its buffer cannot be lent"
                .formatted(array.offset()));
      }
      Pointer place = allocator.getPointer(array, context);
      lent.add(new DeviceFloats(new Lent(place.address()), 0, array.length()));
    }
    // Our streams do not wait for ND4J's.
    context.syncOldStream();
    context.syncSpecialStream();
    return new Loan() {
      @Override
      public DeviceFloats at(int number) {
        return lent.get(number);
      }

      @Override
      public void close() {
        allocator.getFlowController().registerActionAllWrite(context, arrays);
      }
    };
  }
}
