package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Protocol;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The raw data sets that can be prepared. */
public enum DatasetKind {
  /** NTU RGB+D, 60 actions, raw {@code .skeleton} texts. */
  NTU60,
  /** NTU RGB+D 120, 120 actions, raw {@code .skeleton} texts. */
  NTU120,
  /** NumPy arrays as the authors of the published methods prepare them. */
  NPY,
  /** UTD-MHAD, 27 actions, {@code .mat} files. */
  UTD_MHAD,
  /** PKU-MMD I, 51 actions, continuous recordings as texts with their labels. */
  PKU_MMD_1,
  /** PKU-MMD II, 41 actions, the same. */
  PKU_MMD_2,
  /** Northwestern-UCLA, 10 actions, JSON files. */
  NW_UCLA,
  /** Pickled annotations of pyskl and mmaction2. */
  PYSKL,
  /** The {@code .npz} archives of CTR-GCN and those after it. */
  NPZ,
  /** Anyone's own sequences as a Parquet table. */
  PARQUET,
  /** Generated motion. */
  SYNTHETIC;

  /** The name used in commands and files, for instance {@code utd-mhad}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** How it is split where nobody says otherwise. */
  public Protocol usualProtocol() {
    return this == NW_UCLA ? Protocol.XVIEW : Protocol.XSUB;
  }

  /**
   * The data set of a label.
   *
   * @throws DatasetException if there is none
   */
  public static DatasetKind of(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new DatasetException(
                    "no data set is named '%s'; there are %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(DatasetKind::label)
                                .collect(Collectors.joining(", ")))));
  }
}
