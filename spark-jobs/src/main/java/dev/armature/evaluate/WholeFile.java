package dev.armature.evaluate;

import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** Files of which a reader sees the whole, or what was there before. */
public final class WholeFile {
  private WholeFile() {}

  /**
   * Writes a file under a temporary name beside its own and renames it.
   *
   * @param path of the file, on any Hadoop file system; replaced if it is there
   * @throws IOException if it cannot be written
   */
  public static void write(Path path, byte[] content, Configuration configuration)
      throws IOException {
    FileContext files = FileContext.getFileContext(path.toUri(), configuration);
    Path temporary = new Path(path.getParent(), "." + path.getName() + ".tmp");
    try (OutputStream out =
        files.create(
            temporary,
            EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE),
            Options.CreateOpts.createParent())) {
      out.write(content);
    }
    files.rename(temporary, path, Options.Rename.OVERWRITE);
  }
}
