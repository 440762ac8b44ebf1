package dev.armature.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.skeleton.Modality;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two training steps of an encoder with two heads, number by number as PyTorch computes them. */
class EncoderOracleTest {
  private static final float LEARNING_RATE = 0.05f;
  private static final float MOMENTUM = 0.9f;
  private static final float WEIGHT_DECAY = 0.01f;
  private static final double KEY_MOMENTUM = 0.9;

  @ParameterizedTest
  @CsvSource({
    "ONEDNN, LOCKSTEP, 1",
    "ONEDNN, LOCKSTEP, 2",
    "ONEDNN, BIDIRECTIONAL, 2",
    "ONEDNN, BIDIRECTIONAL, 3",
    "PLAIN, LOCKSTEP, 1",
    "PLAIN, BIDIRECTIONAL, 2"
  })
  void two_training_steps_are_those_of_pytorch(
      EncoderBackend backend, Recurrence recurrence, int threads) {
    TorchFixture torch = TorchFixture.of(recurrence);
    EncoderShape shape = new EncoderShape(9, 8, 2, 5, 2, recurrence);
    try (EncoderEngine engine = EncoderEngines.open(shape, 1, backend, threads)) {
      engine.setParameters(Branch.QUERY, 0, torch.flat("query.", shape));
      engine.setParameters(Branch.KEY, 0, torch.flat("key.", shape));
      float[] flat = new float[new ParameterLayout(shape).size()];
      for (String step : List.of("step0.", "step1.")) {
        float[][] embeddings = engine.embedQueries(batch(torch, "queries"));
        close(embeddings[0], torch.values(step + "query_embeddings"), step + "query embeddings");
        engine.backward(new float[][] {torch.values("direction")});
        engine.readGradients(0, flat);
        close(flat, torch.flat(step + "gradient.", shape), step + "gradients");
        engine.update(LEARNING_RATE, MOMENTUM, WEIGHT_DECAY);
        engine.readParameters(Branch.QUERY, 0, flat);
        close(flat, torch.flat(step + "query.", shape), step + "query parameters");
        engine.movingAverage(KEY_MOMENTUM);
        float[][] keys = engine.embedKeys(batch(torch, "keys"));
        close(keys[0], torch.values(step + "key_embeddings"), step + "key embeddings");
        engine.readParameters(Branch.KEY, 0, flat);
        close(flat, torch.flat(step + "key.", shape), step + "key parameters");
      }
      close(
          engine.represent(0, batch(torch, "queries")),
          torch.values("representation"),
          "representation");
    }
  }

  private static ViewBatch batch(TorchFixture torch, String name) {
    int[] shape = torch.shape(name);
    return new ViewBatch(
        List.of(Modality.JOINT), shape[0], shape[1], shape[2], new float[][] {torch.values(name)});
  }

  private static void close(float[] ours, float[] theirs, String what) {
    assertThat(ours).as(what).hasSameSizeAs(theirs);
    for (int i = 0; i < ours.length; i++) {
      // Sums of some hundred float products in another order.
      assertThat(ours[i])
          .as("%s, number %d", what, i)
          .isCloseTo(theirs[i], within(2e-5f + 2e-5f * Math.abs(theirs[i])));
    }
  }
}
