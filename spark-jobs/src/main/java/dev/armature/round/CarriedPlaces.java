package dev.armature.round;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The places where the workers of one coordinator put what they carry: that of the round under way,
 * and that of the round before until the round is done. Used by the driver's thread alone.
 */
final class CarriedPlaces implements AutoCloseable {
  private final JavaSparkContext spark;
  private final boolean any;
  private final Deque<CarriedStates.Blocks> open = new ArrayDeque<>();

  CarriedPlaces(JavaSparkContext spark, TrainingPlan plan) {
    this.spark = spark;
    this.any = !CarriedLayout.of(plan).isEmpty();
  }

  /** A place for the end of the next round; nowhere if workers carry nothing. */
  CarriedStates next(int workers) {
    if (!any) {
      return new CarriedStates.Nothing();
    }
    CarriedStates.Blocks place = CarriedBlocks.place(spark.sc(), workers);
    open.addLast(place);
    return place;
  }

  /** The newest place's round is done: nobody will look into the ones before again. */
  void release() {
    while (open.size() > 1) {
      CarriedBlocks.remove(spark.sc(), open.removeFirst());
    }
  }

  /** Removes everything. */
  @Override
  public void close() {
    open.forEach(place -> CarriedBlocks.remove(spark.sc(), place));
    open.clear();
  }
}
