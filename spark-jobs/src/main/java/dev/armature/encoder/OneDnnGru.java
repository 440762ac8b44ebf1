package dev.armature.encoder;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_backward;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_lbr_gru_backward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_rnn_flags_diff_weights_overwrite;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unidirectional_left2right;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unidirectional_right2left;

import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.lbr_gru_backward;
import org.bytedeco.dnnl.lbr_gru_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The oneDNN primitives of one GRU shape: a forward one, and for training a backward one with the
 * reorders that bring the weights into the layout it wants. Weights and their gradients otherwise
 * stay in {@link ParameterLayout}'s own, which the primitives take as it is.
 */
final class OneDnnGru implements AutoCloseable {
  private final OneDnnObjects objects;
  private final int hidden;
  private final OneDnnArguments forwardArguments;
  private final lbr_gru_forward forward;
  private final long scratchpadBytes;
  private final long workspaceBytes;
  private final Backward backward;

  /** What only training needs. */
  private record Backward(
      OneDnnArguments arguments,
      lbr_gru_backward primitive,
      memory plainInputWeights,
      memory plainHiddenWeights,
      memory inputWeights,
      memory hiddenWeights,
      reorder inputReorder,
      reorder hiddenReorder,
      long inputWeightBytes,
      long hiddenWeightBytes) {}

  OneDnnGru(engine cpu, GruShape shape, boolean training) {
    objects = new OneDnnObjects(cpu);
    hidden = shape.hidden();
    long gates = 3;
    memory.desc source = objects.dense(shape.frames(), shape.sequences(), shape.input());
    memory.desc destination =
        objects.strided(
            new long[] {shape.frames(), shape.sequences(), hidden},
            new long[] {(long) shape.sequences() * shape.outputWidth(), shape.outputWidth(), 1});
    memory.desc inputWeights = objects.dense(1, 1, shape.input(), gates, hidden);
    memory.desc hiddenWeights = objects.dense(1, 1, hidden, gates, hidden);
    memory.desc bias = objects.dense(1, 1, gates + 1, hidden);
    memory.desc none = objects.own(new memory.desc());
    primitive_attr attributes = objects.own(new primitive_attr());
    attributes.set_scratchpad_mode(dnnl_scratchpad_mode_user);
    int direction =
        shape.backwards() ? dnnl_unidirectional_right2left : dnnl_unidirectional_left2right;

    lbr_gru_forward.primitive_desc description =
        objects.own(
            new lbr_gru_forward.primitive_desc(
                cpu,
                training ? dnnl_forward_training : dnnl_forward_inference,
                direction,
                source,
                none,
                inputWeights,
                hiddenWeights,
                bias,
                destination,
                none,
                attributes,
                false));
    forward = objects.own(new lbr_gru_forward(description));
    forwardArguments = new OneDnnArguments(objects);
    forwardArguments.add(DNNL_ARG_SRC_LAYER, source);
    forwardArguments.add(DNNL_ARG_WEIGHTS_LAYER, inputWeights);
    forwardArguments.add(DNNL_ARG_WEIGHTS_ITER, hiddenWeights);
    forwardArguments.add(DNNL_ARG_BIAS, bias);
    forwardArguments.add(DNNL_ARG_DST_LAYER, destination);
    memory.desc forwardPad = objects.own(description.scratchpad_desc());
    forwardArguments.add(DNNL_ARG_SCRATCHPAD, forwardPad);
    if (!training) {
      scratchpadBytes = forwardPad.get_size();
      workspaceBytes = 0;
      backward = null;
      return;
    }
    memory.desc workspace = objects.own(description.workspace_desc());
    forwardArguments.add(DNNL_ARG_WORKSPACE, workspace);
    workspaceBytes = workspace.get_size();

    dnnl_primitive_desc created = new dnnl_primitive_desc();
    int status =
        dnnl_lbr_gru_backward_primitive_desc_create(
            created,
            cpu.get(),
            dnnl_backward,
            direction,
            source.get(),
            null,
            objects.anyLayout(1, 1, shape.input(), gates, hidden).get(),
            objects.anyLayout(1, 1, hidden, gates, hidden).get(),
            bias.get(),
            destination.get(),
            null,
            source.get(),
            null,
            inputWeights.get(),
            hiddenWeights.get(),
            bias.get(),
            destination.get(),
            null,
            dnnl_rnn_flags_diff_weights_overwrite,
            description.get(),
            attributes.get());
    if (status != dnnl_success) {
      throw new IllegalStateException(
          "oneDNN has no backward GRU for %s (status %d)".formatted(shape, status));
    }
    lbr_gru_backward.primitive_desc backwardDescription =
        objects.own(new lbr_gru_backward.primitive_desc(created));
    memory.desc reorderedInput = objects.own(backwardDescription.weights_layer_desc());
    memory.desc reorderedHidden = objects.own(backwardDescription.weights_iter_desc());
    OneDnnArguments arguments = new OneDnnArguments(objects);
    arguments.add(DNNL_ARG_SRC_LAYER, source);
    memory inputForBackward = arguments.add(DNNL_ARG_WEIGHTS_LAYER, reorderedInput);
    memory hiddenForBackward = arguments.add(DNNL_ARG_WEIGHTS_ITER, reorderedHidden);
    arguments.add(DNNL_ARG_BIAS, bias);
    arguments.add(DNNL_ARG_DST_LAYER, destination);
    arguments.add(DNNL_ARG_WORKSPACE, workspace);
    arguments.add(DNNL_ARG_DIFF_DST_LAYER, destination);
    arguments.add(DNNL_ARG_DIFF_SRC_LAYER, source);
    arguments.add(DNNL_ARG_DIFF_WEIGHTS_LAYER, inputWeights);
    arguments.add(DNNL_ARG_DIFF_WEIGHTS_ITER, hiddenWeights);
    arguments.add(DNNL_ARG_DIFF_BIAS, bias);
    memory.desc backwardPad = objects.own(backwardDescription.scratchpad_desc());
    arguments.add(DNNL_ARG_SCRATCHPAD, backwardPad);
    scratchpadBytes = Math.max(forwardPad.get_size(), backwardPad.get_size());
    memory plainInput = objects.memory(inputWeights);
    memory plainHidden = objects.memory(hiddenWeights);
    backward =
        new Backward(
            arguments,
            objects.own(new lbr_gru_backward(backwardDescription)),
            plainInput,
            plainHidden,
            inputForBackward,
            hiddenForBackward,
            objects.own(new reorder(plainInput, inputForBackward)),
            objects.own(new reorder(plainHidden, hiddenForBackward)),
            reorderedInput.get_size(),
            reorderedHidden.get_size());
  }

