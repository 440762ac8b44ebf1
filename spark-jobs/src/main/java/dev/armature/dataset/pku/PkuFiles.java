package dev.armature.dataset.pku;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Fault;
import dev.armature.dataset.FileListing;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.SetAside;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Which file below a folder is what: recordings and their labels bear the same names, so that only
 * the labels' folder tells them apart.
 *
 * @param texts the skeletons by the recordings' names
 * @param labels by the recordings' names
 * @param lists those of the protocols, as far as they are there
 * @param misnamed what is neither
 */
record PkuFiles(
    Map<String, FileStatus> texts,
    Map<String, FileStatus> labels,
    Map<Protocol, List<FileStatus>> lists,
    List<SetAside> misnamed) {
  private static final String SUFFIX = ".txt";

  /**
   * Looks through a folder and those in it.
   *
   * @throws DatasetException if it holds no recordings of this part, or two files of one recording
   * @throws IOException if the file system fails
   */
  static PkuFiles find(String source, PkuPart part, Configuration hadoop) throws IOException {
    Path root = new Path(source);
    int depth = root.getFileSystem(hadoop).makeQualified(root).depth();
    PkuFiles files =
        new PkuFiles(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    for (FileStatus file : FileListing.below(source, SUFFIX, hadoop)) {
      files.add(file, part, depth);
    }
    if (files.texts.isEmpty()) {
      throw files.none(source, part);
    }
    return files;
  }

  private void add(FileStatus file, PkuPart part, int depth) {
    String fileName = file.getPath().getName();
    String name = fileName.substring(0, fileName.length() - SUFFIX.length());
    String lower = name.toLowerCase(Locale.ROOT);
    if (part.parse(name).isPresent()) {
      Map<String, FileStatus> those = inLabelFolder(file.getPath(), depth) ? labels : texts;
      FileStatus before = those.put(name, file);
      if (before != null) {
        throw new DatasetException(
            "recording %s is there twice, in %s and %s: remove one of them, and keep labels in a folder whose name holds 'label'"
                .formatted(name, before.getPath(), file.getPath()));
      }
    } else if (lower.startsWith("cross")) {
      Protocol protocol = lower.contains("view") ? Protocol.XVIEW : Protocol.XSUB;
      lists.computeIfAbsent(protocol, any -> new ArrayList<>()).add(file);
    } else if (!lower.startsWith("readme")) {
      misnamed.add(
          new SetAside(
              fileName,
              Fault.NAME,
              "%s: a name such as %s is expected".formatted(file.getPath(), part.example())));
    }
  }

  private static boolean inLabelFolder(Path file, int depth) {
    for (Path at = file.getParent(); at != null && at.depth() > depth; at = at.getParent()) {
      if (at.getName().toLowerCase(Locale.ROOT).contains("label")) {
        return true;
      }
    }
    return false;
  }

  private DatasetException none(String source, PkuPart part) {
    long ofTheOther =
        misnamed.stream()
            .map(one -> one.id().substring(0, one.id().length() - SUFFIX.length()))
            .filter(name -> part.other().parse(name).isPresent())
            .count();
    if (ofTheOther > 0) {
      return new DatasetException(
          "%s holds %d files of the other part of PKU-MMD; prepare it with --dataset %s"
              .formatted(source, ofTheOther, part.other().label()));
    }
    return new DatasetException(
        labels.isEmpty()
            ? "%s holds no recording with a name such as %s; give the folder of the skeletons, labels and lists"
                .formatted(source, part.example())
            : "%s holds the labels of %d recordings, but no skeletons; give the folder that holds both, with the labels in a folder whose name holds 'label'"
                .formatted(source, labels.size()));
  }

  /**
   * The list of a protocol.
   *
   * @throws DatasetException if there is none or more than one
   */
  FileStatus list(Protocol protocol) {
    List<FileStatus> found = lists.getOrDefault(protocol, List.of());
    String name = protocol == Protocol.XVIEW ? "cross-view.txt" : "cross-subject.txt";
    if (found.isEmpty()) {
      throw new DatasetException(
          "protocol %s needs the data set's list %s (part II: %s), which is not in the source; put it there"
              .formatted(
                  protocol.label(), name, name.replace('-', '_').replace(".txt", "_v2.txt")));
    }
    if (found.size() > 1) {
      throw new DatasetException(
          "there are two lists for protocol %s, %s and %s; keep that of this part"
              .formatted(protocol.label(), found.get(0).getPath(), found.get(1).getPath()));
    }
    return found.get(0);
  }
}
