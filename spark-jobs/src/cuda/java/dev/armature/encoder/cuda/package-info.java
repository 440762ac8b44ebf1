/**
 * The engine whose encoders stay on an NVIDIA GPU: parameters, momentum, gradients and activations
 * in its memory, recurrent layers by cuDNN, dense layers by cuBLAS, the rest by kernels compiled for
 * the GPU that is found. Only in builds with the profile {@code cuda}.
 *
 * <p>{@link dev.armature.encoder.cuda.CudaEngine} knows devices by the interfaces {@link
 * dev.armature.encoder.cuda.Device}, {@link dev.armature.encoder.cuda.DeviceStream}, {@link
 * dev.armature.encoder.cuda.DeviceGru} and {@link dev.armature.encoder.cuda.Kernels} alone, so that
 * all of it can be tested in main memory. What calls CUDA is behind them. The losses of {@code
 * dev.armature.distill.cuda} stand on the same, with {@link dev.armature.encoder.cuda.LossKernels}.
 */
package dev.armature.encoder.cuda;