  long workspaceBytes() {
    return workspaceBytes;
  }

  long scratchpadBytes() {
    return scratchpadBytes;
  }

  void forward(
      stream cpuStream,
      OneDnnScratch scratch,
      GruWeights weights,
      INDArray input,
      INDArray output,
      OneDnnTrace trace) {
    forwardArguments.point(DNNL_ARG_SRC_LAYER, NativeFloats.pointer(input));
    forwardArguments.point(DNNL_ARG_WEIGHTS_LAYER, NativeFloats.pointer(weights.input()));
    forwardArguments.point(DNNL_ARG_WEIGHTS_ITER, NativeFloats.pointer(weights.hidden()));
    forwardArguments.point(DNNL_ARG_BIAS, OneDnnBias.merged(weights, hidden, scratch.bias));
    forwardArguments.point(DNNL_ARG_DST_LAYER, NativeFloats.pointer(output));
    forwardArguments.point(DNNL_ARG_SCRATCHPAD, scratch.pad.atLeast(scratchpadBytes));
    if (trace != null) {
      forwardArguments.point(DNNL_ARG_WORKSPACE, trace.memory());
    }
    forwardArguments.execute(forward, cpuStream);
  }

  void backward(
      stream cpuStream,
      OneDnnScratch scratch,
      GruWeights weights,
      INDArray input,
      INDArray output,
      INDArray outputGradient,
      OneDnnTrace trace,
      INDArray inputGradient,
      GruWeights gradients) {
    OneDnnArguments arguments = backward.arguments();
    arguments.point(
        DNNL_ARG_WEIGHTS_LAYER, scratch.inputWeights.atLeast(backward.inputWeightBytes()));
    arguments.point(
        DNNL_ARG_WEIGHTS_ITER, scratch.hiddenWeights.atLeast(backward.hiddenWeightBytes()));
    backward.plainInputWeights().set_data_handle(NativeFloats.pointer(weights.input()));
    backward.plainHiddenWeights().set_data_handle(NativeFloats.pointer(weights.hidden()));
    backward
        .inputReorder()
        .execute(cpuStream, backward.plainInputWeights(), backward.inputWeights());
    backward
        .hiddenReorder()
        .execute(cpuStream, backward.plainHiddenWeights(), backward.hiddenWeights());

    arguments.point(DNNL_ARG_SRC_LAYER, NativeFloats.pointer(input));
    arguments.point(DNNL_ARG_BIAS, OneDnnBias.merged(weights, hidden, scratch.bias));
    arguments.point(DNNL_ARG_DST_LAYER, NativeFloats.pointer(output));
    arguments.point(DNNL_ARG_WORKSPACE, trace.memory());
    arguments.point(DNNL_ARG_DIFF_DST_LAYER, NativeFloats.pointer(outputGradient));
    arguments.point(DNNL_ARG_DIFF_SRC_LAYER, NativeFloats.pointer(inputGradient));
    arguments.point(DNNL_ARG_DIFF_WEIGHTS_LAYER, NativeFloats.pointer(gradients.input()));
    arguments.point(DNNL_ARG_DIFF_WEIGHTS_ITER, NativeFloats.pointer(gradients.hidden()));
    arguments.point(DNNL_ARG_DIFF_BIAS, OneDnnBias.zeroed(hidden, scratch.biasGradient));
    arguments.point(DNNL_ARG_SCRATCHPAD, scratch.pad.atLeast(scratchpadBytes));
    arguments.execute(backward.primitive(), cpuStream);
    OneDnnBias.split(scratch.biasGradient, hidden, gradients);
  }

  @Override
  public void close() {
    objects.close();
  }
}
