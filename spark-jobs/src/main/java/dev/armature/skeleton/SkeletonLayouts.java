package dev.armature.skeleton;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
  private static final List<String> NAMES =
      List.of("kinect-v2", "kinect-v1", "kinect-v1-sdk", "coco-17");

  private SkeletonLayouts() {}

  /** The names that {@link #named} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * A layout that comes with Armature: {@code kinect-v2} (NTU RGB+D, PKU-MMD, 25 joints), {@code
   * kinect-v1} (UTD-MHAD, 20 joints), {@code kinect-v1-sdk} (Northwestern-UCLA, the same joints in
   * another order) or {@code coco-17} (pose estimators, 17 joints).
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static SkeletonLayout named(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "no layout is named '%s'; there are %s, or give a file".formatted(name, NAMES));
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
   * @throws IllegalArgumentException if a key is missing, unknown or of another type, a name is no
   *     joint's, or the layout breaks a rule of {@link SkeletonLayout}; all mistakes are named
   */
  public static SkeletonLayout read(Config unresolved) {
    return LayoutFile.read(unresolved);
  }
}
