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
  private ISchedule schedule;
  private double momentum;

  /** For deserialization. */
  public MomentumSgd() {}

  /**
   * @param schedule gives the learning rate
   * @param momentum in [0, 1)
   */
  public MomentumSgd(ISchedule schedule, double momentum) {
    this.schedule = schedule;
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
    return schedule == null ? learningRate : schedule.valueAt(iteration, epoch);
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  @Override
  public void setLrAndSchedule(double rate, ISchedule rates) {
    learningRate = rate;
    schedule = rates;
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod") // Of immutable parts, as DL4J's own updaters do.
  public MomentumSgd clone() {
    MomentumSgd copy = new MomentumSgd(schedule == null ? null : schedule.clone(), momentum);
    copy.learningRate = learningRate;
    return copy;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MomentumSgd sgd
        && sgd.learningRate == learningRate
        && sgd.momentum == momentum
        && Objects.equals(sgd.schedule, schedule);
  }

  @Override
  public int hashCode() {
    return Objects.hash(learningRate, momentum, schedule);
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
