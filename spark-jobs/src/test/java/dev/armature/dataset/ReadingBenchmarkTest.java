package dev.armature.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.dataset.ntu.NtuDataset;
import dev.armature.dataset.synthetic.GeneratedTexts;
import dev.armature.dataset.synthetic.SyntheticOptions;
import dev.armature.skeleton.SkeletonLayouts;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingBenchmarkTest {
  @Test
  void every_generated_text_is_read_once(@TempDir Path folder) throws IOException {
    Configuration hadoop = new Configuration();
    String source = folder.toUri().toString();
    long bytes = GeneratedTexts.write(SyntheticOptions.defaults(1), source, 5, hadoop);
    NtuDataset dataset =
        new NtuDataset(
            source, SkeletonLayouts.named("kinect-v2"), 60, SplitRule.ntu60(Protocol.XSUB), "");

    ReadingBenchmark.Result result = ReadingBenchmark.run(dataset, 3, hadoop);

    assertThat(result.recordings()).isEqualTo(5);
    assertThat(result.bytes()).isEqualTo(bytes);
    assertThat(result.rate()).isPositive();
  }
}
