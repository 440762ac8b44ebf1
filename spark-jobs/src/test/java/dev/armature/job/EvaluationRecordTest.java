package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.evaluate.ClassFigures;
import dev.armature.evaluate.EvaluationClasses;
import dev.armature.evaluate.EvaluationFile;
import dev.armature.evaluate.EvaluationOutcome;
import dev.armature.evaluate.EvaluationPart;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.evaluate.EvaluationSettings;
import dev.armature.evaluate.FineTuneSettings;
import dev.armature.evaluate.LinearSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationRecordTest {
  private static final EvaluationProtocol KNN = EvaluationProtocol.KNN;
  private static final EvaluationProtocol SEMI = EvaluationProtocol.SEMI_SUPERVISED;

  @TempDir private Path folder;

  private final Configuration hadoop = new Configuration();
  private final List<String> said = new ArrayList<>();
  private final Map<EvaluationRecord, Map<String, Object>> measured = new HashMap<>();

  @Test
  void figures_are_on_disk_as_they_come_and_marked_until_the_last_one() throws IOException {
    EvaluationRecord record = record(Map.of(), KNN, SEMI);
    keep(record, "knn", 50);

    assertThat(read().missing()).containsExactlyInAnyOrder(KNN, SEMI);
    assertThat(read().protocols()).isEmpty();
    assertThat(read().values())
        .containsEntry("knn.top1", 50.0)
        .containsEntry("unfinished", "knn, semi-supervised")
        .containsEntry("unfinished.has", "knn");
    keep(record, "random-weights.knn", 20);
    keep(record, EvaluationPart.GEOMETRIC, 30);
    assertThat(read().missing()).containsExactly(SEMI);
    assertThat(read().protocols()).containsExactly(KNN);
    for (String part : List.of("semi-supervised", "random-weights.semi-supervised")) {
      for (String fraction : List.of(".1-percent", ".5-percent", ".10-percent", ".20-percent")) {
        assertThat(record.isComplete()).isFalse();
        keep(record, part + fraction, 40);
      }
    }
    assertThat(record.isComplete()).isTrue();
    assertThat(read().protocols()).containsExactlyInAnyOrder(KNN, SEMI);
    assertThat(read().values()).doesNotContainKeys("unfinished", "unfinished.has");
    assertThat(EvaluationFile.json(record.result())).isEqualTo(EvaluationFile.json(read()));
    assertThat(said).isEmpty();
  }

  @Test
  void another_call_goes_on_where_one_ended_early() throws IOException {
    EvaluationRecord first = record(Map.of(), KNN, SEMI);
    keep(first, "knn", 50);
    keep(first, "semi-supervised.1-percent", 40);

    EvaluationRecord second = record(Map.of(), KNN, SEMI);

    assertThat(second.has("knn")).isTrue();
    assertThat(second.has("semi-supervised.1-percent")).isTrue();
    assertThat(second.has("semi-supervised.5-percent")).isFalse();
    assertThat(said)
        .singleElement()
        .asString()
        .contains("knn, semi-supervised.1-percent stay", "semi-supervised.5-percent, ", "delete");
    keep(second, "random-weights.knn", 20);
    assertThat(read().values())
        .containsEntry("knn.top1", 50.0)
        .containsEntry("semi-supervised.1-percent.top1", 40.0)
        .containsEntry("random-weights.knn.top1", 20.0);
    assertThat(
            EvaluationClasses.read(path(EvaluationClasses.NAME), hadoop).orElseThrow().measures())
        .containsOnlyKeys("knn", "semi-supervised.1-percent", "random-weights.knn");
  }

  @Test
  void what_is_of_another_checkpoint_or_other_settings_is_measured_anew() throws IOException {
    keep(record(Map.of(), KNN, SEMI), "knn", 50);
    for (String key :
        List.of(RunEvaluation.CHECKPOINT, EvaluationResult.COMPARABLE, RunEvaluation.SEED)) {
      said.clear();
      EvaluationRecord other = record(Map.of(key, "other"), KNN);
      assertThat(other.has("knn")).as(key).isFalse();
      assertThat(other.result().values()).as(key).doesNotContainKey("knn.top1");
      assertThat(said).singleElement().asString().contains("everything is measured anew");
    }
  }

  @Test
  void other_settings_of_fine_tuning_cost_no_more_than_fine_tuning() throws IOException {
    EvaluationRecord first = record(Map.of(), KNN, SEMI);
    keep(first, "knn", 50);
    keep(first, "semi-supervised.1-percent", 40);

    EvaluationRecord other = record(Map.of(RunEvaluation.FINE_TUNING, "other"), KNN);

    assertThat(other.has("knn")).isTrue();
    assertThat(other.has("semi-supervised.1-percent")).isFalse();
    assertThat(other.result().missing()).containsExactly(KNN);
    assertThat(other.result().values())
        .containsKey("knn.top1")
        .doesNotContainKey("semi-supervised.1-percent.top1");
  }

  @Test
  void figures_of_a_call_that_ended_stay_until_they_are_measured_again() throws IOException {
    EvaluationRecord first = record(Map.of(), KNN);
    keep(first, "knn", 50);
    keep(first, "random-weights.knn", 20);
    keep(first, EvaluationPart.GEOMETRIC, 30);

    EvaluationRecord second = record(Map.of(), EvaluationProtocol.LINEAR);

    assertThat(second.has("knn")).isFalse();
    assertThat(said).isEmpty();
    keep(second, "linear", 60);
    assertThat(read().values()).containsEntry("knn.top1", 50.0).containsEntry("linear.top1", 60.0);
    assertThat(read().protocols()).containsExactly(KNN);
    // Whoever asks for something else meanwhile does not end it.
    EvaluationRecord third = record(Map.of(), KNN);
    keep(third, "knn", 51);
    assertThat(read().missing()).containsExactlyInAnyOrder(KNN, EvaluationProtocol.LINEAR);
  }

  private org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).toUri());
  }

  private EvaluationResult read() throws IOException {
    return EvaluationFile.read(path(EvaluationFile.NAME), hadoop).orElseThrow();
  }

  private EvaluationRecord record(Map<String, Object> changed, EvaluationProtocol... protocols)
      throws IOException {
    Map<String, Object> identity = new LinkedHashMap<>();
    for (String key :
        List.of(RunEvaluation.CHECKPOINT, EvaluationResult.COMPARABLE, RunEvaluation.FINE_TUNING)) {
      identity.put(key, "own");
    }
    identity.put(RunEvaluation.SEED, 3L);
    identity.putAll(changed);
    return new EvaluationRecord(
        path(EvaluationFile.NAME),
        path(EvaluationClasses.NAME),
        path("map.json"),
        new EvaluationSettings(
            EnumSet.copyOf(List.of(protocols)),
            1,
            3,
            LinearSettings.published(4),
            FineTuneSettings.PUBLISHED,
            3,
            1),
        identity,
        false,
        hadoop,
        said::add);
  }

  /** An evaluation gives all that it has measured so far. */
  private void keep(EvaluationRecord record, String part, double percent) {
    Map<String, Object> values = measured.computeIfAbsent(record, first -> new LinkedHashMap<>());
    values.put(part, percent);
    Map<String, Object> figures = new LinkedHashMap<>();
    Map<String, ClassFigures> classes = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          figures.put(name + ".top1", value);
          classes.put(name, new ClassFigures(List.of(), List.of((Double) value)));
        });
    record.keep(
        Set.of(part),
        new EvaluationOutcome(
            new EvaluationResult(figures),
            new EvaluationClasses(List.of("a"), classes),
            Optional.empty()));
  }
}
