package dev.armature.encoder.cuda;

/**
 * A GRU from a zero state over whole sequences, forward in time, with the gate formulas of
 * PyTorch's and our other backends (the reset gate stands after the state's product). Arrays are
 * time-major: frames × sequences × width.
 */
public interface DeviceGru extends AutoCloseable {

  /** Where its parameters are within one stretch of memory. */
  GruSpace space();

  /**
   * Floats that a pass may scribble on, used by no other pass at the time.
   *
   * @param training whether it is a forward pass in training, or a backward pass
   */
  long work(Extent extent, boolean training);

  /** Floats in which a forward pass in training leaves what its backward pass needs. */
  long reserve(Extent extent);

  /**
   * Length of a batch.
   *
   * @param frames at least 1
   * @param sequences at least 1
   */
  record Extent(int frames, int sequences) {
    /** Frames of all sequences. */
    int rows() {
      return Math.multiplyExact(frames, sequences);
    }
  }

  /**
   * Computes all states.
   *
   * @param weights {@link GruSpace#length()} floats
   * @param reserve filled for {@link #backward}; null where there will be none
   */
  void forward(
      DeviceStream stream,
      Extent extent,
      DeviceFloats weights,
      DeviceFloats input,
      DeviceFloats output,
      DeviceFloats work,
      DeviceFloats reserve);

  /**
   * Gradients of the forward pass that filled the reserve, which is used up.
   *
   * @param input what went into it
   * @param output what came out of it
   * @param outputGradient the loss's gradient by the output
   * @param inputGradient receives that by the input
   * @param gradients receives those by the parameters, where the parameters are; must be zeros
   *     before
   */
  void backward(
      DeviceStream stream,
      Extent extent,
      DeviceFloats weights,
      DeviceFloats input,
      DeviceFloats output,
      DeviceFloats outputGradient,
      DeviceFloats work,
      DeviceFloats reserve,
      DeviceFloats inputGradient,
      DeviceFloats gradients);

  @Override
  void close();
}
