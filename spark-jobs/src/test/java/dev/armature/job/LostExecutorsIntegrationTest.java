package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.job.Disturbance.Fate;
import dev.armature.job.Disturbance.Phase;
import dev.armature.job.Disturbance.Planned;
import dev.armature.round.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs on two executors with processes of their own, some of which are killed, against an
 * undisturbed run in this process: the last checkpoint is the same, bit for bit.
 */
class LostExecutorsIntegrationTest {
  private static final int BATCH = 8;
  private static final int WORKERS = 2;
  private static final int LONG = 200;
  private static final int SHORT = 12;

  /** After this round of the long run, whose first kills are over by then, random ones begin. */
  private static final int EARLY = 20;

  private static final List<Planned> CHOSEN =
      List.of(
          new Planned(2, Phase.TRAINING, 1, Fate.KILLED_FIRST, 1),
          // Two in a row: that which does the lost task again is lost, too.
          new Planned(4, Phase.TRAINING, 0, Fate.KILLED_LAST, 2),
          new Planned(6, Phase.AVERAGING, 0, Fate.KILLED_FIRST, 1),
          // Both at once.
          new Planned(8, Phase.TRAINING, 0, Fate.KILLED_FIRST, 1),
          new Planned(8, Phase.TRAINING, 1, Fate.KILLED_LAST, 1));

  private static final List<Planned> RANDOM = random(15);

  @TempDir private static Path folder;
  private static Path data;
  private static Path undisturbedShort;
  private static Path undisturbedLong;
  private static Killed killed;

  @BeforeAll
  static void train_undisturbed() throws Exception {
    data = GeneratedData.path();
    undisturbedShort = undisturbed(SHORT);
    undisturbedLong = undisturbed(LONG);
  }

  private static Path undisturbed(int rounds) {
    Path run = folder.resolve("undisturbed-" + rounds);
    CommandCall.onTwoCores(pretrain(run, rounds));
    return run;
  }

  /** One step a round. */
  private static List<String> pretrain(Path run, int rounds) {
    return CommandCall.withSettings(
        List.of("pretrain"),
        Stream.of(
            "data.path=" + data,
            "output.dir=" + run,
            "encoder.hidden=4",
            "encoder.layers=1",
            "encoder.embedding=4",
            "augment.frames=16",
            "augment.minimum-crop=16",
            "distill.queue=96",
            "distill.neighbours=20",
            "train.batch=" + BATCH,
            "train.max-steps=" + rounds,
            "round.workers=" + WORKERS,
            "round.local-steps=1",
            "checkpoint.every-rounds=" + EARLY,
            "checkpoint.keep=" + LONG));
  }

