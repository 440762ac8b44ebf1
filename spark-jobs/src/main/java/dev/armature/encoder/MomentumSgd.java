package dev.armature.encoder;

import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Stochastic gradient descent with momentum as PyTorch has it: {@code v = momentum·v + g; p -=
 * learningRate·v}. DL4J's own is Nesterov's. Serializes to DL4J's JSON and back.
 */
public final class MomentumSgd implements IUpdater {
  private static final String VELOCITY = "velocity";

  private double learningRate;
  private double momentum;

  /** For deserialization. */
  public MomentumSgd() {}

  /**
   * @param learningRate greater than 0
   * @param momentum in [0, 1)
   */
  public MomentumSgd(double learningRate, double momentum) {
    this.learningRate = learningRate;
    this.momentum = momentum;
  }

  @Override
  public long stateSize(long parameters) {
    return parameters;
  }

  @Override
  public GradientUpdater<MomentumSgd> instantiate(INDArray state, boolean initialize) {
    if (initialize) {
      state.assign(0);
    }
    return new Velocity(this, state);
  }

  @Override
  public GradientUpdater<MomentumSgd> instantiate(Map<String, INDArray> state, boolean initialize) {
    return instantiate(state.get(VELOCITY), initialize);
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return learningRate;
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  /**
   * Sets the learning rate.
   *
   * @throws UnsupportedOperationException if there is a schedule: whoever trains sets the rate
   */
  @Override
  public void setLrAndSchedule(double rate, ISchedule schedule) {
    if (schedule != null) {
      throw new UnsupportedOperationException(
          "MomentumSgd takes a learning rate, found the schedule " + schedule);
    }
    learningRate = rate;
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod") // As DL4J's own updaters do.
  public MomentumSgd clone() {
    return new MomentumSgd(learningRate, momentum);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MomentumSgd sgd
        && sgd.learningRate == learningRate
        && sgd.momentum == momentum;
  }

  @Override
  public int hashCode() {
    return Objects.hash(learningRate, momentum);
  }

  /** The momentum buffer of some parameters. */
  private static final class Velocity implements GradientUpdater<MomentumSgd> {
    private final MomentumSgd settings;
    private INDArray velocity;

    Velocity(MomentumSgd settings, INDArray velocity) {
      this.settings = settings;
      this.velocity = velocity;
    }

    @Override
    public MomentumSgd getConfig() {
      return settings;
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
      velocity = state.get(VELOCITY);
      if (initialize) {
        velocity.assign(0);
      }
    }

    @Override
    public Map<String, INDArray> getState() {
      return Map.of(VELOCITY, velocity);
    }

    @Override
    public void setStateViewArray(INDArray state, long[] shape, char order, boolean initialize) {
      velocity = state;
      if (initialize) {
        velocity.assign(0);
      }
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      INDArray like = velocity.reshape(gradient.ordering(), gradient.shape());
      like.muli(settings.momentum).addi(gradient);
      gradient.assign(like).muli(settings.getLearningRate(iteration, epoch));
    }
  }
}
