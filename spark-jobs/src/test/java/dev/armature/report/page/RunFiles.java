package dev.armature.report.page;

import dev.armature.evaluate.EvaluationMap;
import dev.armature.evaluate.EvaluationMap.Figure;
import dev.armature.evaluate.EvaluationMap.MapPoint;
import dev.armature.evaluate.EvaluationMap.Retrieval;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.skeleton.Bone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A run that never was, with everything that a report shows. */
final class RunFiles {
  static final int STEPS = 40;
  static final String HOSTILE = "</script><b>&\"'";

  private RunFiles() {}

  /** Metrics of {@value #STEPS} steps in as many rounds, five of them an epoch. */
  static RunHistory history(Path folder) {
    StringBuilder lines = new StringBuilder();
    lines.append(
        "{\"type\":\"evaluation\",\"round\":0,\"epoch\":0,\"knn.joint.top1\":20.0,\"knn.three-stream.top1\":25.0}\n");
    for (int step = 1; step <= STEPS; step++) {
      lines.append(
          String.format(
              Locale.ROOT,
              "{\"type\":\"step\",\"round\":%d,\"epoch\":%d,\"step\":%d,\"loss.contrastive.joint\":%f,\"loss.distillation.joint-bone\":0.5,\"loss.total\":%f,\"learning-rate\":0.1}%n",
              step - 1,
              (step + 4) / 5,
              step,
              10.0 / step,
              12.0 / step));
      lines.append(
          String.format(
              Locale.ROOT,
              "{\"type\":\"round\",\"round\":%d,\"epoch\":%d,\"rounds\":%d,\"steps\":1,\"workers\":2,\"hosts\":[\"a\",\"b\"],\"sequences\":64,\"seconds\":0.5,\"sequences-per-second\":128.0,\"seconds.worker.keys\":0.2,\"seconds.driver.publish\":0.1,\"seconds.driver.train-and-average\":0.4}%n",
              step - 1,
              (step + 4) / 5,
              STEPS));
    }
    lines.append(
        "{\"type\":\"evaluation\",\"round\":39,\"epoch\":8,\"knn.joint.top1\":40.0,\"knn.three-stream.top1\":55.5}\n");
    lines.append("{\"type\":\"step\",\"round\":40,\"ep");
    try {
      Files.writeString(folder.resolve("metrics.jsonl"), lines);
      return RunHistory.read(
          FileSystem.getLocal(new Configuration()), new org.apache.hadoop.fs.Path(folder.toUri()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static EvaluationResult evaluation(double threeStream, int sequences) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("knn.joint.top1", 40.0);
    values.put("knn.three-stream.top1", threeStream);
    values.put("random-weights.knn.joint.top1", 20.0);
    values.put("random-weights.knn.three-stream.top1", 25.0);
    values.put("geometric.knn.top1", 61.0);
    values.put("chance.top1", 33.33);
    values.put("test.sequences", sequences);
    values.put("knn.k", 1);
    return new EvaluationResult(values);
  }

  static EvaluationMap map() {
    List<MapPoint> points = new ArrayList<>();
    for (int point = 0; point < 12; point++) {
      points.add(new MapPoint(HOSTILE + point, point % 3, point, point * point));
    }
    Figure figure =
        new Figure("S001", 0, 1, new float[][][][] {{{{0, 1}, {0.5f, 0}}}, {{{0, 1}, {0, 0}}}});
    Figure other = new Figure("S002", 1, 0.75, figure.poses());
    return new EvaluationMap(
        "three-stream",
        "UMAP",
        12,
        points,
        List.of(new Bone(0, 0), new Bone(1, 0)),
        List.of(new Retrieval(figure, List.of(figure, other))));
  }

  static ClassResults classes() {
    return new ClassResults(
        List.of("wave", HOSTILE, "kick"),
        Map.of(
            "knn.three-stream",
            new ClassResults.Measure(
                List.of(
                    new ClassResults.Cell(0, 0, 3),
                    new ClassResults.Cell(0, 1, 1),
                    new ClassResults.Cell(1, 2, 4),
                    new ClassResults.Cell(2, 2, 4)),
                List.of(75.0, 0.0, 100.0))));
  }

  static RunReport report(String name, Path folder) {
    return new RunReport(
        name,
        folder.toString(),
        "utd-mhad xsub",
        "2026-01-01 00:00 UTC",
        new Verdict(Verdict.Tone.BETTER, "Better by 5.00 points"),
        history(folder),
        Optional.of(evaluation(55.5, 430)),
        Optional.of(classes()),
        Optional.of(map()),
        Optional.empty(),
        List.of(new RunReport.Setting("train.seed", name, true)),
        List.of(new RunReport.Setting("versions.java", HOSTILE, false)),
        List.of("nothing is missing"));
  }
}
