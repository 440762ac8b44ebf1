package dev.armature.evaluate.embedding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.armature.round.DurableFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder that embeddings are written to.
 *
 * <p>A file that says what is being made goes in first, the manifest last; in between come the
 * parts, each under a temporary name until it is whole. So a folder is empty, unfinished, an output
 * (a manifest), or not ours. What is unfinished is gone on with if it is of the very same encoders,
 * data and versions, and begun anew otherwise; an output is only ever replaced where that was asked
 * for. Used by one driver at a time.
 */
public final class EmbeddingFolder {
  /** The file that makes a folder an output. */
  public static final String MANIFEST = "embed-manifest.json";

  private static final String PARTS = "embeddings";
  private static final String BEGUN = "_EMBEDDING";
  private static final String INCOMPLETE = ".incomplete";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

  private final Configuration hadoop;
  private final Path folder;
  private final FileSystem files;

  /**
   * @param uri Hadoop path; need not be there yet
   */
  public EmbeddingFolder(Configuration hadoop, String uri) throws IOException {
    this.hadoop = hadoop;
    Path given = new Path(uri);
    this.files = given.getFileSystem(hadoop);
    this.folder = files.makeQualified(given);
  }

  /** Where the Parquet files are. */
  public Path parts() {
    return new Path(folder, PARTS);
  }

  /**
   * The manifest; empty if this is no output, or not yet.
   *
   * @throws EmbeddingException if it is of another format, or garbled
   */
  public Optional<EmbeddingManifest> manifest() throws IOException {
    Path path = new Path(folder, MANIFEST);
    try (InputStream in = files.open(path)) {
      JsonNode tree = JSON.readTree(in);
      String format = tree.path("format").asText("none");
      if (!format.equals(EmbeddingManifest.FORMAT)) {
        throw new EmbeddingException(
            "%s is of format '%s', this version reads '%s'; embed again into another folder"
                .formatted(path, format, EmbeddingManifest.FORMAT));
      }
      return Optional.of(JSON.treeToValue(tree, EmbeddingManifest.class));
    } catch (FileNotFoundException none) {
      return Optional.empty();
    } catch (JsonProcessingException garbled) {
      throw new EmbeddingException(
          "%s is garbled (%s); embed again into another folder, or with --overwrite"
              .formatted(path, garbled.getOriginalMessage()));
    }
  }

  /**
   * Looks whether a request may write here, and changes nothing.
   *
   * @return the manifest if the very same output is there already
   * @throws EmbeddingException if something else is there
   */
  public Optional<EmbeddingManifest> existing(EmbeddingRequest request) throws IOException {
    if (files.exists(folder) && files.getFileStatus(folder).isFile()) {
      throw new EmbeddingException(
          "%s is a file; give a folder that is not there yet".formatted(folder));
    }
    if (request.overwrite()) {
      requireOurs();
      return Optional.empty();
    }
    Optional<EmbeddingManifest> manifest = manifest();
    if (manifest.isEmpty()) {
      requireOurs();
      return manifest;
    }
    request
        .identity()
        .forEach(
            (name, asked) -> {
              String found = manifest.get().identity().get(name);
              if (!asked.equals(found)) {
                throw new EmbeddingException(
                    "%s holds other embeddings: its %s is %s, asked for is %s; give another folder, or --overwrite to replace them"
                        .formatted(folder, name, found, asked));
              }
            });
    return manifest;
  }

  private void requireOurs() throws IOException {
    if (!files.exists(folder)
        || files.exists(new Path(folder, BEGUN))
        || files.exists(new Path(folder, MANIFEST))) {
      return;
    }
    // Files that were being written when a call was killed are its own.
    FileStatus[] content = files.listStatus(folder, path -> !path.getName().endsWith(INCOMPLETE));
    if (content.length > 0) {
      throw new EmbeddingException(
          "%s holds something else (%s); give a folder that is empty or not there yet"
              .formatted(folder, content[0].getPath().getName()));
    }
  }

  /**
   * Makes the folder ready, and keeps what an earlier call of the same request has finished.
   *
   * @return the parts that are whole, with their lengths
   */
  List<EmbeddingManifest.Part> begin(EmbeddingRequest request) throws IOException {
    Map<String, String> begun = Map.of("fingerprint", request.fingerprint());
    boolean same = begun.equals(begun()) && !files.exists(new Path(folder, MANIFEST));
    if (!same) {
      // The mark first, so that this call can be made again wherever it is cut short; then the
      // manifest, without which nobody takes what is left for an output.
      DurableFile.replace(new Path(folder, BEGUN), JSON.writeValueAsBytes(begun), hadoop);
      files.delete(new Path(folder, MANIFEST), false);
      files.delete(parts(), true);
      files.mkdirs(parts());
      return List.of();
    }
    files.mkdirs(parts());
    List<EmbeddingManifest.Part> whole = new ArrayList<>();
    for (EmbeddingPart part : request.parts()) {
      Path path = new Path(parts(), part.file());
      if (files.exists(path)
          && PartFile.isWhole(path, hadoop, part.stretch().sequences(), request.fingerprint())) {
        whole.add(described(part));
      }
    }
    List<String> kept = whole.stream().map(EmbeddingManifest.Part::file).toList();
    for (FileStatus file : files.listStatus(parts())) {
      if (!kept.contains(file.getPath().getName())) {
        files.delete(file.getPath(), true);
      }
    }
    return whole;
  }

  private Map<String, String> begun() throws IOException {
    try (InputStream in = files.open(new Path(folder, BEGUN))) {
      return JSON.readValue(in, STRINGS);
    } catch (FileNotFoundException | JsonProcessingException none) {
      return Map.of();
    }
  }

  EmbeddingManifest.Part described(EmbeddingPart part) throws IOException {
    return new EmbeddingManifest.Part(
        part.file(),
        part.split().label(),
        part.stretch().first(),
        part.stretch().sequences(),
        files.getFileStatus(new Path(parts(), part.file())).getLen());
  }

  /**
   * The files of an output; others that lie among them are none of its.
   *
   * @throws EmbeddingException if one is missing or of another length
   */
  List<Path> requireParts(EmbeddingManifest manifest) throws IOException {
    Map<String, Long> lengths = new HashMap<>();
    for (FileStatus file : files.listStatus(parts())) {
      lengths.put(file.getPath().getName(), file.getLen());
    }
    List<Path> paths = new ArrayList<>();
    for (EmbeddingManifest.Part part : manifest.parts()) {
      Long length = lengths.get(part.file());
      if (length == null || length != part.bytes()) {
        throw new EmbeddingException(
            "%s is %s, the manifest says %d bytes; embed again with --overwrite"
                .formatted(
                    new Path(parts(), part.file()),
                    length == null ? "missing" : "of %d bytes".formatted(length),
                    part.bytes()));
      }
      paths.add(new Path(parts(), part.file()));
    }
    return paths;
  }

  /** Makes it an output. */
  void finish(EmbeddingManifest manifest) throws IOException {
    DurableFile.replace(new Path(folder, MANIFEST), JSON.writeValueAsBytes(manifest), hadoop);
    files.delete(new Path(folder, BEGUN), false);
  }
}
