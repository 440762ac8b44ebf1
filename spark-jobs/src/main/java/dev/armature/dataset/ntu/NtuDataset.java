package dev.armature.dataset.ntu;

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
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * NTU RGB+D 60 or 120 as a folder, or folders in a folder, of {@code SsssCcccPpppRrrrAaaa.skeleton}
 * texts.
 *
 * @param source Hadoop path of the folder
 * @param layout the skeletons' layout
 * @param classes 60 or 120
 * @param rule how it is split
 * @param missing Hadoop path of the list of samples with missing skeletons, or empty
 */
public record NtuDataset(
    String source, SkeletonLayout layout, int classes, SplitRule rule, String missing)
    implements RawDataset {
  private static final String SUFFIX = ".skeleton";

  @Override
  public Inventory inventory(Configuration hadoop) throws IOException {
    Set<String> listed = missing.isEmpty() ? Set.of() : MissingSkeletons.read(missing, hadoop);
    List<Recording> recordings = new ArrayList<>();
    List<SetAside> setAside = new ArrayList<>();
    for (FileStatus file : FileListing.below(source, SUFFIX, hadoop)) {
      String fileName = file.getPath().getName();
      String id = fileName.substring(0, fileName.length() - SUFFIX.length());
      Optional<NtuName> parsed = NtuName.parse(id).filter(name -> name.toString().equals(id));
      if (parsed.isEmpty()) {
        setAside.add(
            new SetAside(
                id,
                Fault.NAME,
                "%s: a name such as S001C002P003R002A013.skeleton is expected"
                    .formatted(file.getPath())));
        continue;
      }
      NtuName name = parsed.get();
      if (listed.contains(id)) {
        setAside.add(new SetAside(id, Fault.LISTED_AS_MISSING, "it is listed in " + missing));
      } else if (name.action() < 1 || name.action() > classes) {
        setAside.add(
            new SetAside(
                id,
                Fault.LABEL,
                "action %d is outside the classes 1 to %d".formatted(name.action(), classes)));
      } else {
        recordings.add(
            new Recording(
                id,
                file.getPath().toString(),
                0,
                file.getLen(),
                name.action() - 1,
                name.subject(),
                name.camera(),
                name.setup(),
                rule.split(name.subject(), name.camera(), name.setup())));
      }
    }
    return Inventory.ordered(
        layout, classes, ClassNames.ntu120().subList(0, classes), recordings, setAside);
  }

  @Override
  public RecordingReader open(Configuration hadoop) {
    return new Reader(layout, hadoop);
  }

  private static final class Reader implements RecordingReader {
    private final SkeletonText text;
    private final Normalization normalization;
    private final FileBytes bytes;

    Reader(SkeletonLayout layout, Configuration hadoop) {
      this.text = new SkeletonText(layout);
      this.normalization = new Normalization(layout);
      this.bytes = new FileBytes(hadoop);
    }

    @Override
    public SkeletonSequence read(Recording recording) throws IOException, BadRecordingException {
      bytes.read(recording.location());
      return normalization.normalize(recording, text.parse(bytes.buffer(), bytes.length()));
    }
  }
}
