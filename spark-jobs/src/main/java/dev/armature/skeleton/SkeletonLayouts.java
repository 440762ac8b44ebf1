package dev.armature.skeleton;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Layouts that come with Armature, and layouts from HOCON files.
 *
 * <p>A file names the joints in the order of the coordinates, each joint's parent by name, and the
 * joints that orient a body:
 *
 * <pre>{@code
 * name = stick-figure
 * joints = [hip, chest, left, right]
 * bones { hip = hip, chest = hip, left = chest, right = chest }   # child = parent
 * centre = hip
 * spine { from = hip, to = chest }
 * shoulders { from = left, to = right }
 * }</pre>
 */
public final class SkeletonLayouts {
  private static final List<String> NAMES = List.of("kinect-v2", "kinect-v1");

  private SkeletonLayouts() {}

  /** The names that {@link #named} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * A layout that comes with Armature: {@code kinect-v2} (NTU RGB+D, 25 joints) or {@code
   * kinect-v1} (UTD-MHAD, 20 joints).
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static SkeletonLayout named(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "no layout is named '%s'; there are %s, or give a HOCON file".formatted(name, NAMES));
    }
    return read(
        ConfigFactory.parseResources(
            SkeletonLayouts.class.getClassLoader(), "layouts/" + name + ".conf"));
  }

  /**
   * The layout of a name, or of a HOCON file where no layout has that name.
   *
   * @throws IllegalArgumentException if it is neither, or the file holds no valid layout
   */
  public static SkeletonLayout of(String nameOrFile) {
    return NAMES.contains(nameOrFile) ? named(nameOrFile) : read(Path.of(nameOrFile));
  }

  /**
   * Reads a layout from a HOCON file.
   *
   * @throws IllegalArgumentException if the file is not there or holds no valid layout; the message
   *     names the file and what is wrong
   */
  public static SkeletonLayout read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "layout '%s' is neither one of %s nor a file".formatted(file, NAMES));
    }
    try {
      return read(ConfigFactory.parseFile(file.toFile()));
    } catch (IllegalArgumentException | ConfigException e) {
      throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Reads a layout from configuration of the shape shown above.
   *
   * @throws IllegalArgumentException if a key is missing or of another type, a name is no joint's,
   *     or the layout breaks a rule of {@link SkeletonLayout}
   */
  public static SkeletonLayout read(Config unresolved) {
    try {
      Config config = unresolved.resolve();
      String name = config.getString("name");
      List<String> joints = config.getStringList("joints");
      if (!config.hasPath("bones")) {
        throw new IllegalArgumentException(
            "layout '%s': it has no bones; say each joint's parent, as in bones { head = neck }"
                .formatted(name));
      }
      List<Bone> bones = new ArrayList<>();
      for (Map.Entry<String, ?> entry : config.getObject("bones").entrySet()) {
        String child = entry.getKey();
        String parent = config.getString("bones." + ConfigUtil.joinPath(child));
        bones.add(
            new Bone(
                joint(joints, child, name, "bones"),
                joint(joints, parent, name, "bones." + ConfigUtil.joinPath(child))));
      }
      bones.sort(Comparator.comparingInt(Bone::child));
      return new SkeletonLayout(
          name,
          joints,
          bones,
          joint(joints, config.getString("centre"), name, "centre"),
          axis(config, joints, name, "spine"),
          axis(config, joints, name, "shoulders"));
    } catch (ConfigException e) {
      throw new IllegalArgumentException("layout: " + e.getMessage(), e);
    }
  }

  private static SkeletonLayout.Axis axis(
      Config config, List<String> joints, String layout, String key) {
    String from = config.getString(key + ".from");
    String to = config.getString(key + ".to");
    return new SkeletonLayout.Axis(
        joint(joints, from, layout, key + ".from"), joint(joints, to, layout, key + ".to"));
  }

  private static int joint(List<String> joints, String joint, String layout, String key) {
    int index = joints.indexOf(joint);
    if (index < 0) {
      throw new IllegalArgumentException(
          "layout '%s': %s names '%s', which is not among the joints %s"
              .formatted(layout, key, joint, joints));
    }
    return index;
  }
}
