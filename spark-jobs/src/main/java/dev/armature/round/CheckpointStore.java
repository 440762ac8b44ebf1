package dev.armature.round;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of a run, in one folder of a Hadoop file system.
 *
 * <p>{@code round-00000123.safetensors} holds the state after 123 rounds; beside it, {@code
 * round-00000123.safetensors.sha256} its checksum, in the format of {@code sha256sum}. A checkpoint
 * is written under a temporary name and renamed once it and its checksum are complete; one that is
 * cut short or altered is recognised by its checksum and passed over. One run writes at a time.
 * Where workers carry something, executors have put parts of the checkpoint beside it, like {@code
 * round-00000123.worker-00000.safetensors} ({@link CarriedCheckpoint}).
 */
public final class CheckpointStore {
  private static final Pattern NAME = Pattern.compile("round-(\\d{8})\\.safetensors");

  private static final Pattern PART =
      Pattern.compile("round-(\\d{8})\\.worker-\\d{5}\\.safetensors(\\.sha256)?");

  private final FileSystem fileSystem;
  private final Path folder;

  /** The checkpoints of a folder, which need not exist yet. */
  public CheckpointStore(FileSystem fileSystem, Path folder) {
    this.fileSystem = fileSystem;
    this.folder = folder;
  }

  /** Where they all lie. */
  public Path folder() {
    return folder;
  }

  /** Where the checkpoint after a number of rounds lies. */
  public Path path(int rounds) {
    return new Path(folder, "round-%08d.safetensors".formatted(rounds));
  }

  private static Path checksum(Path checkpoint) {
    return checkpoint.suffix(".sha256");
  }

  /**
   * Writes a checkpoint; afterwards it is there whole, or not at all.
   *
   * @return where it lies
   */
  public Path write(Checkpoint checkpoint) throws IOException {
    Path path = path(checkpoint.state().rounds());
    Path temporary = new Path(folder, "." + path.getName() + ".incomplete");
    MessageDigest digest = DigestUtils.getSha256Digest();
    try (OutputStream out =
        new BufferedOutputStream(
            new DigestOutputStream(fileSystem.create(temporary, true), digest), 1 << 20)) {
      CheckpointFormat.write(checkpoint, out);
    }
    // The name is free before the checksum changes, so that no file ever has another's checksum.
    fileSystem.delete(path, false);
    try (OutputStream out = fileSystem.create(checksum(path), true)) {
      out.write(
          "%s  %s%n"
              .formatted(HexFormat.of().formatHex(digest.digest()), path.getName())
              .getBytes(StandardCharsets.UTF_8));
    }
    if (!fileSystem.rename(temporary, path)) {
      throw new IOException("could not rename %s to %s".formatted(temporary, path));
    }
    return path;
  }

  /** The numbers of rounds for which there is a checkpoint, ascending; whole or not. */
  public List<Integer> rounds() throws IOException {
    FileStatus[] files;
    try {
      files = fileSystem.listStatus(folder);
    } catch (FileNotFoundException none) {
      return List.of();
    }
    List<Integer> rounds = new ArrayList<>();
    for (FileStatus file : files) {
      Matcher name = NAME.matcher(file.getPath().getName());
      if (name.matches()) {
        rounds.add(Integer.valueOf(name.group(1)));
      }
    }
    Collections.sort(rounds);
    return rounds;
  }

  /**
   * Reads the newest checkpoint that is whole.
   *
   * @param passedOver is told, in a line, of every newer one that is not
   * @return empty if there is none at all
   * @throws IOException if there are checkpoints, but none is whole
   */
  public Optional<Checkpoint> latest(Consumer<String> passedOver) throws IOException {
    return latest(passedOver, checkpoint -> {});
  }

  /** What else must hold of a checkpoint for it to be whole. */
  @FunctionalInterface
  public interface Check {
    /**
     * Looks whether it holds.
     *
     * @throws IOException if it does not, saying what
     */
    void require(Checkpoint checkpoint) throws IOException;
  }

  /** The same of those that also pass a check. */
  public Optional<Checkpoint> latest(Consumer<String> passedOver, Check check) throws IOException {
    List<Integer> rounds = new ArrayList<>(rounds());
    Collections.reverse(rounds);
    for (int round : rounds) {
      try {
        Checkpoint checkpoint = read(round);
        check.require(checkpoint);
        return Optional.of(checkpoint);
      } catch (IOException | RuntimeException broken) {
        passedOver.accept(
            "checkpoint %s is passed over for the one before, it is not whole: %s"
                .formatted(path(round), broken.getMessage()));
      }
    }
    if (!rounds.isEmpty()) {
      throw new IOException(
          "none of the %d checkpoints in %s is whole".formatted(rounds.size(), folder));
    }
    return Optional.empty();
  }

  /**
   * Reads a checkpoint.
   *
   * @throws IOException if it is not there, or not as it was written
   */
  public Checkpoint read(int rounds) throws IOException {
    Path path = path(rounds);
    String expected = checksum(rounds);
    MessageDigest digest = DigestUtils.getSha256Digest();
    // First the checksum, then the numbers: a broken file is recognised before it is believed.
    try (InputStream in = new DigestInputStream(fileSystem.open(path), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(expected)) {
      throw new IOException(
          "its checksum is %s, expected %s: it was cut short or altered"
              .formatted(found, expected));
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(fileSystem.open(path), 1 << 20))) {
      return CheckpointFormat.read(in, folder.toString());
    }
  }

  /**
   * The checksum with which a checkpoint was written: SHA-256, in hexadecimal digits.
   *
   * @throws IOException if it is not there
   */
  public String checksum(int rounds) throws IOException {
    Path file = checksum(path(rounds));
    try (InputStream in = fileSystem.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).split(" ", 2)[0];
    } catch (FileNotFoundException missing) {
      throw new IOException("its checksum file %s is missing".formatted(file), missing);
    }
  }

  /** Renames checkpoints that were passed over, so that they do not count as the newest. */
  public void setAsideNewerThan(int rounds) throws IOException {
    for (int round : rounds()) {
      if (round > rounds) {
        Path aside = path(round).suffix(".broken");
        fileSystem.delete(aside, false);
        if (!fileSystem.rename(path(round), aside)) {
          throw new IOException("could not rename %s to %s".formatted(path(round), aside));
        }
      }
    }
  }

  /** Deletes all but the newest checkpoints, parts of others, and what was left half-written. */
  public void keepNewest(int count) throws IOException {
    List<Integer> rounds = rounds();
    for (int round : rounds.subList(0, Math.max(0, rounds.size() - count))) {
      fileSystem.delete(path(round), false);
      fileSystem.delete(checksum(path(round)), false);
    }
    deletePartsOfOthers(rounds.subList(Math.max(0, rounds.size() - count), rounds.size()));
    FileStatus[] incomplete =
        fileSystem.listStatus(folder, path -> path.getName().endsWith(".incomplete"));
    for (FileStatus file : incomplete) {
      fileSystem.delete(file.getPath(), false);
    }
  }

  private void deletePartsOfOthers(List<Integer> kept) throws IOException {
    for (FileStatus file : fileSystem.listStatus(folder)) {
      Matcher part = PART.matcher(file.getPath().getName());
      if (part.matches() && !kept.contains(Integer.valueOf(part.group(1)))) {
        fileSystem.delete(file.getPath(), false);
      }
    }
  }
}
