package dev.armature.encoder;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * GRUs by oneDNN's {@code lbr_gru} primitives ("linear before reset", the variant of PyTorch and
 * cuDNN).
 *
 * <p>oneDNN takes four bias vectors, PyTorch's parameters are six: the update and reset gates see
 * only the sum of their two, and both get that sum's gradient. Primitives are made once a shape and
 * kept. They remember how many OpenMP threads they were made for: a backend must be used from
 * threads with one and the same setting.
 *
 * @see <a href="https://uxlfoundation.github.io/oneDNN/dev_guide_rnn.html">oneDNN, RNN
 *     primitive</a>
 */
final class OneDnnGruBackend implements GruBackend {
  private final engine cpu;
  private final stream cpuStream;
  private final OneDnnScratch scratch = new OneDnnScratch();
  private final Map<GruShape, OneDnnGru> training = new HashMap<>();
  private final Map<GruShape, OneDnnGru> inference = new HashMap<>();
  private boolean closed;

  /**
   * @throws IllegalStateException if oneDNN cannot be had on this machine
   */
  OneDnnGruBackend() {
    try {
      cpu = new engine(dnnl_cpu, 0);
      cpuStream = new stream(cpu);
    } catch (LinkageError | RuntimeException failure) {
      throw new IllegalStateException(
          ("encoder backend 'onednn' is not available on %s/%s: %s. Put org.bytedeco:dnnl, opencl"
                  + " and javacpp with the classifier of this platform on the class path, or choose"
                  + " the backend 'plain'")
              .formatted(
                  System.getProperty("os.name"),
                  System.getProperty("os.arch"),
                  failure.getMessage()),
          failure);
    }
  }

  @Override
  public GruTrace newTrace(GruShape shape) {
    return new OneDnnTrace(training(shape).workspaceBytes());
  }

  @Override
  public void forward(
      GruShape shape, GruWeights weights, INDArray input, INDArray output, GruTrace trace) {
    if (trace == null) {
      inference
          .computeIfAbsent(shape, key -> new OneDnnGru(cpu, key, false))
          .forward(cpuStream, scratch, weights, input, output, null);
    } else {
      training(shape).forward(cpuStream, scratch, weights, input, output, (OneDnnTrace) trace);
    }
  }

  @Override
  public void backward(
      GruShape shape,
      GruWeights weights,
      INDArray input,
      INDArray output,
      INDArray outputGradient,
      GruTrace trace,
      INDArray inputGradient,
      GruWeights gradients) {
    training(shape)
        .backward(
            cpuStream,
            scratch,
            weights,
            input,
            output,
            outputGradient,
            (OneDnnTrace) trace,
            inputGradient,
            gradients);
  }

  private OneDnnGru training(GruShape shape) {
    return training.computeIfAbsent(shape, key -> new OneDnnGru(cpu, key, true));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    training.values().forEach(OneDnnGru::close);
    inference.values().forEach(OneDnnGru::close);
    scratch.close();
    cpuStream.close();
    cpu.close();
  }
}
