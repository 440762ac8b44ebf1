package dev.armature.round;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.armature.tensor.TensorFileException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of a run, in one folder of a Hadoop file system.
 *
 * <p>{@code round-00000123.safetensors} holds the state after 123 rounds; beside it, {@code
 * round-00000123.safetensors.sha256} its checksum, in the format of {@code sha256sum}. A checkpoint
 * is written under a temporary name, synced to disk, and renamed once it and its checksum are
 * complete; one that is cut short or altered is recognised by its checksum and passed over. After a
 * crash between any two steps the newest whole checkpoint is the new one or that before it, and the
 * next writing removes what was left. One run writes at a time, from one thread. Where workers
 * carry something, executors have put parts of the checkpoint beside it, like {@code
 * round-00000123.worker-00000.safetensors} ({@link CarriedCheckpoint}).
 */
public final class CheckpointStore {
  private static final Pattern NAME = Pattern.compile("round-(\\d{8})\\.safetensors");
  private static final String INCOMPLETE = ".incomplete";
  private static final String CHECKSUM_SUFFIX = ".sha256";

  private static final Pattern PART =
      Pattern.compile("round-(\\d{8})\\.worker-\\d{5}\\.safetensors(\\.sha256)?");

  private final FileSystem fileSystem;
  private final Path folder;
  private final Patience patience;
  private OptionalInt known = OptionalInt.empty();

  /** The checkpoints of a folder, which need not exist yet; what is refused is not tried again. */
  public CheckpointStore(FileSystem fileSystem, Path folder) {
    this(fileSystem, folder, Patience.NONE);
  }

  /**
   * The checkpoints of a folder, which need not exist yet.
   *
   * @param patience with which they are written, read and deleted
   */
  public CheckpointStore(FileSystem fileSystem, Path folder, Patience patience) {
    this.fileSystem = fileSystem;
    this.folder = folder;
    this.patience = patience;
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
    return checkpoint.suffix(CHECKSUM_SUFFIX);
  }

  /**
   * The rounds of the checkpoint that was last written here, or read as the newest; asks no file
   * system.
   */
  public OptionalInt newestKnown() {
    return known;
  }

  /**
   * Writes a checkpoint; afterwards it is there whole, or not at all.
   *
   * @return where it lies
   */
  public Path write(Checkpoint checkpoint) throws IOException {
    int rounds = checkpoint.state().rounds();
    Path path = patience.insist("write", path(rounds), () -> writeOnce(checkpoint));
    known = OptionalInt.of(rounds);
    return path;
  }

  private Path writeOnce(Checkpoint checkpoint) throws IOException {
    Path path = path(checkpoint.state().rounds());
    // What a killed run or a failed attempt has left may be what fills the disk.
    deleteIncomplete();
    Path temporary = new Path(folder, "." + path.getName() + INCOMPLETE);
    String checksum =
        ChecksummedFile.write(
            fileSystem, temporary, out -> CheckpointFormat.write(checkpoint, out));
    try {
      // The name is free before the checksum changes, so that no file ever has another's checksum.
      fileSystem.delete(path, false);
      ChecksummedFile.writeChecksum(fileSystem, checksum(path), checksum, path.getName());
      if (!fileSystem.rename(temporary, path)) {
        throw new IOException("could not rename %s to %s".formatted(temporary, path));
      }
    } catch (IOException | FSError unnamed) {
      DurableFile.discard(fileSystem, temporary, unnamed);
      throw unnamed;
    }
    return path;
  }

