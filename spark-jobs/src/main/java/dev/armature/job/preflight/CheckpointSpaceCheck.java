package dev.armature.job.preflight;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.QuotaUsage;

/**
 * Whether there is room for the checkpoints that a run keeps and the one it writes beside them,
 * where the file system tells. A new checkpoint is whole before an old one goes.
 */
public final class CheckpointSpaceCheck {
  private static final String CHECK = "room for checkpoints";

  private CheckpointSpaceCheck() {}

  /**
   * Compares.
   *
   * @param folder of the run; need not be there
   * @param bytes of one checkpoint
   * @param kept how many are kept
   * @param there how many are there already
   */
  public static Finding of(FileSystem fileSystem, Path folder, long bytes, int kept, int there) {
    long room;
    try {
      room = room(fileSystem, folder);
    } catch (IOException | RuntimeException untold) {
      return Finding.ok(CHECK, "the file system does not tell", "");
    }
    int further = Math.max(1, kept + 1 - there);
    String needed =
        "%s (%d of %s)".formatted(ByteSize.text(further * bytes), further, ByteSize.text(bytes));
    if (room >= further * bytes) {
      return Finding.ok(
          CHECK, room == Long.MAX_VALUE ? "no limit is told" : ByteSize.text(room), needed);
    }
    // Without the second nothing could go on after the first.
    if (room < Math.min(2, further) * bytes) {
      return Finding.fail(
          CHECK,
          ByteSize.text(room),
          needed,
          "make room where %s is, raise its quota, or give another output.dir".formatted(folder));
    }
    return Finding.warning(
        CHECK,
        ByteSize.text(room),
        needed,
        "make room where %s is, or set checkpoint.keep=%d"
            .formatted(folder, Math.max(1, room / bytes - 1 + there)));
  }

  /** Bytes of files that can still be written, copies by replication not counted. */
  private static long room(FileSystem fileSystem, Path folder) throws IOException {
    Path existing = folder;
    while (!fileSystem.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    FsStatus status = fileSystem.getStatus(existing);
    long room = status.getRemaining();
    int copies = Math.max(1, fileSystem.getDefaultReplication(folder));
    if ("hdfs".equals(fileSystem.getUri().getScheme())) {
      for (Path path = existing; path != null; path = path.getParent()) {
        room = Math.min(room, left(fileSystem, path));
      }
    }
    return room == Long.MAX_VALUE ? room : room / copies;
  }

  private static long left(FileSystem fileSystem, Path path) {
    try {
      QuotaUsage usage = fileSystem.getQuotaUsage(path);
      return usage.getSpaceQuota() < 0
          ? Long.MAX_VALUE
          : Math.max(0, usage.getSpaceQuota() - usage.getSpaceConsumed());
    } catch (IOException | RuntimeException untold) {
      // Folders above may be closed to this user; their quotas then show when they are exceeded.
      return Long.MAX_VALUE;
    }
  }
}
