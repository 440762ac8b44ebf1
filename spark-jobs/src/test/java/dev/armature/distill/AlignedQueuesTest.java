package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AlignedQueuesTest {

  @Property(tries = 300)
  void any_enqueueing_is_that_of_one_key_after_another_in_every_modality(
      @ForAll @IntRange(min = 1, max = 4) int modalities,
      @ForAll @IntRange(min = 1, max = 12) int capacity,
      @ForAll @Size(max = 10) List<@IntRange(min = 0, max = 30) Integer> counts) {
    int embedding = 3;
    try (AlignedQueues queues = AlignedQueues.random(modalities, capacity, embedding, 5)) {
      float[][] model = queues.snapshot().keys();
      int position = 0;
      int sequence = 0;
      for (int count : counts) {
        // A key says which sequence and modality it is of; the arrays are longer than needed.
        float[][] keys = new float[modalities][count * embedding + 2];
        for (int i = 0; i < count; i++) {
          for (int modality = 0; modality < modalities; modality++) {
            for (int j = 0; j < embedding; j++) {
              float number = 100 * (sequence + i) + 10 * modality + j;
              keys[modality][i * embedding + j] = number;
              model[modality][position * embedding + j] = number;
            }
          }
          position = (position + 1) % capacity;
        }
        sequence += count;
        queues.enqueue(keys, count);
      }
      assertThat(queues.snapshot().keys()).isDeepEqualTo(model);
      assertThat(queues.position()).isEqualTo(position);
      assertThat(queues.enqueued()).isEqualTo(sequence);
    }
  }

  @Test
  void random_queues_hold_directions_that_differ_between_modalities() {
    try (AlignedQueues queues = AlignedQueues.random(2, 500, 16, 1);
        AlignedQueues again = AlignedQueues.random(2, 500, 16, 1);
        AlignedQueues other = AlignedQueues.random(2, 500, 16, 2)) {
      float[][] keys = queues.snapshot().keys();
      double sumOfProducts = 0;
      for (int key = 0; key < 500; key++) {
        double length = 0;
        for (int i = key * 16; i < key * 16 + 16; i++) {
          length += keys[0][i] * keys[0][i];
          sumOfProducts += keys[0][i] * keys[1][i];
        }
        assertThat(length).isCloseTo(1, within(1e-6));
      }
      // The mean of 500 products of independent directions: standard deviation 1 / √(16 · 500).
      assertThat(sumOfProducts / 500).isCloseTo(0, within(0.045));
      assertThat(queues.sameContent(again)).isTrue();
      assertThat(queues.sameContent(other)).isFalse();
    }
  }

  @Test
  void a_copy_has_the_same_content_and_a_life_of_its_own() {
    try (AlignedQueues queues = AlignedQueues.random(3, 10, 4, 1)) {
      queues.enqueue(Embeddings.unit(1, 3, 7, 4), 7);
      try (AlignedQueues copy = queues.copy()) {
        assertThat(copy.sameContent(queues)).isTrue();
        assertThat(copy.enqueued()).isEqualTo(7);
        copy.enqueue(Embeddings.unit(2, 3, 1, 4), 1);
        assertThat(copy.sameContent(queues)).isFalse();
      }
      assertThat(queues.position()).isEqualTo(7);
    }
  }

  @Test
  void a_snapshot_survives_serialization() throws IOException, ClassNotFoundException {
    try (AlignedQueues queues = AlignedQueues.random(2, 6, 4, 1)) {
      queues.enqueue(Embeddings.unit(1, 2, 8, 4), 8);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(queues.snapshot());
      }
      try (ObjectInputStream in =
              new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
          AlignedQueues restored = AlignedQueues.of((QueueSnapshot) in.readObject())) {
        assertThat(restored.sameContent(queues)).isTrue();
        assertThat(restored.enqueued()).isEqualTo(8);
      }
    }
  }

  @Test
  void keys_that_do_not_fit_are_refused_and_nothing_is_enqueued() {
    try (AlignedQueues queues = AlignedQueues.random(2, 6, 4, 1);
        AlignedQueues before = queues.copy()) {
      assertThatThrownBy(() -> queues.enqueue(new float[1][4], 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("keys of 1 modalities for queues of 2");
      assertThatThrownBy(() -> queues.enqueue(new float[][] {new float[8], new float[7]}, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("modality 1 has 7 numbers, expected at least 2 keys × 4");
      assertThat(queues.sameContent(before)).isTrue();
    }
  }

  @Test
  void closed_queues_refuse_to_be_used() {
    AlignedQueues queues = AlignedQueues.random(2, 6, 4, 1);
    queues.close();
    queues.close();
    assertThatThrownBy(queues::snapshot).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> queues.enqueue(new float[2][4], 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void queues_without_room_are_refused() {
    assertThatThrownBy(() -> AlignedQueues.random(3, -1, 4, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 3, -1 and 4");
  }

  @Test
  void a_snapshot_of_the_wrong_length_is_refused() {
    assertThatThrownBy(() -> new QueueSnapshot(6, 4, 0, new float[][] {new float[24], {1}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the queue of modality 1 has 1 numbers, expected 6 keys × 4");
  }
}
