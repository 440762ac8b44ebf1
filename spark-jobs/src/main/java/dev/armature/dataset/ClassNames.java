package dev.armature.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The actions' names of public data sets, as their authors list them. */
public final class ClassNames {
  private ClassNames() {}

  /** The 120 actions of NTU RGB+D 120; the first 60 are those of NTU RGB+D. */
  public static List<String> ntu120() {
    return read("ntu120");
  }

  /** The 27 actions of UTD-MHAD. */
  public static List<String> utdMhad() {
    return read("utd-mhad");
  }

  /** The 51 actions of PKU-MMD, of which part II has 41. */
  public static List<String> pkuMmd() {
    return read("pku-mmd");
  }

  /** The 10 actions of Northwestern-UCLA. */
  public static List<String> nwUcla() {
    return read("nw-ucla");
  }

  private static List<String> read(String name) {
    String resource = "classes/" + name + ".txt";
    try (InputStream in = ClassNames.class.getClassLoader().getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + resource, e);
    }
  }
}
