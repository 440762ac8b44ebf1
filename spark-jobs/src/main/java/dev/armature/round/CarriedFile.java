package dev.armature.round;

import dev.armature.tensor.FloatTensor;
import dev.armature.tensor.NamedTensor;
import dev.armature.tensor.SafeTensors;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What one worker carries, as a safetensors file beside a checkpoint. Written by the executor that
 * has it, under a name of the task's own, and renamed when it is complete.
 */
final class CarriedFile {
  private static final String FORMAT = "armature-carried-1";

  private CarriedFile() {}

  /**
   * @param attempt of the task that writes, so that two attempts do not write to one file
   */
  static CarriedPart write(
      FileSystem files,
      Path folder,
      int rounds,
      int worker,
      long attempt,
      CarriedLayout layout,
      CarriedState state)
      throws IOException {
    String name = CarriedPart.name(rounds, worker);
    String suffix = ".%d.incomplete".formatted(attempt);
    Path temporary = new Path(folder, "." + name + suffix);
    String sha256 =
        ChecksummedFile.write(
            files,
            temporary,
            out -> SafeTensors.write(out, metadata(rounds, worker, state), tensors(layout, state)));
    Path path = new Path(folder, name);
    Path checksum = path.suffix(".sha256");
    Path temporaryChecksum = new Path(folder, "." + checksum.getName() + suffix);
    try {
      ChecksummedFile.writeChecksum(files, temporaryChecksum, sha256, name);
    } catch (IOException | FSError unwritten) {
      DurableFile.discard(files, temporary, unwritten);
      throw unwritten;
    }
    // Another attempt may have been faster; it has written the same.
    DurableFile.rename(files, temporary, path);
    DurableFile.rename(files, temporaryChecksum, checksum);
    return new CarriedPart(name, sha256);
  }

  private static Map<String, String> metadata(int rounds, int worker, CarriedState state) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("rounds", Integer.toString(rounds));
    metadata.put("worker", Integer.toString(worker));
    metadata.put("queue.enqueued", Long.toString(state.enqueued()));
    return metadata;
  }

  private static List<NamedTensor> tensors(CarriedLayout layout, CarriedState state) {
    List<NamedTensor> tensors = new ArrayList<>();
    for (int place = 0; place < layout.slots().size(); place++) {
      CarriedLayout.Slot slot = layout.slots().get(place);
      tensors.add(
          new NamedTensor(
              slot.name(), new FloatTensor(slot.shape(), state.vectors().get(place).values(), 0)));
    }
    return tensors;
  }

  /**
   * @throws IOException if the file is not there, not as it was written, or of another layout
   */
  static CarriedState read(FileSystem files, Path folder, CarriedPart part, CarriedLayout layout)
      throws IOException {
    Path path = new Path(folder, part.file());
    ChecksummedFile.require(files, path, part.sha256());
    try (InputStream in = new BufferedInputStream(files.open(path), 1 << 20)) {
      SafeTensors.Header header = SafeTensors.readHeader(in);
      List<String> expected = layout.slots().stream().map(CarriedLayout.Slot::name).toList();
      List<String> found = header.entries().stream().map(SafeTensors.Entry::name).toList();
      if (!FORMAT.equals(header.metadata().get("format")) || !found.equals(expected)) {
        throw new IOException(
            "%s has format '%s' and the tensors %s, expected '%s' and %s"
                .formatted(path, header.metadata().get("format"), found, FORMAT, expected));
      }
      List<FloatBlock> vectors = new ArrayList<>();
      for (int place = 0; place < expected.size(); place++) {
        SafeTensors.Entry entry = header.entries().get(place);
        CarriedLayout.Slot slot = layout.slots().get(place);
        if (!entry.shape().equals(slot.shape())) {
          throw new IOException(
              "%s: tensor %s has shape %s, expected %s"
                  .formatted(path, entry.name(), entry.shape(), slot.shape()));
        }
        float[] values = new float[slot.length()];
        SafeTensors.readTensor(in, entry, values, 0);
        vectors.add(new FloatBlock(values));
      }
      return new CarriedState(
          Long.parseLong(header.metadata().getOrDefault("queue.enqueued", "0")), vectors);
    }
  }
}
