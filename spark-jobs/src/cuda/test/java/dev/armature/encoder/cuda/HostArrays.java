package dev.armature.encoder.cuda;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Lends copies of ND4J's arrays to a device in main memory, and brings back what it wrote: what is
 * not lent is old on the device.
 */
final class HostArrays implements DeviceArrays {
  private final HostDevice device;

  HostArrays(HostDevice device) {
    this.device = device;
  }

  @Override
  public Loan lend(INDArray... arrays) {
    List<DeviceFloats> places = new ArrayList<>();
    for (INDArray array : arrays) {
      if (array.offset() != 0) {
        throw new IllegalArgumentException("a view cannot be lent");
      }
      DeviceMemory memory = device.allocate(array.length(), "an array");
      DeviceFloats place = new DeviceFloats(memory, 0, array.length());
      HostMemory.write(place, array.dup('c').data().asFloat());
      places.add(place);
    }
    return new Loan() {
      @Override
      public DeviceFloats at(int number) {
        return places.get(number);
      }

      @Override
      public void close() {
        for (int number = 0; number < arrays.length; number++) {
          INDArray array = arrays[number];
          array.assign(Nd4j.create(HostMemory.read(at(number)), array.shape(), 'c'));
          at(number).memory().close();
        }
      }
    };
  }
}
