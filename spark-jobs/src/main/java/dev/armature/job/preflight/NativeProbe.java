package dev.armature.job.preflight;

import dev.armature.encoder.DeviceDescription;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngines;
import dev.armature.encoder.GpuPrecision;
import dev.armature.encoder.Nd4jCudaSupport;
import dev.armature.round.TaskGpu;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Loads ND4J, OpenBLAS and oneDNN where it runs, has each compute a product whose result is known,
 * and tells what kind of process it is in.
 */
final class NativeProbe {
  private static final String ND4J = "/META-INF/maven/org.nd4j/nd4j-api/pom.properties";
  private static final float[] LEFT = {1, 2, 3, 4};
  private static final float[] RIGHT = {5, 6, 7, 8};
  private static final float[] PRODUCT = {19, 22, 43, 50};

  private NativeProbe() {}

  /**
   * Looks at this process. Never throws: what is wrong is in the report.
   *
   * @param backend that is to compute encoders; its device is looked at, too
   * @param precision in which a device is to compute
   */
  static ProcessReport look(EncoderBackend backend, GpuPrecision precision) {
    String libraries = "";
    String blasCore = "";
    DeviceDescription device = new DeviceDescription("", 0);
    String fault = "";
    int isa = 0;
    try {
      // Before anything of ND4J's is loaded: on the wrong GPU it would fail in a way of its own.
      Nd4jCudaSupport.require();
      libraries = libraries();
      multiply();
      isa = dnnl.dnnl_get_effective_cpu_isa();
      blasCore = blas("openblas_get_corename");
      if (backend.onGpu()) {
        device = EncoderEngines.provider(backend).describe(TaskGpu.address(), precision);
      }
    } catch (LinkageError | RuntimeException failure) {
      fault = Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
    }
    return new ProcessReport(
        SparkEnv.get().executorId(),
        host(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory(),
        limit(Pointer.maxBytes()),
        limit(Pointer.maxPhysicalBytes()),
        memory(),
        Runtime.version().feature(),
        System.getProperty("os.arch"),
        libraries,
        isa,
        blasCore,
        gpus(),
        device.text(),
        device.memory(),
        fault);
  }

  private static void multiply() {
    float[] product = new float[PRODUCT.length];
    try (FloatPointer left = new FloatPointer(LEFT);
        FloatPointer right = new FloatPointer(RIGHT);
        FloatPointer result = new FloatPointer((long) product.length)) {
      dnnl.dnnl_sgemm((byte) 'N', (byte) 'N', 2, 2, 2, 1, left, 2, right, 2, 0, result, 2);
      result.get(product);
      require("oneDNN", product);
      openblas_nolapack.cblas_sgemm(
          openblas_nolapack.CblasRowMajor,
          openblas_nolapack.CblasNoTrans,
          openblas_nolapack.CblasNoTrans,
          2,
          2,
          2,
          1,
          left,
          2,
          right,
          2,
          0,
          result,
          2);
      result.get(product);
      require("OpenBLAS", product);
    }
    try (INDArray left = Nd4j.create(LEFT, new long[] {2, 2}, 'c');
        INDArray right = Nd4j.create(RIGHT, new long[] {2, 2}, 'c');
        INDArray result = left.mmul(right)) {
      require("ND4J", result.dup('c').data().asFloat());
    }
  }

  private static void require(String library, float[] product) {
    if (!java.util.Arrays.equals(product, PRODUCT)) {
      throw new IllegalStateException(
          "%s computed %s, expected %s"
              .formatted(
                  library, java.util.Arrays.toString(product), java.util.Arrays.toString(PRODUCT)));
    }
  }

  private static String libraries() {
    // "OpenBLAS 0.3.31 DYNAMIC_ARCH …": what follows differs with the processor.
    String[] blas = blas("openblas_get_config").split(" ", 3);
    var onednn = dnnl.dnnl_version();
    return "ND4J %s, %s %s, oneDNN %d.%d.%d"
        .formatted(nd4j(), blas[0], blas[1], onednn.major(), onednn.minor(), onednn.patch());
  }

  /** Its jar's manifest does not tell. */
  private static String nd4j() {
    Properties maven = new Properties();
    try (InputStream in = Nd4j.class.getResourceAsStream(ND4J)) {
      if (in != null) {
        maven.load(in);
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return maven.getProperty("version", "of an unknown version");
  }

  /** Calls a function without arguments of the library that OpenBLAS's binding uses. */
  private static String blas(String function) {
    return com.sun.jna.NativeLibrary.getInstance(Loader.load(openblas_nolapack.class))
        .getFunction(function)
        .invokeString(new Object[0], false);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "unknown";
    }
  }

  /** JavaCPP's {@code Long.MAX_VALUE} is no limit, like its 0. */
  private static long limit(long bytes) {
    return bytes == Long.MAX_VALUE ? 0 : bytes;
  }

  /** The JDK asks the container's control group, and the machine without one. */
  static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  private static List<String> gpus() {
    if (TaskContext.get() == null) {
      return List.of();
    }
    ResourceInformation assigned = TaskContext.get().resourcesJMap().get("gpu");
    return assigned == null ? List.of() : List.of(assigned.addresses());
  }
}
