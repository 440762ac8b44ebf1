package dev.armature.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.distill.MiningSettings.Form;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What must hold for the methods whatever the numbers are. */
class MethodLawsTest {
  private static final List<Modality> SIX = List.of(Modality.values());
  private static final int QUEUE = 53;
  private static final int EMBEDDING = 6;
  private static final int BATCH = 4;

  /** Embeddings and queues of one batch. */
  private record Batch(float[][] queries, float[][] keys, QueueSnapshot queues) {

    static Batch random(DistillSettings settings, int modalities, long seed) {
      int vectors = settings.heads() * BATCH;
      int streams = settings.heads() * modalities;
      try (AlignedQueues queues =
          AlignedQueues.random(streams, settings.queue(), EMBEDDING, seed + 2)) {
        return new Batch(
            Embeddings.unit(seed, modalities, vectors, EMBEDDING),
            Embeddings.unit(seed + 1, modalities, vectors, EMBEDDING),
            queues.snapshot());
      }
    }

    StepLoss loss(DistillSettings settings, int threads) {
      int sequences = queries[0].length / EMBEDDING / settings.heads();
      try (AlignedQueues content = AlignedQueues.of(queues);
          Objective objective =
              new Objective(settings, SIX.subList(0, queries.length), EMBEDDING, threads)) {
        return objective.compute(queries, keys, content, sequences);
      }
    }

    /** The embeddings and queues of one head. */
    Batch of(Head head) {
      Streams streams = new Streams(queries.length, 2);
      int first = streams.index(0, head);
      int end = first + queries.length;
      return new Batch(
          Arrays.copyOfRange(streams.split(queries), first, end),
          Arrays.copyOfRange(streams.split(keys), first, end),
          new QueueSnapshot(
              queues.capacity(), EMBEDDING, 0, Arrays.copyOfRange(queues.keys(), first, end)));
    }

    /** Vectors of queries and keys in another order, one order for each head. */
    Batch withSequences(int heads, List<Integer> order) {
      List<Integer> all = new ArrayList<>();
      for (int head = 0; head < heads; head++) {
        for (int place : order) {
          all.add(head * BATCH + place);
        }
      }
      return new Batch(reordered(queries, all), reordered(keys, all), queues);
    }

    Batch withQueues(List<Integer> order) {
      return new Batch(
          queries,
          keys,
          new QueueSnapshot(queues.capacity(), EMBEDDING, 0, reordered(queues.keys(), order)));
    }
  }

  private static float[][] reordered(float[][] vectors, List<Integer> order) {
    float[][] reordered = new float[vectors.length][vectors[0].length];
    for (int i = 0; i < vectors.length; i++) {
      for (int place = 0; place < order.size(); place++) {
        System.arraycopy(
            vectors[i], order.get(place) * EMBEDDING, reordered[i], place * EMBEDDING, EMBEDDING);
      }
    }
    return reordered;
  }

