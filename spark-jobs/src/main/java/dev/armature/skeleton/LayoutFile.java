package dev.armature.skeleton;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A layout as configuration, read as a whole: every mistake in it is named, not only the first. */
final class LayoutFile {
  private static final Set<String> KEYS =
      Set.of("name", "joints", "bones", "centre", "spine", "shoulders");
  private static final Set<String> ENDS = Set.of("from", "to");

  private final Config config;
  private final List<String> problems = new ArrayList<>();
  private List<String> joints = List.of();

  private LayoutFile(Config config) {
    this.config = config;
  }

  /**
   * Reads a layout.
   *
   * @throws IllegalArgumentException naming every mistake
   */
  static SkeletonLayout read(Config unresolved) {
    try {
      return new LayoutFile(unresolved.resolve()).read();
    } catch (ConfigException wrong) {
      throw new IllegalArgumentException("layout: " + wrong.getMessage(), wrong);
    }
  }

  private SkeletonLayout read() {
    String name = text("name");
    joints = strings("joints");
    unknown(config.root().keySet(), KEYS, "");
    int before = problems.size();
    List<Bone> bones = bones();
    boolean whole = problems.size() == before;
    int centre = joint("centre");
    SkeletonLayout.Axis spine = axis("spine");
    SkeletonLayout.Axis shoulders = axis("shoulders");
    LayoutRules.checkJoints(joints, problems);
    if (whole) {
      LayoutRules.checkTree(joints, bones, problems);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "layout '%s': %s"
              .formatted(name, String.join("; ", problems.stream().distinct().toList())));
    }
    return new SkeletonLayout(name, joints, bones, centre, spine, shoulders);
  }

  private void unknown(Set<String> found, Set<String> known, String prefix) {
    Set<String> others = new TreeSet<>(found);
    others.removeAll(known);
    for (String other : others) {
      problems.add(
          "there is no key %s%s, there are %s".formatted(prefix, other, new TreeSet<>(known)));
    }
  }

  private String text(String key) {
    if (!config.hasPath(key)) {
      problems.add("%s is missing".formatted(key));
      return "?";
    }
    ConfigValue value = config.getValue(key);
    if (!(value.unwrapped() instanceof String || value.unwrapped() instanceof Number)) {
      problems.add("%s is %s, expected a word".formatted(key, shown(value)));
      return "?";
    }
    return value.unwrapped().toString();
  }

  private List<String> strings(String key) {
    if (!config.hasPath(key)) {
      problems.add(
          "%s is missing: the joints' names, in the order of the coordinates".formatted(key));
      return List.of();
    }
    try {
      return config.getStringList(key);
    } catch (ConfigException.WrongType wrong) {
      problems.add(
          "%s is %s, expected a list of names".formatted(key, shown(config.getValue(key))));
      return List.of();
    }
  }

  private List<Bone> bones() {
    if (!config.hasPath("bones")) {
      problems.add("it has no bones; say each joint's parent, as in bones { head = neck }");
      return List.of();
    }
    if (!(config.getValue("bones").unwrapped() instanceof Map<?, ?> all)) {
      problems.add(
          "bones is %s, expected child = parent".formatted(shown(config.getValue("bones"))));
      return List.of();
    }
    List<Bone> bones = new ArrayList<>();
    for (Object child : new TreeSet<>(all.keySet())) {
      String key = "bones." + ConfigUtil.joinPath(child.toString());
      int from = named(child.toString(), "bones");
      int to = joint(key);
      if (from >= 0 && to >= 0) {
        bones.add(new Bone(from, to));
      }
    }
    bones.sort(Comparator.comparingInt(Bone::child));
    return bones;
  }

  private SkeletonLayout.Axis axis(String key) {
    if (config.hasPath(key) && config.getValue(key).unwrapped() instanceof Map<?, ?> ends) {
      Set<String> found = new TreeSet<>();
      ends.keySet().forEach(end -> found.add(end.toString()));
      unknown(found, ENDS, key + ".");
    }
    return new SkeletonLayout.Axis(joint(key + ".from"), joint(key + ".to"));
  }

  private int joint(String key) {
    boolean there;
    try {
      there = config.hasPath(key);
    } catch (ConfigException.WrongType wrong) {
      there = false;
    }
    return there ? named(text(key), key) : missing(key);
  }

  private int missing(String key) {
    problems.add("%s is missing: the name of a joint".formatted(key));
    return -1;
  }

  private int named(String joint, String key) {
    int index = joints.indexOf(joint);
    if (index < 0 && !joint.equals("?")) {
      problems.add("%s names '%s', which is not among the joints %s".formatted(key, joint, joints));
    }
    return index;
  }

  private static String shown(ConfigValue value) {
    return String.valueOf(value.unwrapped());
  }
}
