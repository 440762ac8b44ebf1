package dev.armature.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SafeTensorsTest {

  @Property(tries = 200)
  void what_is_written_is_read_again(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<NamedTensor> tensors = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      List<Integer> shape = List.of(random.nextInt(3), random.nextInt(4) + 1);
      float[] values = new float[shape.get(0) * shape.get(1) + 2];
      for (int k = 0; k < values.length; k++) {
        values[k] = random.nextFloat();
      }
      tensors.add(new NamedTensor("tensör." + i, new FloatTensor(shape, values, 2)));
    }
    byte[] bytes = written(Map.of("key", "värde"), tensors);

    InputStream in = new ByteArrayInputStream(bytes);
    SafeTensors.Header header = SafeTensors.readHeader(in);
    assertThat(header.metadata()).isEqualTo(Map.of("key", "värde"));
    assertThat(header.entries()).hasSameSizeAs(tensors);
    for (int i = 0; i < tensors.size(); i++) {
      SafeTensors.Entry entry = header.entries().get(i);
      FloatTensor tensor = (FloatTensor) tensors.get(i).tensor();
      assertThat(entry.name()).isEqualTo(tensors.get(i).name());
      assertThat(entry.shape()).isEqualTo(tensor.shape());
      float[] values = new float[entry.length() + 1];
      SafeTensors.readTensor(in, entry, values, 1);
      assertThat(Arrays.copyOfRange(values, 1, values.length))
          .isEqualTo(Arrays.copyOfRange(tensor.values(), 2, tensor.values().length));
    }
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void a_name_is_taken_once() {
    FloatTensor tensor = new FloatTensor(List.of(), new float[1], 0);
    for (String name : List.of("a", "__metadata__")) {
      assertThatThrownBy(
              () ->
                  written(
                      Map.of(),
                      List.of(new NamedTensor("a", tensor), new NamedTensor(name, tensor))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the name %s is taken; a file has each name once".formatted(name));
    }
  }

  @Test
  void entries_come_in_order_of_their_place() throws IOException {
    SafeTensors.Header header =
        header(
            "{'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}");
    assertThat(header.entries()).extracting(SafeTensors.Entry::name).containsExactly("a", "b");
  }

  @Test
  void a_header_that_cannot_be_is_refused() {
    assertRefused("[]", "not a safetensors file: its header is no JSON object");
    assertRefused("{'a", "not a safetensors file: its header is no JSON: ");
    assertRefused(tensor("F8", "[1]", "[0,1]"), "tensor a has dtype F8, expected one of [F32, F64");
    assertRefused(tensor("F16", "[1]", "[0,4]"), "tensor a of shape [1] lies in bytes 0 to 4");
    assertRefused(tensor("F32", "[2]", "[0,4]"), "tensor a of shape [2] lies in bytes 0 to 4");
    assertRefused(tensor("F32", "[1]", "[4,8]"), "tensor a begins at byte 4, expected 0");
    assertRefused(tensor("F32", "[-1]", "[0,4]"), "tensor a: a tensor of shape [-1]");
    assertRefused(tensor("F32", "[1.5]", "[0,4]"), "tensor a has the dimension 1.5");
    assertRefused(tensor("F32", "[4294967297]", "[0,4]"), "tensor a has the dimension 4294967297");
    assertRefused(
        tensor("F32", "[65536,65536,65536,65536]", "[0,0]"),
        "tensor a: a tensor of shape [65536, 65536, 65536, 65536] has more than 2147483647");
    assertRefused(tensor("F32", "[1]", "[]"), "tensor a of shape [1] lies in bytes -1 to -1");
  }

  @Test
  void only_floats_are_read_as_floats() throws IOException {
    SafeTensors.Header header = header(tensor("I64", "[1]", "[0,8]"));
    assertThatThrownBy(
            () ->
                SafeTensors.readTensor(
                    new ByteArrayInputStream(new byte[8]),
                    header.entries().get(0),
                    new float[1],
                    0))
        .isInstanceOf(TensorFileException.class)
        .hasMessage("tensor a has numbers of type int64, expected float32");
  }

  @Test
  void a_file_cut_short_is_refused() throws IOException {
    byte[] bytes =
        written(
            Map.of(), List.of(new NamedTensor("a", new FloatTensor(List.of(2), new float[2], 0))));
    for (int length = 0; length < bytes.length; length++) {
      InputStream in = new ByteArrayInputStream(bytes, 0, length);
      assertThatThrownBy(
              () -> {
                SafeTensors.Header header = SafeTensors.readHeader(in);
                SafeTensors.readTensor(in, header.entries().get(0), new float[2], 0);
              })
          .isInstanceOf(TensorFileException.class);
    }
    assertThatThrownBy(
            () ->
                SafeTensors.readHeader(
                    new ByteArrayInputStream(
                        "<html>no tensors</html>".getBytes(StandardCharsets.US_ASCII))))
        .isInstanceOf(TensorFileException.class)
        .hasMessageStartingWith("not a safetensors file: its header would have ");
  }

  private static String tensor(String type, String shape, String offsets) {
    return "{'a':{'dtype':'%s','shape':%s,'data_offsets':%s}}".formatted(type, shape, offsets);
  }

  private static void assertRefused(String header, String message) {
    assertThatThrownBy(() -> header(header))
        .isInstanceOf(TensorFileException.class)
        .hasMessageStartingWith(message);
  }

  private static SafeTensors.Header header(String quoted) throws IOException {
    byte[] json = quoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    return SafeTensors.readHeader(new ByteArrayInputStream(bytes.array()));
  }

  private static byte[] written(Map<String, String> metadata, List<NamedTensor> tensors)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafeTensors.write(out, metadata, tensors);
    return out.toByteArray();
  }
}
