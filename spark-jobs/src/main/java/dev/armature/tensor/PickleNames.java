package dev.armature.tensor;

import java.util.List;

/**
 * What the names in a pickle stand for: the one place where a pickle reaches beyond itself.
 * Implementations answer from a fixed list; nothing is looked up by reflection.
 */
interface PickleNames {

  /**
   * What a name stands for. It may be called or name a storage's class; a pickle that uses it as a
   * value is refused.
   *
   * @throws TensorFileException if it is not on the list
   */
  Object find(String module, String name) throws TensorFileException;

  /**
   * Calls what {@link #find} gave.
   *
   * @throws TensorFileException if that is no function, or the arguments do not fit
   */
  Object call(Object function, List<?> arguments) throws TensorFileException;

  /**
   * What stands outside the pickle under an identifier.
   *
   * @throws TensorFileException if there is no such thing
   */
  Object persistent(Object identifier) throws TensorFileException;

  /** Whether bytes may stand in the pickle; long ones, and long texts, are then passed over. */
  default boolean takesBytes() {
    return false;
  }

  /** Told of every text that was read, if {@link #takesBytes}, and where it stands. */
  default void text(String text, PickledBytes place) {}

  /**
   * Gives an object its state. Attributes of a state dict ({@code _metadata}) are of no use here;
   * nothing else has any, unless an implementation says so.
   *
   * @throws TensorFileException if the object takes none
   */
  default void build(Object object, Object state) throws TensorFileException {
    if (!(object instanceof PickleDictionary dictionary && dictionary.ordered())) {
      throw new TensorFileException(
          "its pickle sets the attributes of something that is no OrderedDict");
    }
  }
}
