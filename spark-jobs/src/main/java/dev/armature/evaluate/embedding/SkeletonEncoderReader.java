package dev.armature.evaluate.embedding;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link SkeletonEncoderWriter} has written. */
final class SkeletonEncoderReader extends MLReader<SkeletonEncoder> {

  @Override
  public SkeletonEncoder load(String path) {
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader$.MODULE$.loadMetadata(path, sc(), SkeletonEncoder.class.getName());
    try {
      TrainedEncoders encoders = EncoderFile.read(new Path(path), sc().hadoopConfiguration());
      SkeletonEncoder encoder = new SkeletonEncoder(metadata.uid(), encoders);
      metadata.getAndSetParams(encoder, metadata.getAndSetParams$default$2());
      return encoder;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed.getMessage(), failed);
    }
  }
}
