package dev.armature.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.encoder.EncoderBackend;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchStreamTest {

  @Property(tries = 100)
  void stretches_follow_one_another_in_whole_batches_up_to_the_last(
      @ForAll @IntRange(min = 1, max = 300) int labelled,
      @ForAll @IntRange(min = 1, max = 80) int batch,
      @ForAll @IntRange(min = 1, max = 20) int epochs,
      @ForAll @IntRange(min = 1, max = 5) int workers,
      @ForAll @IntRange(min = 1, max = 9) int frequency) {
    BatchStream stream = new BatchStream(settings(epochs, batch, workers, frequency), labelled);

    long end = 0;
    int slower = 0;
    for (BatchStream.Stretch stretch : stream.stretches()) {
      assertThat(stretch.start()).isEqualTo(end).isLessThan(stretch.end());
      end = stretch.end();
      long length = stretch.end() - stretch.start();
      assertThat(length % stream.batch() == 0 || end == (long) epochs * labelled).isTrue();
      assertThat(length).isLessThanOrEqualTo((long) stream.batch() * workers * frequency);
      assertThat(stretch.workers())
          .isEqualTo(Math.min(workers, (length + stream.batch() - 1) / stream.batch()));
      assertThat(stretch.firstEpoch()).isEqualTo((int) (stretch.start() / labelled));
      assertThat(stretch.endEpoch() * (long) labelled).isGreaterThanOrEqualTo(stretch.end());
      slower += stretch.slower() ? 1 : 0;
    }
    assertThat(end).isEqualTo((long) epochs * labelled);
    assertThat(slower).isLessThanOrEqualTo(LinearSettings.published(epochs).milestones().size());
  }

  @Test
  void few_labels_are_a_batch_an_epoch_and_rates_fall_between_two_stretches() {
    BatchStream stream = new BatchStream(settings(80, 64, 1, 16), 27);

    List<BatchStream.Stretch> stretches = stream.stretches();

    assertThat(stream.batch()).isEqualTo(27);
    assertThat(stretches)
        .extracting(stretch -> stretch.endEpoch() - stretch.firstEpoch())
        .containsExactly(16, 16, 16, 2, 16, 4, 10);
    assertThat(stretches)
        .extracting(BatchStream.Stretch::slower)
        .containsExactly(false, false, false, false, true, false, true);
    assertThat(stretches.get(4).firstEpoch()).isEqualTo(50);
  }

  private static FineTuneSettings settings(int epochs, int batch, int workers, int frequency) {
    return new FineTuneSettings(
        epochs,
        batch,
        0.1,
        0.1,
        0.9,
        LinearSettings.published(epochs).milestones(),
        true,
        workers,
        frequency,
        List.of(0.1),
        1,
        false,
        EncoderBackend.ONEDNN);
  }
}
