package dev.armature.dataset;

import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The published preprocessing of skeleton recordings, for any layout.
 *
 * <ol>
 *   <li>The two bodies with the highest motion are kept, the higher first.
 *   <li>A body that is not there in the first frame has its seen frames moved to the front. A track
 *       that ends early is filled by repeating it from its start. Gaps in between stay empty.
 *   <li>Every frame is centred on the layout's centre joint of the first body in that frame; a
 *       joint that was not seen stays zero.
 *   <li>Everything is turned by the rotation that makes the spine of the first body's first frame
 *       the z axis, then by the one that makes its shoulders, left to right, the x axis. After the
 *       second the spine is upright only as far as it stands square on the shoulders: that is how
 *       the published numbers were made.
 * </ol>
 *
 * <p>A spine or shoulder line whose ends coincide or were not seen turns nothing. Immutable and
 * thread-safe.
 *
 * <p>Source: the preprocessing of 2s-AGCN (Shi et al., CVPR 2019), which CrosSCLR, SkeletonCLR and
 * CMD took over.
 */
public final class Normalization {
  private final SkeletonLayout layout;

  public Normalization(SkeletonLayout layout) {
    this.layout = layout;
  }

  /**
   * Normalizes one recording.
   *
   * @param recording gives the sequence its id, label, subject, camera and set-up
   * @param tracks in the sensor's coordinates; frames beyond 300 are cut
   * @return as many persons as are seen, at most two
   * @throws BadRecordingException if the joints are not as many as the layout's, there are fewer
   *     than two frames, a coordinate is not finite, or nobody is seen
   */
  public SkeletonSequence normalize(Recording recording, BodyTracks tracks)
      throws BadRecordingException {
    TrackChecks.check(tracks, layout);
    int[] actors = BodySelection.actors(tracks);
    if (actors.length == 0) {
      throw new BadRecordingException(
          Fault.NO_BODY, "no body is seen in any of its %d frames".formatted(tracks.frames()));
    }
    int frames = Math.min(tracks.frames(), SkeletonSequence.MAX_FRAMES);
    int persons = actors.length;
    int size = tracks.joints() * 3;
    float[] coordinates = new float[frames * persons * size];
    for (int person = 0; person < persons; person++) {
      int[] source = sourceFrames(tracks, actors[person], frames);
      for (int frame = 0; frame < frames; frame++) {
        System.arraycopy(
            tracks.coordinates(),
            tracks.offset(actors[person], source[frame], 0),
            coordinates,
            (frame * persons + person) * size,
            size);
      }
    }
    // Directions do not change by centring, and before it an unseen joint still shows as zero.
    double[] spine = direction(coordinates, layout.spine());
    double[] shoulders = direction(coordinates, layout.shoulders());
    centre(coordinates, frames, persons, size);
    rotate(coordinates, spine, shoulders);
    return new SkeletonSequence(
        recording.id(),
        recording.label(),
        recording.subject(),
        recording.camera(),
        recording.setup(),
        frames,
        persons,
        tracks.joints(),
        coordinates);
  }

  /** The frame of the track that each frame of the sequence takes. */
  private static int[] sourceFrames(BodyTracks tracks, int body, int frames) {
    BitSet seen = new BitSet();
    for (int frame = 0; frame < frames; frame++) {
      seen.set(frame, tracks.seen(body, frame));
    }
    int[] track =
        seen.get(0) || seen.isEmpty()
            ? IntStream.range(0, Math.max(1, seen.length())).toArray()
            : seen.stream().toArray();
    int[] source = new int[frames];
    for (int frame = 0; frame < frames; frame++) {
      source[frame] = track[frame % track.length];
    }
    return source;
  }

  private void centre(float[] coordinates, int frames, int persons, int size) {
    for (int frame = 0; frame < frames; frame++) {
      int start = frame * persons * size;
      int centre = start + layout.centre() * 3;
      float x = coordinates[centre];
      float y = coordinates[centre + 1];
      float z = coordinates[centre + 2];
      for (int at = start; at < start + persons * size; at += 3) {
        if (!unseen(coordinates, at)) {
          coordinates[at] -= x;
          coordinates[at + 1] -= y;
          coordinates[at + 2] -= z;
        }
      }
    }
  }

  private static void rotate(float[] coordinates, double[] spine, double[] shoulders) {
    double[] upright = Rotation.onto(spine, 2);
    double[] level = Rotation.onto(Rotation.apply(upright, shoulders), 0);
    double[] matrix = Rotation.then(upright, level);
    for (int at = 0; at < coordinates.length; at += 3) {
      double x = coordinates[at];
      double y = coordinates[at + 1];
      double z = coordinates[at + 2];
      coordinates[at] = (float) (matrix[0] * x + matrix[1] * y + matrix[2] * z);
      coordinates[at + 1] = (float) (matrix[3] * x + matrix[4] * y + matrix[5] * z);
      coordinates[at + 2] = (float) (matrix[6] * x + matrix[7] * y + matrix[8] * z);
    }
  }

  /** A direction in the first body's first frame; zero where one of its ends was not seen. */
  private static double[] direction(float[] coordinates, SkeletonLayout.Axis axis) {
    int from = axis.from() * 3;
    int to = axis.to() * 3;
    if (unseen(coordinates, from) || unseen(coordinates, to)) {
      return new double[3];
    }
    return new double[] {
      (double) coordinates[to] - coordinates[from],
      (double) coordinates[to + 1] - coordinates[from + 1],
      (double) coordinates[to + 2] - coordinates[from + 2]
    };
  }

  private static boolean unseen(float[] coordinates, int at) {
    return coordinates[at] == 0 && coordinates[at + 1] == 0 && coordinates[at + 2] == 0;
  }
}
