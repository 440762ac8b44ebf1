package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.armature.LocalSpark;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Protocol;
import dev.armature.dataset.Split;
import dev.armature.dataset.store.DatasetKind;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.Preparation;
import dev.armature.dataset.store.PrepareRequest;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/data.md to what {@code prepare} does. */
class DataPageTest {
  private static final String PAGE = Repository.read("docs/data.md");

  @Test
  void every_data_set_every_reason_and_every_layout_is_there() {
    for (DatasetKind kind : DatasetKind.values()) {
      assertThat(PAGE).contains("`" + kind.label() + "`");
    }
    for (Fault fault : Fault.values()) {
      assertThat(PAGE).contains("| `" + fault.label() + "` |");
    }
    for (String layout : SkeletonLayouts.names()) {
      assertThat(PAGE).contains("[" + layout + "]");
    }
  }

  @Test
  void the_example_of_ones_own_data_is_prepared(@TempDir Path folder) {
    SkeletonLayout layout =
        SkeletonLayouts.read(ConfigFactory.parseString(match("```\n(name = stick-figure.*?)```")));
    assertThat(match("JOINTS = (\\d+)")).isEqualTo(Integer.toString(layout.joints().size()));
    StructType columns = StructType.fromDDL(match("\"(id string, .*?)\""));

    SparkSession spark = LocalSpark.session(2);
    try {
      String table = folder.resolve("my-sequences").toString();
      spark.createDataFrame(rows(layout.joints().size()), columns).write().parquet(table);
      Manifest manifest =
          Preparation.run(
              spark,
              PrepareRequest.of(
                      DatasetKind.PARQUET, table, Protocol.XSUB, folder.resolve("data").toString())
                  .withLayout(layout));
      assertThat(manifest.split(Split.TRAIN).sequences()).isEqualTo(24);
      assertThat(manifest.classes().names()).containsExactly("stand", "step", "walk");
      assertThat(manifest.setAside().total()).isZero();
    } finally {
      spark.stop();
    }
  }

  private static String match(String pattern) {
    Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(PAGE);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  /** As the Python of the page makes them, but for chance. */
  private static List<Row> rows(int joints) {
    List<Row> rows = new ArrayList<>();
    for (int number = 0; number < 30; number++) {
      List<Object> frames = new ArrayList<>();
      for (int frame = 0; frame < 5 + number % 3; frame++) {
        List<Object> body = new ArrayList<>();
        for (int joint = 0; joint < joints; joint++) {
          body.add(List.of(joint % 2 + 0.01f * frame, joint % 3 + 0.1f, 3 + joint % 5 / 10f));
        }
        frames.add(List.of(body));
      }
      String action = List.of("stand", "step", "walk").get(number % 3);
      String split = number % 5 == 0 ? "test" : "train";
      rows.add(RowFactory.create("clip-%04d".formatted(number), action, split, frames));
    }
    return rows;
  }
}
