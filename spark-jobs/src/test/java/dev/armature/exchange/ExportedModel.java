package dev.armature.exchange;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderShape;
import dev.armature.skeleton.Modality;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A written model in ONNX Runtime. */
final class ExportedModel implements AutoCloseable {
  private final OrtEnvironment runtime = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  ExportedModel(byte[] file) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      session = runtime.createSession(file, options);
    } catch (OrtException failure) {
      throw new AssertionError(failure);
    }
  }

  static byte[] file(EncoderShape shape, List<Modality> modalities, List<float[]> encoders) {
    return file(shape, modalities, encoders, Map.of());
  }

  static byte[] file(
      EncoderShape shape,
      List<Modality> modalities,
      List<float[]> encoders,
      Map<String, String> metadata) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      OnnxModel.write(shape, modalities, encoders, metadata, bytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return bytes.toByteArray();
  }

  /** Every output by name, rows of one after the other. */
  Map<String, float[]> run(ViewBatch views) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (int modality = 0; modality < views.modalities().size(); modality++) {
        inputs.put(
            views.modalities().get(modality).label(),
            OnnxTensor.createTensor(
                runtime,
                FloatBuffer.wrap(batchMajor(views, modality)),
                new long[] {views.sequences(), views.frames(), views.features()}));
      }
      Map<String, float[]> outputs = new HashMap<>();
      try (OrtSession.Result result = session.run(inputs)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          FloatBuffer values = ((OnnxTensor) output.getValue()).getFloatBuffer();
          float[] numbers = new float[values.remaining()];
          values.get(numbers);
          outputs.put(output.getKey(), numbers);
        }
      }
      return outputs;
    } catch (OrtException failure) {
      throw new AssertionError(failure);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static float[] batchMajor(ViewBatch views, int modality) {
    float[] source = views.inputs()[modality];
    float[] values = new float[source.length];
    for (int sequence = 0; sequence < views.sequences(); sequence++) {
      for (int frame = 0; frame < views.frames(); frame++) {
        System.arraycopy(
            source,
            views.offset(frame, sequence),
            values,
            (sequence * views.frames() + frame) * views.features(),
            views.features());
      }
    }
    return values;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException failure) {
      throw new AssertionError(failure);
    }
  }
}
