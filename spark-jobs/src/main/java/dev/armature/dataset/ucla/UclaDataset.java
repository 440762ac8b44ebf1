package dev.armature.dataset.ucla;

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
 * Northwestern-UCLA as a folder of {@code a{action}_s{subject}_e{episode}_v{view}.json}. The
 * actions are numbered 1 to 6, 8, 9, 11 and 12; labels are 0 to 9 in this order.
 *
 * <p>Sources: Wang, Nie, Xia, Wu, Zhu, "Cross-view action modeling, learning and recognition", CVPR
 * 2014; for the files, their labels and the joints' order CTR-GCN (Chen et al., ICCV 2021) and
 * those before it who pass the JSON files on. It lists 1,020 sequences of cameras 1 and 2 for
 * training and 464 of camera 3 for testing; one of them has a single frame and is set aside here.
 *
 * @param source Hadoop path of the folder
 * @param layout the skeletons' layout
 * @param rule how it is split
 */
public record UclaDataset(String source, SkeletonLayout layout, SplitRule rule)
    implements RawDataset {
  private static final String SUFFIX = ".json";
  private static final Pattern NAME =
      Pattern.compile("(a(\\d{2})_s(\\d{2})_e\\d{2}_v(\\d{2}))\\.json");

  /** The actions' numbers by label. */
  private static final List<Integer> ACTIONS = List.of(1, 2, 3, 4, 5, 6, 8, 9, 11, 12);

  @Override
  public Inventory inventory(Configuration hadoop) throws IOException {
    List<String> classes = ClassNames.nwUcla();
    List<Recording> recordings = new ArrayList<>();
    List<SetAside> setAside = new ArrayList<>();
    for (FileStatus file : FileListing.below(source, SUFFIX, hadoop)) {
      Matcher name = NAME.matcher(file.getPath().getName());
      if (!name.matches()) {
        setAside.add(
            new SetAside(
                file.getPath().getName(),
                Fault.NAME,
                "%s: a name such as a05_s04_e02_v03.json is expected".formatted(file.getPath())));
        continue;
      }
      String id = name.group(1);
      int action = Integer.parseInt(name.group(2));
      int subject = Integer.parseInt(name.group(3));
      int camera = Integer.parseInt(name.group(4));
      if (ACTIONS.contains(action)) {
        recordings.add(
            new Recording(
                id,
                file.getPath().toString(),
                0,
                file.getLen(),
                ACTIONS.indexOf(action),
                subject,
                camera,
                0,
                rule.split(subject, camera, 0),
                Integer.toString(action)));
      } else {
        setAside.add(
            new SetAside(id, Fault.LABEL, "action %d is not among %s".formatted(action, ACTIONS)));
      }
    }
    return Inventory.ordered(layout, classes.size(), classes, recordings, setAside);
  }

  @Override
  public RecordingReader open(Configuration hadoop) {
    return new Reader(new SkeletonJson(layout), new Normalization(layout), new FileBytes(hadoop));
  }

  private record Reader(SkeletonJson json, Normalization normalization, FileBytes bytes)
      implements RecordingReader {
    @Override
    public SkeletonSequence read(Recording recording) throws IOException, BadRecordingException {
      bytes.read(recording.location());
      return normalization.normalize(
          recording, json.parse(bytes.buffer(), bytes.length(), recording));
    }
  }
}
