package dev.armature.dataset.synthetic;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.RawDataset;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.SplitRule;
import dev.armature.dataset.ntu.NtuName;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Generated recordings, named as NTU RGB+D names its own, in the layout kinect-v2.
 *
 * @param options size, difficulty and seed
 * @param rule how it is split
 */
public record SyntheticDataset(SyntheticOptions options, SplitRule rule) implements RawDataset {

  @Override
  public Inventory inventory(Configuration hadoop) {
    List<String> actions = MotionGenerator.actions();
    List<Recording> recordings = new ArrayList<>();
    for (int label = 0; label < actions.size(); label++) {
      for (int subject = 1; subject <= options.subjects(); subject++) {
        for (int repetition = 1; repetition <= options.repetitions(); repetition++) {
          for (int camera = 1; camera <= Sensor.CAMERAS; camera++) {
            NtuName name = new NtuName(1, camera, subject, repetition, label + 1);
            recordings.add(
                new Recording(
                    name.toString(),
                    "synthetic",
                    repetition,
                    0,
                    label,
                    subject,
                    camera,
                    name.setup(),
                    rule.split(subject, camera, name.setup())));
          }
        }
      }
    }
    return Inventory.ordered(layout(), actions.size(), actions, recordings, List.of());
  }

  @Override
  public RecordingReader open(Configuration hadoop) {
    return new Reader(new MotionGenerator(options), new Normalization(layout()));
  }

  private static SkeletonLayout layout() {
    return SkeletonLayouts.named("kinect-v2");
  }

  private record Reader(MotionGenerator generator, Normalization normalization)
      implements RecordingReader {
    @Override
    public SkeletonSequence read(Recording recording) throws BadRecordingException {
      return normalization.normalize(
          recording,
          generator.record(
              recording.label(),
              recording.subject(),
              (int) recording.position(),
              recording.camera()));
    }
  }
}
