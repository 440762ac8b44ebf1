package dev.armature.dataset.numpy;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.RawDataset;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * A data set as CTR-GCN's scripts write it, split already: {@code x_train} and {@code x_test}
 * (sequences × frames × numbers, a frame's ordered person, joint, coordinate; frames after a
 * sequence's own all zero), {@code y_train} and {@code y_test} (one-hot). Its sequences have no
 * names: they are called {@code train-00000000} and so on, in their order.
 *
 * <p>Those scripts move a recording so that the centre joint of its first frame is the origin, and
 * turn nothing: it is normalized here like any recording. As a joint at the origin passes for one
 * that was not seen, such a recording is moved away from it first.
 *
 * <p>Source: Chen et al., "Channel-wise topology refinement graph convolution for skeleton-based
 * action recognition" (ICCV 2021), {@code seq_transformation.py} and {@code feeder_ntu.py}; HD-GCN,
 * InfoGCN, MAMP and others use the same archives.
 *
 * @param source Hadoop path of the archive, or of a folder with its arrays
 * @param layout the skeletons' layout
 */
public record NpzDataset(String source, SkeletonLayout layout) implements RawDataset {

  @Override
  public Inventory inventory(Configuration hadoop) throws IOException {
    NpzArchive archive = NpzArchive.list(source, hadoop);
    List<Recording> recordings = new ArrayList<>();
    List<SetAside> setAside = new ArrayList<>();
    int classes = 0;
    for (Split split : Split.values()) {
      String x = array("x", split);
      String y = array("y", split);
      OneHotLabels labels = OneHotLabels.read(archive.member(y), name(y), hadoop);
      classes = Math.max(classes, labels.classes());
      try (ArrayRows rows = sequences(archive, split, hadoop)) {
        if (rows.rows() != labels.labels().length) {
          throw new DatasetException(
              "%s has %d sequences, %s has %d; they are not of the same data set"
                  .formatted(name(x), rows.rows(), name(y), labels.labels().length));
        }
        list(split, labels.labels(), rows.rowBytes(), recordings, setAside);
      }
    }
    int seen = 1 + recordings.stream().mapToInt(Recording::label).max().orElse(0);
    return new Inventory(layout, Math.max(classes, seen), List.of(), recordings, setAside);
  }

  private void list(
      Split split, int[] labels, int bytes, List<Recording> recordings, List<SetAside> setAside) {
    for (int i = 0; i < labels.length; i++) {
      String id = "%s-%08d".formatted(split.label(), i);
      if (labels[i] == OneHotLabels.NONE) {
        setAside.add(
            new SetAside(
                id,
                Fault.LABEL,
                "row %d of %s names no class, or more than one".formatted(i, array("y", split))));
      } else {
        recordings.add(new Recording(id, source, i, bytes, labels[i], 0, 0, 0, split));
      }
    }
  }

  private ArrayRows sequences(NpzArchive archive, Split split, Configuration hadoop)
      throws IOException {
    String name = array("x", split);
    ArrayRows rows = ArrayRows.open(archive.member(name), name(name), hadoop);
    try {
      check(rows.header(), name);
      return rows;
    } catch (DatasetException wrong) {
      rows.close();
      throw wrong;
    }
  }

  private void check(NumpyHeader header, String name) {
    List<Long> shape = header.shape();
    int joints = layout.joints().size();
    if (header.type().whole() || shape.size() != 3) {
      throw new DatasetException(
          "%s holds an array of type '%s' and shape %s, expected floats, sequences × frames × (persons · joints · 3)"
              .formatted(name(name), header.type(), shape));
    }
    long persons = shape.get(2) / (joints * 3L);
    if (shape.get(2) % (joints * 3L) != 0
        || persons < 1
        || persons > SkeletonSequence.MAX_PERSONS) {
      throw new DatasetException(
          "%s has %d numbers a frame where one or two persons of layout '%s' have %d or %d; give the layout that it was made with"
              .formatted(name(name), shape.get(2), layout.name(), joints * 3, joints * 6));
    }
  }

  private static String array(String letter, Split split) {
    return letter + "_" + split.label();
  }

  private String name(String array) {
    return "%s, array %s".formatted(source, array);
  }

  @Override
  public RecordingReader open(Configuration hadoop) {
    return new Reader(this, hadoop);
  }

  /** Opens an array when it is first asked for, and keeps it open. */
  private static final class Reader implements RecordingReader {
    private final NpzDataset dataset;
    private final Configuration hadoop;
    private final Normalization normalization;
    private final Map<Split, ArrayRows> open = new EnumMap<>(Split.class);
    private NpzArchive archive;

    Reader(NpzDataset dataset, Configuration hadoop) {
      this.dataset = dataset;
      this.hadoop = hadoop;
      this.normalization = new Normalization(dataset.layout());
    }

    @Override
    public SkeletonSequence read(Recording recording) throws IOException, BadRecordingException {
      if (archive == null) {
        archive = NpzArchive.list(dataset.source(), hadoop);
      }
      ArrayRows rows = open.get(recording.split());
      if (rows == null) {
        rows = dataset.sequences(archive, recording.split(), hadoop);
        open.put(recording.split(), rows);
      }
      PersonFrames frames =
          new PersonFrames(rows.read(recording.position()), rows.header(), dataset.layout());
      BodyTracks tracks = frames.tracks();
      return normalization.normalize(recording, tracks);
    }

    @Override
    public void close() throws IOException {
      for (ArrayRows rows : open.values()) {
        rows.close();
      }
    }
  }
}