  private static byte[] checkpoint(Path run, int rounds) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints").resolve("round-%08d.safetensors".formatted(rounds)));
  }

  private static Map<String, String> cluster(List<Planned> disturbances, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("spark.plugins", Disturbance.class.getName());
    settings.put(
        Disturbance.SETTING,
        disturbances.stream().map(Planned::toString).collect(Collectors.joining(",")));
    return LocalCluster.of(2, settings);
  }

  /** The long run, and what its driver printed. */
  private record Killed(Path run, String output) {}

  /** One run with all the kills, of which each test looks at its own. */
  private static Killed killed() throws Exception {
    if (killed == null) {
      Path run = folder.resolve("killed");
      List<Planned> kills = Stream.concat(CHOSEN.stream(), RANDOM.stream()).toList();
      try (CommandProcess process =
          CommandProcess.start(
              folder, cluster(kills, Map.of()), pretrain(run, LONG).toArray(String[]::new))) {
        assertThat(process.exitCode()).as(process.output()).isZero();
        killed = new Killed(run, process.output());
      }
    }
    return killed;
  }

  private static void assertEachHitAsOftenAsPlanned(List<Planned> kills, String output) {
    assertThat(kills)
        .allSatisfy(
            kill ->
                assertThat(Disturbance.printed(output, "hit " + kill + " "))
                    .as(output)
                    .isEqualTo(kill.times()));
  }

  @Test
  void executors_killed_in_the_middle_of_rounds_leave_no_trace_in_the_next_checkpoint()
      throws Exception {
    assertEachHitAsOftenAsPlanned(CHOSEN, killed().output());
    assertThat(checkpoint(killed().run(), EARLY)).isEqualTo(checkpoint(undisturbedLong, EARLY));
  }

  @Test
  void as_many_executors_are_lost_as_were_killed_and_with_each_a_task() throws Exception {
    int kills = Stream.concat(CHOSEN.stream(), RANDOM.stream()).mapToInt(Planned::times).sum();
    String output = killed().output();
    assertThat(Disturbance.printed(output, "hit")).as(output).isEqualTo(kills);
    assertThat(Disturbance.printed(output, "executor removed")).as(output).isEqualTo(kills);
    assertThat(Disturbance.printed(output, "task lost")).as(output).isGreaterThanOrEqualTo(kills);
  }

  @Test
  void two_hundred_rounds_with_random_kills_neither_lose_nor_double_a_key() throws Exception {
    Path run = killed().run();
    assertEachHitAsOftenAsPlanned(RANDOM, killed().output());
    assertThat(enqueued(run)).isEqualTo((long) LONG * BATCH * WORKERS);
    assertThat(checkpoint(run, LONG)).isEqualTo(checkpoint(undisturbedLong, LONG));
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl")))
        .filteredOn(line -> line.startsWith("{\"type\":\"round\""))
        .hasSize(LONG);
  }

  /** Kills in so many different rounds. */
  private static List<Planned> random(int count) {
    SplittableRandom random = new SplittableRandom(200);
    Set<Integer> rounds = new TreeSet<>();
    while (rounds.size() < count) {
      rounds.add(random.nextInt(EARLY, LONG));
    }
    List<Planned> kills = new ArrayList<>();
    for (int round : rounds) {
      kills.add(
          new Planned(
              round,
              random.nextBoolean() ? Phase.TRAINING : Phase.AVERAGING,
              random.nextInt(WORKERS),
              random.nextBoolean() ? Fate.KILLED_FIRST : Fate.KILLED_LAST,
              1));
    }
    return kills;
  }

  private static long enqueued(Path run) throws IOException {
    return new CheckpointStore(
            FileSystem.getLocal(new Configuration()),
            new org.apache.hadoop.fs.Path(run.resolve("checkpoints").toUri()))
        .read(LONG)
        .state()
        .queues()
        .enqueued();
  }

  @Test
  void a_task_whose_executors_are_all_lost_fails_the_run_with_the_name_of_the_last()
      throws Exception {
    Path run = folder.resolve("lost-for-good");
    List<Planned> kills = List.of(new Planned(1, Phase.TRAINING, 0, Fate.KILLED_FIRST, 99));
    try (CommandProcess process =
        CommandProcess.start(
            folder,
            cluster(kills, Map.of("spark.task.maxFailures", "2")),
            pretrain(run, SHORT).toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
      assertThat(process.output().lines().filter(line -> line.startsWith("armature: ")))
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .contains(
                          "executors were lost while they worked on a task, 2 times, the last one executor",
                          "Command exited with code 137",
                          "spark.task.maxFailures"),
              line -> assertThat(line).contains("--verbose"));
    }
  }

  @Test
  void duplicates_of_slow_tasks_overtake_them_and_count_once() throws Exception {
    Path run = folder.resolve("duplicates");
    List<Planned> slow =
        List.of(
            new Planned(1, Phase.TRAINING, 0, Fate.SLOW, 1),
            new Planned(3, Phase.TRAINING, 1, Fate.SLOW, 1),
            new Planned(5, Phase.AVERAGING, 0, Fate.SLOW, 1));
    Map<String, String> speculation =
        Map.of(
            "spark.speculation", "true",
            "spark.speculation.interval", "20ms",
            "spark.speculation.quantile", "0.5",
            "spark.speculation.multiplier", "1.1",
            "spark.speculation.efficiency.enabled", "false");
    // Spark starts no duplicate on the host of the first attempt.
    try (CommandProcess process =
        CommandProcess.startBy(
            TwoHosts.class,
            folder,
            cluster(slow, speculation),
            pretrain(run, SHORT).toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      String output = process.output();
      assertThat(Disturbance.printed(output, "hit")).as(output).isEqualTo(3);
      assertThat(Disturbance.printed(output, "duplicate ended first"))
          .as(output)
          .isGreaterThanOrEqualTo(3);
    }
    assertThat(checkpoint(run, SHORT)).isEqualTo(checkpoint(undisturbedShort, SHORT));
  }
}
