package dev.armature.exchange;

import static dev.armature.encoder.Closeness.relativeDistance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.augment.AugmentSettings;
import dev.armature.augment.ViewBatch;
import dev.armature.augment.ViewGenerator;
import dev.armature.dataset.Recording;
import dev.armature.dataset.RecordingReader;
import dev.armature.dataset.Split;
import dev.armature.dataset.numpy.NumpyDataset;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.encoder.EncoderEngines;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a data set in the authors' layout and weights in theirs to the numbers that kNN sees. */
class PublishedFeaturesTest {
  private static final SkeletonLayout LAYOUT = SkeletonLayouts.named("kinect-v2");

  @ParameterizedTest
  @CsvSource({"start, TRAIN, train", "start, TEST, val", "final, TRAIN, train", "final, TEST, val"})
  void representations_of_imported_weights_are_those_of_pytorch(
      String checkpoint, Split split, String prefix) throws Exception {
    Configuration hadoop = new Configuration();
    PublishedCheckpoint imported = PublishedFixture.read(checkpoint + ".pth.tar");
    ViewBatch views = views(imported, split, hadoop);
    try (EncoderEngine engine =
        EncoderEngines.open(
            imported.shape(), imported.modalities().size(), EncoderBackend.ONEDNN, 1)) {
      for (int m = 0; m < imported.modalities().size(); m++) {
        engine.setParameters(Branch.QUERY, m, imported.state().model().query().get(m).values());
        float[] theirs =
            PublishedFixture.array(
                "features/%s-%s-%s.npy"
                    .formatted(checkpoint, prefix, imported.modalities().get(m).label()));
        float[] ours = engine.represent(m, views);
        assertThat(relativeDistance(ours, theirs)).isLessThan(1e-5);
      }
    }
  }

  private static ViewBatch views(PublishedCheckpoint imported, Split split, Configuration hadoop)
      throws Exception {
    NumpyDataset dataset =
        new NumpyDataset(PublishedFixture.path("data").toUri().toString(), LAYOUT);
    List<Recording> recordings =
        dataset.inventory(hadoop).recordings().stream()
            .filter(recording -> recording.split() == split)
            .toList();
    ViewGenerator generator =
        new ViewGenerator(AugmentSettings.PUBLISHED, LAYOUT, 2, imported.modalities());
    ViewBatch views = generator.batch(recordings.size());
    try (RecordingReader reader = dataset.open(hadoop)) {
      for (int row = 0; row < recordings.size(); row++) {
        generator.evaluation(reader.read(recordings.get(row)), views, row);
      }
    }
    return views;
  }
}
