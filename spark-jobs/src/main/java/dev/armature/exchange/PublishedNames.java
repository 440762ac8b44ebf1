package dev.armature.exchange;

import dev.armature.skeleton.Modality;
import java.util.List;

/** How the published code names what belongs to a modality. */
final class PublishedNames {
  /** The modalities that it knows; the others have no names there. */
  static final List<Modality> MODALITIES = List.of(Modality.JOINT, Modality.MOTION, Modality.BONE);

  private PublishedNames() {}

  /** Before the names of the tensors of a query encoder, without the dot. */
  static String query(Modality modality) {
    return "encoder_q" + suffix(modality);
  }

  /** Before the names of the tensors of a key encoder, without the dot. */
  static String key(Modality modality) {
    return "encoder_k" + suffix(modality);
  }

  /** The queue: embedding × capacity. */
  static String queue(Modality modality) {
    return "queue" + suffix(modality);
  }

  /** Where the next key goes in the queue. */
  static String position(Modality modality) {
    return "queue_ptr" + suffix(modality);
  }

  /** The same, as some name it who extend MoCo by more queues. */
  static String otherPosition(Modality modality) {
    return queue(modality) + "_ptr";
  }

  /** The published model was one of joints first; their names stayed as they were. */
  private static String suffix(Modality modality) {
    return modality == Modality.JOINT ? "" : "_" + modality.label();
  }
}
