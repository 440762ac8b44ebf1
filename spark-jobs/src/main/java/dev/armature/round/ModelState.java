package dev.armature.round;

import java.io.Serializable;
import java.util.List;

/**
 * The encoders of a run and their optimizer, as flat vectors laid out by {@link
 * dev.armature.encoder.ParameterLayout}, one a modality. Arrays are shared and not written to once
 * the state is made.
 *
 * @param query parameters of the query encoders, statistics included
 * @param key parameters of the key encoders, statistics included
 * @param velocity momentum buffers of the query encoders; empty where a state is published to
 *     workers that begin a round with others
 */
public record ModelState(List<FloatBlock> query, List<FloatBlock> key, List<FloatBlock> velocity)
    implements Serializable {

  /** Copies the lists, not the arrays. */
  public ModelState {
    query = List.copyOf(query);
    key = List.copyOf(key);
    velocity = List.copyOf(velocity);
  }
}
