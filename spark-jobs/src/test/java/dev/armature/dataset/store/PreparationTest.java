package dev.armature.dataset.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.dataset.Protocol;
import dev.armature.dataset.Split;
import dev.armature.dataset.synthetic.SyntheticOptions;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.session(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void generated_motion_is_prepared_and_read_back_in_order() {
    String output = folder.resolve("store").toUri().toString();
    PrepareRequest request =
        PrepareRequest.of(DatasetKind.SYNTHETIC, "synthetic", Protocol.XSUB, output)
            .withSynthetic(new SyntheticOptions(2, 1, 1, 7));

    Manifest manifest = Preparation.run(spark, request);

    assertThat(Manifest.read(spark.sparkContext().hadoopConfiguration(), output))
        .isEqualTo(manifest);
    assertThat(manifest.split(Split.TRAIN).sequences()).isEqualTo(54);
    assertThat(manifest.persons()).isEqualTo(2);
    List<StoredSequence> read = SkeletonStore.read(spark, output, Split.TRAIN, 3).collect();
    assertThat(read).extracting(StoredSequence::index).isSorted().hasSize(54).last().isEqualTo(53);
    assertThat(read).extracting(stored -> stored.sequence().id()).isSorted();
  }
}
