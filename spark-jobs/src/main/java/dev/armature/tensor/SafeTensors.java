package dev.armature.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes the safetensors format (<a
 * href="https://github.com/huggingface/safetensors#format">its specification</a>): eight bytes
 * little endian with the length of a JSON header, the header (name → dtype, shape, offsets; and
 * {@code __metadata__}), then the tensors. float32 and int64 are written. Files are streamed,
 * tensor by tensor, in order of their offsets; Python's {@code safetensors} opens them.
 */
public final class SafeTensors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String METADATA = "__metadata__";
  private static final long HEADER_LIMIT = 64L << 20;

  private SafeTensors() {}

  /**
   * What a header says of one tensor.
   *
   * @param name unique in the file
   * @param type PyTorch's name of its numbers' type, for instance {@code float32}
   * @param shape its dimensions, row-major
   * @param begin its first byte, counted from the header's end
   * @param end the byte after its last
   */
  public record Entry(String name, String type, List<Integer> shape, long begin, long end) {

    /** How many numbers it has. */
    public int length() {
      return Shapes.length(shape);
    }
  }

  /**
   * A file's header.
   *
   * @param end the byte after its last; tensors count from here
   * @param metadata what the file says of itself, in the file's order
   * @param entries in order of their place in the file, without gaps
   */
  public record Header(long end, Map<String, String> metadata, List<Entry> entries) {}

  /**
   * Writes a whole file; the stream stays open.
   *
   * @param metadata texts about the file
   * @param tensors written in this order
   * @throws IllegalArgumentException if two tensors have one name, or one is called {@code
   *     __metadata__}
   * @throws IOException if writing fails
   */
  public static void write(
      OutputStream out, Map<String, String> metadata, List<NamedTensor> tensors)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode meta = header.putObject(METADATA);
    metadata.forEach(meta::put);
    long offset = 0;
    for (NamedTensor named : tensors) {
      if (header.has(named.name())) {
        throw new IllegalArgumentException(
            "the name %s is taken; a file has each name once".formatted(named.name()));
      }
      ObjectNode entry = header.putObject(named.name());
      entry.put("dtype", LittleEndian.type(named.tensor()).code());
      ArrayNode shape = entry.putArray("shape");
      named.tensor().shape().forEach(shape::add);
      long end = offset + LittleEndian.bytes(named.tensor());
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(header);
    // The specification lets the header be padded with spaces; tensors then start aligned.
    int padded = (json.length + 7) / 8 * 8;
    byte[] start = new byte[8 + padded];
    Arrays.fill(start, (byte) ' ');
    LittleEndian.wrap(start).putLong(padded).put(json);
    out.write(start);
    for (NamedTensor named : tensors) {
      LittleEndian.write(out, named.tensor());
    }
  }

  /**
   * Reads a header; the stream then stands at the first tensor.
   *
   * @throws TensorFileException if it is cut short or not that of a safetensors file
   * @throws IOException if reading fails
   */
  public static Header readHeader(InputStream in) throws IOException {
    byte[] lengthBytes = in.readNBytes(8);
    if (lengthBytes.length < 8) {
      throw new TensorFileException(
          "not a safetensors file: it has only %d bytes".formatted(lengthBytes.length));
    }
    long length = LittleEndian.wrap(lengthBytes).getLong();
    if (length < 2 || length > HEADER_LIMIT) {
      throw new TensorFileException(
          "not a safetensors file: its header would have %d bytes, expected 2 to %d"
              .formatted(length, HEADER_LIMIT));
    }
    byte[] json = in.readNBytes((int) length);
    if (json.length < length) {
      throw new TensorFileException("the file ends within its header");
    }
    return header(8 + length, parse(json));
  }

  private static JsonNode parse(byte[] json) throws IOException {
    try {
      JsonNode root = JSON.readTree(new String(json, StandardCharsets.UTF_8));
      if (root.isObject()) {
        return root;
      }
    } catch (JsonProcessingException wrong) {
      throw new TensorFileException(
          "not a safetensors file: its header is no JSON: " + wrong.getOriginalMessage(), wrong);
    }
    throw new TensorFileException("not a safetensors file: its header is no JSON object");
  }

  private static Header header(long end, JsonNode root) throws TensorFileException {
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        field
            .getValue()
            .properties()
            .forEach(item -> metadata.put(item.getKey(), item.getValue().asText()));
      } else {
        entries.add(entry(field.getKey(), field.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long expected = 0;
    for (Entry entry : entries) {
      if (entry.begin() != expected) {
        throw new TensorFileException(
            "tensor %s begins at byte %d, expected %d"
                .formatted(entry.name(), entry.begin(), expected));
      }
      expected = entry.end();
    }
    return new Header(end, metadata, entries);
  }

  private static Entry entry(String name, JsonNode node) throws TensorFileException {
    String code = node.path("dtype").asText();
    NumberType type =
        NumberType.ofCode(code)
            .orElseThrow(
                () ->
                    new TensorFileException(
                        "tensor %s has dtype %s, expected one of %s"
                            .formatted(
                                name,
                                ContentPath.shown(code),
                                Arrays.stream(NumberType.values())
                                    .map(NumberType::code)
                                    .toList())));
    List<Integer> shape = new ArrayList<>();
    for (JsonNode dimension : node.path("shape")) {
      if (!dimension.canConvertToInt() || !dimension.isIntegralNumber()) {
        throw new TensorFileException(
            "tensor %s has the dimension %s, expected 0 to %d"
                .formatted(name, dimension, Integer.MAX_VALUE));
      }
      shape.add(dimension.intValue());
    }
    long begin = node.path("data_offsets").path(0).asLong(-1);
    long end = node.path("data_offsets").path(1).asLong(-1);
    if (begin < 0 || end - begin != length(name, shape) * type.bytes()) {
      throw new TensorFileException(
          "tensor %s of shape %s lies in bytes %d to %d".formatted(name, shape, begin, end));
    }
    return new Entry(name, type.label(), List.copyOf(shape), begin, end);
  }

  private static long length(String name, List<Integer> shape) throws TensorFileException {
    try {
      return Shapes.length(shape);
    } catch (IllegalArgumentException wrong) {
      throw new TensorFileException("tensor %s: %s".formatted(name, wrong.getMessage()), wrong);
    }
  }

  /**
   * Reads the next tensor's numbers, which must be float32, into an array.
   *
   * @param in a stream that stands where the tensor begins
   * @param entry the tensor
   * @param destination takes them, row-major
   * @param offset where the first one goes
   * @throws TensorFileException if it is of another type, or the file ends within it
   * @throws IOException if reading fails
   */
  public static void readTensor(InputStream in, Entry entry, float[] destination, int offset)
      throws IOException {
    if (!entry.type().equals(NumberType.FLOAT32.label())) {
      throw new TensorFileException(
          "tensor %s has numbers of type %s, expected float32"
              .formatted(entry.name(), entry.type()));
    }
    int length = entry.length();
    byte[] bytes = new byte[Math.min(LittleEndian.PIECE, length) * Float.BYTES];
    for (int done = 0; done < length; done += LittleEndian.PIECE) {
      int count = Math.min(LittleEndian.PIECE, length - done);
      if (in.readNBytes(bytes, 0, count * Float.BYTES) < count * Float.BYTES) {
        throw new TensorFileException("the file ends within tensor " + entry.name());
      }
      LittleEndian.wrap(bytes).asFloatBuffer().get(destination, offset + done, count);
    }
  }
}
