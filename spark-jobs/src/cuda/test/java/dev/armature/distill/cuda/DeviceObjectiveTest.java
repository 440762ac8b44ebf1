package dev.armature.distill.cuda;

import static dev.armature.encoder.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.distill.AlignedQueues;
import dev.armature.distill.ClusterSettings;
import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.distill.MiningSettings;
import dev.armature.distill.MiningSettings.Form;
import dev.armature.distill.Objective;
import dev.armature.distill.QueueSnapshot;
import dev.armature.distill.StepLoss;
import dev.armature.distill.StepObjective;
import dev.armature.distill.StepTargets;
import dev.armature.encoder.cuda.HostDevice;
import dev.armature.encoder.cuda.HostDevice.Order;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The losses on a device in main memory, against those of the processor. */
class DeviceObjectiveTest {
  private static final double TOLERANCE = 1e-5;
  private static final int QUEUE = 53;
  private static final int EMBEDDING = 6;
  private static final int BATCH = 4;
  private static final List<Modality> THREE = List.of(Modality.values()).subList(0, 3);

  private static DistillSettings settings(
      Method method, int neighbours, double weight, Topology topology, MiningSettings mining) {
    return new DistillSettings(
        method,
        QUEUE,
        neighbours,
        weight,
        0.07,
        0.05,
        0.1,
        topology,
        mining,
        ClusterSettings.DEFAULT);
  }

  private static DistillSettings of(Method method) {
    return settings(method, 20, 0.7, Topology.PAIRWISE, MiningSettings.PUBLISHED);
  }

  /** Settings of every kind, by name. */
  static Map<String, DistillSettings> recipes() {
    Map<String, DistillSettings> all = new LinkedHashMap<>();
    MiningSettings published = MiningSettings.PUBLISHED;
    for (Method method : Method.values()) {
      all.put(method.label(), of(method));
    }
    all.put("cmd without weight", of(Method.CMD).withWeight(0));
    all.put("cmd of 1", settings(Method.CMD, 1, 1, Topology.PAIRWISE, published));
    all.put("cmd of all", settings(Method.CMD, QUEUE, 1, Topology.PAIRWISE, published));
    all.put("consensus", settings(Method.CMD, 20, 1, Topology.CONSENSUS, published));
    all.put("consensus of all", settings(Method.CMD, QUEUE, 1, Topology.CONSENSUS, published));
    for (Form form : Form.values()) {
      MiningSettings mining = new MiningSettings(5, form, true);
      all.put("mining, " + form, settings(Method.CROSCLR, 20, 1, Topology.PAIRWISE, mining));
    }
    all.putAll(clusters());
    return all;
  }

  /** Cluster branches of all kinds, some without parts. */
  private static Map<String, DistillSettings> clusters() {
    Map<String, ClusterSettings> kinds = new LinkedHashMap<>();
    Teaches key = Teaches.KEY;
    Teaches mix = Teaches.AGGREGATE;
    kinds.put("a bound", new ClusterSettings(0.8, 3, 0.2, 0.1, true, key, 0.5, 0.7, true));
    kinds.put("none in the mix", new ClusterSettings(1, 0, 0.2, 0.1, true, key, 1, 1, false));
    kinds.put("all in the mix", new ClusterSettings(1, 99, -1, 0.1, true, mix, 1, 1, true));
    kinds.put("taught by the mix", new ClusterSettings(1, 5, 0.3, 0.2, false, mix, 1, 1, false));
    kinds.put("nothing distilled", new ClusterSettings(1, 5, 0.3, 0.2, true, mix, 0, 0, false));
    kinds.put("no contrast", new ClusterSettings(0, 5, 0.3, 0.2, true, mix, 1, 0.5, false));
    kinds.put("no student", new ClusterSettings(0, 5, 0.3, 0.2, true, mix, 0, 0.5, false));
    kinds.put("no cluster", new ClusterSettings(0, 5, 0.3, 0.2, true, key, 0, 0, false));
    Map<String, DistillSettings> all = new LinkedHashMap<>();
    for (Topology topology : Topology.values()) {
      kinds.forEach(
          (name, kind) ->
              all.put(
                  "i2md, %s, %s".formatted(name, topology),
                  new DistillSettings(
                      Method.I2MD,
                      QUEUE,
                      20,
                      0.7,
                      0.07,
                      0.05,
                      0.1,
                      topology,
                      MiningSettings.PUBLISHED,
                      kind)));
    }
    all.put("i2md, first stage", of(Method.I2MD).withWeight(0).withoutIntraModal());
    return all;
  }

