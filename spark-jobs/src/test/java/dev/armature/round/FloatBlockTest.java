package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatBlockTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 600_000})
  void a_block_comes_back_bit_for_bit(int length) throws IOException, ClassNotFoundException {
    SplittableRandom random = new SplittableRandom(length);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt() & 0x7F7FFFFF);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new FloatBlock(values));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(((FloatBlock) in.readObject()).values()).isEqualTo(values);
    }
  }
}
