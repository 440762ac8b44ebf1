package dev.armature.distill;

import java.util.Arrays;

/**
 * One pass, for one batch: every row's similarities become its losses and the derivatives by them.
 * Rows may be computed by different threads.
 */
final class PassRows {
  private static final int[] NONE = {};

  private final DistillSettings settings;
  private final Pass pass;
  private final TeacherTargets targets;
  private final int modality;
  private final int student;
  private final int batch;
  private final int embedding;
  private final float[] queries;
  private final int firstQuery;
  private final float[] positives;
  private final int firstPositive;
  private final double[] contrastive;
  private final double[][] distilled;
  private final double[][] mined;
  private final float[] positiveCoefficients;

  /**
   * @param queries by modality: heads × batch × embedding
   * @param keys by modality: heads × batch × embedding
   */
  PassRows(
      DistillSettings settings,
      Streams streams,
      Pass pass,
      float[][] queries,
      float[][] keys,
      TeacherTargets targets,
      int batch,
      int embedding) {
    this.settings = settings;
    this.pass = pass;
    this.targets = targets;
    this.modality = streams.modality(pass.queue());
    this.batch = batch;
    this.embedding = embedding;
    int stride = batch * embedding;
    this.student = streams.modality(pass.student());
    this.queries = queries[student];
    this.firstQuery = streams.head(pass.student()).place() * stride;
    this.positives =
        pass.aggregated() ? targets.aggregatedKeys(modality, embedding) : keys[modality];
    this.firstPositive = pass.aggregated() ? 0 : streams.head(pass.queue()).place() * stride;
    this.contrastive = new double[batch];
    this.distilled = new double[pass.distilled().size()][batch];
    this.mined = new double[pass.mined().size()][batch];
    this.positiveCoefficients = new float[batch];
  }

  /**
   * Computes one row.
   *
   * @param own whose similarities are set and whose coefficients are written
   */
  void compute(int row, RowScratch own) {
    float[] similarities = own.similarities();
    ContrastiveLoss contrast = own.contrast();
    float greatest = Exponential.greatest(similarities, similarities.length);
    float positive = positive(row);
    double factor = pass.contrastWeight() / batch;
    contrastive[row] =
        contrast.compute(
            similarities, greatest, excluded(row), positive, factor, own.coefficients());
    float positiveCoefficient = contrast.positiveCoefficient(contrastive[row], factor);
    for (int i = 0; i < mined.length; i++) {
      Lesson lesson = pass.mined().get(i);
      double correction =
          own.mining()
              .correct(
                  targets.row(lesson.teacher(), row),
                  similarities,
                  positive,
                  lesson.weight() / batch,
                  own.coefficients());
      mined[i][row] = contrastive[row] + correction;
      positiveCoefficient += own.mining().positiveCoefficient();
    }
    positiveCoefficients[row] = positiveCoefficient;
    if (distilled.length > 0) {
      own.distillation().student(similarities, greatest);
      for (int i = 0; i < distilled.length; i++) {
        Lesson lesson = pass.distilled().get(i);
        distilled[i][row] =
            own.distillation()
                .distil(
                    targets.row(lesson.teacher(), row),
                    lesson.weight() / batch,
                    own.coefficients());
      }
    }
  }

  private int[] excluded(int row) {
    boolean excludes = pass.aggregated() && settings.cluster().excludesNeighbours();
    return excludes ? targets.aggregate(modality, row).neighbours() : NONE;
  }

  private float positive(int row) {
    int query = firstQuery + row * embedding;
    int key = firstPositive + row * embedding;
    double product = 0;
    for (int i = 0; i < embedding; i++) {
      product += (double) queries[query + i] * positives[key + i];
    }
    return (float) product;
  }

  /** Writes the queries one after another: batch × embedding, from a place on. */
  void readQueries(float[] destination, int start) {
    System.arraycopy(queries, firstQuery, destination, start, batch * embedding);
  }

  /**
   * Adds the queries' gradient to all gradients.
   *
   * @param combined holds what the queue gives to it, batch × embedding, from a place on; what the
   *     positives give, which are in no queue, is added
   * @param gradients by modality: heads × batch × embedding
   */
  void addGradient(float[] combined, int start, float[][] gradients) {
    float[] gradient = gradients[student];
    for (int row = 0; row < batch; row++) {
      float coefficient = positiveCoefficients[row];
      int key = firstPositive + row * embedding;
      int from = start + row * embedding;
      int to = firstQuery + row * embedding;
      for (int i = 0; i < embedding; i++) {
        gradient[to + i] += combined[from + i] + coefficient * positives[key + i];
      }
    }
  }

  /** Writes the pass's losses, each the mean over the batch, to the places of their terms. */
  void writeTerms(double[] terms) {
    terms[pass.contrast()] = mean(contrastive);
    for (int i = 0; i < distilled.length; i++) {
      terms[pass.distilled().get(i).term()] = mean(distilled[i]);
    }
    for (int i = 0; i < mined.length; i++) {
      terms[pass.mined().get(i).term()] = mean(mined[i]);
    }
  }

  private double mean(double[] losses) {
    return Arrays.stream(losses).sum() / batch;
  }
}
