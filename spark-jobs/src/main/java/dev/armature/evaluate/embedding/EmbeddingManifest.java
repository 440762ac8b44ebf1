package dev.armature.evaluate.embedding;

import java.util.List;
import java.util.Map;

/**
 * What an output of embeddings is; its file {@code embed-manifest.json}, written last, makes a
 * folder one. Immutable.
 *
 * @param format {@value #FORMAT}
 * @param identity what decides on the vectors, by name: checkpoint and data by their checksums, and
 *     so on
 * @param encoder sizes of the encoders
 * @param columns of the vectors, with their lengths
 * @param checkpoint where the checkpoint comes from, by name
 * @param versions of what computed them
 * @param parts the files, in the order of the sequences
 */
public record EmbeddingManifest(
    String format,
    Map<String, String> identity,
    String encoder,
    List<Column> columns,
    Map<String, String> checkpoint,
    Map<String, String> versions,
    List<Part> parts) {

  /** The format that this version writes and reads. */
  public static final String FORMAT = "armature-embeddings-1";

  /**
   * A column of vectors.
   *
   * @param name as in the files
   * @param length of every vector
   */
  public record Column(String name, int length) {}

  /**
   * A file.
   *
   * @param file its name below {@code embeddings}
   * @param split label of its split
   * @param first index of its first sequence
   * @param sequences how many
   * @param bytes its length
   */
  public record Part(String file, String split, int first, int sequences, long bytes) {}
}
