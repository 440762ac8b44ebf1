package dev.armature.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemporalCropTest {

  @Property
  void a_random_crop_lies_in_the_sequence_and_keeps_what_it_must(
      @ForAll @IntRange(min = 1, max = 300) int frames,
      @ForAll @DoubleRange(min = 0.01, max = 1) double minimumRatio,
      @ForAll @IntRange(min = 1, max = 100) int minimumCrop,
      @ForAll long seed) {
    TemporalCrop crop =
        TemporalCrop.random(frames, minimumRatio, minimumCrop, new SplittableRandom(seed));
    assertThat(crop.start()).isNotNegative();
    assertThat(crop.start() + crop.length()).isLessThanOrEqualTo(frames);
    int least = Math.max((int) (frames * minimumRatio), minimumCrop);
    assertThat(crop.length()).isGreaterThanOrEqualTo(Math.min(least, frames));
  }

  @Test
  void the_whole_sequence_is_kept_when_it_is_no_longer_than_the_minimum() {
    assertThat(TemporalCrop.random(64, 0.1, 64, new SplittableRandom(1)))
        .isEqualTo(new TemporalCrop(0, 64));
  }

  @Test
  void random_crops_reach_both_ends_and_both_lengths() {
    SplittableRandom random = new SplittableRandom(5);
    int shortest = 300;
    int longest = 0;
    int first = 300;
    int last = 0;
    for (int i = 0; i < 5000; i++) {
      TemporalCrop crop = TemporalCrop.random(300, 0.1, 64, random);
      shortest = Math.min(shortest, crop.length());
      longest = Math.max(longest, crop.length());
      first = Math.min(first, crop.start());
      last = Math.max(last, crop.start() + crop.length());
    }
    assertThat(shortest).isEqualTo(64);
    assertThat(longest).isBetween(298, 300);
    assertThat(first).isZero();
    assertThat(last).isEqualTo(300);
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1", "40, 1, 38", "100, 2, 96", "103, 2, 99", "300, 7, 286"})
  void the_centre_leaves_the_same_number_of_frames_out_at_each_end(
      int frames, int start, int length) {
    assertThat(TemporalCrop.centre(frames, 0.95)).isEqualTo(new TemporalCrop(start, length));
  }

  @Property
  void positions_rise_and_stay_within_the_crop(
      @ForAll @IntRange(min = 1, max = 300) int length,
      @ForAll @IntRange(min = 1, max = 128) int frames) {
    TemporalCrop crop = new TemporalCrop(0, length);
    double before = 0;
    for (int frame = 0; frame < frames; frame++) {
      double position = crop.position(frame, frames);
      assertThat(position).isBetween(before, length - 1.0);
      before = position;
    }
  }
}
