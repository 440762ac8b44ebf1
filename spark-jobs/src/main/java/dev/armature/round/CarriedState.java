package dev.armature.round;

import java.util.ArrayList;
import java.util.List;

/**
 * What one worker carries from a round to its next. Never written to.
 *
 * @param enqueued how many keys have ever entered each of its queues; 0 without queues
 * @param vectors in the order of a {@link CarriedLayout}
 */
record CarriedState(long enqueued, List<FloatBlock> vectors) {

  CarriedState {
    vectors = List.copyOf(vectors);
  }

  /**
   * What a new worker begins with beside this one: its queues. Momentum and what rounding has kept
   * back belong to steps that the new one has not made; they are 0.
   */
  CarriedState forNewWorker(CarriedLayout layout) {
    List<FloatBlock> begun = new ArrayList<>();
    for (int place = 0; place < vectors.size(); place++) {
      CarriedLayout.Slot slot = layout.slots().get(place);
      begun.add(
          slot.kind() == CarriedKind.QUEUE
              ? vectors.get(place)
              : new FloatBlock(new float[slot.length()]));
    }
    return new CarriedState(enqueued, begun);
  }
}
