package dev.armature.dataset;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * A published rule that says which recordings are for training; all others are for testing.
 *
 * <p>Sources: Shahroudy et al., "NTU RGB+D" (CVPR 2016), section 3.2; Liu et al., "NTU RGB+D 120"
 * (TPAMI 2019), section 3; Chen et al., "UTD-MHAD" (ICIP 2015), section 4; Wang et al., "Cross-view
 * action modeling, learning and recognition" (CVPR 2014), section 6.
 */
public final class SplitRule implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int[] NTU60_SUBJECTS = {
    1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38
  };
  private static final int[] NTU120_MORE_SUBJECTS = {
    45, 46, 47, 49, 50, 52, 53, 54, 55, 56, 57, 58, 59, 70, 74, 78, 80, 81, 82, 83, 84, 85, 86, 89,
    91, 92, 93, 94, 95, 97, 98, 100, 103
  };
  private static final int[] NTU_CAMERAS = {2, 3};
  private static final int[] UTD_MHAD_SUBJECTS = {1, 3, 5, 7};
  private static final int[] NW_UCLA_CAMERAS = {1, 2};

  private final Protocol protocol;
  private final BitSet training;

  private SplitRule(Protocol protocol, int... training) {
    this.protocol = protocol;
    this.training = new BitSet();
    IntStream.of(training).forEach(this.training::set);
  }

  /**
   * The rule of NTU RGB+D (60 classes).
   *
   * @throws DatasetException for {@code xsetup}, which came with NTU RGB+D 120
   */
  public static SplitRule ntu60(Protocol protocol) {
    return switch (protocol) {
      case XSUB -> new SplitRule(protocol, NTU60_SUBJECTS);
      case XVIEW -> new SplitRule(protocol, NTU_CAMERAS);
      case XSETUP -> throw unknown("ntu60", protocol, "xsub and xview");
    };
  }

  /**
   * The rule of NTU RGB+D 120.
   *
   * @throws DatasetException for {@code xview}, which its authors replaced by {@code xsetup}
   */
  public static SplitRule ntu120(Protocol protocol) {
    return switch (protocol) {
      case XSUB ->
          new SplitRule(
              protocol,
              IntStream.concat(IntStream.of(NTU60_SUBJECTS), IntStream.of(NTU120_MORE_SUBJECTS))
                  .toArray());
      // Even set-ups train.
      case XSETUP -> new SplitRule(protocol);
      case XVIEW -> throw unknown("ntu120", protocol, "xsub and xsetup");
    };
  }

  /**
   * The rule of UTD-MHAD.
   *
   * @throws DatasetException for anything but {@code xsub}: it has one camera and one set-up
   */
  public static SplitRule utdMhad(Protocol protocol) {
    if (protocol != Protocol.XSUB) {
      throw unknown("utd-mhad", protocol, "xsub only");
    }
    return new SplitRule(protocol, UTD_MHAD_SUBJECTS);
  }

  /**
   * The rule of Northwestern-UCLA: two cameras train, the third tests.
   *
   * @throws DatasetException for anything but {@code xview}, the one protocol in use
   */
  public static SplitRule nwUcla(Protocol protocol) {
    if (protocol != Protocol.XVIEW) {
      throw unknown("nw-ucla", protocol, "xview only");
    }
    return new SplitRule(protocol, NW_UCLA_CAMERAS);
  }

  /**
   * A rule of the user's.
   *
   * @param training the subjects, cameras or set-ups, as the protocol says, that train
   * @throws DatasetException if one of them is negative
   */
  public static SplitRule of(Protocol protocol, int... training) {
    if (IntStream.of(training).anyMatch(number -> number < 0)) {
      throw new DatasetException(
          "what trains by protocol %s is %s; expected numbers from 0 on"
              .formatted(protocol.label(), Arrays.toString(training)));
    }
    return new SplitRule(protocol, training);
  }

  /**
   * The rule of the generated data set: odd subjects train, or cameras 2 and 3 do.
   *
   * @throws DatasetException for {@code xsetup}: it has one set-up
   */
  public static SplitRule synthetic(Protocol protocol, int subjects) {
    return switch (protocol) {
      case XSUB ->
          new SplitRule(
              protocol, IntStream.rangeClosed(1, subjects).filter(s -> s % 2 == 1).toArray());
      case XVIEW -> new SplitRule(protocol, NTU_CAMERAS);
      case XSETUP -> throw unknown("synthetic", protocol, "xsub and xview");
    };
  }

  /** The part a recording belongs to. */
  public Split split(int subject, int camera, int setup) {
    boolean train =
        switch (protocol) {
          case XSUB -> training.get(subject);
          case XVIEW -> training.get(camera);
          case XSETUP -> training.isEmpty() ? setup % 2 == 0 : training.get(setup);
        };
    return train ? Split.TRAIN : Split.TEST;
  }

  private static DatasetException unknown(String dataset, Protocol protocol, String known) {
    return new DatasetException(
        "%s has no protocol %s; it has %s".formatted(dataset, protocol.label(), known));
  }
}
