package dev.armature.evaluate.embedding;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.skeleton.Modality;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What to embed, and where to.
 *
 * @param encoders that embed, of the modalities that are asked for
 * @param vector which of their vectors
 * @param data Hadoop path of the prepared data set
 * @param manifest its manifest
 * @param splits at least one, in the order of the output
 * @param output Hadoop path of the folder to write
 * @param overwrite whether another output in that folder is given up
 * @param threads native threads of a task: its cores
 * @param versions of what computes, by name
 */
public record EmbeddingRequest(
    TrainedEncoders encoders,
    EmbeddingVector vector,
    String data,
    Manifest manifest,
    List<Split> splits,
    String output,
    boolean overwrite,
    int threads,
    Map<String, String> versions) {

  /** Copies list and map. */
  public EmbeddingRequest {
    splits = List.copyOf(splits);
    versions = new TreeMap<>(versions);
  }

  /** What decides on the vectors; two requests that agree in it have the same output. */
  Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("checkpoint", encoders.checksum());
    identity.put("data", manifest.dataset() + " " + manifest.protocol());
    identity.put("data checksum", manifest.checksum());
    identity.put("splits", splits.stream().map(Split::label).collect(Collectors.joining(", ")));
    identity.put("vector", vector.label());
    identity.put("modalities", Modality.labels(encoders.modalities()));
    identity.put("frames", Integer.toString(encoders.frames()));
    identity.put("evaluation ratio", Double.toString(encoders.evaluationRatio()));
    identity.put("backend", encoders.backend().name().toLowerCase(Locale.ROOT));
    return identity;
  }

  /**
   * Of everything that is in the bits of a part, versions included; the number of splits is not.
   */
  String fingerprint() {
    Map<String, String> bits = new TreeMap<>(identity());
    bits.remove("splits");
    bits.put("threads", Integer.toString(threads));
    bits.putAll(versions);
    return DigestUtils.sha256Hex(bits.toString());
  }

  /** The files of the output. */
  List<EmbeddingPart> parts() {
    Map<Split, Integer> sequences = new LinkedHashMap<>();
    splits.forEach(split -> sequences.put(split, manifest.split(split).sequences()));
    return EmbeddingPart.of(sequences);
  }
}
