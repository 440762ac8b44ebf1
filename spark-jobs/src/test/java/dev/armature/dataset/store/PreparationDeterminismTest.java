package dev.armature.dataset.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.LocalSpark;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.synthetic.SyntheticOptions;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationDeterminismTest {
  @Test
  void one_task_and_seven_make_the_same_data_set(@TempDir Path folder) {
    assertThat(prepare(1, folder)).isEqualTo(prepare(7, folder));
  }

  private static Manifest prepare(int cores, Path folder) {
    try (SparkSession spark = LocalSpark.session(cores)) {
      return Preparation.run(
          spark,
          PrepareRequest.of(
                  DatasetKind.SYNTHETIC,
                  "synthetic",
                  Protocol.XVIEW,
                  folder.toUri() + "tasks-" + cores)
              .withSynthetic(new SyntheticOptions(2, 1, 1, 7)));
    }
  }
}
