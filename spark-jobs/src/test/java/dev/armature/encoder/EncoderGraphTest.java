package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.encoder.ParameterLayout.Tensor;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EncoderGraphTest {
  private static final EncoderShape SHAPE =
      new EncoderShape(6, 4, 3, 5, 2, Recurrence.BIDIRECTIONAL);

  @Test
  void the_flat_parameters_are_laid_out_as_documented() {
    ComputationGraph graph = new ComputationGraph(EncoderGraph.configuration(SHAPE, 1));
    graph.init();
    ParameterLayout layout = new ParameterLayout(SHAPE);
    assertThat(graph.numParams()).isEqualTo(layout.size());
    for (int i = 0; i < layout.size(); i++) {
      graph.params().putScalar(i, i);
    }
    Map<String, INDArray> table = graph.paramTable();
    assertThat(table).hasSameSizeAs(layout.tensors());
    for (Tensor tensor : layout.tensors()) {
      INDArray found = table.get(graphName(tensor.name()));
      assertThat(found.shape())
          .as(tensor.name())
          .containsExactly(tensor.shape().stream().mapToLong(Integer::longValue).toArray());
      float[] values = NativeFloats.read(found.dup('c'));
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).as(tensor.name()).isEqualTo(tensor.offset() + i);
      }
    }
  }

  /** DL4J joins a layer's and a parameter's name by an underscore, which has to be the last. */
  private static String graphName(String name) {
    return name.startsWith("input_norm.")
        ? name.replace("running_", "running-").replaceFirst("\\.", "_")
        : name.replaceFirst("(weight|bias)_(input|hidden)$", "$1-$2")
            .replaceFirst("^(gru|head)\\.(\\d+)\\.", "$1.$2_");
  }

  @Test
  void the_configuration_survives_json() {
    ComputationGraphConfiguration configuration = EncoderGraph.configuration(SHAPE, 5);
    ComputationGraphConfiguration copy =
        ComputationGraphConfiguration.fromJson(configuration.toJson());
    assertThat(copy.toJson()).isEqualTo(configuration.toJson());
    ComputationGraph first = new ComputationGraph(configuration);
    ComputationGraph second = new ComputationGraph(copy);
    first.init();
    second.init();
    assertThat(NativeFloats.read(second.params()))
        .containsExactly(NativeFloats.read(first.params()));
  }

  @ParameterizedTest
  @EnumSource(Recurrence.class)
  void dl4j_alone_computes_what_the_engine_computes(Recurrence recurrence) {
    EncoderShape shape = new EncoderShape(6, 4, 2, 5, 2, recurrence);
    int sequences = 3;
    int frames = 4;
    ViewBatch views = TestViews.random(1, frames, sequences, 6, 8);
    float[] parameters = EncoderInitializer.initialize(shape, 9, 0);
    float[] direction = TestViews.random(2 * sequences * 5, 10);
    float[] expected;
    float[] gradients = new float[parameters.length];
    try (EncoderEngine engine = EncoderEngines.open(shape, 1, EncoderBackend.ONEDNN, 1)) {
      engine.setParameters(Branch.QUERY, 0, parameters);
      expected = engine.embedQueries(views)[0];
      engine.backward(new float[][] {direction});
      engine.readGradients(0, gradients);
    }
    ComputationGraph graph = new ComputationGraph(EncoderGraph.configuration(shape, 1));
    INDArray flat = Nd4j.create(DataType.FLOAT, 1, parameters.length);
    NativeFloats.write(parameters, parameters.length, flat);
    graph.init(flat, false);
    // DL4J's own memory order, which the graph must bring into the time-major one.
    INDArray input = Nd4j.create(DataType.FLOAT, sequences, 6, frames);
    for (int frame = 0; frame < frames; frame++) {
      for (int sequence = 0; sequence < sequences; sequence++) {
        for (int feature = 0; feature < 6; feature++) {
          input.putScalar(
              new int[] {sequence, feature, frame},
              views.inputs()[0][views.offset(frame, sequence) + feature]);
        }
      }
    }
    Map<String, INDArray> found = graph.feedForward(new INDArray[] {input}, true, false);
    int perHead = sequences * 5;
    INDArray[] epsilons = new INDArray[2];
    for (int head = 0; head < 2; head++) {
      epsilons[head] = Nd4j.create(DataType.FLOAT, sequences, 5);
      for (int i = 0; i < perHead; i++) {
        epsilons[head].putScalar(i, direction[head * perHead + i]);
        assertThat(found.get("embedding." + head).getFloat(i))
            .isCloseTo(expected[head * perHead + i], within(1e-6f));
      }
    }
    graph.backpropGradient(epsilons);
    assertThat(NativeFloats.read(graph.getGradientsViewArray()))
        .containsExactly(gradients, within(1e-5f));
  }
}
