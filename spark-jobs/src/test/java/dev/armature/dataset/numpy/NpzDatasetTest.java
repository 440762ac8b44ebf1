package dev.armature.dataset.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.dataset.BadRecordingException;
import dev.armature.dataset.BodyTracks;
import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Normalization;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import dev.armature.skeleton.SkeletonSequence;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files come from {@code oracle/skeleton_files.py}. */
class NpzDatasetTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v2");
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz", "unpacked"})
  void sequences_are_normalized_as_the_recordings_they_were_made_of(String form) throws Exception {
    NpzDataset dataset = form.equals("unpacked") ? unpacked() : dataset(form);
    Inventory inventory = dataset.inventory(HADOOP);
    assertThat(inventory.classes()).isEqualTo(3);
    assertThat(inventory.recordings())
        .extracting(one -> one.id() + " " + one.split() + " " + one.label())
        .containsExactly(
            "train-00000000 TRAIN 2",
            "train-00000001 TRAIN 0",
            "train-00000002 TRAIN 1",
            "test-00000000 TEST 2",
            "test-00000001 TEST 0");
    assertThat(inventory.setAside())
        .extracting(one -> one.id() + ": " + one.reason())
        .containsExactly("train-00000003: row 3 of y_train names no class, or more than one");
    try (RecordingReader reader = dataset.open(HADOOP)) {
      // Backwards as well: a task that runs again may begin anywhere.
      for (int i : new int[] {0, 2, 1, 4, 3}) {
        Recording recording = inventory.recordings().get(i);
        int sequence = (int) recording.position();
        SkeletonSequence expected =
            new Normalization(LAYOUT).normalize(recording, tracks(sequence));
        SkeletonSequence read = reader.read(recording);
        assertThat(read.frames()).isEqualTo(expected.frames());
        assertThat(read.persons()).isEqualTo(expected.persons());
        // What was centred by the script was rounded there, and moved away from the origin here.
        for (int at = 0; at < read.coordinates().length; at++) {
          assertThat(Math.abs(read.coordinates()[at] - expected.coordinates()[at]))
              .isLessThan(sequence == 1 ? 1e-5f : 1e-30f);
        }
      }
    }
  }

  @Test
  void labels_may_be_numbers() throws Exception {
    assertThat(dataset("labels.npz").inventory(HADOOP).recordings().stream().limit(4))
        .extracting(Recording::label)
        .containsExactly(2, 0, 1, 9);
  }

  @Test
  void archives_that_do_not_fit_are_refused_with_what_to_do() {
    assertRefused(
        "short.npz", "has 4 sequences, ", "y_train has 3; they are not of the same data set");
    assertRefused(
        "joints.npz",
        "has 120 numbers a frame where one or two persons of layout 'kinect-v2' have 75 or 150; give the layout that it was made with");
    assertRefused(
        "missing.npz",
        "holds no array y_test; it holds [x_train, y_train], expected x_train, y_train, x_test and y_test");
    assertRefused("absent.npz", "is not there; check the source");
    assertRefused("../pyskl/list.pkl", "is no whole .npz archive");
  }

  @Test
  void an_archive_that_announces_more_than_it_holds_is_refused_before_it_is_read() {
    assertRefused("bomb.npz", "has 1048704 bytes, its header announces 4294966928; it is damaged");
  }

  @Test
  void an_archive_cut_short_or_garbled_is_refused_or_read_but_nothing_else() throws Exception {
    Random random = new Random(3);
    int refused = 0;
    for (String name : List.of("stored.npz", "deflated.npz")) {
      byte[] whole = Files.readAllBytes(resources().resolve(name));
      for (int i = 0; i < 60; i++) {
        byte[] bytes =
            i % 3 == 0
                ? Arrays.copyOf(whole, random.nextInt(whole.length))
                : garbled(whole, i % 3 == 1 ? 300 : whole.length, random);
        Path file = Files.write(folder.resolve(i + name), bytes);
        refused += readAll(new NpzDataset(file.toString(), LAYOUT)) ? 0 : 1;
      }
    }
    assertThat(refused).isGreaterThan(40);
  }

  private static byte[] garbled(byte[] whole, int within, Random random) {
    byte[] bytes = whole.clone();
    bytes[bytes.length - 1 - random.nextInt(within)] = (byte) random.nextInt(256);
    return bytes;
  }

  /** False where it was refused; other exceptions are thrown. */
  private static boolean readAll(NpzDataset dataset) throws Exception {
    try {
      Inventory inventory = dataset.inventory(HADOOP);
      try (RecordingReader reader = dataset.open(HADOOP)) {
        for (Recording recording : inventory.recordings()) {
          reader.read(recording);
        }
      }
      return true;
    } catch (DatasetException | IOException | BadRecordingException expected) {
      return false;
    }
  }

  private void assertRefused(String name, String... parts) {
    assertThatThrownBy(() -> dataset(name).inventory(HADOOP))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(parts);
  }

  private NpzDataset unpacked() throws Exception {
    try (InputStream file = Files.newInputStream(resources().resolve("stored.npz"));
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.write(folder.resolve(entry.getName()), zip.readAllBytes());
      }
    }
    return new NpzDataset(folder.toString(), LAYOUT);
  }

  /** What the script's formula gives, before it is centred. */
  private static BodyTracks tracks(int sequence) {
    int persons = sequence == 1 ? 1 : 2;
    int frames = new int[] {7, 4, 5}[sequence];
    float[] coordinates = new float[persons * frames * 75];
    for (int i = 0; i < coordinates.length; i++) {
      int person = i / 75 / frames;
      int frame = i / 75 % frames;
      int joint = i / 3 % 25;
      int axis = i % 3;
      double value = sequence + 1 + person / 2.0 + frame / 64.0 + joint / 2048.0 + axis / 8.0;
      coordinates[i] = (float) value;
    }
    return new BodyTracks(persons, frames, 25, coordinates);
  }

  private static NpzDataset dataset(String name) throws URISyntaxException {
    return new NpzDataset(resources().resolve(name).toString(), LAYOUT);
  }

  private static Path resources() throws URISyntaxException {
    return Path.of(NpzDatasetTest.class.getResource("/npz").toURI());
  }
}
