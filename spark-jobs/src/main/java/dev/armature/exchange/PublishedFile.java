package dev.armature.exchange;

import dev.armature.encoder.Recurrence;
import dev.armature.tensor.SafeTensorsFile;
import dev.armature.tensor.StoredTensor;
import dev.armature.tensor.TensorFileException;
import dev.armature.tensor.TorchFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The two files that hold a checkpoint under the published code's names. */
interface PublishedFile extends Closeable {
  /** In a safetensors file, before the name of the parameter whose momentum buffer it is. */
  String MOMENTUM = "momentum_buffer.";

  /** Name of the text that tells the encoders' recurrence. */
  String RECURRENCE = "recurrence";

  /** Name of the text, and of PyTorch's entry, that tells how many epochs are done. */
  String EPOCH = "epoch";

  /** How messages name it. */
  String name();

  /** The model's tensors, in the order of the file. */
  Map<String, StoredTensor> tensors();

  /** Number of whole epochs behind it; 0 if the file does not tell. */
  int epoch() throws TensorFileException;

  /** What an exported file says of itself; empty in files of the published code. */
  Map<String, String> texts();

  /**
   * What an exported file says of the encoders' recurrence, else that of the published code.
   *
   * @throws TensorFileException if it names none that there is
   */
  default Recurrence recurrence() throws TensorFileException {
    String label = texts().getOrDefault(RECURRENCE, Recurrence.LOCKSTEP.label());
    try {
      return Recurrence.of(label);
    } catch (IllegalArgumentException unknown) {
      throw new TensorFileException(
          "%s says that its recurrence is '%s', expected one of %s"
              .formatted(
                  name(),
                  label,
                  Arrays.stream(Recurrence.values()).map(Recurrence::label).toList()),
          unknown);
    }
  }

  /** The momentum buffers, if it has any. */
  Optional<MomentumBuffers> momentum(StateDictionary states) throws TensorFileException;

  /**
   * Opens a file of either kind, whichever its first bytes say it is.
   *
   * @throws TensorFileException if it is neither
   */
  static PublishedFile open(FileSystem fileSystem, Path path) throws IOException {
    return SafeTensorsFile.recognises(fileSystem, path)
        ? new SafeTensorsSource(path.toString(), SafeTensorsFile.open(fileSystem, path))
        : PyTorchSource.of(path.toString(), TorchFile.open(fileSystem, path));
  }
}