  /** The numbers of rounds for which there is a checkpoint, ascending; whole or not. */
  public List<Integer> rounds() throws IOException {
    List<Integer> rounds = new ArrayList<>();
    for (FileStatus file : list(NAME.asMatchPredicate())) {
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
   * @throws IOException if there are checkpoints, but none is whole, or one cannot be read
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
        Checkpoint newest = patience.insist("read", path(round), () -> read(round));
        check.require(newest);
        known = OptionalInt.of(round);
        return Optional.of(newest);
      } catch (NotWholeException broken) {
        // What only cannot be read is no reason to train for hours again.
        passedOver.accept(
            "checkpoint %s is passed over for the one before, it is not whole: %s"
                .formatted(path(round), Refusal.reason(broken)));
      }
    }
    if (!rounds.isEmpty()) {
      throw new NotWholeException(
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
    // First the checksum, then the numbers: a broken file is recognised before it is believed.
    ChecksummedFile.require(fileSystem, path, checksum(rounds));
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(fileSystem.open(path), 1 << 20))) {
      return CheckpointFormat.read(in, folder.toString());
    } catch (TensorFileException | JsonProcessingException | RuntimeException unknown) {
      throw new NotWholeException(Refusal.reason(unknown), unknown);
    }
  }

  /**
   * The checksum with which a checkpoint was written: SHA-256, in hexadecimal digits.
   *
   * @throws IOException if it is not there
   */
  public String checksum(int rounds) throws IOException {
    return ChecksummedFile.readChecksum(fileSystem, checksum(path(rounds)));
  }

  /** Renames checkpoints that were passed over, so that they do not count as the newest. */
  public void setAsideNewerThan(int rounds) throws IOException {
    patience.insist(
        "set aside broken checkpoints in",
        folder,
        () -> {
          for (int round : rounds()) {
            if (round > rounds) {
              setAside(path(round));
            }
          }
          return null;
        });
  }

  private void setAside(Path path) throws IOException {
    Path aside = path.suffix(".broken");
    fileSystem.delete(aside, false);
    if (!fileSystem.rename(path, aside)) {
      throw new IOException("could not rename %s to %s".formatted(path, aside));
    }
  }

  /** Deletes all but the newest checkpoints, parts of others, and what was left half-written. */
  public void keepNewest(int count) throws IOException {
    keepNewest(count, OptionalInt.empty());
  }

  /**
   * The same, with one that stays however many are newer.
   *
   * @param spared its number of rounds, if any
   */
  public void keepNewest(int count, OptionalInt spared) throws IOException {
    patience.insist(
        "delete old checkpoints in",
        folder,
        () -> {
          List<Integer> rounds = rounds();
          List<Integer> kept =
              new ArrayList<>(rounds.subList(Math.max(0, rounds.size() - count), rounds.size()));
          spared.ifPresent(kept::add);
          for (int round : rounds) {
            if (!kept.contains(round)) {
              // The checkpoint first: without its checksum it would look broken.
              fileSystem.delete(path(round), false);
            }
          }
          deletePartsOfOthers(kept);
          deleteOrphanedChecksums();
          deleteIncomplete();
          return null;
        });
  }

  private void deleteOrphanedChecksums() throws IOException {
    List<Integer> rounds = rounds();
    for (FileStatus file : list(name -> name.endsWith(CHECKSUM_SUFFIX))) {
      String name = file.getPath().getName();
      Matcher checkpoint =
          NAME.matcher(name.substring(0, name.length() - CHECKSUM_SUFFIX.length()));
      if (checkpoint.matches() && !rounds.contains(Integer.valueOf(checkpoint.group(1)))) {
        fileSystem.delete(file.getPath(), false);
      }
    }
  }

  /** Deletes what a killed run or failed attempts have left half-written. */
  void deleteIncomplete() throws IOException {
    for (FileStatus file : list(name -> name.endsWith(INCOMPLETE))) {
      fileSystem.delete(file.getPath(), false);
    }
  }

  private FileStatus[] list(Predicate<String> names) throws IOException {
    try {
      return fileSystem.listStatus(folder, path -> names.test(path.getName()));
    } catch (FileNotFoundException none) {
      return new FileStatus[0];
    }
  }

  private void deletePartsOfOthers(List<Integer> kept) throws IOException {
    for (FileStatus file : list(name -> PART.matcher(name).matches())) {
      Matcher part = PART.matcher(file.getPath().getName());
      if (part.matches() && !kept.contains(Integer.valueOf(part.group(1)))) {
        fileSystem.delete(file.getPath(), false);
      }
    }
  }
}
