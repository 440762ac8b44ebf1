package dev.armature.evaluate.embedding;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/** Saves a transformer: its parameters as Spark ML does, its weights as safetensors. */
final class SkeletonEncoderWriter extends MLWriter {
  private final SkeletonEncoder encoder;

  SkeletonEncoderWriter(SkeletonEncoder encoder) {
    this.encoder = encoder;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter$.MODULE$.saveMetadata(encoder, path, sc(), Option.empty(), Option.empty());
    try {
      EncoderFile.write(encoder.encoders(), new Path(path), sc().hadoopConfiguration());
    } catch (IOException failed) {
      throw new UncheckedIOException("the encoders cannot be written to " + path, failed);
    }
  }
}
