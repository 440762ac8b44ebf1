package dev.armature.distill;

import dev.armature.distill.ClusterSettings.Teaches;
import dev.armature.distill.DistillSettings.Method;
import dev.armature.distill.DistillSettings.Topology;
import dev.armature.skeleton.Modality;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a method consists of: its terms, the passes over similarities that compute them, and the
 * teachers that these need. What has weight 0 has a term, and neither pass nor teacher.
 *
 * <p>Teachers are numbered: the streams, then for every head the consensus of its streams. The
 * first terms are the contrastive losses of the streams. Immutable after construction.
 */
public final class LossPlan {
  private final DistillSettings settings;
  private final List<Modality> modalities;
  private final Streams streams;
  private final boolean crossModal;
  private final List<LossTerm> terms = new ArrayList<>();
  private final List<Pass> passes = new ArrayList<>();
  private final List<List<Lesson>> distilled = new ArrayList<>();
  private final List<List<Lesson>> mined = new ArrayList<>();
  private final BitSet teachers = new BitSet();

  /** Plans a method for some modalities. */
  public LossPlan(DistillSettings settings, List<Modality> modalities) {
    this.settings = settings;
    this.modalities = List.copyOf(modalities);
    this.streams = new Streams(modalities.size(), settings.heads());
    this.crossModal = settings.crossModal(modalities.size());
    for (int stream = 0; stream < streams.count(); stream++) {
      distilled.add(new ArrayList<>());
      mined.add(new ArrayList<>());
    }
    addContrast();
    switch (settings.method()) {
      case BASE, CMD -> addDistillation(Head.INSTANCE);
      case MCL, CROSCLR -> {}
      case I2MD -> {
        addDistillation(Head.INSTANCE);
        if (settings.cluster().crossModal()) {
          addDistillation(Head.CLUSTER);
        }
        addIntraModal();
      }
    }
    if (settings.method() == Method.CROSCLR) {
      addMining();
    }
    addOwnPasses();
    if (settings.method() == Method.MCL) {
      addMutualContrast();
    }
  }

  /** Contrastive losses of the instance heads, which mining may replace, and cluster heads. */
  private void addContrast() {
    boolean replaced =
        settings.method() == Method.CROSCLR && crossModal && !settings.mining().besideContrast();
    for (int stream = 0; stream < streams.count(); stream++) {
      String modality = label(stream);
      terms.add(
          streams.head(stream) == Head.INSTANCE
              ? new LossTerm("contrastive", modality, replaced ? 0 : 1, 0)
              : new LossTerm("cluster", modality, settings.cluster().weight(), 0));
    }
  }

  private void addDistillation(Head head) {
    boolean active = settings.distils(modalities.size());
    double weight = active ? settings.weight() : 0;
    String suffix = head == Head.INSTANCE ? "" : "." + head.label();
    boolean consensus = settings.topology() == Topology.CONSENSUS;
    for (int teacher = 0; teacher < (consensus ? 1 : modalities.size()); teacher++) {
      String name = consensus ? "consensus" : LossTerm.label(modalities.get(teacher));
      int number = consensus ? consensus(head) : streams.index(teacher, head);
      for (int student = 0; student < modalities.size(); student++) {
        boolean own = !consensus && student == teacher;
        if (!own && modalities.size() > 1) {
          String of = name + "-" + LossTerm.label(modalities.get(student)) + suffix;
          int term = add(new LossTerm("distillation", of, weight, 0));
          if (active) {
            teach(distilled, streams.index(student, head), new Lesson(term, number, weight));
          }
        }
      }
    }
  }

  /** Both branches of a modality, each the other's teacher, each direction with its own weight. */
  private void addIntraModal() {
    for (int modality = 0; modality < modalities.size(); modality++) {
      int instance = streams.index(modality, Head.INSTANCE);
      int cluster = streams.index(modality, Head.CLUSTER);
      addIntraModal(instance, cluster, settings.cluster().fromInstance());
      addIntraModal(cluster, instance, settings.cluster().fromCluster());
    }
  }

