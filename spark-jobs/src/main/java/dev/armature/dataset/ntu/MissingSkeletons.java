package dev.armature.dataset.ntu;

import dev.armature.dataset.DatasetException;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The authors' list of samples with missing or incomplete skeletons: a text with one sample's name
 * a line, below some lines of explanation.
 */
public final class MissingSkeletons {
  private MissingSkeletons() {}

  /**
   * Reads the list.
   *
   * @throws DatasetException if the file is not there or names no sample
   * @throws IOException if the file system fails
   */
  public static Set<String> read(String uri, Configuration hadoop) throws IOException {
    Path path = new Path(uri);
    Set<String> names;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(path.getFileSystem(hadoop).open(path), StandardCharsets.UTF_8))) {
      names =
          lines
              .lines()
              .map(line -> NtuName.parse(line.strip()))
              .flatMap(Optional::stream)
              .map(NtuName::toString)
              .collect(Collectors.toUnmodifiableSet());
    } catch (FileNotFoundException e) {
      throw new DatasetException(
          "the list of samples with missing skeletons, %s, is not there".formatted(uri), e);
    }
    if (names.isEmpty()) {
      throw new DatasetException(
          "%s names no sample; expected lines such as S001C002P005R002A008".formatted(uri));
    }
    return names;
  }
}
