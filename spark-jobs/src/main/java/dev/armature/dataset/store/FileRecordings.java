package dev.armature.dataset.store;

import dev.armature.dataset.Inventory;
import dev.armature.dataset.RawDataset;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Recordings that lie in files, read by tasks of many recordings each. */
final class FileRecordings implements RecordingSource {
  private final JavaSparkContext context;
  private final RawDataset dataset;
  private final Broadcast<SerializableConfiguration> shared;

  FileRecordings(JavaSparkContext context, RawDataset dataset) {
    this.context = context;
    this.dataset = dataset;
    this.shared = context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
  }

  @Override
  public Inventory inventory() throws IOException {
    return dataset.inventory(context.hadoopConfiguration());
  }

  @Override
  public JavaRDD<Outcome> outcomes(List<Recording> recordings, int tasks, ReadingCounts counts) {
    RawDataset read = dataset;
    Broadcast<SerializableConfiguration> hadoop = shared;
    return context
        .parallelize(recordings, tasks)
        .mapPartitions(part -> read(read, hadoop.value().value(), part, counts));
  }

  private static Iterator<Outcome> read(
      RawDataset dataset,
      Configuration hadoop,
      Iterator<Recording> recordings,
      ReadingCounts counts)
      throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    try (RecordingReader reader = dataset.open(hadoop)) {
      while (recordings.hasNext()) {
        Recording recording = recordings.next();
        outcomes.add(counts.outcome(recording, () -> reader.read(recording)));
      }
    }
    return outcomes.iterator();
  }

  @Override
  public void close() {
    shared.destroy();
  }
}
