package dev.armature.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** What an independent PyTorch model of the published method wrote (oracle/published_model.py). */
public final class PublishedFixture {
  private PublishedFixture() {}

  /** A file or folder of it. */
  public static Path path(String name) {
    try {
      return Path.of(PublishedFixture.class.getResource(name).toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A checkpoint of it. */
  public static PublishedCheckpoint read(String name) throws IOException {
    return read(path(name));
  }

  /** A checkpoint in any file. */
  public static PublishedCheckpoint read(Path file) throws IOException {
    try (PublishedCheckpointReader reader =
        PublishedCheckpointReader.open(
            FileSystem.getLocal(new Configuration()),
            new org.apache.hadoop.fs.Path(file.toUri()),
            Optional.empty())) {
      return reader.read();
    }
  }

  /** Settings and losses. */
  public static JsonNode steps() throws IOException {
    return new ObjectMapper().readTree(path("steps.json").toFile());
  }

  /** The numbers of a {@code .npy} file of it, float32 and row-major. */
  public static float[] array(String name) throws IOException {
    return array(path(name));
  }

  /** The same of any such file. */
  public static float[] array(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(10 + bytes.getShort(8));
    float[] numbers = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(numbers);
    return numbers;
  }
}