  private static List<Integer> shuffled(int count, long seed) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    return order;
  }

  private static DistillSettings settings(
      Method method, Topology topology, MiningSettings mining, ClusterSettings cluster) {
    return new DistillSettings(method, QUEUE, 17, 0.9, 0.07, 0.05, 0.1, topology, mining, cluster);
  }

  private static ClusterSettings cluster(int most, double intraModal) {
    return new ClusterSettings(1, most, 0.4, 0.2, true, Teaches.KEY, intraModal, intraModal, false);
  }

  /** Any method, in any of its variants. */
  @Provide
  Arbitrary<DistillSettings> methods() {
    Arbitrary<Boolean> either = Arbitraries.of(true, false);
    return Combinators.combine(
            Arbitraries.of(Method.class),
            Arbitraries.of(Topology.class),
            Arbitraries.of(Form.class),
            Arbitraries.integers().between(1, 5),
            Arbitraries.of(Teaches.class),
            either,
            either)
        .as(
            (method, topology, form, number, teaches, first, second) ->
                settings(
                    method,
                    method == Method.MCL || method == Method.CROSCLR ? Topology.PAIRWISE : topology,
                    new MiningSettings(number, form, first),
                    new ClusterSettings(0.7, number, 0.3, 0.2, first, teaches, 1, 0.5, second)));
  }

  @Property(tries = 20)
  void permuting_all_queues_alike_changes_no_loss(
      @ForAll("methods") DistillSettings settings, @ForAll @IntRange(max = 1 << 30) int seed) {
    Batch batch = Batch.random(settings, 3, seed);
    assertSame(batch.withQueues(shuffled(QUEUE, seed)).loss(settings, 1), batch.loss(settings, 1));
  }

  @Property(tries = 20)
  void permuting_the_batch_permutes_the_gradients(
      @ForAll("methods") DistillSettings settings, @ForAll @IntRange(max = 1 << 30) int seed) {
    Batch batch = Batch.random(settings, 3, seed);
    List<Integer> order = shuffled(BATCH, seed);
    StepLoss before = batch.loss(settings, 1);
    Batch expected =
        new Batch(before.gradients(), before.gradients(), batch.queues())
            .withSequences(settings.heads(), order);
    StepLoss after = batch.withSequences(settings.heads(), order).loss(settings, 1);
    assertSame(after, new StepLoss(before.terms(), before.mixed(), expected.queries()));
  }

  @Property(tries = 20)
  void the_number_of_threads_does_not_change_a_bit(
      @ForAll("methods") DistillSettings settings,
      @ForAll @IntRange(min = 1, max = 6) int modalities) {
    Batch batch = Batch.random(settings, modalities, 5);
    StepLoss one = batch.loss(settings, 1);
    StepLoss four = batch.loss(settings, 4);
    assertThat(four.terms()).isEqualTo(one.terms());
    assertThat(four.gradients()).isDeepEqualTo(one.gradients());
  }

  @Property(tries = 20)
  void targets_of_many_steps_at_once_are_those_of_each(
      @ForAll("methods") DistillSettings settings, @ForAll @IntRange(max = 1 << 30) int seed) {
    // More sequences than are taught at once, and the last chunk is a small one.
    int sequences = 66;
    int heads = settings.heads();
    float[][] keys = Embeddings.unit(seed, 3, heads * sequences, EMBEDDING);
    Batch batch = Batch.random(settings, 3, seed);
    int start = 62;
    float[][] own = batch.keys();
    for (int modality = 0; modality < 3; modality++) {
      for (int head = 0; head < heads; head++) {
        System.arraycopy(
            keys[modality],
            (head * sequences + start) * EMBEDDING,
            own[modality],
            head * BATCH * EMBEDDING,
            BATCH * EMBEDDING);
      }
    }
    try (AlignedQueues queues = AlignedQueues.of(batch.queues());
        Objective objective = new Objective(settings, SIX.subList(0, 3), EMBEDDING, 2)) {
      TeacherTargets targets = objective.teach(keys, queues, sequences).slice(start, BATCH);
      assertSame(
          objective.compute(batch.queries(), own, targets, queues, BATCH), batch.loss(settings, 1));
    }
  }

  @Property(tries = 12)
  void an_embedding_that_is_no_number_makes_a_loss_that_is_none(
      @ForAll("methods") DistillSettings settings, @ForAll boolean key) {
    Batch batch = Batch.random(settings, 3, 7);
    (key ? batch.keys() : batch.queries())[1][EMBEDDING + 1] = Float.NaN;
    assertThat(batch.loss(settings, 1).total()).isNaN();
  }

  @Property(tries = 12)
  void weight_zero_is_the_base_method_to_the_bit(
      @ForAll("methods") DistillSettings settings,
      @ForAll @IntRange(min = 1, max = 4) int modalities) {
    DistillSettings off = settings.withWeight(0).withoutIntraModal();
    Batch batch = Batch.random(settings, modalities, 7);
    StepLoss actual = batch.loss(off, 1);
    Batch instance = settings.heads() == 1 ? batch : batch.of(Head.INSTANCE);
    DistillSettings plain =
        settings(Method.BASE, Topology.PAIRWISE, MiningSettings.PUBLISHED, ClusterSettings.DEFAULT);
    StepLoss base = instance.loss(plain, 1);
    assertThat(Losses.contrastive(actual)).isEqualTo(Losses.contrastive(base));
    for (int modality = 0; modality < modalities; modality++) {
      assertThat(Arrays.copyOf(actual.gradients()[modality], BATCH * EMBEDDING))
          .isEqualTo(base.gradients()[modality]);
    }
    LossPlan plan = new LossPlan(off, SIX.subList(0, modalities));
    assertThat(plan.passesByQueue())
        .hasSize(modalities * off.heads())
        .allMatch(sharing -> sharing.size() == 1);
    assertThat(IntStream.range(0, plan.teachers()).anyMatch(plan::teaches)).isFalse();
    assertThat(actual.terms().stream().map(LossTerm::name).toList())
        .isEqualTo(batch.loss(settings, 1).terms().stream().map(LossTerm::name).toList());
  }

  @Property(tries = 12)
  void without_neighbours_and_distillation_the_branches_are_two_mocos(
      @ForAll @IntRange(max = 1 << 30) int seed) {
    DistillSettings alone =
        settings(Method.I2MD, Topology.PAIRWISE, MiningSettings.PUBLISHED, cluster(0, 0))
            .withWeight(0);
    DistillSettings base =
        settings(Method.BASE, Topology.PAIRWISE, MiningSettings.PUBLISHED, ClusterSettings.DEFAULT);
    Batch batch = Batch.random(alone, 3, seed);
    StepLoss both = batch.loss(alone, 1);
    StepLoss instance = batch.of(Head.INSTANCE).loss(base, 1);
    StepLoss cluster = batch.of(Head.CLUSTER).loss(base, 1);
    assertThat(Losses.contrastive(both)).isEqualTo(Losses.contrastive(instance));
    assertThat(Losses.family(both, "cluster")).isEqualTo(Losses.contrastive(cluster));
    float[][] gradients = new Streams(3, 2).split(both.gradients());
    for (int modality = 0; modality < 3; modality++) {
      assertThat(gradients[modality]).isEqualTo(instance.gradients()[modality]);
      assertThat(gradients[3 + modality]).isEqualTo(cluster.gradients()[modality]);
    }
    assertThat(both.total()).isEqualTo(instance.total() + cluster.total());
  }

  /**
   * A gradient vanishes where student and teacher distribution are the same. Branches that are the
   * same are not enough: the student is a query and the teacher the key of another view. With equal
   * views, too, they are.
   */
  @Property(tries = 12)
  void equal_branches_that_see_equal_views_at_equal_temperatures_have_nothing_to_exchange(
      @ForAll @IntRange(max = 1 << 30) int seed) {
    DistillSettings exchanging = equalTemperatures(1);
    DistillSettings silent = equalTemperatures(0);
    Batch random = Batch.random(exchanging, 2, seed);
    float[][] instance = random.of(Head.INSTANCE).queries();
    Batch equal = twice(instance, instance, random.of(Head.INSTANCE).queues());
    StepLoss actual = equal.loss(exchanging, 1);
    StepLoss expected = equal.loss(silent, 1);
    assertThat(actual.sum("intra")).isCloseTo(0, within(1e-6));
    for (int modality = 0; modality < 2; modality++) {
      assertThat(actual.gradients()[modality])
          .containsExactly(expected.gradients()[modality], within(2e-6f));
    }
  }

  @Property(tries = 12)
  void equal_branches_that_see_different_views_learn_the_same_from_each_other(
      @ForAll @IntRange(max = 1 << 30) int seed) {
    DistillSettings exchanging = equalTemperatures(1);
    DistillSettings silent = equalTemperatures(0);
    Batch random = Batch.random(exchanging, 2, seed).of(Head.INSTANCE);
    Batch equal = twice(random.queries(), random.keys(), random.queues());
    StepLoss actual = equal.loss(exchanging, 1);
    StepLoss before = equal.loss(silent, 1);
    double[] losses = Losses.family(actual, "intra");
    assertThat(losses[0]).isEqualTo(losses[1]).isGreaterThan(0.01);
    assertThat(losses[2]).isEqualTo(losses[3]);
    Streams streams = new Streams(2, 2);
    float[][] gradients = streams.split(actual.gradients());
    float[][] without = streams.split(before.gradients());
    for (int modality = 0; modality < 2; modality++) {
      float[] ofInstance = difference(gradients[modality], without[modality]);
      float[] ofCluster = difference(gradients[2 + modality], without[2 + modality]);
      assertThat(ofInstance).containsExactly(ofCluster, within(2e-6f));
    }
  }

  private static DistillSettings equalTemperatures(double intraModal) {
    return new DistillSettings(
        Method.I2MD,
        QUEUE,
        17,
        0,
        0.07,
        0.1,
        0.1,
        Topology.PAIRWISE,
        MiningSettings.PUBLISHED,
        cluster(3, intraModal));
  }

  private static Batch twice(float[][] queries, float[][] keys, QueueSnapshot queues) {
    List<float[]> both = new ArrayList<>(List.of(queues.keys()));
    both.addAll(List.of(queues.keys()));
    return new Batch(
        twice(queries),
        twice(keys),
        new QueueSnapshot(queues.capacity(), EMBEDDING, 0, both.toArray(float[][]::new)));
  }

  private static float[][] twice(float[][] vectors) {
    return Arrays.stream(vectors)
        .map(
            one -> {
              float[] both = Arrays.copyOf(one, 2 * one.length);
              System.arraycopy(one, 0, both, one.length, one.length);
              return both;
            })
        .toArray(float[][]::new);
  }

  private static float[] difference(float[] left, float[] right) {
    float[] difference = new float[left.length];
    for (int i = 0; i < left.length; i++) {
      difference[i] = left[i] - right[i];
    }
    return difference;
  }

  /** A student of M − 1 equal teachers hears M − 1 times what their consensus says once. */
  @Property(tries = 12)
  void a_consensus_of_equal_teachers_is_one_of_the_pairs(
      @ForAll @IntRange(max = 1 << 30) int seed,
      @ForAll @IntRange(min = 2, max = 5) int modalities) {
    DistillSettings pairs = cmd(Topology.PAIRWISE, 1);
    DistillSettings consensus = cmd(Topology.CONSENSUS, modalities - 1);
    Batch random = Batch.random(pairs, modalities, seed);
    float[][] keys =
        Stream.generate(() -> random.keys()[0]).limit(modalities).toArray(float[][]::new);
    float[][] queues =
        Stream.generate(() -> random.queues().keys()[0]).limit(modalities).toArray(float[][]::new);
    Batch batch = new Batch(random.queries(), keys, new QueueSnapshot(QUEUE, EMBEDDING, 0, queues));
    StepLoss expected = batch.loss(pairs, 1);
    StepLoss actual = batch.loss(consensus, 1);
    assertThat((modalities - 1) * actual.sum("distillation"))
        .isCloseTo(expected.sum("distillation"), within(1e-5));
    assertThat(actual.total()).isCloseTo(expected.total(), within(1e-5));
    for (int modality = 0; modality < modalities; modality++) {
      assertThat(actual.gradients()[modality])
          .containsExactly(expected.gradients()[modality], within(1e-5f));
    }
  }

  private static DistillSettings cmd(Topology topology, double weight) {
    return new DistillSettings(
        Method.CMD,
        QUEUE,
        17,
        weight,
        0.07,
        0.05,
        0.1,
        topology,
        MiningSettings.PUBLISHED,
        ClusterSettings.DEFAULT);
  }

  @Property(tries = 12)
  void a_consensus_has_a_probability_for_everybodys_neighbour(
      @ForAll @IntRange(max = 1 << 30) int seed, @ForAll @IntRange(min = 1, max = 5) int teachers) {
    int queue = 130;
    TeacherTargets.Row[] rows = new TeacherTargets.Row[teachers];
    double[] expected = new double[queue];
    for (int teacher = 0; teacher < teachers; teacher++) {
      rows[teacher] = new Teacher(queue, 11, 0.3).target(Embeddings.numbers(seed + teacher, queue));
      int[] positions = new int[11];
      rows[teacher].positions(positions);
      for (int i = 0; i < 11; i++) {
        expected[positions[i]] += (double) rows[teacher].probabilities()[i] / teachers;
      }
    }
    TeacherTargets.Row consensus = new Consensus(queue).of(rows);
    int[] union = IntStream.range(0, queue).filter(i -> expected[i] > 0).toArray();
    int[] positions = new int[union.length];
    consensus.positions(positions);
    assertThat(positions).isEqualTo(union);
    double negativeEntropy = 0;
    for (int i = 0; i < union.length; i++) {
      double p = expected[union[i]];
      assertThat((double) consensus.probabilities()[i]).isCloseTo(p, within(1e-7));
      negativeEntropy += p * Math.log(p);
    }
    assertThat(consensus.negativeEntropy()).isCloseTo(negativeEntropy, within(1e-6));
  }

  @Property(tries = 12)
  void mutual_contrast_treats_a_pair_alike(@ForAll @IntRange(max = 1 << 30) int seed) {
    DistillSettings mcl = new DistillSettings(Method.MCL, QUEUE, 1, 0.9, 0.07, 0.05, 0.1);
    Batch batch = Batch.random(mcl, 2, seed);
    Batch swapped =
        new Batch(
            swap(batch.queries()),
            swap(batch.keys()),
            new QueueSnapshot(QUEUE, EMBEDDING, 0, swap(batch.queues().keys())));
    StepLoss loss = batch.loss(mcl, 1);
    StepLoss other = swapped.loss(mcl, 1);
    // A compensated sum may differ in its last digit when its numbers change places.
    assertThat(other.total()).isCloseTo(loss.total(), within(1e-12 * loss.total()));
    assertThat(swap(other.gradients())).isDeepEqualTo(loss.gradients());
    assertThat(Losses.pairs(other, "mcl")[1][0]).isEqualTo(Losses.pairs(loss, "mcl")[0][1]);
    assertThat(Losses.pairs(other, "mcl")[0][1]).isEqualTo(Losses.pairs(loss, "mcl")[1][0]);
  }

  private static float[][] swap(float[][] two) {
    return new float[][] {two[1], two[0]};
  }

  @Test
  void mutual_contrast_of_one_modality_in_two_places_is_the_contrast_it_has_with_itself() {
    DistillSettings mcl = new DistillSettings(Method.MCL, QUEUE, 1, 1, 0.07, 0.05, 0.1);
    Batch one = Batch.random(mcl, 1, 3);
    Batch two =
        new Batch(
            new float[][] {one.queries()[0], one.queries()[0]},
            new float[][] {one.keys()[0], one.keys()[0]},
            new QueueSnapshot(
                QUEUE,
                EMBEDDING,
                0,
                new float[][] {one.queues().keys()[0], one.queues().keys()[0]}));
    StepLoss loss = two.loss(mcl, 1);
    assertThat(Losses.family(loss, "mcl")).isEqualTo(Losses.contrastive(loss));
    assertThat(loss.total()).isCloseTo(4 * one.loss(mcl, 1).total(), within(1e-12));
  }

  /**
   * With d the loss of cmd with a hard teacher over the whole queue at the contrastive temperature
   * and c the plain contrastive loss, of one sequence: the mined likelihood is that of the key, or,
   * where it is not the key, the hard teacher's position.
   */
  @Property(tries = 12)
  void one_mined_positive_is_what_a_hard_teacher_distils_and_the_key(
      @ForAll @IntRange(max = 1 << 30) int seed, @ForAll Form form) {
    DistillSettings mining =
        new DistillSettings(
            Method.CROSCLR,
            QUEUE,
            1,
            1,
            0.5,
            0.05,
            0.1,
            Topology.PAIRWISE,
            new MiningSettings(1, form, false),
            ClusterSettings.DEFAULT);
    DistillSettings hard = new DistillSettings(Method.CMD, QUEUE, QUEUE, 1, 0.5, 1e-7, 0.5);
    Batch batch = Batch.random(mining, 3, seed);
    Batch first =
        new Batch(firstSequence(batch.queries()), firstSequence(batch.keys()), batch.queues());
    StepLoss mined = first.loss(mining, 1);
    StepLoss distilled = first.loss(hard, 1);
    for (int teacher = 0; teacher < 3; teacher++) {
      for (int student = 0; student < 3; student++) {
        if (student != teacher) {
          double d = Losses.distillation(distilled)[teacher][student];
          double c = Losses.contrastive(distilled)[student];
          double elsewhere = -Math.expm1(-c);
          double expected =
              form == Form.LOG_OF_SUM
                  ? -Math.log(Math.exp(-c) + elsewhere * Math.exp(-d))
                  : (c - Math.log(elsewhere) + d) / 2;
          assertThat(Losses.pairs(mined, "mining")[teacher][student])
              .isCloseTo(expected, within(1e-5));
        }
      }
    }
  }

  private static float[][] firstSequence(float[][] vectors) {
    return Arrays.stream(vectors).map(one -> Arrays.copyOf(one, EMBEDDING)).toArray(float[][]::new);
  }

  @Property(tries = 15)
  void queues_that_are_no_multiple_of_the_batch_wrap_in_the_middle_of_one(
      @ForAll("methods") DistillSettings settings) {
    Batch batch = Batch.random(settings, 3, 1);
    Streams streams = new Streams(3, settings.heads());
    try (AlignedQueues queues = AlignedQueues.of(batch.queues());
        Objective objective = new Objective(settings, SIX.subList(0, 3), EMBEDDING, 1)) {
      for (int step = 0; step < 14; step++) {
        float[][] keys = Embeddings.unit(step, 3, settings.heads() * BATCH, EMBEDDING);
        queues.enqueue(streams.split(keys), BATCH);
      }
      assertThat(queues.position()).isEqualTo(3);
      Batch filled = new Batch(batch.queries(), batch.keys(), queues.snapshot());
      StepLoss actual = objective.compute(batch.queries(), batch.keys(), queues, BATCH);
      assertThat(actual.terms()).isEqualTo(filled.loss(settings, 1).terms());
    }
  }

  @Test
  void targets_computed_for_another_stage_are_refused() {
    DistillSettings settings = cmd(Topology.CONSENSUS, 1);
    Batch batch = Batch.random(settings, 3, 1);
    try (AlignedQueues queues = AlignedQueues.of(batch.queues());
        Objective second = new Objective(settings, SIX.subList(0, 3), EMBEDDING, 1);
        Objective first = new Objective(settings.withWeight(0), SIX.subList(0, 3), EMBEDDING, 1)) {
      TeacherTargets targets = first.teach(batch.keys(), queues, BATCH);
      assertThatThrownBy(
              () -> second.compute(batch.queries(), batch.keys(), targets, queues, BATCH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("weight=0.0")
          .hasMessageContaining("expected DistillSettings");
    }
  }

  @Test
  void queues_of_one_head_are_refused_where_there_are_two() {
    DistillSettings i2md = new DistillSettings(Method.I2MD, QUEUE, 5, 1, 0.07, 0.05, 0.1);
    Batch batch = Batch.random(i2md, 3, 1);
    assertThatThrownBy(
            () ->
                new Batch(batch.queries(), batch.keys(), batch.of(Head.INSTANCE).queues())
                    .loss(i2md, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("queues of 3 modalities and heads × 53 keys × 6, expected 6 × 53 × 6");
  }

  private static void assertSame(StepLoss actual, StepLoss expected) {
    assertThat(actual.total()).isCloseTo(expected.total(), within(2e-6 * expected.total()));
    for (int term = 0; term < expected.terms().size(); term++) {
      assertThat(actual.terms().get(term).value())
          .as(expected.terms().get(term).name())
          .isCloseTo(expected.terms().get(term).value(), within(5e-6));
    }
    for (int modality = 0; modality < expected.gradients().length; modality++) {
      assertThat(actual.gradients()[modality])
          .containsExactly(expected.gradients()[modality], within(1e-5f));
    }
  }
}
