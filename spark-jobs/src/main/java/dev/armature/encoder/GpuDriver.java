package dev.armature.encoder;

import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Asks NVIDIA's driver which GPUs there are, without any library of CUDA's. */
final class GpuDriver {
  private static final String LIBRARY = "libcuda.so.1";

  /** Numbers of the driver's device attributes. */
  private static final int CAPABILITY_MAJOR = 75;

  private static final int CAPABILITY_MINOR = 76;

  private static final int NAME_BYTES = 256;

  private GpuDriver() {}

  /**
   * A GPU.
   *
   * @param number as CUDA counts those that this process sees
   * @param name as NVIDIA calls it
   * @param capability compute capability, 90 for 9.0
   */
  record Gpu(int number, String name, int capability) {}

  /**
   * The GPUs that this process sees.
   *
   * @throws EngineUnavailableException without a driver, or if it fails
   */
  static List<Gpu> gpus() {
    NativeLibrary driver;
    try {
      driver = NativeLibrary.getInstance(LIBRARY);
    } catch (UnsatisfiedLinkError missing) {
      throw new EngineUnavailableException(
          "NVIDIA's driver (%s) cannot be loaded (%s): use a machine or a container that has a GPU"
              .formatted(LIBRARY, firstLine(missing)),
          missing);
    }
    call(driver, "cuInit", 0);
    IntByReference count = new IntByReference();
    call(driver, "cuDeviceGetCount", count);
    List<Gpu> gpus = new ArrayList<>();
    for (int number = 0; number < count.getValue(); number++) {
      IntByReference device = new IntByReference();
      call(driver, "cuDeviceGet", device, number);
      byte[] name = new byte[NAME_BYTES];
      call(driver, "cuDeviceGetName", name, NAME_BYTES, device.getValue());
      int capability =
          10 * attribute(driver, CAPABILITY_MAJOR, device.getValue())
              + attribute(driver, CAPABILITY_MINOR, device.getValue());
      String text = new String(name, StandardCharsets.UTF_8);
      gpus.add(new Gpu(number, text.substring(0, text.indexOf(0)), capability));
    }
    return gpus;
  }

  /** Below it are the folders that were looked through. */
  private static String firstLine(UnsatisfiedLinkError missing) {
    return missing.getMessage().lines().findFirst().orElse("").replaceFirst(":$", "");
  }

  private static int attribute(NativeLibrary driver, int attribute, int device) {
    IntByReference value = new IntByReference();
    call(driver, "cuDeviceGetAttribute", value, attribute, device);
    return value.getValue();
  }

  private static void call(NativeLibrary driver, String function, Object... arguments) {
    int code = driver.getFunction(function).invokeInt(arguments);
    if (code != 0) {
      throw new EngineUnavailableException(
          "NVIDIA's driver refuses %s with code %d: look at nvidia-smi on this host, and at CUDA_VISIBLE_DEVICES"
              .formatted(function, code));
    }
  }
}
