package dev.armature.encoder;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters of one GRU, or their gradients: dense row-major views of a flat vector, with the
 * gates in the order update, reset, candidate.
 *
 * @param input input × 3·hidden
 * @param hidden hidden × 3·hidden
 * @param inputBias 3·hidden, added to the input's product
 * @param hiddenBias 3·hidden, added to the state's product; the candidate's part stands inside the
 *     reset gate's reach
 */
public record GruWeights(
    INDArray input, INDArray hidden, INDArray inputBias, INDArray hiddenBias) {}
