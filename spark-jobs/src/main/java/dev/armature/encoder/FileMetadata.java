package dev.armature.encoder;

import dev.armature.skeleton.Modality;
import dev.armature.tensor.TensorFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What files of encoders say of themselves, beside their tensors: sizes and modalities under the
 * same names in each.
 *
 * @param values as they stand in the file
 */
public record FileMetadata(Map<String, String> values) {
  private static final String MODALITIES = "modalities";

  /** Writes the sizes down. */
  public static void put(Map<String, String> metadata, EncoderShape shape) {
    metadata.put("features", Integer.toString(shape.features()));
    metadata.put("hidden", Integer.toString(shape.hidden()));
    metadata.put("layers", Integer.toString(shape.layers()));
    metadata.put("embedding", Integer.toString(shape.embedding()));
    metadata.put("heads", Integer.toString(shape.heads()));
    metadata.put("recurrence", shape.recurrence().label());
  }

  /** Writes down what there is an encoder of. */
  public static void put(Map<String, String> metadata, List<Modality> modalities) {
    metadata.put(MODALITIES, String.join(",", modalities.stream().map(Modality::label).toList()));
  }

  /**
   * The sizes.
   *
   * @throws TensorFileException if one is missing or no number
   * @throws IllegalArgumentException if one cannot be
   */
  public EncoderShape shape() throws TensorFileException {
    return new EncoderShape(
        number("features"),
        number("hidden"),
        number("layers"),
        number("embedding"),
        number("heads"),
        Recurrence.of(text("recurrence")));
  }

  /**
   * What there is an encoder of.
   *
   * @throws TensorFileException if the file does not say
   * @throws IllegalArgumentException if one is unknown
   */
  public List<Modality> modalities() throws TensorFileException {
    List<Modality> modalities = new ArrayList<>();
    for (String label : text(MODALITIES).split(",", -1)) {
      modalities.add(Modality.of(label));
    }
    return modalities;
  }

  /** Whether there is a value of a name. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * A value.
   *
   * @throws TensorFileException if there is none
   */
  public String text(String name) throws TensorFileException {
    String value = values.get(name);
    if (value == null) {
      throw new TensorFileException("its metadata lacks '%s'".formatted(name));
    }
    return value;
  }

  /**
   * A whole number of at most 64 bits.
   *
   * @throws TensorFileException if there is none
   */
  public long whole(String name) throws TensorFileException {
    try {
      return Long.parseLong(text(name));
    } catch (NumberFormatException wrong) {
      throw noNumber(name, wrong);
    }
  }

  /**
   * A whole number of at most 32 bits.
   *
   * @throws TensorFileException if there is none
   */
  public int number(String name) throws TensorFileException {
    try {
      return Integer.parseInt(text(name));
    } catch (NumberFormatException wrong) {
      throw noNumber(name, wrong);
    }
  }

  private TensorFileException noNumber(String name, NumberFormatException wrong) {
    return new TensorFileException(
        "its metadata has %s = '%s', expected a whole number".formatted(name, values.get(name)),
        wrong);
  }
}
