package dev.armature.dataset.numpy;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.RawDataset;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.dataset.ntu.NtuName;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A data set that the published scripts have normalized and split: in one folder, for {@code train}
 * and {@code val}, {@code _data_joint.npy} (sequences × 3 × frames × joints × persons), {@code
 * _num_frame.npy} and {@code _label.pkl} or {@code _label.npy}. It is taken as it is, in its order.
 *
 * @param source Hadoop path of the folder
 * @param layout the skeletons' layout
 */
public record NumpyDataset(String source, SkeletonLayout layout) implements RawDataset {
  /** Labels count classes; one beyond this is a garbled file, not a data set. */
  private static final int MOST_CLASSES = 10_000;

  @Override
  public Inventory inventory(Configuration hadoop) throws IOException {
    List<Recording> recordings = new ArrayList<>();
    List<SetAside> setAside = new ArrayList<>();
    for (Split split : Split.values()) {
      list(split, hadoop, recordings, setAside);
    }
    int classes = 1 + recordings.stream().mapToInt(Recording::label).max().orElse(0);
    return new Inventory(layout, classes, List.of(), recordings, setAside);
  }

  private void list(
      Split split, Configuration hadoop, List<Recording> recordings, List<SetAside> setAside)
      throws IOException {
    Path folder = new Path(source);
    Path data = dataFile(source, split);
    LabelFile labels;
    long bytes;
    try (JointArray array = JointArray.open(data, layout, hadoop)) {
      labels = LabelFile.read(folder, prefix(split), hadoop);
      requireSameLength(array.sequences(), data, labels.labels().length, labels.path());
      Path frames = frameFile(source, split);
      requireSameLength(array.sequences(), data, NumpyVector.read(frames, hadoop).length, frames);
      bytes = array.sequenceBytes();
    }
    for (int i = 0; i < labels.labels().length; i++) {
      String id = id(split, labels.names(), i);
      long label = labels.labels()[i];
      if (label < 0 || label >= MOST_CLASSES) {
        setAside.add(
            new SetAside(
                id,
                Fault.LABEL,
                "label %d of %s is %d, expected 0 to %d"
                    .formatted(i + 1, labels.path().getName(), label, MOST_CLASSES - 1)));
        continue;
      }
      Optional<NtuName> name = NtuName.parse(id);
      recordings.add(
          new Recording(
              id,
              data.toString(),
              i,
              bytes,
              (int) label,
              name.map(NtuName::subject).orElse(0),
              name.map(NtuName::camera).orElse(0),
              name.map(NtuName::setup).orElse(0),
              split));
    }
  }

  private static String id(Split split, List<String> names, int index) {
    if (names.isEmpty()) {
      return "%s-%08d".formatted(split.label(), index);
    }
    String name = names.get(index);
    return name.endsWith(".skeleton")
        ? name.substring(0, name.length() - ".skeleton".length())
        : name;
  }

  private static void requireSameLength(long sequences, Path data, long other, Path file) {
    if (sequences != other) {
      throw new DatasetException(
          "%s has %d sequences, %s has %d; they are not of the same data set"
              .formatted(data, sequences, file, other));
    }
  }

  private static String prefix(Split split) {
    return split == Split.TRAIN ? "train" : "val";
  }

  private static Path dataFile(String source, Split split) {
    return new Path(source, prefix(split) + "_data_joint.npy");
  }

  private static Path frameFile(String source, Split split) {
    return new Path(source, prefix(split) + "_num_frame.npy");
  }

  @Override
  public RecordingReader open(Configuration hadoop) {
    return new Reader(this, hadoop);
  }

  /** Opens a split when it is first asked for, and keeps it open. */
  private static final class Reader implements RecordingReader {
    private final NumpyDataset dataset;
    private final Configuration hadoop;
    private final SplitReader[] open = new SplitReader[Split.values().length];

    private record SplitReader(JointArray array, long[] frames) {}

    Reader(NumpyDataset dataset, Configuration hadoop) {
      this.dataset = dataset;
      this.hadoop = hadoop;
    }

    @Override
    public SkeletonSequence read(Recording recording) throws IOException, BadRecordingException {
      int at = recording.split() == Split.TRAIN ? 0 : 1;
      if (open[at] == null) {
        Split split = recording.split();
        long[] frames = NumpyVector.read(frameFile(dataset.source(), split), hadoop);
        JointArray array =
            JointArray.open(dataFile(dataset.source(), split), dataset.layout(), hadoop);
        open[at] = new SplitReader(array, frames);
      }
      return open[at].array().read(recording, open[at].frames()[(int) recording.position()]);
    }

    @Override
    public void close() throws IOException {
      for (SplitReader reader : open) {
        if (reader != null) {
          reader.array().close();
        }
      }
    }
  }
}
