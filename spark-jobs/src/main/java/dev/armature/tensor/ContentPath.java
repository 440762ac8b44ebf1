package dev.armature.tensor;

/**
 * Where something stands in a file's content. Paths share their beginnings: a file may have many
 * tensors under long names.
 *
 * @param parent the container's place, or null
 * @param key in the container; null for the whole content
 * @param depth how many containers are around it
 */
record ContentPath(ContentPath parent, Object key, int depth) {
  /** Keys in messages are cut: a pickle may have very long ones. */
  private static final int LONGEST_KEY = 200;

  static final ContentPath WHOLE = new ContentPath(null, null, 0);

  /** The place of an item of a map (its key) or of a list (its index). */
  ContentPath item(Object itemKey) {
    return new ContentPath(this, itemKey, depth + 1);
  }

  /** Printable and of bounded length. */
  static String shown(String name) {
    return shown(name, LONGEST_KEY);
  }

  /** Printable and not much longer than a limit. */
  static String shown(String text, int limit) {
    String cut = text.length() <= limit ? text : text.substring(0, limit) + "…";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  /** Keys joined by slashes, as {@code state_dict/encoder.weight}. */
  @Override
  public String toString() {
    if (parent == null) {
      return "the whole content";
    }
    String own = shown(String.valueOf(key));
    return parent.parent == null ? own : parent + "/" + own;
  }
}
