package dev.armature.encoder;

import dev.armature.augment.ViewBatch;
import dev.armature.encoder.ParameterLayout.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Encoders as DL4J computation graphs, on the processor or wherever ND4J has its arrays.
 *
 * <p>Each modality has a query graph, which keeps its activations, and two that keep nothing and
 * share one set of buffers with those of the other modalities: a key graph, and one that evaluates
 * the query's parameters. Parameters, gradients and momentum are one array each.
 */
final class Dl4jEncoderEngine implements EncoderEngine {
  /** A stretch of the flat vector without statistics. */
  private record Span(int start, int end) {}

  private final EncoderShape shape;
  private final EngineArguments arguments;
  private final int size;
  private final List<Span> trainable;
  private final GraphArithmetic arithmetic;
  private final ArrayMemory memory;
  private final BufferPool inference = new BufferPool();
  private final BufferPool scratch = new BufferPool();
  private final List<Encoder> encoders = new ArrayList<>();
  private int retainedSequences;
  private boolean closed;

  /** What one modality has. */
  private static final class Encoder {
    final BufferPool activations = new BufferPool();
    final INDArray query;
    final INDArray key;
    final INDArray velocity;
    final ComputationGraph queryGraph;
    final ComputationGraph keyGraph;
    final ComputationGraph evaluationGraph;

    Encoder(ComputationGraphConfiguration configuration, long size) {
      query = Nd4j.create(DataType.FLOAT, 1, size);
      key = Nd4j.create(DataType.FLOAT, 1, size);
      velocity = Nd4j.create(DataType.FLOAT, 1, size);
      queryGraph = graph(configuration, query);
      queryGraph.initGradientsView();
      keyGraph = graph(configuration, key);
      evaluationGraph = graph(configuration, query);
    }

    private static ComputationGraph graph(
        ComputationGraphConfiguration configuration, INDArray parameters) {
      ComputationGraph graph = new ComputationGraph(configuration.clone());
      graph.init(parameters, false);
      return graph;
    }

    void attach(ComputationGraph graph, LayerRuntime runtime) {
      for (org.deeplearning4j.nn.api.Layer layer : graph.getLayers()) {
        ((EngineLayer) layer).attach(runtime);
      }
    }

    void close() {
      for (ComputationGraph graph : List.of(queryGraph, keyGraph, evaluationGraph)) {
        for (org.deeplearning4j.nn.api.Layer layer : graph.getLayers()) {
          ((EngineLayer) layer).release();
        }
      }
      activations.close();
      queryGraph.getGradientsViewArray().close();
      query.close();
      key.close();
      velocity.close();
    }
  }

