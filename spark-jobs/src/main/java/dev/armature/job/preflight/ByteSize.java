package dev.armature.job.preflight;

import java.util.Locale;

/** Sizes of memory as people and Spark write them. */
final class ByteSize {
  private static final double GIGABYTE = 1 << 30;
  private static final double MEGABYTE = 1 << 20;

  private ByteSize() {}

  /** For people; in powers of two, as Spark's settings are. */
  static String text(long bytes) {
    return bytes < GIGABYTE
        ? String.format(
            Locale.ROOT, bytes < 10 * MEGABYTE ? "%.1f MB" : "%.0f MB", bytes / MEGABYTE)
        : String.format(Locale.ROOT, "%.1f GB", bytes / GIGABYTE);
  }

  /** A value for a setting that is at least so many bytes: whole gigabytes, or 256 megabytes. */
  static String setting(long bytes) {
    if (bytes > 4 * GIGABYTE) {
      return (long) Math.ceil(bytes / GIGABYTE) + "g";
    }
    return (long) Math.ceil(bytes / MEGABYTE / 256) * 256 + "m";
  }
}
