package dev.armature.encoder.cuda;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.EncoderEngine;
import dev.armature.encoder.EncoderShape;
import dev.armature.encoder.ParameterLayout;
import dev.armature.encoder.ParameterLayout.Tensor;
import dev.armature.encoder.Recurrence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Encoders in double precision, loop by loop: what the errors of all others are told against. Only
 * what goes in and comes out are floats.
 */
final class Float64Engine implements EncoderEngine {
  private static final double EPSILON = 1e-5;
  private static final double STATISTICS = 0.1;

  private final EncoderShape shape;
  private final ParameterLayout layout;
  private final List<Float64Gru> grus = new ArrayList<>();
  private final double[][] query;
  private final double[][] key;
  private final double[][] velocity;
  private final double[][] gradient;
  private final Pass[] retained;

  Float64Engine(EncoderShape shape, int modalities) {
    this.shape = shape;
    layout = new ParameterLayout(shape);
    boolean backward = shape.recurrence() == Recurrence.BIDIRECTIONAL;
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (String which : List.of("forward", "second")) {
        String name = "gru.%d.%s".formatted(layer, which);
        boolean reversed = backward && which.equals("second");
        grus.add(
            new Float64Gru(layout, name, shape.layerInput(layer), shape.hidden(), reversed));
      }
    }
    query = new double[modalities][layout.size()];
    key = new double[modalities][layout.size()];
    velocity = new double[modalities][layout.size()];
    gradient = new double[modalities][layout.size()];
    retained = new Pass[modalities];
  }

  @Override
  public EncoderShape shape() {
    return shape;
  }

  @Override
  public int modalities() {
    return query.length;
  }

  private double[] encoder(Branch branch, int modality) {
    return (branch == Branch.QUERY ? query : key)[modality];
  }

  private static void widen(float[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from[i];
    }
  }

  private static float[] narrow(double[] from, float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = (float) from[i];
    }
    return to;
  }

  @Override
  public void setParameters(Branch branch, int modality, float[] parameters) {
    widen(parameters, encoder(branch, modality));
  }

  @Override
  public void readParameters(Branch branch, int modality, float[] destination) {
    narrow(encoder(branch, modality), destination);
  }

  @Override
  public void setVelocity(int modality, float[] values) {
    widen(values, velocity[modality]);
  }

  @Override
  public void readVelocity(int modality, float[] destination) {
    narrow(velocity[modality], destination);
  }

  @Override
  public void readGradients(int modality, float[] destination) {
    narrow(gradient[modality], destination);
  }

  /** One encoder over one batch. */
  private final class Pass {
    private final double[] p;
    private final int frames;
    private final int rows;
    private final double[] unit;
    private final List<Float64Gru.Trace> traces = new ArrayList<>();
    private final double[] representation;
    private final List<double[]> rectified = new ArrayList<>();
    private final List<double[]> embedded = new ArrayList<>();
    private final List<double[]> lengths = new ArrayList<>();

    Pass(double[] p, ViewBatch views, int modality, boolean training) {
      this.p = p;
      frames = views.frames();
      rows = views.sequences();
      unit = new double[frames * rows * shape.features()];
      double[] input = normalize(views.inputs()[modality], training);
      int hidden = shape.hidden();
      for (int layer = 0; layer < shape.layers(); layer++) {
        Float64Gru.Trace first = grus.get(2 * layer).forward(p, input, frames, rows);
        Float64Gru.Trace second = grus.get(2 * layer + 1).forward(p, input, frames, rows);
        traces.add(first);
        traces.add(second);
        input = new double[frames * rows * 2 * hidden];
        for (int row = 0; row < frames * rows; row++) {
          System.arraycopy(first.states(), row * hidden, input, 2 * row * hidden, hidden);
          System.arraycopy(
              second.states(), row * hidden, input, (2 * row + 1) * hidden, hidden);
        }
      }
      int wide = shape.representation();
      representation = new double[rows * wide];
      System.arraycopy(input, (frames - 1) * rows * wide, representation, 0, rows * wide);
      for (int head = 0; head < shape.heads(); head++) {
        embed(head);
      }
    }

    private double[] normalize(float[] values, boolean training) {
      int features = shape.features();
      int count = frames * rows;
      double[] result = new double[values.length];
      for (int feature = 0; feature < features; feature++) {
        int mean = at("input_norm.running_mean") + feature;
        int spread = at("input_norm.running_var") + feature;
        double center = p[mean];
        double variance = p[spread];
        if (training) {
          center = 0;
          variance = 0;
          for (int row = 0; row < count; row++) {
            center += values[row * features + feature] / (double) count;
          }
          for (int row = 0; row < count; row++) {
            double off = values[row * features + feature] - center;
            variance += off * off / count;
          }
          p[mean] += STATISTICS * (center - p[mean]);
          p[spread] += STATISTICS * (variance * count / (count - 1) - p[spread]);
        }
        for (int row = 0; row < count; row++) {
          int at = row * features + feature;
          unit[at] = (values[at] - center) / Math.sqrt(variance + EPSILON);
          result[at] =
              unit[at] * p[at("input_norm.weight") + feature] + p[at("input_norm.bias") + feature];
        }
      }
      return result;
    }

    private int at(String tensor) {
      return layout.tensor(tensor).offset();
    }

    private void embed(int head) {
      int wide = shape.representation();
      int narrow = shape.embedding();
      double[] middle = dense(representation, wide, wide, "head.%d.0".formatted(head));
      for (int i = 0; i < middle.length; i++) {
        middle[i] = Math.max(0, middle[i]);
      }
      double[] result = dense(middle, wide, narrow, "head.%d.1".formatted(head));
      double[] length = new double[rows];
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < narrow; i++) {
          length[row] += result[row * narrow + i] * result[row * narrow + i];
        }
        length[row] = Math.sqrt(length[row]);
        for (int i = 0; i < narrow; i++) {
          result[row * narrow + i] /= length[row];
        }
      }
      rectified.add(middle);
      embedded.add(result);
      lengths.add(length);
    }

    private double[] dense(double[] x, int in, int out, String name) {
      double[] y = new double[rows * out];
      int weight = at(name + ".weight");
      int bias = at(name + ".bias");
      for (int row = 0; row < rows; row++) {
        System.arraycopy(p, bias, y, row * out, out);
        for (int i = 0; i < in; i++) {
          for (int o = 0; o < out; o++) {
            y[row * out + o] += x[row * in + i] * p[weight + i * out + o];
          }
        }
      }
      return y;
    }

    /** The same backward: adds gradients, gives that by x. */
    private double[] dense(
        double[] x, double[] byY, int in, int out, String name, double[] gradients) {
      double[] byX = new double[rows * in];
      int weight = at(name + ".weight");
      int bias = at(name + ".bias");
      for (int row = 0; row < rows; row++) {
        for (int o = 0; o < out; o++) {
          double by = byY[row * out + o];
          gradients[bias + o] += by;
          for (int i = 0; i < in; i++) {
            gradients[weight + i * out + o] += by * x[row * in + i];
            byX[row * in + i] += by * p[weight + i * out + o];
          }
        }
      }
      return byX;
    }

    void backward(float[] direction, double[] gradients) {
      int wide = shape.representation();
      int hidden = shape.hidden();
      double[] byRepresentation = new double[rows * wide];
      for (int head = 0; head < shape.heads(); head++) {
        double[] through = head(direction, head, gradients);
        for (int i = 0; i < through.length; i++) {
          byRepresentation[i] += through[i];
        }
      }
      double[] byOutput = new double[frames * rows * wide];
      System.arraycopy(
          byRepresentation, 0, byOutput, (frames - 1) * rows * wide, byRepresentation.length);
      for (int layer = shape.layers() - 1; layer >= 0; layer--) {
        double[] byInput = new double[frames * rows * shape.layerInput(layer)];
        for (int which = 0; which < 2; which++) {
          double[] byStates = new double[frames * rows * hidden];
          for (int row = 0; row < frames * rows; row++) {
            System.arraycopy(
                byOutput, (2 * row + which) * hidden, byStates, row * hidden, hidden);
          }
          grus.get(2 * layer + which)
              .backward(p, traces.get(2 * layer + which), byStates, byInput, gradients);
        }
        byOutput = byInput;
      }
      for (int i = 0; i < byOutput.length; i++) {
        int feature = i % shape.features();
        gradients[at("input_norm.weight") + feature] += byOutput[i] * unit[i];
        gradients[at("input_norm.bias") + feature] += byOutput[i];
      }
    }

    private double[] head(float[] direction, int head, double[] gradients) {
      int wide = shape.representation();
      int narrow = shape.embedding();
      double[] embedding = embedded.get(head);
      double[] by = new double[rows * narrow];
      for (int row = 0; row < rows; row++) {
        double along = 0;
        for (int i = row * narrow; i < (row + 1) * narrow; i++) {
          along += direction[head * rows * narrow + i] * embedding[i];
        }
        for (int i = row * narrow; i < (row + 1) * narrow; i++) {
          by[i] =
              (direction[head * rows * narrow + i] - along * embedding[i])
                  / lengths.get(head)[row];
        }
      }
      double[] middle = rectified.get(head);
      double[] byMiddle =
          dense(middle, by, wide, narrow, "head.%d.1".formatted(head), gradients);
      for (int i = 0; i < byMiddle.length; i++) {
        byMiddle[i] = middle[i] > 0 ? byMiddle[i] : 0;
      }
      return dense(
          representation, byMiddle, wide, wide, "head.%d.0".formatted(head), gradients);
    }

    float[] embeddings(int heads) {
      int perHead = rows * shape.embedding();
      float[] all = new float[heads * perHead];
      for (int head = 0; head < heads; head++) {
        System.arraycopy(
            narrow(embedded.get(head), new float[perHead]), 0, all, head * perHead, perHead);
      }
      return all;
    }
  }

  private float[][] each(IntFunction<float[]> embed) {
    float[][] all = new float[query.length][];
    for (int modality = 0; modality < all.length; modality++) {
      all[modality] = embed.apply(modality);
    }
    return all;
  }

  @Override
  public float[][] embedQueries(ViewBatch views) {
    return each(
        modality -> {
          retained[modality] = new Pass(query[modality], views, modality, true);
          return retained[modality].embeddings(shape.heads());
        });
  }

  @Override
  public float[][] embedKeys(ViewBatch views) {
    return each(
        modality -> new Pass(key[modality], views, modality, true).embeddings(shape.heads()));
  }

  @Override
  public void backward(float[][] gradients) {
    for (int modality = 0; modality < query.length; modality++) {
      gradient[modality] = new double[layout.size()];
      retained[modality].backward(gradients[modality], gradient[modality]);
    }
  }

  @Override
  public void update(float learningRate, float momentum, float weightDecay) {
    for (int modality = 0; modality < query.length; modality++) {
      for (Tensor tensor : layout.tensors()) {
        int end = tensor.statistic() ? 0 : tensor.offset() + tensor.length();
        for (int i = tensor.offset(); i < end; i++) {
          double slope = gradient[modality][i] + weightDecay * query[modality][i];
          velocity[modality][i] = momentum * velocity[modality][i] + slope;
          query[modality][i] -= learningRate * velocity[modality][i];
        }
      }
    }
  }

  @Override
  public void movingAverage(double keyMomentum) {
    float kept = (float) keyMomentum;
    float taken = (float) (1 - keyMomentum);
    for (int modality = 0; modality < query.length; modality++) {
      for (Tensor tensor : layout.tensors()) {
        int end = tensor.statistic() ? 0 : tensor.offset() + tensor.length();
        for (int i = tensor.offset(); i < end; i++) {
          key[modality][i] = kept * key[modality][i] + taken * query[modality][i];
        }
      }
    }
  }

  @Override
  public float[] represent(int modality, ViewBatch views) {
    double[] found = new Pass(query[modality], views, modality, false).representation;
    return narrow(found, new float[found.length]);
  }

  @Override
  public float[] embed(int modality, ViewBatch views) {
    return new Pass(query[modality], views, modality, false).embeddings(1);
  }

  @Override
  public void close() {
    // Has no memory but Java's.
  }
}
