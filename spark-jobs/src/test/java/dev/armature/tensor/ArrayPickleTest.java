package dev.armature.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The files come from {@code oracle/skeleton_files.py}. */
class ArrayPickleTest {

  @Test
  void arrays_are_described_and_scalars_are_numbers() throws Exception {
    Map<?, ?> content = (Map<?, ?>) read(file("protocol4.pkl"));
    List<?> annotations = (List<?>) content.get("annotations");
    assertThat(annotations.stream().map(one -> ((Map<?, ?>) one).get("keypoint")))
        .extracting(
            array -> {
              PickledArray one = (PickledArray) array;
              return "%s %s %s".formatted(one.kind(), one.bigEndian() ? ">" : "<", one.shape());
            })
        .containsExactly(
            "f2 < [2, 8, 25, 3]",
            "f4 > [1, 6, 25, 3]",
            "f4 < [2, 5, 25, 3]",
            "f8 < [1, 40, 25, 3]",
            "f4 < [2, 6, 25, 3]",
            "f4 < [3, 5, 25, 3]");
    assertThat(((Map<?, ?>) annotations.get(1)).get("label")).isEqualTo(1L);
    assertThat(((Map<?, ?>) annotations.get(2)).get("total_frames")).isEqualTo(5L);
  }

  @Test
  void a_description_is_read_back() throws Exception {
    Map<?, ?> content = (Map<?, ?>) read(file("protocol2.pkl"));
    for (Object one : (List<?>) content.get("annotations")) {
      PickledArray array = (PickledArray) ((Map<?, ?>) one).get("keypoint");
      assertThat(PickledArray.parse(array.toString())).isEqualTo(array);
    }
  }

  @Test
  void what_names_anything_else_is_refused_by_that_name() throws Exception {
    assertThatThrownBy(() -> read(file("hostile.pkl")))
        .isInstanceOf(TensorFileException.class)
        .hasMessageStartingWith(
            "it names posix.system, which is not among what is read, and nothing was run");
    assertThatThrownBy(() -> read(file("objects.pkl")))
        .isInstanceOf(TensorFileException.class)
        .hasMessageStartingWith("it has an array of NumPy's type 'O8'");
  }

  @Test
  void a_file_cut_short_anywhere_is_refused() throws Exception {
    for (String name : List.of("protocol2.pkl", "protocol4.pkl", "protocol5.pkl")) {
      byte[] whole = file(name);
      Random random = new Random(1);
      for (int i = 0; i < 300; i++) {
        byte[] cut = Arrays.copyOf(whole, i < 100 ? i : random.nextInt(whole.length));
        assertThatThrownBy(() -> read(cut)).isInstanceOf(TensorFileException.class);
      }
    }
  }

  @Test
  void a_garbled_file_is_read_or_refused_and_nothing_else() throws Exception {
    Random random = new Random(2);
    int refused = 0;
    for (String name : List.of("protocol2.pkl", "protocol3.pkl", "protocol5.pkl", "numpy2.pkl")) {
      byte[] whole = file(name);
      for (int i = 0; i < 500; i++) {
        byte[] garbled = whole.clone();
        // Most of a file is numbers of arrays; what describes them lies at both ends.
        int at = i % 2 == 0 ? random.nextInt(400) : whole.length - 1 - random.nextInt(400);
        garbled[at] = (byte) random.nextInt(256);
        try {
          read(garbled);
        } catch (TensorFileException expected) {
          refused++;
        }
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void a_small_file_that_builds_a_vast_tree_is_refused() {
    // A list, and thirty times a pair of what was made last: a billion lists in 200 bytes.
    byte[] bytes = new byte[4 + 30 * 7];
    int at = 0;
    bytes[at++] = ']';
    bytes[at++] = 'q';
    bytes[at++] = 0;
    bytes[at++] = '0';
    for (int i = 1; i <= 30; i++) {
      bytes[at++] = 'h';
      bytes[at++] = (byte) (i - 1);
      bytes[at++] = '2';
      bytes[at++] = (byte) 0x86;
      bytes[at++] = 'q';
      bytes[at++] = (byte) i;
      bytes[at++] = (byte) (i == 30 ? '.' : '0');
    }
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("objects");
  }

  @Test
  void an_array_must_fit_its_bytes() throws Exception {
    byte[] whole = file("protocol4.pkl");
    byte[] shape = {(byte) 'K', 8, (byte) 'K', 25};
    int at = 0;
    while (!Arrays.equals(Arrays.copyOfRange(whole, at, at + 4), shape)) {
      at++;
    }
    byte[] larger = whole.clone();
    larger[at + 1] = 9;
    assertThatThrownBy(() -> read(larger))
        .hasMessageStartingWith(
            "it has an array of shape [2, 9, 25, 3] and type <f2 with 2400 bytes, expected 2700");
  }

  private static Object read(byte[] bytes) throws IOException {
    return ArrayPickle.read(new ByteArrayInputStream(bytes), bytes.length);
  }

  private static byte[] file(String name) throws IOException, URISyntaxException {
    return Files.readAllBytes(Path.of(ArrayPickleTest.class.getResource("/pyskl/" + name).toURI()));
  }
}
