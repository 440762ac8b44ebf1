package dev.armature.tensor;

/** An array that a pickle has begun to build; its state comes in a later step. */
final class PickledArraySlot {
  private PickledArray array;

  void fill(PickledArray built) {
    array = built;
  }

  /**
   * The array.
   *
   * @throws TensorFileException if the pickle never gave its state
   */
  PickledArray array(ContentPath path) throws TensorFileException {
    if (array == null) {
      throw new TensorFileException("%s is an array without numbers".formatted(path));
    }
    return array;
  }
}
