package dev.armature.dataset.synthetic;

import dev.armature.dataset.BodyTracks;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes the recordings of a generated data set. Immutable and thread-safe. */
public final class MotionGenerator {
  private static final long BUILDS = 1;
  private static final long PERFORMANCES = 2;
  private static final long RECORDINGS = 3;

  private final SyntheticOptions options;

  public MotionGenerator(SyntheticOptions options) {
    this.options = options;
  }

  /** The actions' names by label. */
  public static List<String> actions() {
    return Action.ALL.stream().map(Action::name).toList();
  }

  /**
   * One recording in the sensor's coordinates, layout kinect-v2, 60 to 150 frames. The cameras see
   * the same performance.
   *
   * @param label the action, 0-based
   * @param subject from 1
   * @param repetition from 1
   * @param camera 1 to 3
   */
  public BodyTracks record(int label, int subject, int repetition, int camera) {
    Action action = Action.ALL.get(label);
    SplittableRandom random =
        Seeds.stream(options.seed(), PERFORMANCES, label, subject, repetition);
    List<Build> builds = new ArrayList<>();
    builds.add(build(subject));
    if (action.actors().size() > 1) {
      // Anyone but the subject.
      builds.add(
          build((subject + random.nextInt(options.subjects() - 1)) % options.subjects() + 1));
    }
    Performance performance = new Performance(action, builds, random);
    SplittableRandom sensor =
        Seeds.stream(options.seed(), RECORDINGS, label, subject, repetition, camera);
    return new Sensor(camera, options.noise(), sensor).record(performance);
  }

  private Build build(int subject) {
    return Build.random(Seeds.stream(options.seed(), BUILDS, subject));
  }
}
