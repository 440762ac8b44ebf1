package dev.armature.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files come from {@code oracle/torch_files.py}. */
class TorchFileTest {

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint", "checkpoint-legacy", "protocol4"})
  void a_checkpoint_is_read_with_its_optimizer_in_the_files_order(String name) throws IOException {
    try (TorchFile file = fixture(name)) {
      Map<?, ?> checkpoint = map(file.content());
      assertThat(checkpoint.keySet().stream().map(String::valueOf))
          .containsExactly("epoch", "arch", "state_dict", "optimizer");
      assertThat(checkpoint.get("epoch")).isEqualTo(3L);
      assertThat(checkpoint.get("arch")).isEqualTo("sequence");

      Map<?, ?> weights = map(checkpoint.get("state_dict"));
      assertThat(weights.keySet().stream().map(String::valueOf))
          .containsExactly(
              "0.weight",
              "0.bias",
              "1.weight",
              "1.bias",
              "1.running_mean",
              "1.running_var",
              "1.num_batches_tracked");
      assertThat(floats(weights.get("0.weight")))
          .containsExactly(0.25f, 1.25f, 2.25f, 3.25f, 4.25f, 5.25f);
      assertThat(floats(weights.get("1.running_var"))).containsExactly(1, 1);
      assertThat(((StoredTensor) weights.get("0.weight")).shape()).containsExactly(2, 3);
      assertThat(((StoredTensor) weights.get("1.num_batches_tracked")).shape()).isEmpty();
      assertThat(((StoredTensor) weights.get("1.num_batches_tracked")).integers())
          .containsExactly(0);

      Map<?, ?> optimizer = map(checkpoint.get("optimizer"));
      Map<?, ?> state = map(optimizer.get("state"));
      assertThat(state.keySet().stream().map(Long.class::cast)).containsExactly(0L, 1L, 2L, 3L);
      assertThat(floats(map(state.get(0L)).get("momentum_buffer")))
          .containsExactly(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f);
      Map<?, ?> group = map(((List<?>) optimizer.get("param_groups")).get(0));
      assertThat(group.get("momentum")).isEqualTo(0.9);
      assertThat(group.get("nesterov")).isEqualTo(false);
      assertThat(group.get("params")).isEqualTo(List.of(0L, 1L, 2L, 3L));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"views", "views-legacy", "protocol5-legacy"})
  void views_of_one_storage_are_read_row_major(String name) throws IOException {
    try (TorchFile file = fixture(name)) {
      Map<?, ?> views = map(file.content());
      assertThat(floats(views.get("first"))).containsExactly(plusQuarter(0, 1, 2, 3, 4, 5));
      assertThat(floats(views.get("second")))
          .containsExactly(plusQuarter(6, 7, 8, 9, 10, 11, 12, 13));
      assertThat(floats(views.get("transposed")))
          .containsExactly(plusQuarter(6, 8, 10, 12, 7, 9, 11, 13));
      assertThat(((StoredTensor) views.get("transposed")).shape()).containsExactly(2, 4);
      assertThat(floats(views.get("column"))).containsExactly(plusQuarter(1, 5, 9, 13, 17, 21));
      assertThat(floats(views.get("cube")))
          .containsExactly(
              plusQuarter(
                  0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19,
                  23));
      assertThat(floats(views.get("empty"))).isEmpty();
      assertThat(((StoredTensor) views.get("empty")).shape()).containsExactly(0, 5);
      assertThat(floats(views.get("scalar"))).containsExactly(7.5f);
      assertThat(floats(views.get("parameter"))).containsExactly(plusQuarter(0, 1, 2, 3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"views", "views-legacy"})
  void whole_numbers_of_every_width_are_read(String name) throws IOException {
    try (TorchFile file = fixture(name)) {
      Map<?, ?> views = map(file.content());
      assertThat(integers(views.get("counter"))).containsExactly(12345678901L);
      assertThat(integers(views.get("int32"))).containsExactly(-1, 2);
      assertThat(integers(views.get("int16"))).containsExactly(-3, 4);
      assertThat(integers(views.get("int8"))).containsExactly(-5, 6);
      assertThat(integers(views.get("uint8"))).containsExactly(200, 7);
      assertThat(integers(views.get("bool"))).containsExactly(1, 0);
    }
  }

  @Test
  void numbers_of_another_type_are_refused_when_they_are_read() throws IOException {
    try (TorchFile file = fixture("views")) {
      for (String name : List.of("double", "half", "bfloat", "counter")) {
        StoredTensor tensor = (StoredTensor) map(file.content()).get(name);
        assertThatThrownBy(() -> floats(tensor))
            .isInstanceOf(TensorFileException.class)
            .hasMessageContaining("views.pth: tensor %s has numbers of type ".formatted(name))
            .hasMessageEndingWith(
                "%s, expected float32; convert it before it is saved, with tensor.float()"
                    .formatted(tensor.type()));
      }
      assertThatThrownBy(() -> integers(map(file.content()).get("double")))
          .isInstanceOf(TensorFileException.class)
          .hasMessageEndingWith(
              "views.pth: tensor double has numbers of type float64, expected whole numbers");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "plain-legacy"})
  void containers_strings_and_numbers_are_read(String name) throws IOException {
    try (TorchFile file = fixture(name)) {
      Map<?, ?> content = map(file.content());
      assertThat(content.get("none")).isNull();
      assertThat(content.get("true")).isEqualTo(true);
      assertThat(content.get("list"))
          .isEqualTo(List.of(1L, -2L, 300L, 70000L, 1L << 40, -(1L << 62)));
      assertThat(content.get("tuple")).isEqualTo(List.of(0.5, "ünï", ""));
      assertThat(content.get(7L)).isEqualTo(Map.of("deep", List.of(List.of(List.of()))));
      assertThat(map(content.get("ordered")).keySet().stream().map(String::valueOf))
          .containsExactly("z", "a");
    }
  }

  @Test
  void the_part_of_a_storage_that_very_old_files_name_is_read() throws IOException {
    try (TorchFile file = fixture("view-legacy")) {
      assertThat(floats(map(file.content()).get("weight"))).containsExactly(2, 3);
    }
  }

  @Test
  void numbers_go_where_the_caller_wants_them() throws IOException {
    try (TorchFile file = fixture("views")) {
      StoredTensor transposed = (StoredTensor) map(file.content()).get("transposed");
      float[] destination = new float[10];
      transposed.read(destination, 1);
      assertThat(destination[0]).isZero();
      assertThat(destination[1]).isEqualTo(6.25f);
      assertThat(destination[9]).isZero();
      assertThatThrownBy(() -> transposed.read(destination, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  /** Two and a half megabytes: the window moves twice. */
  @Test
  void tensors_larger_than_the_window_are_read_whole() throws IOException {
    int rows = 1000;
    int columns = 625;
    ByteBuffer bytes = ByteBuffer.allocate(rows * columns * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows * columns; i++) {
      bytes.putFloat(i);
    }
    long length = (long) rows * columns;
    StorageReference storage = new StorageReference(NumberType.FLOAT32, "0", length, 0, length);
    try (FileWindow window = new FileWindow(MemoryFile.stream(bytes.array()))) {
      StoredTensor plain = tensor(storage, rows, columns, columns, 1, window);
      assertThat(floats(plain)).hasSize(rows * columns).startsWith(0, 1, 2).endsWith(624_999);
      StoredTensor transposed = tensor(storage, columns, rows, 1, columns, window);
      float[] values = floats(transposed);
      float[] expected = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        expected[i] = i % rows * columns + i / rows;
      }
      assertThat(values).isEqualTo(expected);
      plain.read(values, 0);
      assertThat(values[300_000]).isEqualTo(300_000);
    }
  }

  private static StoredTensor tensor(
      StorageReference storage, long rows, long columns, long down, long across, FileWindow window)
      throws IOException {
    return StoredTensor.of(
        new org.apache.hadoop.fs.Path("memory"),
        ContentPath.WHOLE.item("weight"),
        new TensorReference(storage, 0, new long[] {rows, columns}, new long[] {down, across}),
        new Region(0, storage.length() * Float.BYTES),
        window);
  }

  @Test
  void the_old_tar_layout_and_foreign_files_are_refused_by_name(@TempDir Path folder)
      throws IOException {
    assertThatThrownBy(() -> fixture("tar"))
        .isInstanceOf(TensorFileException.class)
        .hasMessageEndingWith(
            "tar.pth cannot be read: it is a tar archive, as PyTorch before 0.1.10 wrote them; load it with PyTorch and save it again");
    for (String text : List.of("", "a", "no file of tensors")) {
      Path file = Files.writeString(folder.resolve("text.pth"), text);
      assertThatThrownBy(() -> MemoryFile.open(file))
          .isInstanceOf(TensorFileException.class)
          .hasMessageEndingWith(
              "text.pth cannot be read: it is no file of torch.save: it begins neither as a zip archive nor as a pickle");
    }
    assertThatThrownBy(() -> MemoryFile.open(folder.resolve("absent.pth")))
        .isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void a_file_that_was_closed_or_cut_short_meanwhile_is_named(@TempDir Path folder)
      throws IOException {
    Path copy = folder.resolve("copy.pth");
    // More than a file system's buffer holds.
    FloatTensor weight = new FloatTensor(List.of(1_000_000), new float[1_000_000], 0);
    try (OutputStream out = Files.newOutputStream(copy)) {
      TorchFileWriter.write(out, "copy", Map.of("weight", weight));
    }
    TorchFile file = MemoryFile.open(copy);
    Object tensor = map(file.content()).get("weight");
    byte[] bytes = Files.readAllBytes(copy);
    Files.write(copy, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> floats(tensor))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("copy.pth: tensor weight cannot be read: the file ends before byte ");
    file.close();
    assertThatThrownBy(() -> floats(tensor))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("copy.pth: tensor weight cannot be read: it is closed");
  }

  private static TorchFile fixture(String name) throws IOException {
    return MemoryFile.open(MemoryFile.fixtures().resolve(name + ".pth"));
  }

  private static Map<?, ?> map(Object content) {
    assertThat(content).asInstanceOf(MAP).isUnmodifiable();
    return (Map<?, ?>) content;
  }

  private static float[] floats(Object tensor) throws IOException {
    float[] values = new float[((StoredTensor) tensor).length()];
    ((StoredTensor) tensor).read(values, 0);
    return values;
  }

  private static long[] integers(Object tensor) throws IOException {
    return ((StoredTensor) tensor).integers();
  }

  private static float[] plusQuarter(int... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i] + 0.25f;
    }
    return floats;
  }
}