  /**
   * @param modalities number of modalities, at least 1
   * @param arithmetic the engine's own from now on
   */
  Dl4jEncoderEngine(EncoderShape shape, int modalities, GraphArithmetic arithmetic) {
    this.arithmetic = arithmetic;
    memory = arithmetic.memory();
    this.shape = shape;
    ParameterLayout layout = new ParameterLayout(shape);
    size = layout.size();
    trainable = trainable(layout);
    // Nothing here is left to the collector, so that there is nothing to call it for.
    Nd4j.getMemoryManager().togglePeriodicGc(false);
    try {
      arguments = new EngineArguments(shape, modalities);
      open(modalities);
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private void open(int modalities) {
    ComputationGraphConfiguration configuration = EncoderGraph.configuration(shape, 0);
    LayerRuntime forInference = new LayerRuntime(arithmetic, inference, scratch, false);
    for (int modality = 0; modality < modalities; modality++) {
      Encoder encoder = new Encoder(configuration, size);
      encoders.add(encoder);
      encoder.attach(
          encoder.queryGraph, new LayerRuntime(arithmetic, encoder.activations, scratch, true));
      encoder.attach(encoder.keyGraph, forInference);
      encoder.attach(encoder.evaluationGraph, forInference);
    }
  }

  private static List<Span> trainable(ParameterLayout layout) {
    List<Span> spans = new ArrayList<>();
    int start = 0;
    for (Tensor tensor : layout.tensors()) {
      if (tensor.statistic()) {
        if (tensor.offset() > start) {
          spans.add(new Span(start, tensor.offset()));
        }
        start = tensor.offset() + tensor.length();
      }
    }
    spans.add(new Span(start, layout.size()));
    return spans;
  }

  @Override
  public EncoderShape shape() {
    return shape;
  }

  @Override
  public int modalities() {
    return encoders.size();
  }

  @Override
  public void setParameters(Branch branch, int modality, float[] parameters) {
    write(parameters, parameters(branch, modality));
  }

  @Override
  public void readParameters(Branch branch, int modality, float[] destination) {
    read(parameters(branch, modality), destination);
  }

  @Override
  public void setVelocity(int modality, float[] velocity) {
    write(velocity, encoder(modality).velocity);
  }

  @Override
  public void readVelocity(int modality, float[] destination) {
    read(encoder(modality).velocity, destination);
  }

  @Override
  public void readGradients(int modality, float[] destination) {
    read(encoder(modality).queryGraph.getGradientsViewArray(), destination);
  }

  private INDArray parameters(Branch branch, int modality) {
    Encoder encoder = encoder(modality);
    return branch == Branch.QUERY ? encoder.query : encoder.key;
  }

  private Encoder encoder(int modality) {
    requireOpen();
    return encoders.get(modality);
  }

  private void write(float[] source, INDArray vector) {
    arguments.requireVector(source, size);
    memory.write(source, 0, size, vector);
  }

  private void read(INDArray vector, float[] destination) {
    arguments.requireVector(destination, size);
    memory.read(vector, destination, 0, size);
  }

  @Override
  public float[][] embedQueries(ViewBatch views) {
    check(views);
    float[][] embeddings = new float[encoders.size()][];
    for (int modality = 0; modality < encoders.size(); modality++) {
      embeddings[modality] = embed(encoders.get(modality).queryGraph, views, modality);
    }
    retainedSequences = views.sequences();
    return embeddings;
  }

  @Override
  public float[][] embedKeys(ViewBatch views) {
    check(views);
    float[][] embeddings = new float[encoders.size()][];
    for (int modality = 0; modality < encoders.size(); modality++) {
      embeddings[modality] = embed(encoders.get(modality).keyGraph, views, modality);
    }
    return embeddings;
  }

  private float[] embed(ComputationGraph graph, ViewBatch views, int modality) {
    Map<String, INDArray> activations =
        graph.feedForward(new INDArray[] {input(views, modality)}, true, false);
    int perHead = views.sequences() * shape.embedding();
    float[] embeddings = new float[shape.heads() * perHead];
    for (int head = 0; head < shape.heads(); head++) {
      memory.read(
          activations.get(EncoderGraph.embedding(head)), embeddings, head * perHead, perHead);
    }
    return embeddings;
  }

  private INDArray input(ViewBatch views, int modality) {
    INDArray input = scratch.get("views", views.frames(), views.sequences(), views.features());
    memory.write(views.inputs()[modality], 0, Math.toIntExact(input.length()), input);
    return TimeMajor.asRecurrent(input);
  }

  private void check(ViewBatch views) {
    requireOpen();
    arguments.require(views);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  @Override
  public void backward(float[][] gradients) {
    requireOpen();
    arguments.requireGradients(gradients, retainedSequences);
    int perHead = retainedSequences * shape.embedding();
    for (int modality = 0; modality < encoders.size(); modality++) {
      INDArray[] epsilons = new INDArray[shape.heads()];
      for (int head = 0; head < shape.heads(); head++) {
        epsilons[head] = scratch.get("epsilon." + head, retainedSequences, shape.embedding());
        memory.write(gradients[modality], head * perHead, perHead, epsilons[head]);
      }
      encoders.get(modality).queryGraph.backpropGradient(epsilons);
    }
    retainedSequences = 0;
  }

  @Override
  public void update(float learningRate, float momentum, float weightDecay) {
    requireOpen();
    for (Encoder encoder : encoders) {
      INDArray gradient = encoder.queryGraph.getGradientsViewArray();
      for (Span span : trainable) {
        memory.descend(
            encoder.query,
            encoder.velocity,
            gradient,
            span.start(),
            span.end(),
            learningRate,
            momentum,
            weightDecay);
      }
    }
  }

  @Override
  public void movingAverage(double keyMomentum) {
    requireOpen();
    for (Encoder encoder : encoders) {
      for (Span span : trainable) {
        memory.average(encoder.key, encoder.query, span.start(), span.end(), keyMomentum);
      }
    }
  }

  @Override
  public float[] represent(int modality, ViewBatch views) {
    check(views);
    ComputationGraph graph = encoder(modality).evaluationGraph;
    INDArray[] input = {input(views, modality)};
    int last = graph.getVertex(EncoderGraph.REPRESENTATION).getVertexIndex();
    return memory.read(
        graph.feedForward(input, last, false, false).get(EncoderGraph.REPRESENTATION));
  }

  @Override
  public float[] embed(int modality, ViewBatch views) {
    check(views);
    INDArray[] input = {input(views, modality)};
    return memory.read(
        encoder(modality)
            .evaluationGraph
            .feedForward(input, false, false)
            .get(EncoderGraph.embedding(0)));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    encoders.forEach(Encoder::close);
    inference.close();
    scratch.close();
    arithmetic.close();
  }
}
