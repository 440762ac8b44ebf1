package dev.armature.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a writing that ends, or fails, before any of its steps. */
class CheckpointCrashTest {
  /** Ends a writing as if the process were gone: no step after it is done. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Counts steps and lets a number of them pass. */
  private static final class Countdown {
    private final int passing;
    private final List<String> steps = new ArrayList<>();

    Countdown(int passing) {
      this.passing = passing;
    }

    boolean over(String step, String name) {
      steps.add(step + " " + name);
      return steps.size() > passing;
    }

    boolean reached() {
      return steps.size() > passing;
    }
  }

  @TempDir private Path folder;
  private final List<String> told = new ArrayList<>();

  private static CheckpointStore whatRemains(Path run) throws IOException {
    return new CheckpointStore(
        FileSystem.getLocal(new Configuration()), StepwiseFileSystem.path(run));
  }

  private static CheckpointStore stepwise(
      Path run, StepwiseFileSystem.Steps steps, Patience patience) throws IOException {
    return new CheckpointStore(
        StepwiseFileSystem.open(steps), StepwiseFileSystem.path(run), patience);
  }

  /** A run's folder with the checkpoints after rounds 1 and 2. */
  private Path started(int number) throws IOException {
    Path run = folder.resolve("run-" + number);
    CheckpointStore store = whatRemains(run);
    store.write(Checkpoints.of(1));
    store.write(Checkpoints.of(2));
    return run;
  }

