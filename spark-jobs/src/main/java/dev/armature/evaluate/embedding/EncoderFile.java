package dev.armature.evaluate.embedding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.FileMetadata;
import dev.armature.encoder.ParameterLayout;
import dev.armature.round.ChecksummedFile;
import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.tensor.FloatTensor;
import dev.armature.tensor.NamedTensor;
import dev.armature.tensor.SafeTensors;
import dev.armature.tensor.TensorFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Encoders as a safetensors file: every tensor under its own name ({@code
 * joint.gru.0.forward.weight_input}), what must be known to use them in the metadata, and beside it
 * a checksum in the format of {@code sha256sum}. Nothing in it is a program.
 */
final class EncoderFile {
  static final String NAME = "encoders.safetensors";

  private static final String FORMAT = "armature-encoders-1";
  private static final String CHECKSUM = ".sha256";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

  private EncoderFile() {}

  /** Writes the file and its checksum into a folder. */
  static void write(TrainedEncoders encoders, Path folder, Configuration configuration)
      throws IOException {
    FileSystem files = folder.getFileSystem(configuration);
    ParameterLayout layout = new ParameterLayout(encoders.shape());
    List<NamedTensor> tensors = new ArrayList<>();
    for (int encoder = 0; encoder < encoders.modalities().size(); encoder++) {
      for (ParameterLayout.Tensor tensor : layout.tensors()) {
        tensors.add(
            new NamedTensor(
                encoders.modalities().get(encoder).label() + "." + tensor.name(),
                new FloatTensor(tensor.shape(), encoders.parameters()[encoder], tensor.offset())));
      }
    }
    Path path = new Path(folder, NAME);
    Map<String, String> metadata = metadata(encoders);
    String checksum =
        ChecksummedFile.write(files, path, out -> SafeTensors.write(out, metadata, tensors));
    ChecksummedFile.writeChecksum(files, path.suffix(CHECKSUM), checksum, NAME);
  }

  private static Map<String, String> metadata(TrainedEncoders encoders)
      throws JsonProcessingException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    FileMetadata.put(metadata, encoders.shape());
    FileMetadata.put(metadata, encoders.modalities());
    metadata.put("layout", JSON.writeValueAsString(encoders.layout()));
    metadata.put("persons", Integer.toString(encoders.persons()));
    metadata.put("frames", Integer.toString(encoders.frames()));
    metadata.put("evaluation-ratio", Double.toString(encoders.evaluationRatio()));
    metadata.put("backend", encoders.backend().name());
    metadata.put("checkpoint.sha256", encoders.checksum());
    metadata.put("provenance", JSON.writeValueAsString(encoders.provenance()));
    return metadata;
  }

  /**
   * Reads the file of a folder.
   *
   * @throws IOException if it is not there, not as it was written, or of another format
   */
  static TrainedEncoders read(Path folder, Configuration configuration) throws IOException {
    Path path = new Path(folder, NAME);
    FileSystem files = path.getFileSystem(configuration);
    try {
      // First the checksum, then the numbers: a broken file is recognised before it is believed.
      ChecksummedFile.require(
          files, path, ChecksummedFile.readChecksum(files, path.suffix(CHECKSUM)));
      try (InputStream in = new BufferedInputStream(files.open(path), 1 << 20)) {
        return read(in);
      }
    } catch (IOException | RuntimeException broken) {
      throw new IOException(
          "%s cannot be used: %s; export the encoders again".formatted(path, broken.getMessage()),
          broken);
    }
  }

  private static TrainedEncoders read(InputStream in) throws IOException {
    SafeTensors.Header header = SafeTensors.readHeader(in);
    FileMetadata metadata = new FileMetadata(header.metadata());
    if (!metadata.text("format").equals(FORMAT)) {
      throw new TensorFileException(
          "its format is '%s', expected '%s'".formatted(metadata.text("format"), FORMAT));
    }
    EncoderShape shape = metadata.shape();
    List<Modality> modalities = metadata.modalities();
    return new TrainedEncoders(
        shape,
        modalities,
        parameters(in, header, new ParameterLayout(shape), modalities),
        JSON.readValue(metadata.text("layout"), SkeletonLayout.class),
        metadata.number("persons"),
        metadata.number("frames"),
        Double.parseDouble(metadata.text("evaluation-ratio")),
        EncoderBackend.valueOf(metadata.text("backend")),
        metadata.text("checkpoint.sha256"),
        JSON.readValue(metadata.text("provenance"), STRINGS));
  }

  private static float[][] parameters(
      InputStream in, SafeTensors.Header header, ParameterLayout layout, List<Modality> modalities)
      throws IOException {
    requireEntries(header, layout, modalities);
    float[][] parameters = new float[modalities.size()][layout.size()];
    int place = 0;
    for (float[] encoder : parameters) {
      for (ParameterLayout.Tensor tensor : layout.tensors()) {
        SafeTensors.readTensor(in, header.entries().get(place++), encoder, tensor.offset());
      }
    }
    return parameters;
  }

  /** Memory is taken only for tensors that the file has. */
  private static void requireEntries(
      SafeTensors.Header header, ParameterLayout layout, List<Modality> modalities)
      throws TensorFileException {
    int place = 0;
    for (Modality modality : modalities) {
      for (ParameterLayout.Tensor tensor : layout.tensors()) {
        String name = modality.label() + "." + tensor.name();
        SafeTensors.Entry entry =
            place < header.entries().size() ? header.entries().get(place++) : null;
        if (entry == null || !entry.name().equals(name) || !entry.shape().equals(tensor.shape())) {
          throw new TensorFileException(
              "tensor %d is %s, expected %s of shape %s"
                  .formatted(
                      place,
                      entry == null ? "missing" : entry.name() + " of shape " + entry.shape(),
                      name,
                      tensor.shape()));
        }
      }
    }
  }
}
