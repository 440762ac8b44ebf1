package dev.armature.evaluate.embedding;

import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Encoders, and where they have been sent to: once to the executors of an application, however many
 * DataFrames they are used on. Spark lets go of them there when nobody holds them here.
 * Thread-safe.
 */
final class EncodersOnCluster implements Serializable {
  private static final long serialVersionUID = 1;

  private final TrainedEncoders encoders;
  private transient Broadcast<TrainedEncoders> sent;
  private transient String application;

  EncodersOnCluster(TrainedEncoders encoders) {
    this.encoders = encoders;
  }

  TrainedEncoders get() {
    return encoders;
  }

  synchronized Broadcast<TrainedEncoders> on(JavaSparkContext spark) {
    String id = spark.sc().applicationId();
    if (sent == null || !id.equals(application)) {
      sent = spark.broadcast(encoders);
      application = id;
    }
    return sent;
  }
}
