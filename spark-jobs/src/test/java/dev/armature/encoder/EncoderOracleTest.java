package dev.armature.encoder;

import static dev.armature.encoder.Closeness.assertClose;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderEngine.Branch;
import dev.armature.skeleton.Modality;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Training steps of an encoder with two heads as PyTorch's {@code nn.GRU(num_layers=3,
 * bidirectional=True)} takes them in double precision: given whole sequences for {@code
 * bidirectional}, one frame at a time for {@code lockstep}.
 *
 * <p>What decides the tolerance are our single-precision sums: of 16 to 42 products in the matrix
 * products of one frame, and over 42 to 56 rows, frames times sequences, in the gradients of
 * weights and norm. That leaves some 1e-6 of a tensor's greatest number.
 */
class EncoderOracleTest {
  private static final double TOLERANCE = 1e-5;
  private static final float[] LEARNING_RATES = {0.05f, 0.05f, 0.005f, 0.005f};
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
  void training_steps_are_those_of_pytorch(
      EncoderBackend backend, Recurrence recurrence, int threads) {
    TorchFixture torch =
        TorchFixture.of(
            getClass(), "encoder-" + recurrence.name().toLowerCase(Locale.ROOT) + ".bin");
    EncoderShape shape = new EncoderShape(9, 8, 3, 5, 2, recurrence);
    try (EncoderEngine engine = EncoderEngines.open(shape, 1, backend, threads)) {
      engine.setParameters(Branch.QUERY, 0, torch.flat("query.", shape));
      engine.setParameters(Branch.KEY, 0, torch.flat("key.", shape));
      for (int step = 0; step < LEARNING_RATES.length; step++) {
        String name = "step" + step + ".";
        float[][] embeddings = engine.embedQueries(batch(torch, "queries"));
        assertClose(embeddings[0], torch.values(name + "query_embeddings"), TOLERANCE, name);
        engine.backward(new float[][] {torch.values("direction")});
        if (step == 0) {
          float[] gradient = new float[new ParameterLayout(shape).size()];
          engine.readGradients(0, gradient);
          assertClose(gradient, torch.flat("gradient.", shape), shape, TOLERANCE, "gradient of");
        }
        engine.update(LEARNING_RATES[step], MOMENTUM, WEIGHT_DECAY);
        engine.movingAverage(KEY_MOMENTUM);
        float[][] keys = engine.embedKeys(batch(torch, "keys"));
        assertClose(keys[0], torch.values(name + "key_embeddings"), TOLERANCE, name);
      }
      assertState(engine, torch);
      assertClose(
          engine.represent(0, batch(torch, "queries")),
          torch.values("representation"),
          TOLERANCE,
          "representation");
    }
  }

  private static void assertState(EncoderEngine engine, TorchFixture torch) {
    EncoderShape shape = engine.shape();
    float[] flat = new float[new ParameterLayout(shape).size()];
    engine.readParameters(Branch.QUERY, 0, flat);
    assertClose(flat, torch.flat("after.query.", shape), shape, TOLERANCE, "query");
    engine.readParameters(Branch.KEY, 0, flat);
    assertClose(flat, torch.flat("after.key.", shape), shape, TOLERANCE, "key");
    engine.readVelocity(0, flat);
    assertClose(flat, torch.flat("after.velocity.", shape), shape, TOLERANCE, "momentum of");
  }

  private static ViewBatch batch(TorchFixture torch, String name) {
    int[] shape = torch.shape(name);
    return new ViewBatch(
        List.of(Modality.JOINT), shape[0], shape[1], shape[2], new float[][] {torch.values(name)});
  }
}