  private void addIntraModal(int teacher, int student, double weight) {
    String of =
        "%s.%s-%s"
            .formatted(
                label(student), streams.head(teacher).label(), streams.head(student).label());
    int term = add(new LossTerm("intra", of, weight, 0));
    if (weight > 0) {
      teach(distilled, student, new Lesson(term, teacher, weight));
    }
  }

  /** A student with several teachers takes the mean of what they find, as CrosSCLR's code does. */
  private void addMining() {
    double weight = crossModal ? settings.weight() / (modalities.size() - 1) : 0;
    for (int teacher = 0; teacher < modalities.size(); teacher++) {
      for (int student = 0; student < modalities.size(); student++) {
        if (student != teacher) {
          int term = add(new LossTerm("mining", pair(teacher, student), weight, 0));
          if (crossModal) {
            teach(mined, student, new Lesson(term, teacher, weight));
          }
        }
      }
    }
  }

  /** Every stream against its own queue. A mined loss is the contrastive loss and a correction. */
  private void addOwnPasses() {
    for (int stream = 0; stream < streams.count(); stream++) {
      double weight = terms.get(stream).weight();
      for (Lesson lesson : mined.get(stream)) {
        weight += lesson.weight();
      }
      boolean cluster = streams.head(stream) == Head.CLUSTER;
      if (weight > 0 || !distilled.get(stream).isEmpty()) {
        passes.add(
            new Pass(
                stream, stream, cluster, stream, weight, distilled.get(stream), mined.get(stream)));
      }
    }
  }

  /** Every query against the key and the queue of every other modality. */
  private void addMutualContrast() {
    for (int key = 0; key < modalities.size(); key++) {
      for (int query = 0; query < modalities.size(); query++) {
        if (query != key) {
          double weight = crossModal ? settings.weight() : 0;
          int term = add(new LossTerm("mcl", pair(key, query), weight, 0));
          if (crossModal) {
            passes.add(new Pass(query, key, false, term, weight, List.of(), List.of()));
          }
        }
      }
    }
  }

  private int add(LossTerm term) {
    terms.add(term);
    return terms.size() - 1;
  }

  private void teach(List<List<Lesson>> lessons, int student, Lesson lesson) {
    lessons.get(student).add(lesson);
    teachers.set(lesson.teacher());
  }

  private String label(int stream) {
    return LossTerm.label(modalities.get(streams.modality(stream)));
  }

  private String pair(int teacher, int student) {
    return LossTerm.label(modalities.get(teacher)) + "-" + LossTerm.label(modalities.get(student));
  }

  /** The modalities, in the order of all arrays by modality. */
  public List<Modality> modalities() {
    return modalities;
  }

  /** The streams of embeddings, with a queue each. */
  public Streams streams() {
    return streams;
  }

  /** All terms, with value 0. */
  public List<LossTerm> terms() {
    return Collections.unmodifiableList(terms);
  }

  /** The passes, those over one queue together: they share the products with it. */
  public List<List<Pass>> passesByQueue() {
    return List.copyOf(
        passes.stream()
            .collect(Collectors.groupingBy(Pass::queue, TreeMap::new, Collectors.toList()))
            .values());
  }

  /** Number of teachers that there could be. */
  public int teachers() {
    return streams.count() + streams.heads();
  }

  /** Whether a student needs a teacher by itself. */
  public boolean teaches(int teacher) {
    return teachers.get(teacher);
  }

  /** Whether what a stream says is needed: by a student, or for a consensus. */
  public boolean speaks(int stream) {
    return teaches(stream) || teaches(consensus(streams.head(stream)));
  }

  /** The teacher that is the consensus of all streams of a head. */
  public int consensus(Head head) {
    return streams.count() + head.place();
  }

  /** Whether the keys of the cluster heads are aggregated: as positives, or because they teach. */
  public boolean aggregates() {
    return passes.stream().anyMatch(Pass::aggregated)
        || (settings.cluster().teaches() == Teaches.AGGREGATE && clusterTeaches());
  }

  private boolean clusterTeaches() {
    boolean consensus = streams.heads() > 1 && teaches(consensus(Head.CLUSTER));
    return consensus
        || IntStream.range(streams.modalities(), streams.count()).anyMatch(this::teaches);
  }
}
