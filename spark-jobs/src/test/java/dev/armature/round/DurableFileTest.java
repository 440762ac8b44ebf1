package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
  @TempDir private Path folder;

  private org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).toUri());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void a_file_that_is_replaced_is_there_at_every_moment() throws Exception {
    DurableFile.replace(path("run.conf"), bytes("first"), new Configuration());
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Integer> reads =
        CompletableFuture.supplyAsync(
            () -> {
              int count = 0;
              while (!done.get()) {
                assertThat(read("run.conf")).isIn("first", "second");
                count++;
                begun.countDown();
              }
              return count;
            });
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 200; i++) {
      DurableFile.replace(
          path("run.conf"), bytes(i % 2 == 0 ? "second" : "first"), new Configuration());
    }
    done.set(true);
    assertThat(reads.get()).isPositive();
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException missing) {
      throw new IllegalStateException(missing);
    }
  }

  @Test
  void a_file_that_could_not_be_finished_leaves_the_one_before() throws IOException {
    FileSystem files = FileSystem.getLocal(new Configuration());
    DurableFile.replace(path("run.conf"), bytes("first"), new Configuration());
    assertThatThrownBy(
            () ->
                DurableFile.replace(
                    files,
                    path("run.conf"),
                    out -> {
                      out.write('h');
                      throw new IOException("no room");
                    }))
        .hasMessage("no room");
    assertThat(read("run.conf")).isEqualTo("first");
    try (var left = Files.list(folder)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void a_checksum_of_hadoops_own_does_not_outlive_its_file() throws IOException {
    FileSystem files = FileSystem.getLocal(new Configuration());
    try (var out = files.create(path("metrics"))) {
      out.write(bytes("of other content, with a checksum beside it"));
    }
    DurableFile.replace(path("metrics"), bytes("new"), new Configuration());
    try (var in = files.open(path("metrics"))) {
      assertThat(in.readAllBytes()).isEqualTo(bytes("new"));
    }
  }
}
