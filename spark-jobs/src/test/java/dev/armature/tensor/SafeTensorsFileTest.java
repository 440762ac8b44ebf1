package dev.armature.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsFileTest {
  @TempDir private java.nio.file.Path folder;
  private java.nio.file.Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("some.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      SafeTensors.write(
          out,
          Map.of("epoch", "7"),
          List.of(
              new NamedTensor(
                  "floats", new FloatTensor(List.of(2, 2), new float[] {0, 1, 2, 3, 4}, 1)),
              new NamedTensor("scalar", new IntegerTensor(List.of(), new long[] {-5})),
              new NamedTensor("none", new FloatTensor(List.of(0, 3), new float[0], 0))));
    }
  }

  @Test
  void tensors_are_read_in_any_order() throws IOException {
    try (SafeTensorsFile read = open()) {
      assertThat(read.metadata()).isEqualTo(Map.of("epoch", "7"));
      assertThat(read.tensors()).containsOnlyKeys("floats", "scalar", "none");
      assertThat(read.tensors().get("scalar").integers()).containsExactly(-5);
      assertThat(read.tensors().get("scalar").shape()).isEmpty();
      assertThat(read.tensors().get("none").length()).isZero();
      StoredTensor floats = read.tensors().get("floats");
      assertThat(floats.type()).isEqualTo("float32");
      assertThat(floats.shape()).containsExactly(2, 2);
      float[] numbers = new float[5];
      floats.read(numbers, 1);
      assertThat(numbers).containsExactly(0, 1, 2, 3, 4);
    }
  }

  @Test
  void floats_are_no_whole_numbers_and_the_other_way_round() throws IOException {
    try (SafeTensorsFile read = open()) {
      assertThatThrownBy(() -> read.tensors().get("floats").integers())
          .isInstanceOf(TensorFileException.class)
          .hasMessageContaining("tensor floats has numbers of type float32");
      assertThatThrownBy(() -> read.tensors().get("scalar").read(new float[1], 0))
          .isInstanceOf(TensorFileException.class)
          .hasMessageContaining("tensor scalar has numbers of type int64");
    }
  }

  @Test
  void a_file_of_another_length_than_its_header_says_is_refused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertRefused("its header announces " + whole.length);
    Files.write(file, whole);
    Files.write(file, new byte[1], StandardOpenOption.APPEND);
    assertRefused("its header announces " + whole.length);
    Files.write(file, Arrays.copyOf(whole, 20));
    assertRefused("the file ends within its header");
  }

  @Test
  void the_format_is_recognised_by_its_beginning() throws IOException {
    assertThat(SafeTensorsFile.recognises(fileSystem(), path())).isTrue();
    Files.writeString(file, "{}");
    assertThat(SafeTensorsFile.recognises(fileSystem(), path())).isFalse();
    Files.write(file, new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0});
    assertThat(SafeTensorsFile.recognises(fileSystem(), path())).isFalse();
    Files.delete(file);
    assertThatThrownBy(() -> SafeTensorsFile.recognises(fileSystem(), path()))
        .isInstanceOf(FileNotFoundException.class);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(this::open)
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("some.safetensors cannot be read: ")
        .hasMessageContaining(message);
  }

  private SafeTensorsFile open() throws IOException {
    return SafeTensorsFile.open(fileSystem(), path());
  }

  private Path path() {
    return new Path(file.toUri());
  }

  private static FileSystem fileSystem() throws IOException {
    return FileSystem.getLocal(new Configuration());
  }
}
