package dev.armature.encoder;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arithmetic of one gated recurrent unit over whole sequences, from a zero state, with the gate
 * formulas of PyTorch and cuDNN (⊙ is the element-wise product, σ the logistic function):
 *
 * <pre>
 * z  = σ(W_z x + b_z + U_z h + c_z)          update
 * r  = σ(W_r x + b_r + U_r h + c_r)          reset
 * n  = tanh(W_n x + b_n + r ⊙ (U_n h + c_n)) candidate
 * h' = (1 − z) ⊙ n + z ⊙ h
 * </pre>
 *
 * <p>Tensors are time-major. Inputs and their gradients are dense, frames × sequences × input.
 * Outputs and their gradients are frames × sequences × hidden with the innermost dimension dense;
 * they may be one half of a wider array, so that two GRUs write side by side.
 *
 * <p>A backend is used by one thread at a time and owns native memory until it is closed.
 *
 * @see <a href="https://arxiv.org/abs/1406.1078">Cho et al., Learning Phrase Representations using
 *     RNN Encoder–Decoder, 2014</a>; the reset gate stands after the product, as in version 1 of
 *     the paper
 */
public interface GruBackend extends AutoCloseable {

  /** Room for what a forward pass of that shape must keep for its backward pass. */
  GruTrace newTrace(GruShape shape);

  /**
   * Computes all states.
   *
   * @param trace filled for {@link #backward}; null if there will be none
   */
  void forward(GruShape shape, GruWeights weights, INDArray input, INDArray output, GruTrace trace);

  /**
   * Computes the gradients of the forward pass that filled the trace. All results are overwritten,
   * not added to. The trace's content is used up.
   *
   * @param input what went into the forward pass
   * @param output what came out of it
   * @param outputGradient the loss's gradient by the output
   * @param inputGradient receives the gradient by the input
   * @param gradients receives the gradients by the parameters
   */
  void backward(
      GruShape shape,
      GruWeights weights,
      INDArray input,
      INDArray output,
      INDArray outputGradient,
      GruTrace trace,
      INDArray inputGradient,
      GruWeights gradients);

  /** Frees native memory, traces apart. Idempotent. */
  @Override
  void close();
}
