package dev.armature.dataset.mhad;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.ClassNames;
import dev.armature.dataset.Fault;
import dev.armature.dataset.FileBytes;
import dev.armature.dataset.FileListing;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.RawDataset;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.SplitRule;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * UTD-MHAD's skeletons as a folder of {@code a{action}_s{subject}_t{trial}_skeleton.mat}.
 *
 * <p>Source: Chen, Jafari, Kehtarnavaz, "UTD-MHAD: a multimodal dataset for human action
 * recognition utilizing a depth camera and a wearable inertial sensor", ICIP 2015.
 *
 * @param source Hadoop path of the folder
 * @param layout the skeletons' layout
 * @param rule how it is split
 */
public record MhadDataset(String source, SkeletonLayout layout, SplitRule rule)
    implements RawDataset {
  private static final String SUFFIX = ".mat";
  private static final Pattern NAME =
      Pattern.compile("(a(\\d{1,3})_s(\\d{1,3})_t\\d{1,3})_skeleton\\.mat");

  @Override
  public Inventory inventory(Configuration hadoop) throws IOException {
    List<String> names = ClassNames.utdMhad();
    List<Recording> recordings = new ArrayList<>();
    List<SetAside> setAside = new ArrayList<>();
    for (FileStatus file : FileListing.below(source, SUFFIX, hadoop)) {
      Matcher name = NAME.matcher(file.getPath().getName());
      if (!name.matches()) {
        setAside.add(
            new SetAside(
                file.getPath().getName(),
                Fault.NAME,
                "%s: a name such as a10_s1_t2_skeleton.mat is expected".formatted(file.getPath())));
        continue;
      }
      String id = name.group(1);
      int action = Integer.parseInt(name.group(2));
      int subject = Integer.parseInt(name.group(3));
      if (action < 1 || action > names.size()) {
        setAside.add(
            new SetAside(
                id,
                Fault.LABEL,
                "action %d is outside the classes 1 to %d".formatted(action, names.size())));
        continue;
      }
      recordings.add(
          new Recording(
              id,
              file.getPath().toString(),
              0,
              file.getLen(),
              action - 1,
              subject,
              0,
              0,
              rule.split(subject, 0, 0)));
    }
    return Inventory.ordered(layout, names.size(), names, recordings, setAside);
  }

  @Override
  public RecordingReader open(Configuration hadoop) {
    return new Reader(new SkeletonMat(layout), new Normalization(layout), new FileBytes(hadoop));
  }

  private record Reader(SkeletonMat mat, Normalization normalization, FileBytes bytes)
      implements RecordingReader {
    @Override
    public SkeletonSequence read(Recording recording) throws IOException, BadRecordingException {
      bytes.read(recording.location());
      return normalization.normalize(recording, mat.parse(bytes.buffer(), bytes.length()));
    }
  }
}
