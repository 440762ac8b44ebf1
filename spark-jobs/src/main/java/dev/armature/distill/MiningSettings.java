package dev.armature.distill;

import java.io.Serializable;
import java.util.Objects;

/**
 * How positives mined by another modality enter a contrastive loss.
 *
 * @param positives how many of the most similar keys are positives, at least 1
 * @param form how several positives make one loss
 * @param besideContrast whether the plain contrastive loss stays; CrosSCLR replaces it
 */
public record MiningSettings(int positives, Form form, boolean besideContrast)
    implements Serializable {

  /** How several positives make one loss. */
  public enum Form {
    /** The mean of the positives' negative log-likelihoods: CrosSCLR's released code. */
    MEAN_OF_LOGS,
    /** The negative logarithm of the positives' likelihoods' sum: CrosSCLR's text. */
    LOG_OF_SUM
  }

  /** The values of CrosSCLR's released recipe (Li et al., CVPR 2021). */
  public static final MiningSettings PUBLISHED = new MiningSettings(1, Form.MEAN_OF_LOGS, false);

  /**
   * @throws IllegalArgumentException if there is no positive
   */
  public MiningSettings {
    Objects.requireNonNull(form, "form");
    if (positives < 1) {
      throw new IllegalArgumentException("mining.positives must be at least 1, found " + positives);
    }
  }
}
