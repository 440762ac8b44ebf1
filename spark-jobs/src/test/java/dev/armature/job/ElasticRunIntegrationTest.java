package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.LocalSpark;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.SkeletonStore;
import dev.armature.round.Coordinator;
import dev.armature.round.TrainingPlan;
import dev.armature.round.TrainingState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on executors of which one is taken away for good. */
class ElasticRunIntegrationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void a_run_goes_on_with_the_workers_that_are_left_as_any_run_of_these_numbers() throws Exception {
    Path data = GeneratedData.path();
    Path run = folder.resolve("run");
    Map<String, String> properties =
        LocalCluster.of(
            3, Map.of("spark.plugins", TakenExecutor.class.getName(), TakenExecutor.AFTER, "40"));
    try (CommandProcess process = CommandProcess.start(folder, properties, pretrain(data, run))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output())
          .contains(
              "armature: 2 workers instead of 3 from the next round on: the cluster has room for 2 (round.workers = 3, round.least-workers = 1)");
    }

    List<JsonNode> rounds = rounds(run);
    List<Integer> workers = rounds.stream().map(round -> round.path("workers").asInt()).toList();
    assertThat(workers).startsWith(3).endsWith(2).containsOnly(3, 2);
    assertThat(rounds.stream().map(round -> round.path("executors").toString()))
        .anyMatch(line -> line.contains(" was lost: "));
    TrainingState ended =
        new RunFolder(run.toString(), new Configuration()).requireCheckpoint().state();
    assertThat(ended.epochs()).isEqualTo(4);
    assertThat(ended.queues().enqueued())
        .isEqualTo(
            rounds.stream()
                .mapToLong(
                    round -> 8L * round.path("steps").asInt() * round.path("workers").asInt())
                .sum());

    TrainingState again = replayed(data, run, workers);
    assertThat(again.model()).usingRecursiveComparison().isEqualTo(ended.model());
    assertThat(again.queues()).usingRecursiveComparison().isEqualTo(ended.queues());
    assertThat(again.deal()).isEqualTo(ended.deal()).isPresent();
  }

  private static String[] pretrain(Path data, Path run) {
    return CommandCall.withSettings(
            List.of("pretrain"),
            Stream.of(
                "data.path=" + data,
                "output.dir=" + run,
                "encoder.hidden=8",
                "encoder.layers=2",
                "encoder.embedding=8",
                "distill.queue=96",
                "distill.neighbours=20",
                "train.batch=8",
                "train.epochs=4",
                "round.workers=3",
                "round.least-workers=1",
                // All executors are there when it begins, and the one that is lost never comes.
                "round.wait-seconds=2",
                "round.local-steps=2",
                "checkpoint.every-rounds=100"))
        .toArray(String[]::new);
  }

  private static List<JsonNode> rounds(Path run) throws Exception {
    List<JsonNode> rounds = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonNode node = JSON.readTree(line);
      if (node.path("type").asText().equals("round")) {
        rounds.add(node);
      }
    }
    return rounds;
  }

  /** The same numbers of workers, one after the other, in this process. */
  private static TrainingState replayed(Path data, Path run, List<Integer> workers)
      throws Exception {
    Configuration hadoop = new Configuration();
    Settings settings = new RunFolder(run.toString(), hadoop).settings(List.of());
    TrainingPlan plan = Plans.of(settings, Manifest.read(hadoop, data.toString()), 1);
    try (SparkSession session = LocalSpark.session(2)) {
      // Asked once for dealing the data out, and then before every round.
      Iterator<Integer> numbers =
          Stream.concat(workers.stream().limit(1), workers.stream()).iterator();
      return new Coordinator(
              JavaSparkContext.fromSparkContext(session.sparkContext()),
              plan,
              SkeletonStore.read(session, data.toString(), Split.TRAIN),
              1,
              numbers::next)
          .run(TrainingState.initial(plan), (report, state) -> {});
    }
  }
}
