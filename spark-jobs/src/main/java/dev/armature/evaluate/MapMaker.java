package dev.armature.evaluate;

import dev.armature.evaluate.EvaluationMap.Figure;
import dev.armature.evaluate.EvaluationMap.MapPoint;
import dev.armature.evaluate.EvaluationMap.Retrieval;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes an {@link EvaluationMap} of representations that an evaluation has computed anyway. Works
 * on the driver, and asks the executors only for the few sequences that are drawn and for ids.
 *
 * @param training the sequences that are found
 * @param test the sequences that are shown
 * @param layout of their skeletons
 * @param classes names by label
 * @param seed of the plane's layout
 * @param threads of matrix products
 */
record MapMaker(
    SequenceBlocks training,
    SequenceBlocks test,
    SkeletonLayout layout,
    List<String> classes,
    long seed,
    int threads) {
  /** Test sequences among which those that are drawn are chosen. */
  private static final int CANDIDATES = 256;

  private static final int RETRIEVALS = 6;
  private static final int NEIGHBOURS = 3;

  /**
   * @param stream the name of all streams together
   * @param found of the training sequences by stream, rows of length 1 in the order of their ranks
   * @param shown of the test sequences, likewise
   */
  EvaluationMap of(String stream, List<Features> found, List<Features> shown) {
    FloatMatrix.useThreads(threads);
    int[] taken = EvenSample.of(test.rows(), PlaneMap.POINTS);
    float[][] plane = new PlaneMap(seed).of(shown, taken);
    Map<Integer, String> ids = ids(test, taken);
    List<MapPoint> points = new ArrayList<>();
    for (int point = 0; point < taken.length; point++) {
      int rank = taken[point];
      points.add(
          new MapPoint(ids.get(rank), test.labels()[rank], plane[point][0], plane[point][1]));
    }
    return new EvaluationMap(
        "",
        classes,
        stream,
        PlaneMap.method(),
        test.rows(),
        points,
        layout.bones(),
        retrievals(found, shown));
  }

  private List<Retrieval> retrievals(List<Features> found, List<Features> shown) {
    int neighbours = Math.min(NEIGHBOURS, training.rows());
    int[] candidates = EvenSample.of(test.rows(), CANDIDATES);
    List<Neighbours> nearest =
        new NeighbourSearch(found, Metric.COSINE, neighbours)
            .searchAll(
                shown.stream().map(stream -> rows(stream, candidates)).toList(),
                // A lane has buffers of some 0.1 GB, and one is soon done with so few.
                1);
    Neighbours together = nearest.get(nearest.size() - 1);
    int[] chosen = chosen(candidates, together);
    Map<Integer, SkeletonSequence> asked =
        sequences(test, Arrays.stream(chosen).map(candidate -> candidates[candidate]).toArray());
    Map<Integer, SkeletonSequence> answers =
        sequences(
            training,
            Arrays.stream(chosen)
                .flatMap(candidate -> Arrays.stream(answers(together, candidate)))
                .toArray());
    List<Retrieval> retrievals = new ArrayList<>();
    for (int candidate : chosen) {
      List<Figure> figures = new ArrayList<>();
      for (int place = candidate * neighbours; place < (candidate + 1) * neighbours; place++) {
        figures.add(
            figure(
                answers.get(together.indices()[place]),
                together.similarities()[place] / found.size()));
      }
      retrievals.add(new Retrieval(figure(asked.get(candidates[candidate]), 1), figures));
    }
    return retrievals;
  }

  private static int[] answers(Neighbours neighbours, int query) {
    int first = query * neighbours.count();
    return Arrays.copyOfRange(neighbours.indices(), first, first + neighbours.count());
  }

  /** Half of them right and half of them wrong as far as there are, each evenly over the split. */
  private int[] chosen(int[] candidates, Neighbours neighbours) {
    List<Integer> right = new ArrayList<>();
    List<Integer> wrong = new ArrayList<>();
    for (int candidate = 0; candidate < candidates.length; candidate++) {
      int nearest = neighbours.indices()[candidate * neighbours.count()];
      boolean same = training.labels()[nearest] == test.labels()[candidates[candidate]];
      (same ? right : wrong).add(candidate);
    }
    int wrongs = Math.min(wrong.size(), Math.max(RETRIEVALS / 2, RETRIEVALS - right.size()));
    return IntStream.concat(evenly(right, RETRIEVALS - wrongs), evenly(wrong, wrongs)).toArray();
  }

  private static IntStream evenly(List<Integer> all, int count) {
    int taken = Math.min(count, all.size());
    return IntStream.range(0, taken).map(at -> all.get(at * all.size() / taken));
  }

  private Figure figure(SkeletonSequence sequence, double similarity) {
    return new Figure(
        sequence.id(), sequence.label(), similarity, StickPoses.of(sequence, layout.centre()));
  }

  private static Features rows(Features features, int[] rows) {
    int columns = features.columns();
    float[] values = new float[rows.length * columns];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(features.values(), rows[row] * columns, values, row * columns, columns);
    }
    return new Features(rows.length, columns, values);
  }

  private static Map<Integer, String> ids(SequenceBlocks split, int[] ranks) {
    Set<Integer> wanted = Arrays.stream(ranks).boxed().collect(Collectors.toSet());
    return split
        .ranked()
        .filter(ranked -> wanted.contains(ranked._1()))
        .mapValues(SkeletonSequence::id)
        .collectAsMap();
  }

  private static Map<Integer, SkeletonSequence> sequences(SequenceBlocks split, int[] ranks) {
    Set<Integer> wanted = Arrays.stream(ranks).boxed().collect(Collectors.toSet());
    return split.ranked().filter(ranked -> wanted.contains(ranked._1())).collectAsMap();
  }
}