  private static List<String> names(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Checkpoint newest(Path run) throws IOException {
    Checkpoint newest = whatRemains(run).latest(told::add).orElseThrow();
    TrainingStateAssert.assertThatState(newest.state())
        .hasTheSameNumbersAs(Checkpoints.of(newest.state().rounds()).state());
    return newest;
  }

  /**
   * @param rounds of the checkpoint in whose writing the process dies: a new one, or one that is
   *     there already
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 2})
  void after_a_crash_before_any_step_the_newest_whole_checkpoint_is_the_new_one_or_that_before_it(
      int rounds) throws IOException {
    Set<Integer> found = new HashSet<>();
    boolean crashed = true;
    int passing = 0;
    for (; crashed; passing++) {
      Path run = started(passing);
      Countdown countdown = new Countdown(passing);
      CheckpointStore store =
          stepwise(
              run,
              (step, name) -> {
                if (countdown.over(step, name)) {
                  throw new Crash();
                }
              },
              Patiences.quick(told::add));
      try {
        store.write(Checkpoints.of(rounds));
        store.keepNewest(1);
      } catch (Crash dead) {
        assertThat(countdown.reached()).isTrue();
      }
      crashed = countdown.reached();
      String last = countdown.steps.get(Math.min(passing, countdown.steps.size() - 1));
      int newest = newest(run).state().rounds();
      assertThat(newest).as("crash before '%s'", last).isIn(rounds, rounds - 1);
      found.add(newest);
      CheckpointStore next = whatRemains(run);
      next.write(Checkpoints.of(4));
      next.keepNewest(1);
      assertThat(names(run))
          .as("after a crash before '%s' and another checkpoint", last)
          .containsExactly("round-00000004.safetensors", "round-00000004.safetensors.sha256");
    }
    assertThat(told).as("nothing was noticed").isEmpty();
    assertThat(found).hasSize(2);
    assertThat(passing).as("steps").isGreaterThan(15);
  }

  @Test
  void after_a_crash_while_broken_ones_are_set_aside_the_newest_whole_one_is_still_found()
      throws IOException {
    boolean crashed = true;
    for (int passing = 0; crashed; passing++) {
      Path run = started(passing);
      Files.write(run.resolve("round-00000002.safetensors"), new byte[3]);
      Countdown countdown = new Countdown(passing);
      CheckpointStore store =
          stepwise(
              run,
              (step, name) -> {
                if (countdown.over(step, name)) {
                  throw new Crash();
                }
              },
              Patience.NONE);
      try {
        store.setAsideNewerThan(1);
      } catch (Crash dead) {
        assertThat(countdown.reached()).isTrue();
      }
      crashed = countdown.reached();
      assertThat(newest(run).state().rounds()).isEqualTo(1);
    }
  }

  @Test
  void whichever_step_is_refused_once_the_checkpoint_is_written_and_the_refusal_said_in_a_line()
      throws IOException {
    boolean refused = true;
    int passing = 0;
    for (; refused; passing++) {
      Path run = started(passing);
      Countdown countdown = new Countdown(passing);
      boolean[] done = {false};
      CheckpointStore store =
          stepwise(
              run,
              (step, name) -> {
                if (countdown.over(step, name) && !done[0]) {
                  done[0] = true;
                  throw new IOException("no room for " + step);
                }
              },
              Patiences.quick(told::add));
      store.write(Checkpoints.of(3));
      store.keepNewest(1);
      refused = done[0];
      assertThat(newest(run).state().rounds()).isEqualTo(3);
      assertThat(names(run)).hasSize(2);
      if (refused) {
        assertThat(told)
            .singleElement()
            .asString()
            .startsWith("could not ")
            .contains(run.toString(), "no room for", "trying again in")
            .doesNotContain("\n");
      }
      told.clear();
    }
    assertThat(passing).as("steps").isGreaterThan(15);
  }

  @ParameterizedTest
  @CsvSource({"create", "write", "finish", "sync", "close", "rename"})
  void what_is_refused_for_good_fails_with_the_reason_and_leaves_the_checkpoints_before(
      String refused) throws IOException {
    Path run = started(0);
    CheckpointStore store =
        stepwise(
            run,
            (step, name) -> {
              if (step.equals(refused)) {
                throw new IOException("no room\n\tat org.apache.hadoop.Something");
              }
            },
            Patiences.brief(told::add));
    assertThatThrownBy(() -> store.write(Checkpoints.of(3)))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "could not write file:\\S+/round-00000003\\.safetensors: no room; tried \\d+ times? in \\d+ s");
    assertThat(newest(run).state().rounds()).isEqualTo(2);
    assertThat(names(run)).noneMatch(name -> name.endsWith(".incomplete"));
    assertThat(store.newestKnown()).isEmpty();
  }

  @Test
  void what_waiting_does_not_heal_fails_at_once() throws IOException {
    Path run = started(0);
    CheckpointStore store =
        stepwise(
            run,
            (step, name) -> {
              if (step.equals("create")) {
                throw new AccessControlException("Permission denied: user=stranger");
              }
            },
            Patiences.quick(told::add));
    assertThatThrownBy(() -> store.write(Checkpoints.of(3)))
        .hasMessageContaining("Permission denied: user=stranger; tried once");
    assertThat(told).isEmpty();
  }

  @Test
  void a_checkpoint_that_cannot_be_read_for_a_moment_is_not_passed_over() throws IOException {
    Path run = started(0);
    int[] refusals = {3};
    FileSystem forgetful =
        new org.apache.hadoop.fs.FilterFileSystem(FileSystem.getLocal(new Configuration())) {
          @Override
          public org.apache.hadoop.fs.FSDataInputStream open(
              org.apache.hadoop.fs.Path path, int bufferSize) throws IOException {
            if (refusals[0]-- > 0) {
              throw new IOException("Could not obtain block");
            }
            return super.open(path, bufferSize);
          }
        };
    CheckpointStore store =
        new CheckpointStore(forgetful, StepwiseFileSystem.path(run), Patiences.quick(told::add));
    assertThat(store.latest(told::add).orElseThrow().state().rounds()).isEqualTo(2);
    assertThat(told)
        .hasSize(3)
        .allMatch(line -> line.startsWith("could not read") && line.contains("obtain block"));
  }
}