  static List<String> names() {
    return List.copyOf(recipes().keySet());
  }

  private static float[][] directions(int count, long seed) {
    return directions(3, count, seed);
  }

  private static float[][] directions(int streams, int count, long seed) {
    try (AlignedQueues random = AlignedQueues.random(streams, count, EMBEDDING, seed)) {
      return random.snapshot().keys();
    }
  }

  /** Queues with few different keys, along the axes: similarities with them are exact. */
  private static AlignedQueues tied(int streams) {
    float[][] keys = new float[streams][QUEUE * EMBEDDING];
    for (int stream = 0; stream < streams; stream++) {
      for (int key = 0; key < QUEUE; key++) {
        keys[stream][key * EMBEDDING + (key + stream) % EMBEDDING] = 1;
      }
    }
    return AlignedQueues.of(new QueueSnapshot(QUEUE, EMBEDDING, 0, keys));
  }

  private static void assertSame(StepLoss found, StepLoss expected, String what) {
    assertThat(found.terms()).hasSameSizeAs(expected.terms());
    for (int i = 0; i < expected.terms().size(); i++) {
      double value = expected.terms().get(i).value();
      assertThat(found.terms().get(i).value())
          .as("%s, %s", what, expected.terms().get(i).name())
          .isCloseTo(value, within(TOLERANCE * Math.max(1, Math.abs(value))));
      assertThat(found.terms().get(i).with(0)).isEqualTo(expected.terms().get(i).with(0));
    }
    assertThat(found.mixed()).isEqualTo(expected.mixed());
    for (int modality = 0; modality < 3; modality++) {
      assertClose(
          found.gradients()[modality],
          expected.gradients()[modality],
          TOLERANCE,
          what + ", gradient of modality " + modality);
    }
  }

