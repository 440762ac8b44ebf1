package dev.armature.dataset.store;

/** Told how a preparation goes on, from the thread that runs it. */
public interface PreparationListener {

  /**
   * Called about twice a second while recordings are read.
   *
   * @param done recordings read so far, good or bad
   * @param setAside how many of them were set aside
   * @param total recordings to read
   */
  void reading(long done, long setAside, long total);

  /** Called once, when all are read and the sequences are being written. */
  default void writing(long sequences) {}

  /** Called instead of anything else if the very same data set is there already. */
  default void alreadyPrepared(String output) {}

  /** Hears nothing. */
  static PreparationListener silent() {
    return (done, setAside, total) -> {};
  }
}
