package dev.armature.encoder.cuda;

import dev.armature.encoder.cuda.KernelLauncher.Grid;

/** The kernels of {@code losses.cu}, of which a block takes a row. */
final class LaunchedLossKernels implements LossKernels {
  /** Threads that share a row; a constant of that file, too. */
  private static final int THREADS = 256;

  private final KernelLauncher launcher;

  LaunchedLossKernels(KernelLauncher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void neighbours(
      DeviceFloats similarities, int rows, int queue, int wanted, float scale) {
    launcher.launch("neighbours", rows(rows), similarities, queue, wanted, scale);
  }

  @Override
  public void agree(DeviceFloats teacher, DeviceFloats consensus, float share, boolean first) {
    long length = teacher.length();
    launcher.launch(
        "agree", LaunchedKernels.each(length), teacher, consensus, length, share, first ? 1 : 0);
  }

  @Override
  public void aggregate(
      DeviceFloats similarities,
      DeviceFloats keys,
      DeviceFloats queueKeys,
      DeviceFloats aggregates,
      DeviceFloats counts,
      int rows,
      int queue,
      int embedding,
      int most,
      float least,
      float scale) {
    launcher.launch(
        "aggregate",
        rows(rows),
        similarities,
        keys,
        queueKeys,
        aggregates,
        counts,
        queue,
        embedding,
        most,
        least,
        scale);
  }

  @Override
  public void contrast(
      DeviceFloats similarities,
      DeviceFloats queries,
      DeviceFloats keys,
      DeviceFloats excluded,
      DeviceFloats coefficients,
      DeviceFloats gradient,
      DeviceFloats losses,
      int rows,
      int queue,
      int embedding,
      float scale,
      float factor) {
    launcher.launch(
        "contrast",
        rows(rows),
        similarities,
        queries,
        keys,
        excluded,
        coefficients,
        gradient,
        losses,
        queue,
        embedding,
        scale,
        factor);
  }

  @Override
  public void distil(
      DeviceFloats similarities,
      DeviceFloats teacher,
      DeviceFloats coefficients,
      DeviceFloats losses,
      int rows,
      int queue,
      float scale,
      float factor) {
    launcher.launch(
        "distil",
        rows(rows),
        similarities,
        teacher,
        coefficients,
        losses,
        queue,
        scale,
        factor);
  }

  @Override
  public void mine(
      DeviceFloats similarities,
      DeviceFloats queries,
      DeviceFloats keys,
      DeviceFloats teacher,
      DeviceFloats coefficients,
      DeviceFloats gradient,
      DeviceFloats losses,
      int rows,
      int queue,
      int embedding,
      int mined,
      float scale,
      float factor,
      boolean logOfSum) {
    launcher.launch(
        "mine",
        rows(rows),
        similarities,
        queries,
        keys,
        teacher,
        coefficients,
        gradient,
        losses,
        queue,
        embedding,
        mined,
        scale,
        factor,
        logOfSum ? 1 : 0);
  }

  private static Grid rows(int rows) {
    return new Grid(rows, 1, THREADS, 1);
  }
}
