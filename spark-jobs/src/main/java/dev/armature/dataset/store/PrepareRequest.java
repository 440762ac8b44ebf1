package dev.armature.dataset.store;

import dev.armature.dataset.Protocol;
import dev.armature.dataset.synthetic.SyntheticOptions;
import dev.armature.skeleton.SkeletonLayout;
import java.util.List;
import java.util.Optional;

/**
 * What to prepare, and where to.
 *
 * @param dataset the kind of raw data
 * @param source Hadoop path of the raw data; not looked at for generated data
 * @param protocol how it is split; for {@link DatasetKind#NPY} and {@link DatasetKind#NPZ}, which
 *     come split, only noted down
 * @param output Hadoop path of the folder to write
 * @param missing Hadoop path of NTU RGB+D's list of samples with missing skeletons
 * @param layout the skeletons' layout where it is not the data set's own
 * @param splits names of the training and the test split within a pickle of {@link
 *     DatasetKind#PYSKL}; empty for those of the protocol
 * @param training which subjects, cameras or set-ups train, for {@link DatasetKind#PARQUET} without
 *     a column that says so; empty otherwise
 * @param synthetic size, difficulty and seed of generated data
 * @param strict whether one bad recording fails the whole preparation
 */
public record PrepareRequest(
    DatasetKind dataset,
    String source,
    Protocol protocol,
    String output,
    Optional<String> missing,
    Optional<SkeletonLayout> layout,
    List<String> splits,
    List<Integer> training,
    SyntheticOptions synthetic,
    boolean strict) {

  public PrepareRequest {
    splits = List.copyOf(splits);
    training = List.copyOf(training);
  }

  /** A request with the usual options: the data set's own layout, bad recordings set aside. */
  public static PrepareRequest of(
      DatasetKind dataset, String source, Protocol protocol, String output) {
    return new PrepareRequest(
        dataset,
        source,
        protocol,
        output,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        SyntheticOptions.defaults(0),
        false);
  }

  /** The same with a list of samples with missing skeletons. */
  public PrepareRequest withMissing(String list) {
    return new PrepareRequest(
        dataset,
        source,
        protocol,
        output,
        Optional.of(list),
        layout,
        splits,
        training,
        synthetic,
        strict);
  }

  /** The same with a layout of the user's. */
  public PrepareRequest withLayout(SkeletonLayout other) {
    return new PrepareRequest(
        dataset,
        source,
        protocol,
        output,
        missing,
        Optional.of(other),
        splits,
        training,
        synthetic,
        strict);
  }

  /** The same with the names of the splits of a pickle. */
  public PrepareRequest withSplits(String train, String test) {
    return new PrepareRequest(
        dataset,
        source,
        protocol,
        output,
        missing,
        layout,
        List.of(train, test),
        training,
        synthetic,
        strict);
  }

  /** The same where these subjects, cameras or set-ups, as the protocol says, train. */
  public PrepareRequest withTraining(List<Integer> those) {
    return new PrepareRequest(
        dataset, source, protocol, output, missing, layout, splits, those, synthetic, strict);
  }

  /** The same with other options of generation. */
  public PrepareRequest withSynthetic(SyntheticOptions options) {
    return new PrepareRequest(
        dataset, source, protocol, output, missing, layout, splits, training, options, strict);
  }

  /** The same, but failing on the first bad recording. */
  public PrepareRequest strictly() {
    return new PrepareRequest(
        dataset, source, protocol, output, missing, layout, splits, training, synthetic, true);
  }
}
