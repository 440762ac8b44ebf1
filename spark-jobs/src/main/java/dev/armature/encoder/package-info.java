/**
 * The encoders: input norm, recurrent layers, projection heads, and the engine that runs one
 * encoder per modality in whole-batch terms.
 *
 * <p>Nothing here knows a loss, a queue or a cluster.
 */
package dev.armature.encoder;
