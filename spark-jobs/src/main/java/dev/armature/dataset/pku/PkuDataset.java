package dev.armature.dataset.pku;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.ClassNames;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Fault;
import dev.armature.dataset.FileBytes;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.RawDataset;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * PKU-MMD I or II: a folder with the recordings' texts, their labels in a folder of their own whose
 * name holds "label", and the lists of the two protocols. Every labelled action becomes a sequence,
 * called {@code 0002-L_01204-01290} by its recording and its frames.
 *
 * <p>Both parts have the 51 classes of part I, by the official numbers less one: part II has no
 * sequences of ten of them (the eight with two persons, and both with a pocket), and an encoder or
 * classifier of one part means the same by a label as that of the other.
 *
 * <p>Sources: Liu, Hu, Li, Song, Liu, "PKU-MMD: a large scale benchmark for skeleton-based human
 * action understanding", 2017, and the README of the data set for the formats; for cutting (frames
 * from start up to end, of the two bodies as they are), what is tested on, and the 51 classes in
 * both parts the preprocessing of MAMP ({@code pku_gendata.py}).
 *
 * @param source Hadoop path of the folder
 * @param layout the skeletons' layout
 * @param part I or II
 * @param protocol {@code xsub} or {@code xview}
 */
public record PkuDataset(String source, SkeletonLayout layout, PkuPart part, Protocol protocol)
    implements RawDataset {

  /**
   * @throws DatasetException for {@code xsetup}, which PKU-MMD does not have
   */
  public PkuDataset {
    if (protocol == Protocol.XSETUP) {
      throw new DatasetException(
          "%s has no protocol %s; it has xsub and xview".formatted(part.label(), protocol.label()));
    }
  }

  @Override
  public Inventory inventory(Configuration hadoop) throws IOException {
    PkuFiles files = PkuFiles.find(source, part, hadoop);
    SplitList list = splits(files, hadoop);
    List<String> classes = ClassNames.pkuMmd();
    List<Recording> recordings = new ArrayList<>();
    List<SetAside> setAside = new ArrayList<>(files.misnamed());
    FileBytes bytes = new FileBytes(hadoop);
    int listed = 0;
    for (Map.Entry<String, FileStatus> text : files.texts().entrySet()) {
      String name = text.getKey();
      Optional<Split> split = list.split(name);
      FileStatus labels = files.labels().get(name);
      if (split.isEmpty()) {
        setAside.add(new SetAside(name, Fault.SPLIT, "%s does not name it".formatted(list)));
      } else if (labels == null) {
        listed++;
        setAside.add(
            new SetAside(
                name, Fault.LABEL, "there are no labels of it: no %s.txt".formatted(name)));
      } else {
        listed++;
        try {
          bytes.read(labels.getPath().toString());
        } catch (BadRecordingException bad) {
          setAside.add(new SetAside(name, bad.fault(), labels.getPath() + ": " + bad.getMessage()));
          continue;
        }
        LabelText parsed = LabelText.parse(bytes.buffer(), bytes.length());
        new Cutting(name, text.getValue(), split.get(), classes.size())
            .cut(parsed, recordings, setAside);
      }
    }
    files.labels().keySet().stream()
        .filter(name -> !files.texts().containsKey(name))
        .forEach(
            name ->
                setAside.add(
                    new SetAside(
                        name, Fault.UNREADABLE, "there are labels of it, but no skeletons")));
    if (listed == 0) {
      throw new DatasetException(
          "%s names none of the %d recordings in %s; is it the list of %s?"
              .formatted(list, files.texts().size(), source, part.label()));
    }
    return Inventory.ordered(layout, classes.size(), classes, recordings, setAside);
  }

  private SplitList splits(PkuFiles files, Configuration hadoop) throws IOException {
    FileStatus file = files.list(protocol);
    FileBytes bytes = new FileBytes(hadoop);
    try {
      bytes.read(file.getPath().toString());
    } catch (BadRecordingException bad) {
      throw new DatasetException("%s: %s".formatted(file.getPath(), bad.getMessage()), bad);
    }
    String text = new String(bytes.buffer(), 0, bytes.length(), StandardCharsets.UTF_8);
    return SplitList.parse(text, file.getPath().toString());
  }

  /** Makes recordings of one text's labels. */
  private final class Cutting {
    private static final int BYTES_A_NUMBER = 9;

    private final String name;
    private final FileStatus text;
    private final Split split;
    private final int classes;

    Cutting(String name, FileStatus text, Split split, int classes) {
      this.name = name;
      this.text = text;
      this.split = split;
      this.classes = classes;
    }

    void cut(LabelText labels, List<Recording> recordings, List<SetAside> setAside) {
      for (LabelText.Problem problem : labels.problems()) {
        setAside.add(
            new SetAside(
                "%s line %d".formatted(name, problem.line()), Fault.LABEL, problem.reason()));
      }
      PkuPart.Name parts = part.parse(name).orElseThrow();
      Map<String, Integer> before = new HashMap<>();
      for (LabelText.Labelled one : labels.actions()) {
        String id = "%s_%05d-%05d".formatted(name, one.start(), one.end());
        Integer other = before.put(id, one.action());
        if (other != null) {
          setAside.add(
              new SetAside(
                  id,
                  Fault.LABEL,
                  "the same frames are labelled %d and %d".formatted(other, one.action())));
        } else if (one.action() < 1 || one.action() > classes) {
          setAside.add(
              new SetAside(
                  id,
                  Fault.LABEL,
                  "action %d is outside the classes 1 to %d".formatted(one.action(), classes)));
        } else {
          recordings.add(
              new Recording(
                  id,
                  text.getPath().toString(),
                  one.start(),
                  (long) (one.end() - one.start()) * layout.joints().size() * 6 * BYTES_A_NUMBER,
                  one.action() - 1,
                  parts.subject(),
                  parts.camera(),
                  0,
                  split,
                  Integer.toString(one.end())));
        }
      }
    }
  }

  @Override
  public RecordingReader open(Configuration hadoop) {
    return new Reader(layout, hadoop);
  }

  /** Keeps the text that it read last: a recording's actions come one after another. */
  private static final class Reader implements RecordingReader {
    private final ContinuousText text;
    private final Normalization normalization;
    private final FileBytes bytes;
    private String held = "";

    Reader(SkeletonLayout layout, Configuration hadoop) {
      this.text = new ContinuousText(layout);
      this.normalization = new Normalization(layout);
      this.bytes = new FileBytes(hadoop);
    }

    @Override
    public SkeletonSequence read(Recording recording) throws IOException, BadRecordingException {
      if (!recording.location().equals(held)) {
        held = "";
        bytes.read(recording.location());
        text.open(bytes.buffer(), bytes.length());
        held = recording.location();
      }
      int start = (int) recording.position();
      return normalization.normalize(
          recording, text.cut(start, Integer.parseInt(recording.detail())));
    }
  }
}