  private static void compare(HostDevice device, DistillSettings settings, AlignedQueues start) {
    try (AlignedQueues queues = start;
        Objective expected = new Objective(settings, THREE, EMBEDDING, 1);
        StepObjective found = new DeviceObjective(device, settings, THREE, EMBEDDING)) {
      // Of 18 keys a step, the third step's go around the ring's end.
      for (int step = 0; step < 4; step++) {
        float[][] queries = directions(settings.heads() * BATCH, 10 + step);
        float[][] keys = directions(settings.heads() * BATCH, 20 + step);
        assertSame(
            found.compute(queries, keys, found.teach(keys, queues, BATCH), queues, BATCH),
            expected.compute(queries, keys, queues, BATCH),
            "step " + step);
        queues.enqueue(directions(3 * settings.heads(), 18, 30 + step), 18);
      }
    }
    assertThat(device.open()).isZero();
    assertThat(device.closed()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("names")
  void losses_and_gradients_are_those_of_the_processor(String name) {
    DistillSettings settings = recipes().get(name);
    for (Order order : Order.values()) {
      int streams = 3 * settings.heads();
      AlignedQueues queues = AlignedQueues.random(streams, QUEUE, EMBEDDING, 1);
      compare(HostDevice.ofJava(order), settings, queues);
    }
  }

  private static List<StepLoss> steps(Order order, DistillSettings settings) {
    int heads = settings.heads();
    List<StepLoss> losses = new ArrayList<>();
    try (AlignedQueues queues = AlignedQueues.random(3 * heads, QUEUE, EMBEDDING, 1);
        StepObjective objective =
            new DeviceObjective(HostDevice.ofJava(order), settings, THREE, EMBEDDING)) {
      for (int step = 0; step < 3; step++) {
        float[][] queries = directions(heads * BATCH, 10 + step);
        float[][] keys = directions(heads * BATCH, 20 + step);
        StepTargets targets = objective.teach(keys, queues, BATCH);
        losses.add(objective.compute(queries, keys, targets, queues, BATCH));
        queues.enqueue(objective.streams().split(keys), BATCH);
      }
    }
    return losses;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mcl", "cmd", "i2md, a bound, CONSENSUS", "i2md, a bound, PAIRWISE"})
  void bits_are_the_same_however_the_streams_overlap(String name) {
    DistillSettings settings = recipes().get(name);
    List<StepLoss> late = steps(Order.LATE, settings);
    for (Order order : Order.values()) {
      List<StepLoss> other = steps(order, settings);
      for (int step = 0; step < late.size(); step++) {
        assertThat(other.get(step).terms()).isEqualTo(late.get(step).terms());
        assertThat(other.get(step).mixed()).isEqualTo(late.get(step).mixed());
        assertThat(Arrays.deepEquals(other.get(step).gradients(), late.get(step).gradients()))
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void among_equal_similarities_the_same_are_neighbours(String name) {
    DistillSettings settings = recipes().get(name);
    compare(HostDevice.ofJava(), settings, tied(3 * settings.heads()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mcl", "crosclr", "consensus", "i2md, a bound, PAIRWISE"})
  void the_kernels_themselves_give_the_same(String name) {
    DistillSettings settings = recipes().get(name);
    compare(HostDevice.ofKernels(), settings, tied(3 * settings.heads()));
  }

  @Test
  void several_batches_are_taught_at_once_and_learned_one_by_one() {
    for (String name : List.of("cmd", "consensus", "i2md, a bound, PAIRWISE")) {
      DistillSettings settings = recipes().get(name);
      int heads = settings.heads();
      try (AlignedQueues queues = AlignedQueues.random(3 * heads, QUEUE, EMBEDDING, 1);
          Objective expected = new Objective(settings, THREE, EMBEDDING, 1);
          StepObjective found =
              new DeviceObjective(HostDevice.ofJava(), settings, THREE, EMBEDDING)) {
        float[][] keys = directions(heads * 3 * BATCH, 2);
        StepTargets taught = found.teach(keys, queues, 3 * BATCH);
        StepTargets expectedTaught = expected.teach(keys, queues, 3 * BATCH);
        for (int step = 2; step >= 0; step--) {
          float[][] queries = directions(heads * BATCH, 10 + step);
          float[][] own = slice(keys, heads, step);
          assertSame(
              found.compute(queries, own, taught.slice(step * BATCH, BATCH), queues, BATCH),
              expected.compute(
                  queries, own, expectedTaught.slice(step * BATCH, BATCH), queues, BATCH),
              "step " + step);
        }
      }
    }
  }

  private static float[][] slice(float[][] keys, int heads, int step) {
    int length = BATCH * EMBEDDING;
    float[][] own = new float[keys.length][heads * length];
    for (int modality = 0; modality < keys.length; modality++) {
      for (int head = 0; head < heads; head++) {
        int from = (3 * head + step) * length;
        System.arraycopy(keys[modality], from, own[modality], head * length, length);
      }
    }
    return own;
  }

  @Test
  void within_a_round_only_new_keys_are_brought_to_the_queues_mirror() {
    HostDevice device = HostDevice.ofJava();
    float[][] keys = directions(BATCH, 3);
    try (AlignedQueues queues = AlignedQueues.random(3, QUEUE, EMBEDDING, 4);
        StepObjective objective =
            new DeviceObjective(device, of(Method.CMD), THREE, EMBEDDING)) {
      long perStep = 0;
      for (int step = 0; step < 3; step++) {
        long before = device.uploaded();
        objective.compute(
            directions(BATCH, 2), keys, objective.teach(keys, queues, BATCH), queues, BATCH);
        perStep = device.uploaded() - before;
        queues.enqueue(keys, BATCH);
      }
      // Queries, keys, keys that teach, and the keys of the step before.
      assertThat(perStep).isEqualTo(4L * 3 * BATCH * EMBEDDING);
      assertThat(device.uploaded()).isEqualTo((11L * BATCH + QUEUE) * 3 * EMBEDDING);
    }
  }

  @Test
  void closed_queues_are_refused_though_their_mirror_is_there() {
    float[][] keys = directions(BATCH, 3);
    AlignedQueues queues = AlignedQueues.random(3, QUEUE, EMBEDDING, 4);
    try (StepObjective objective =
        new DeviceObjective(HostDevice.ofJava(), of(Method.CMD), THREE, EMBEDDING)) {
      StepTargets targets = objective.teach(keys, queues, BATCH);
      queues.close();
      assertThatThrownBy(() -> objective.compute(keys, keys, targets, queues, BATCH))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void other_queues_and_keys_beyond_the_ring_are_followed() {
    DistillSettings settings = of(Method.CMD);
    float[][] queries = directions(BATCH, 2);
    float[][] keys = directions(BATCH, 3);
    try (AlignedQueues first = AlignedQueues.random(3, QUEUE, EMBEDDING, 4);
        AlignedQueues second = AlignedQueues.random(3, QUEUE, EMBEDDING, 5);
        Objective expected = new Objective(settings, THREE, EMBEDDING, 1);
        StepObjective found =
            new DeviceObjective(HostDevice.ofJava(), settings, THREE, EMBEDDING)) {
      for (AlignedQueues queues : List.of(first, second, first)) {
        assertSame(
            found.compute(queries, keys, found.teach(keys, queues, BATCH), queues, BATCH),
            expected.compute(queries, keys, queues, BATCH),
            "other queues");
        queues.skip(1000);
        queues.enqueue(directions(QUEUE + 5, 6), QUEUE + 5);
        assertSame(
            found.compute(queries, keys, found.teach(keys, queues, BATCH), queues, BATCH),
            expected.compute(queries, keys, queues, BATCH),
            "all keys new");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cmd", "i2md", "i2md, all in the mix, CONSENSUS"})
  void an_embedding_that_is_no_number_makes_losses_that_are_none(String name) {
    DistillSettings settings = recipes().get(name);
    int heads = settings.heads();
    float[][] broken = directions(heads * BATCH, 2);
    Arrays.fill(broken[0], 0, EMBEDDING, Float.NaN);
    float[][] keys = directions(heads * BATCH, 3);
    try (AlignedQueues queues = AlignedQueues.random(3 * heads, QUEUE, EMBEDDING, 4);
        StepObjective found =
            new DeviceObjective(HostDevice.ofKernels(), settings, THREE, EMBEDDING)) {
      StepTargets whole = found.teach(keys, queues, BATCH);
      assertThat(found.compute(broken, keys, whole, queues, BATCH).total()).isNaN();
      StepTargets without = found.teach(broken, queues, BATCH);
      assertThat(found.compute(keys, keys, without, queues, BATCH).total()).isNaN();
      // In the queue of the last stream.
      float[][] last = directions(3 * heads, BATCH, 5);
      Arrays.fill(last[last.length - 1], 0, EMBEDDING, Float.NaN);
      queues.enqueue(last, BATCH);
      StepTargets queued = found.teach(keys, queues, BATCH);
      assertThat(found.compute(keys, keys, queued, queues, BATCH).total()).isNaN();
    }
  }

  @Test
  void what_was_overwritten_on_the_device_is_not_learned() {
    float[][] keys = directions(BATCH, 3);
    try (AlignedQueues queues = AlignedQueues.random(3, QUEUE, EMBEDDING, 4);
        Objective processor = new Objective(of(Method.CMD), THREE, EMBEDDING, 1);
        StepObjective found =
            new DeviceObjective(HostDevice.ofJava(), of(Method.CMD), THREE, EMBEDDING)) {
      StepTargets early = found.teach(keys, queues, BATCH);
      StepTargets late = found.teach(keys, queues, BATCH);
      StepTargets foreign = processor.teach(keys, queues, BATCH);
      for (StepTargets wrong : List.of(early, foreign)) {
        assertThatThrownBy(() -> found.compute(keys, keys, wrong, queues, BATCH))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("the last one alone");
      }
      assertThatThrownBy(() -> processor.compute(keys, keys, late, queues, BATCH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another kind of objective");
      queues.enqueue(keys, BATCH);
      assertThatThrownBy(() -> found.compute(keys, keys, late, queues, BATCH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one state of the queues");
    }
  }
}
