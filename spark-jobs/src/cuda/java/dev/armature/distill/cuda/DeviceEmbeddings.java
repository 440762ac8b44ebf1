package dev.armature.distill.cuda;

import dev.armature.distill.Streams;
import dev.armature.encoder.cuda.DeviceBuffers;
import dev.armature.encoder.cuda.DeviceFloats;
import dev.armature.encoder.cuda.DeviceStream;
import java.util.Arrays;

/**
 * Embeddings on a device, or what belongs to them number by number.
 *
 * @param all modalities × heads × sequences × embedding
 */
record DeviceEmbeddings(DeviceFloats all, Streams streams) {

  /** Copies embeddings there in one go, which is sooner begun than one for each modality. */
  static DeviceEmbeddings upload(
      DeviceStream stream,
      DeviceBuffers buffers,
      String name,
      Streams streams,
      float[][] byModality) {
    int length = byModality[0].length;
    float[] joined = Arrays.copyOf(byModality[0], byModality.length * length);
    for (int modality = 1; modality < byModality.length; modality++) {
      System.arraycopy(byModality[modality], 0, joined, modality * length, length);
    }
    DeviceFloats target = buffers.get(name, joined.length);
    stream.upload(joined, 0, target);
    return new DeviceEmbeddings(target, streams);
  }

  /** Those of one stream: sequences × embedding. */
  DeviceFloats of(int stream) {
    long length = all.length() / streams.count();
    long place =
        (long) streams.modality(stream) * streams.heads() + streams.head(stream).place();
    return all.part(place * length, length);
  }
}
