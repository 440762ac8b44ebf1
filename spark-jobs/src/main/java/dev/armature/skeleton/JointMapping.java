package dev.armature.skeleton;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows sequences of one layout as sequences of another, joint by joint: by what {@code
 * layouts/joint-mappings.conf} says about the two layouts, and otherwise by the joints' names.
 * Immutable.
 */
public final class JointMapping implements Serializable {
  private static final String RESOURCE = "layouts/joint-mappings.conf";

  private final int[] sources;
  private final String description;

  private JointMapping(int[] sources, String description) {
    this.sources = sources;
    this.description = description;
  }

  /**
   * Finds a joint for every joint that is wanted.
   *
   * @param given layout of the sequences that there are
   * @param wanted layout as which they are to be seen
   * @throws IllegalArgumentException if a joint has no counterpart, naming all that have none
   */
  public static JointMapping of(SkeletonLayout given, SkeletonLayout wanted) {
    Config tables =
        ConfigFactory.parseResources(JointMapping.class.getClassLoader(), RESOURCE).resolve();
    Map<String, String> counterparts = table(tables, wanted, given, "same");
    Map<String, String> standIns = table(tables, wanted, given, "stand-ins");
    int[] sources = new int[wanted.joints().size()];
    List<String> missing = new ArrayList<>();
    List<String> renamed = new ArrayList<>();
    List<String> replaced = new ArrayList<>();
    for (int joint = 0; joint < sources.length; joint++) {
      String name = wanted.joints().get(joint);
      String source = counterparts.getOrDefault(name, standIns.getOrDefault(name, name));
      sources[joint] = given.joints().indexOf(source);
      if (sources[joint] < 0) {
        missing.add(name);
      } else if (standIns.containsKey(name)) {
        replaced.add("%s by %s".formatted(name, source));
      } else if (!name.equals(source)) {
        renamed.add("%s is %s".formatted(name, source));
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "layout '%s' has no joint for %s of layout '%s'; it has %s"
              .formatted(given.name(), missing, wanted.name(), given.joints()));
    }
    return new JointMapping(sources, describe(given, wanted, renamed, replaced));
  }

  private static Map<String, String> table(
      Config tables, SkeletonLayout wanted, SkeletonLayout given, String kind) {
    String path = ConfigUtil.joinPath(wanted.name(), given.name(), kind);
    Map<String, String> table = new LinkedHashMap<>();
    if (tables.hasPath(path)) {
      for (Map.Entry<String, ConfigValue> entry : tables.getObject(path).entrySet()) {
        table.put(entry.getKey(), entry.getValue().unwrapped().toString());
      }
    }
    return table;
  }

  private static String describe(
      SkeletonLayout given, SkeletonLayout wanted, List<String> renamed, List<String> replaced) {
    StringBuilder text = new StringBuilder();
    text.append("%s as %s".formatted(given.name(), wanted.name()));
    if (!renamed.isEmpty()) {
      text.append("; ").append(String.join(", ", renamed));
    }
    if (!replaced.isEmpty()) {
      text.append("; without counterpart, ").append(String.join(", ", replaced));
    }
    return text.toString();
  }

  /** What stands for what, where names differ. */
  public String description() {
    return description;
  }

  /**
   * The same sequence in the other layout.
   *
   * @param sequence of the given layout
   * @param mostPersons further persons are left out
   */
  public SkeletonSequence apply(SkeletonSequence sequence, int mostPersons) {
    int persons = Math.min(mostPersons, sequence.persons());
    float[] coordinates = new float[sequence.frames() * persons * sources.length * 3];
    int place = 0;
    for (int frame = 0; frame < sequence.frames(); frame++) {
      for (int person = 0; person < persons; person++) {
        for (int source : sources) {
          System.arraycopy(
              sequence.coordinates(),
              sequence.offset(frame, person, source),
              coordinates,
              place,
              3);
          place += 3;
        }
      }
    }
    return new SkeletonSequence(
        sequence.id(),
        sequence.label(),
        sequence.subject(),
        sequence.camera(),
        sequence.setup(),
        sequence.frames(),
        persons,
        sources.length,
        coordinates);
  }
}
