package dev.armature.evaluate.embedding;

import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * The columns of embeddings: {@code split}, {@code index} (of the sequence in its split), {@code
 * id}, {@code label} (null where there is none), a list of floats for each modality, and one of all
 * of them where there are several.
 */
public final class EmbeddingSchema {
  /** Whether a sequence is for training or for test. */
  public static final String SPLIT = "split";

  /** Place of a sequence in its split. */
  public static final String INDEX = "index";

  /** The sequence's id. */
  public static final String ID = "id";

  /** The action, 0-based. */
  public static final String LABEL = "label";

  /** All modalities together; see {@link CombinedVector}. */
  public static final String COMBINED = "combined";

  private EmbeddingSchema() {}

  /** The column of a modality: its label, with underscores, as SQL likes it. */
  public static String column(Modality modality) {
    return modality.label().replace('-', '_');
  }

  /** The columns of vectors, in their order. */
  public static List<String> vectors(List<Modality> modalities) {
    List<String> columns = new ArrayList<>();
    modalities.forEach(modality -> columns.add(column(modality)));
    if (modalities.size() > 1) {
      columns.add(COMBINED);
    }
    return columns;
  }

  static MessageType of(List<Modality> modalities) {
    List<Type> fields = new ArrayList<>();
    fields.add(text(SPLIT));
    fields.add(Types.required(PrimitiveTypeName.INT32).named(INDEX));
    fields.add(text(ID));
    fields.add(Types.optional(PrimitiveTypeName.INT32).named(LABEL));
    for (String column : vectors(modalities)) {
      fields.add(Types.requiredList().requiredElement(PrimitiveTypeName.FLOAT).named(column));
    }
    return new MessageType("embeddings", fields);
  }

  private static Type text(String name) {
    return Types.required(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }
}
