package dev.armature.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of this repository, without what builds and runs leave behind. */
public final class Repository {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Set<String> LEFT_OUT = Set.of(".git", "target", "runs", "__pycache__");

  private Repository() {}

  public static Path path(String relative) {
    return ROOT.resolve(relative);
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String read(String relative) {
    return read(path(relative));
  }

  /** All regular files below folders, in the order of their paths. */
  static List<Path> files(String... folders) {
    return Stream.of(folders).flatMap(folder -> below(path(folder))).sorted().toList();
  }

  private static Stream<Path> below(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk
          .filter(Files::isRegularFile)
          .filter(file -> Stream.of(parts(file)).noneMatch(LEFT_OUT::contains))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] parts(Path file) {
    return ROOT.relativize(file).toString().split("/", -1);
  }

  /** Scripts, by their first line, and what they source. Maven's wrapper is not ours. */
  static List<Path> shellScripts() {
    return files("deploy", "docker", ".ci", "conf").stream()
        .filter(file -> file.toString().endsWith(".sh") || firstLine(file).matches("#!.*\\bbash"))
        .toList();
  }

  private static String firstLine(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
          .lines()
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
