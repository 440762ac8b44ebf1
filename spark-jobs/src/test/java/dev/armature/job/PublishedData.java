package dev.armature.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.dataset.store.Manifest;
import dev.armature.skeleton.SkeletonLayouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The manifest, and nothing else, of a data set with the sizes of NTU RGB+D 60, cross-subject. */
final class PublishedData {
  private PublishedData() {}

  /** Writes it to a folder. */
  static Path write(Path folder) throws IOException {
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT,
            "ntu60",
            "xsub",
            new Manifest.Source("nturgb+d_skeletons", 56_578, "none"),
            Map.of(),
            SkeletonLayouts.named("kinect-v2"),
            2,
            new Manifest.Classes(60, List.of()),
            Map.of("train", split(40_091), "test", split(16_487)),
            "none",
            new Manifest.SetAsideSummary(0, Map.of(), List.of()),
            Map.of());
    Files.createDirectories(folder);
    new ObjectMapper().writeValue(folder.resolve("manifest.json").toFile(), manifest);
    return folder;
  }

  /** Recordings of 32 to 300 frames; their mean is no more than this. */
  private static Manifest.SplitSummary split(int sequences) {
    return new Manifest.SplitSummary(sequences, List.of(), new Manifest.Frames(32, 100, 300));
  }
}
