package dev.armature.encoder.cuda;

import org.bytedeco.javacpp.Pointer;

/** An address on a device, as JavaCPP passes it; nothing is read or freed by way of it. */
final class DevicePointer extends Pointer {
  DevicePointer(long deviceAddress) {
    address = deviceAddress;
  }

  static DevicePointer to(DeviceFloats floats) {
    return new DevicePointer(floats.address());
  }
}
