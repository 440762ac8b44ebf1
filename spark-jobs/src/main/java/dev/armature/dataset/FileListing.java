package dev.armature.dataset;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds the files of a raw data set below a Hadoop path. */
public final class FileListing {
  private FileListing() {}

  /**
   * The files below a folder whose names end in a suffix, in order of their paths.
   *
   * @throws DatasetException if the folder is not there or holds no such file
   * @throws IOException if the file system fails
   */
  public static List<FileStatus> below(String source, String suffix, Configuration hadoop)
      throws IOException {
    Path root = new Path(source);
    FileSystem files = root.getFileSystem(hadoop);
    List<FileStatus> found = new ArrayList<>();
    Deque<Path> folders = new ArrayDeque<>(List.of(root));
    while (!folders.isEmpty()) {
      for (FileStatus status : list(files, folders.pop(), source)) {
        if (status.isDirectory()) {
          folders.push(status.getPath());
        } else if (status.getPath().getName().endsWith(suffix)) {
          found.add(status);
        }
      }
    }
    if (found.isEmpty()) {
      throw new DatasetException(
          "%s holds no file whose name ends in %s; give the folder of the raw data set"
              .formatted(source, suffix));
    }
    found.sort(Comparator.comparing(FileStatus::getPath));
    return found;
  }

  private static FileStatus[] list(FileSystem files, Path folder, String source)
      throws IOException {
    try {
      return files.listStatus(folder);
    } catch (FileNotFoundException e) {
      throw new DatasetException("%s is not there; check the source".formatted(source), e);
    }
  }
}
