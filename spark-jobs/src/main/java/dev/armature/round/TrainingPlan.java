package dev.armature.round;

import dev.armature.augment.AugmentSettings;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.Streams;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.GpuExecution;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import java.io.Serializable;
import java.util.List;

/**
 * What every worker of a run needs to know, and what does not change from round to round.
 *
 * @param modalities in the order of every list by modality
 * @param layout of the sequences
 * @param persons of the encoders' input; sequences may have fewer
 * @param encoder sizes of the encoders
 * @param backend what computes them
 * @param execution how that computes them, where it is a GPU
 * @param augment how views are made
 * @param distill the losses, once all of them have begun
 * @param stages when they begin
 * @param train the optimizer and the order of the data
 * @param round the distribution
 */
public record TrainingPlan(
    List<Modality> modalities,
    SkeletonLayout layout,
    int persons,
    EncoderShape encoder,
    EncoderBackend backend,
    GpuExecution execution,
    AugmentSettings augment,
    DistillSettings distill,
    Stages stages,
    TrainSettings train,
    RoundSettings round)
    implements Serializable {

  /** Copies the list. */
  public TrainingPlan {
    modalities = List.copyOf(modalities);
  }

  /** The streams of embeddings, with a queue each. */
  public Streams streams() {
    return new Streams(modalities.size(), encoder.heads());
  }
}
