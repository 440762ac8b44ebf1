package dev.armature.dataset.pyskl;

import dev.armature.dataset.ClassNames;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Recording;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.ntu.NtuName;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.tensor.ArrayPickle;
import dev.armature.tensor.TensorFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a pickle of annotations holds, without the numbers.
 *
 * @param source Hadoop path of the pickle
 * @param annotations as they stand there
 * @param splits the identifiers by split
 */
record AnnotationFile(String source, List<?> annotations, Map<?, ?> splits) {

  /**
   * Reads a pickle.
   *
   * @throws DatasetException if it is not there, cannot be read, or holds something else
   * @throws IOException if the file system fails
   */
  static AnnotationFile read(String source, Configuration hadoop) throws IOException {
    Path path = new Path(source);
    FileSystem files = path.getFileSystem(hadoop);
    Object content;
    try (FSDataInputStream in = files.open(path)) {
      content = ArrayPickle.read(in, files.getFileStatus(path).getLen());
    } catch (FileNotFoundException e) {
      throw new DatasetException(
          "%s is not there or is a folder; give the pickle of annotations".formatted(source), e);
    } catch (TensorFileException wrong) {
      throw new DatasetException(
          "%s cannot be read: %s".formatted(source, wrong.getMessage()), wrong);
    }
    if (content instanceof List<?>) {
      throw new DatasetException(
          "%s is a list of annotations without splits; pickle {'split': {'train': [identifiers], 'val': [identifiers]}, 'annotations': annotations}"
              .formatted(source));
    }
    if (content instanceof Map<?, ?> map
        && map.get("annotations") instanceof List<?> annotations
        && map.get("split") instanceof Map<?, ?> splits) {
      return new AnnotationFile(source, annotations, splits);
    }
    throw new DatasetException(
        "%s holds no dictionary with 'split' (a dictionary) and 'annotations' (a list), as pyskl's files do"
            .formatted(source));
  }

  /**
   * Lists the recordings.
   *
   * @param given the skeletons' layout, if it is not the usual one
   * @param named names of the training and the test split; empty for those of the protocol
   * @throws DatasetException if there is no such split, or no annotation has keypoints
   */
  Inventory inventory(Optional<SkeletonLayout> given, Protocol protocol, List<String> named) {
    PickledSplits parts = PickledSplits.of(source, splits, protocol, named);
    List<Recording> recordings = new ArrayList<>();
    List<SetAside> setAside = new ArrayList<>();
    Optional<SkeletonLayout> layout = given;
    for (int i = 0; i < annotations.size(); i++) {
      Annotation annotation = new Annotation(i, annotations.get(i));
      Optional<SetAside> problem = annotation.problem();
      if (problem.isPresent()) {
        setAside.add(problem.get());
        continue;
      }
      if (layout.isEmpty()) {
        layout = Optional.of(KeypointLayouts.usual(annotation.place().joints()));
      }
      annotation
          .problem(layout.get(), parts)
          .ifPresentOrElse(
              setAside::add, () -> recordings.add(annotation.recording(source, parts)));
    }
    if (layout.isEmpty()) {
      throw new DatasetException(
          "%s holds %d annotations, and none has keypoints that can be read%s"
              .formatted(
                  source,
                  annotations.size(),
                  setAside.isEmpty()
                      ? ""
                      : " (%s: %s)".formatted(setAside.get(0).id(), setAside.get(0).reason())));
    }
    int classes = 1 + recordings.stream().mapToInt(Recording::label).max().orElse(0);
    return new Inventory(
        layout.get(), classes, classNames(recordings, classes), recordings, setAside);
  }

  /** Those of NTU RGB+D, where every sequence is called and labelled as there. */
  private static List<String> classNames(List<Recording> recordings, int classes) {
    List<String> ntu = ClassNames.ntu120();
    boolean all =
        classes <= ntu.size()
            && recordings.stream()
                .allMatch(
                    recording ->
                        NtuName.parse(recording.id())
                            .filter(name -> name.action() == recording.label() + 1)
                            .isPresent());
    return all ? ntu.subList(0, classes) : List.of();
  }
}
