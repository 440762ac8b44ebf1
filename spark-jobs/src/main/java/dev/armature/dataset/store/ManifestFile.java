package dev.armature.dataset.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.armature.dataset.DatasetException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The manifest as a JSON file. */
final class ManifestFile {
  static final String NAME = "manifest.json";

  private static final String UNFINISHED = ".manifest.json.unfinished";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ManifestFile() {}

  static Manifest read(Configuration hadoop, String uri) {
    Path path = Manifest.path(uri);
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      JsonNode tree = JSON.readTree(in);
      String format = tree.path("format").asText("none");
      if (!format.equals(Manifest.FORMAT)) {
        throw new DatasetException(
            "%s is of format '%s', this version reads '%s'; run prepare again with another --out"
                .formatted(path, format, Manifest.FORMAT));
      }
      return JSON.treeToValue(tree, Manifest.class);
    } catch (FileNotFoundException e) {
      throw new DatasetException(
          "%s is not a prepared data set: it has no %s; run prepare".formatted(uri, NAME), e);
    } catch (JsonProcessingException e) {
      throw new DatasetException(
          "%s is garbled (%s); run prepare again with another --out"
              .formatted(path, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /** Writes under another name, then renames: the file is there whole or not at all. */
  static void write(Configuration hadoop, String uri, Manifest manifest) throws IOException {
    Path unfinished = new Path(uri, UNFINISHED);
    Path path = Manifest.path(uri);
    FileSystem files = path.getFileSystem(hadoop);
    try (OutputStream out = files.create(unfinished, true)) {
      out.write(JSON.writeValueAsBytes(manifest));
    }
    if (!files.rename(unfinished, path)) {
      throw new IOException("could not rename %s to %s".formatted(unfinished, path));
    }
  }
}
