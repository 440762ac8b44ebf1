package dev.armature.round;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes the safetensors format, version of its public specification: eight bytes little
 * endian with the length of a JSON header, the header (name → dtype, shape, offsets; and {@code
 * __metadata__}), then the tensors. Only float32 is written and read. Files are streamed, tensor by
 * tensor, in order of their offsets; Python's {@code safetensors} opens them.
 */
final class SafeTensors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long HEADER_LIMIT = 64L << 20;
  private static final int PIECE = 1 << 18;

  private SafeTensors() {}

  /**
   * A part of an array, as one named tensor.
   *
   * @param shape its dimensions
   */
  record View(String name, List<Integer> shape, float[] values, int offset) {
    int length() {
      return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }
  }

  /**
   * What a header says of one tensor.
   *
   * @param begin first byte after the header
   * @param end byte after its last
   */
  record Entry(String name, List<Integer> shape, long begin, long end) {
    int length() {
      return Math.toIntExact((end - begin) / Float.BYTES);
    }
  }

  /**
   * A file's header.
   *
   * @param entries in order of their place in the file
   */
  record Header(Map<String, String> metadata, List<Entry> entries) {}

  static void write(OutputStream out, Map<String, String> metadata, List<View> tensors)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode meta = header.putObject("__metadata__");
    metadata.forEach(meta::put);
    long offset = 0;
    for (View tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", "F32");
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      long end = offset + (long) tensor.length() * Float.BYTES;
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(header);
    // The specification lets the header be padded with spaces; tensors then start aligned.
    int padded = (json.length + 7) / 8 * 8;
    byte[] start = new byte[8 + padded];
    Arrays.fill(start, (byte) ' ');
    ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
    out.write(start);
    byte[] bytes = new byte[PIECE * Float.BYTES];
    for (View tensor : tensors) {
      for (int done = 0; done < tensor.length(); done += PIECE) {
        int count = Math.min(PIECE, tensor.length() - done);
        ByteBuffer.wrap(bytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer()
            .put(tensor.values(), tensor.offset() + done, count);
        out.write(bytes, 0, count * Float.BYTES);
      }
    }
  }

  /**
   * @throws IOException if the header is cut short or is not that of a safetensors file of float32
   */
  static Header readHeader(DataInputStream in) throws IOException {
    byte[] lengthBytes = new byte[8];
    in.readFully(lengthBytes);
    long length = ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > HEADER_LIMIT) {
      throw new IOException(
          "not a safetensors file: its header would have %d bytes, expected 2 to %d"
              .formatted(length, HEADER_LIMIT));
    }
    byte[] json = new byte[(int) length];
    in.readFully(json);
    JsonNode root = JSON.readTree(new String(json, StandardCharsets.UTF_8));
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals("__metadata__")) {
        field
            .getValue()
            .properties()
            .forEach(item -> metadata.put(item.getKey(), item.getValue().asText()));
      } else {
        entries.add(entry(field.getKey(), field.getValue()));
      }
    }
    long expected = 0;
    for (Entry entry : entries) {
      if (entry.begin() != expected) {
        throw new IOException(
            "tensor %s begins at byte %d, expected %d"
                .formatted(entry.name(), entry.begin(), expected));
      }
      expected = entry.end();
    }
    return new Header(metadata, entries);
  }

  private static Entry entry(String name, JsonNode node) throws IOException {
    String type = node.path("dtype").asText();
    if (!type.equals("F32")) {
      throw new IOException("tensor %s has dtype %s, expected F32".formatted(name, type));
    }
    List<Integer> shape = new ArrayList<>();
    long length = 1;
    for (JsonNode dimension : node.path("shape")) {
      shape.add(dimension.asInt());
      length = Math.multiplyExact(length, dimension.asInt());
    }
    long begin = node.path("data_offsets").path(0).asLong(-1);
    long end = node.path("data_offsets").path(1).asLong(-1);
    if (begin < 0 || end - begin != length * Float.BYTES) {
      throw new IOException(
          "tensor %s of shape %s lies in bytes %d to %d".formatted(name, shape, begin, end));
    }
    return new Entry(name, shape, begin, end);
  }

  /** Reads one tensor's numbers into an array. */
  static void readTensor(InputStream in, Entry entry, float[] destination, int offset)
      throws IOException {
    byte[] bytes = new byte[Math.min(PIECE, entry.length()) * Float.BYTES];
    for (int done = 0; done < entry.length(); done += PIECE) {
      int count = Math.min(PIECE, entry.length() - done);
      if (in.readNBytes(bytes, 0, count * Float.BYTES) < count * Float.BYTES) {
        throw new EOFException("the file ends within tensor " + entry.name());
      }
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(destination, offset + done, count);
    }
  }
}
