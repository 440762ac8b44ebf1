package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Split;
import dev.armature.skeleton.SkeletonLayout;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a prepared data set is; its file {@code manifest.json} makes a folder one. Immutable.
 *
 * @param format the store's format, {@value #FORMAT}
 * @param dataset the kind of raw data, for instance {@code ntu60}
 * @param protocol how it is split, for instance {@code xsub}
 * @param source what it was made from
 * @param options what else the user chose, by name
 * @param layout the skeletons' layout, in full
 * @param persons most persons in a sequence, 1 or 2
 * @param classes the actions
 * @param splits by label ({@code train}, {@code test})
 * @param checksum of all sequences and their splits, in their order, however they are cut into
 *     files; notices accidents, not intent
 * @param setAside what was left out
 * @param versions of what made it, by name
 */
public record Manifest(
    String format,
    String dataset,
    String protocol,
    Source source,
    Map<String, String> options,
    SkeletonLayout layout,
    int persons,
    Classes classes,
    Map<String, SplitSummary> splits,
    String checksum,
    SetAsideSummary setAside,
    Map<String, String> versions) {

  /** The format that this version writes and reads. */
  public static final String FORMAT = "armature-skeletons-1";

  /**
   * What a data set was made from.
   *
   * @param uri as the user gave it
   * @param recordings how many were listed and could be read
   * @param fingerprint of the listing: names, sizes and splits
   */
  public record Source(String uri, int recordings, String fingerprint) {}

  /**
   * The actions.
   *
   * @param count how many
   * @param names by label; empty where they are not known
   */
  public record Classes(int count, List<String> names) {}

  /**
   * One split.
   *
   * @param sequences how many
   * @param perClass how many by label
   * @param frames their lengths
   */
  public record SplitSummary(int sequences, List<Integer> perClass, Frames frames) {}

  /**
   * Lengths of sequences, in frames.
   *
   * @param min the shortest
   * @param mean the mean
   * @param max the longest
   */
  public record Frames(int min, double mean, int max) {}

  /**
   * What was left out.
   *
   * @param total how many recordings
   * @param byFault how many by kind of reason
   * @param listed the first of them, by id
   */
  public record SetAsideSummary(int total, Map<String, Integer> byFault, List<Omission> listed) {}

  /**
   * One recording that was left out.
   *
   * @param id the recording's
   * @param fault the kind of reason
   * @param reason what was found, where, and what was expected
   */
  public record Omission(String id, String fault, String reason) {}

  /**
   * Where the manifest of a data set lies.
   *
   * @param uri Hadoop path of the data set's folder
   */
  public static Path path(String uri) {
    return new Path(uri, ManifestFile.NAME);
  }

  /**
   * Reads the manifest of a prepared data set.
   *
   * @param uri Hadoop path of the data set's folder
   * @throws DatasetException if there is none, or it is of another format or garbled
   * @throws java.io.UncheckedIOException if the file system fails
   */
  public static Manifest read(Configuration hadoop, String uri) {
    return ManifestFile.read(hadoop, uri);
  }

  /** The summary of a split. */
  public SplitSummary split(Split split) {
    return splits.get(split.label());
  }
}
