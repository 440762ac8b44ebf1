package dev.armature.distill;

import java.util.Locale;

/** A projection head of an encoder, with a queue of its own. Together with a modality, a stream. */
public enum Head {
  /** Tells sequences apart; every method has it. */
  INSTANCE(0),
  /** Tells clusters of similar sequences apart: I²MD's second head. */
  CLUSTER(1);

  private final int place;

  Head(int place) {
    this.place = place;
  }

  /** Its place in embeddings of heads × sequences × embedding. */
  public int place() {
    return place;
  }

  /** The name used in metrics and checkpoints, for instance {@code instance}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
