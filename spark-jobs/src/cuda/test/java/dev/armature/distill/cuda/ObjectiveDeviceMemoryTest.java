package dev.armature.distill.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.ObjectiveDeviceMemory;
import dev.armature.distill.StepObjective;
import dev.armature.encoder.cuda.HostDevice;
import dev.armature.skeleton.Modality;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What preflight checks expect of a GPU's memory, against what losses ask for. */
class ObjectiveDeviceMemoryTest {
  private static final int EMBEDDING = 6;
  private static final int BATCH = 4;

  static List<String> names() {
    return DeviceObjectiveTest.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void losses_take_what_is_expected_to_the_float(String name) {
    DistillSettings settings = DeviceObjectiveTest.recipes().get(name);
    for (int modalities = 1; modalities <= 3; modalities += 2) {
      List<Modality> all = List.of(Modality.values()).subList(0, modalities);
      int streams = modalities * settings.heads();
      for (int ahead : new int[] {BATCH, 3 * BATCH}) {
        ObjectiveDeviceMemory expected =
            new ObjectiveDeviceMemory(settings, all, EMBEDDING, BATCH, ahead);
        HostDevice device = HostDevice.ofJava();
        try (StepObjective losses = new DeviceObjective(device, settings, all, EMBEDDING);
            AlignedQueues queues =
                AlignedQueues.random(streams, settings.queue(), EMBEDDING, 1)) {
          float[][] keys = new float[modalities][settings.heads() * ahead * EMBEDDING];
          float[][] queries = new float[modalities][settings.heads() * BATCH * EMBEDDING];
          losses.compute(
              queries,
              queries,
              losses.teach(keys, queues, ahead).slice(ahead - BATCH, BATCH),
              queues,
              BATCH);

          // Streams take theirs by themselves.
          assertThat(Float.BYTES * device.taken())
              .as("%s, %d modalities, %d ahead", name, modalities, ahead)
              .isEqualTo(expected.total() - expected.products());
        }
      }
    }
  }
}
