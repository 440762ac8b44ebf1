package dev.armature.evaluate.embedding;

import dev.armature.dataset.Protocol;
import dev.armature.dataset.store.DatasetKind;
import dev.armature.dataset.store.Manifest;
import dev.armature.dataset.store.Preparation;
import dev.armature.dataset.store.PrepareRequest;
import dev.armature.dataset.synthetic.SyntheticOptions;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderInitializer;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.Recurrence;
import dev.armature.skeleton.Modality;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Prepared motion of six persons (162 sequences a split), and small encoders for it. */
record GeneratedMotion(String uri, Manifest manifest) {
  static final List<Modality> MODALITIES = List.of(Modality.JOINT, Modality.BONE_MOTION);

  static GeneratedMotion prepare(SparkSession spark, Path folder) {
    String uri = folder.resolve("data").toUri().toString();
    return new GeneratedMotion(
        uri,
        Preparation.run(
            spark,
            PrepareRequest.of(DatasetKind.SYNTHETIC, "", Protocol.XSUB, uri)
                .withSynthetic(new SyntheticOptions(6, 1, 0.5, 3))));
  }

  /**
   * Encoders that have learned nothing.
   *
   * @param seed of their weights, and their checksum
   */
  TrainedEncoders encoders(int hidden, int seed) {
    int features = manifest.layout().joints().size() * 3 * manifest.persons();
    EncoderShape shape = new EncoderShape(features, hidden, 1, 6, 2, Recurrence.LOCKSTEP);
    float[][] parameters = new float[MODALITIES.size()][];
    for (int modality = 0; modality < parameters.length; modality++) {
      parameters[modality] = EncoderInitializer.initialize(shape, seed, modality);
    }
    return new TrainedEncoders(
        shape,
        MODALITIES,
        parameters,
        manifest.layout(),
        manifest.persons(),
        16,
        0.95,
        EncoderBackend.ONEDNN,
        "checkpoint-" + seed,
        Map.of("data", "generated"));
  }
}
