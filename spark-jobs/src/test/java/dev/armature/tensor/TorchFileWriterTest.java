package dev.armature.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;

class TorchFileWriterTest {

  @Property(tries = 300)
  void what_is_written_is_read_again(@ForAll long seed) throws IOException {
    Map<Object, Object> content = new LinkedHashMap<>();
    Random random = new Random(seed);
    content.put("state_dict", tree(random, 2));
    content.put(random.nextLong(), tree(random, 3));
    content.put("last", tree(random, 0));
    try (TorchFile file = MemoryFile.open(written("archive", content))) {
      assertSame(file.content(), content);
    }
  }

  private static Object tree(Random random, int depth) {
    int kind = random.nextInt(depth > 0 ? 10 : 8);
    if (kind < 2) {
      float[] values = new float[random.nextInt(3) + 24];
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.intBitsToFloat(random.nextInt());
      }
      List<List<Integer>> shapes = List.of(List.of(2, 3, 4), List.of(), List.of(24), List.of(0, 7));
      List<Integer> shape = shapes.get(random.nextInt(shapes.size()));
      return new FloatTensor(shape, values, values.length - 24);
    }
    if (kind == 8) {
      List<Object> list = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        list.add(tree(random, depth - 1));
      }
      return list;
    }
    if (kind == 9) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        map.put(
            random.nextBoolean() ? "name" + random.nextInt() : random.nextLong(),
            tree(random, depth - 1));
      }
      return map;
    }
    return switch (kind) {
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> random.nextGaussian();
      case 4 -> random.nextBoolean();
      case 5 -> "ünï\n" + random.nextInt();
      case 6 -> new IntegerTensor(List.of(2), new long[] {random.nextLong(), random.nextInt()});
      default -> null;
    };
  }

  private static void assertSame(Object read, Object written) throws IOException {
    if (written instanceof Map<?, ?> map) {
      Map<?, ?> again = (Map<?, ?>) read;
      assertThat(new ArrayList<Object>(again.keySet())).isEqualTo(new ArrayList<>(map.keySet()));
      for (Map.Entry<?, ?> item : map.entrySet()) {
        assertSame(again.get(item.getKey()), item.getValue());
      }
    } else if (written instanceof List<?> list) {
      List<?> again = (List<?>) read;
      assertThat(again).hasSameSizeAs(list);
      for (int i = 0; i < list.size(); i++) {
        assertSame(again.get(i), list.get(i));
      }
    } else if (written instanceof FloatTensor tensor) {
      StoredTensor again = (StoredTensor) read;
      assertThat(again.shape()).isEqualTo(tensor.shape());
      float[] values = new float[again.length()];
      again.read(values, 0);
      assertThat(bits(values))
          .isEqualTo(
              bits(
                  Arrays.copyOfRange(
                      tensor.values(), tensor.offset(), tensor.offset() + tensor.length())));
    } else if (written instanceof IntegerTensor tensor) {
      assertThat(((StoredTensor) read).shape()).isEqualTo(tensor.shape());
      assertThat(((StoredTensor) read).integers()).isEqualTo(tensor.values());
    } else {
      assertThat(read).isEqualTo(written);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  @Test
  void the_archive_is_laid_out_as_pytorch_does() throws IOException {
    byte[] bytes = written("run", small());
    try (ZipFile zip = new ZipFile(new SeekableInMemoryByteChannel(bytes))) {
      List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
      assertThat(entries)
          .extracting(ZipArchiveEntry::getName)
          .containsExactly(
              "run/data.pkl", "run/byteorder", "run/data/0", "run/data/1", "run/version");
      for (ZipArchiveEntry entry : entries) {
        assertThat(entry.getMethod()).isEqualTo(ZipArchiveEntry.STORED);
        assertThat(entry.getDataOffset() % 64).isZero();
      }
      assertThat(text(zip, "run/byteorder")).isEqualTo("little");
      assertThat(text(zip, "run/version")).isEqualTo("3\n");
    }
  }

  private static String text(ZipFile zip, String name) throws IOException {
    return new String(
        zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void the_same_content_gives_the_same_bytes_in_every_time_zone() throws IOException {
    byte[] here = written("run", small());
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      assertThat(written("run", small())).isEqualTo(here);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void what_cannot_be_written_is_refused() {
    assertThatThrownBy(() -> written("run", Map.of("a", new Object())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a java.lang.Object cannot be written; ");
    assertThatThrownBy(() -> written("run", Map.of(1.5, 1L)))
        .hasMessage("key 1.5 of a map is neither a string nor a whole number");
    for (String name : List.of("", "a/b", "..", "a\\b")) {
      assertThatThrownBy(() -> written(name, Map.of()))
          .hasMessage(
              "an archive cannot be called '%s'; give a name without slashes that begins with no dot"
                  .formatted(name));
    }
    assertThatThrownBy(() -> new FloatTensor(List.of(2, 2), new float[4], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new IntegerTensor(List.of(2), new long[1]))
        .hasMessage("a tensor of shape [2] has 1 numbers, expected 2");
  }

  @Test
  void pickles_of_plain_content_are_read_without_any_name() throws IOException {
    Map<Object, Object> content = new LinkedHashMap<>();
    content.put("a", List.of(1L, 2.5, "b"));
    content.put(3L, true);
    byte[] pickle = new PickleWriter().write(content);
    assertThat(PlainPickle.read(new ByteArrayInputStream(pickle), pickle.length))
        .isEqualTo(content);
    byte[] tensors = new PickleWriter().write(small());
    assertThatThrownBy(() -> PlainPickle.read(new ByteArrayInputStream(tensors), tensors.length))
        .isInstanceOf(TensorFileException.class)
        .hasMessage("it holds a collections.OrderedDict");
  }

  private static Map<String, Object> small() {
    return Map.of(
        "state_dict",
        Map.of(
            "a",
            List.of(
                new FloatTensor(List.of(1, 2), new float[] {0, 1, 2}, 1),
                new IntegerTensor(List.of(), new long[] {5}))));
  }

  private static byte[] written(String archive, Object content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TorchFileWriter.write(out, archive, content);
    return out.toByteArray();
  }
}
