package dev.armature.encoder.cuda;

import dev.armature.encoder.cuda.KernelLauncher.Grid;

/**
 * The kernels of {@code kernels.cu}, with as many threads as their work asks for. The shapes of
 * blocks are constants of that file, too.
 */
final class LaunchedKernels implements Kernels {
  /** Threads of a block where each number is by itself. */
  private static final int THREADS = 256;

  /** Blocks of such a launch at most; its threads then take several numbers each. */
  private static final int BLOCKS = 4096;

  /** Columns of a block where columns are summed: those of one warp. */
  private static final int COLUMNS = 32;

  /** Threads that share a column. */
  private static final int ROWS = 16;

  /** Threads that share a row. */
  private static final int ROW_THREADS = 128;

  /** Width of a tile that is transposed, and threads below each other that do so. */
  private static final int TILE = 32;

  private static final int TILE_ROWS = 8;

  private final KernelLauncher launcher;

  LaunchedKernels(KernelLauncher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void normTrain(
      DeviceFloats values,
      DeviceFloats unit,
      DeviceFloats result,
      int rows,
      int features,
      DeviceFloats weight,
      DeviceFloats bias,
      DeviceFloats mean,
      DeviceFloats variance) {
    launcher.launch(
        "norm_train",
        columns(features),
        values,
        unit,
        result,
        rows,
        features,
        weight,
        bias,
        mean,
        variance);
  }

  @Override
  public void normEvaluate(
      DeviceFloats values,
      DeviceFloats result,
      int rows,
      int features,
      DeviceFloats weight,
      DeviceFloats bias,
      DeviceFloats mean,
      DeviceFloats variance) {
    launcher.launch(
        "norm_evaluate",
        each((long) rows * features),
        values,
        result,
        (long) rows * features,
        features,
        weight,
        bias,
        mean,
        variance);
  }

  @Override
  public void normBackward(
      DeviceFloats gradient,
      DeviceFloats unit,
      int rows,
      int features,
      DeviceFloats weightGradient,
      DeviceFloats biasGradient) {
    launcher.launch(
        "norm_backward",
        columns(features),
        gradient,
        unit,
        rows,
        features,
        weightGradient,
        biasGradient);
  }

  @Override
  public void reverseFrames(DeviceFloats source, DeviceFloats target, int frames, int width) {
    launcher.launch("reverse_frames", each((long) frames * width), source, target, frames, width);
  }

  @Override
  public void addFrames(
      DeviceFloats first,
      DeviceFloats second,
      DeviceFloats sum,
      int frames,
      int width,
      boolean reversed) {
    launcher.launch(
        "add_frames",
        each((long) frames * width),
        first,
        second,
        sum,
        frames,
        width,
        flag(reversed));
  }

  @Override
  public void join(
      DeviceFloats first,
      DeviceFloats second,
      DeviceFloats both,
      int frames,
      int sequences,
      int hidden,
      boolean reversed) {
    launcher.launch(
        "join",
        each((long) frames * sequences * hidden),
        first,
        second,
        both,
        frames,
        sequences,
        hidden,
        flag(reversed));
  }

  @Override
  public void splitSum(
      DeviceFloats byFirst,
      DeviceFloats bySecond,
      DeviceFloats first,
      DeviceFloats second,
      int frames,
      int sequences,
      int hidden,
      boolean reversed) {
    launcher.launch(
        "split_sum",
        each((long) frames * sequences * hidden),
        byFirst,
        bySecond,
        first,
        second,
        frames,
        sequences,
        hidden,
        flag(reversed));
  }

  @Override
  public void split(DeviceFloats both, DeviceFloats first, DeviceFloats second, int rows, int half) {
    launcher.launch("split", each((long) rows * half), both, first, second, rows, half);
  }

  @Override
  public void addBias(DeviceFloats values, DeviceFloats bias, int rows, int width, boolean rectify) {
    launcher.launch(
        "add_bias",
        each((long) rows * width),
        values,
        bias,
        (long) rows * width,
        width,
        flag(rectify));
  }

  @Override
  public void maskUnlessPositive(DeviceFloats gradient, DeviceFloats values, long length) {
    launcher.launch("mask_unless_positive", each(length), gradient, values, length);
  }

  @Override
  public void sumRows(DeviceFloats values, DeviceFloats sum, int rows, int width) {
    launcher.launch("sum_rows", columns(width), values, sum, rows, width);
  }

  @Override
  public void unitLength(
      DeviceFloats values, DeviceFloats unit, DeviceFloats lengths, int rows, int width) {
    launcher.launch("unit_length", rows(rows), values, unit, lengths, width);
  }

  @Override
  public void unitBackward(
      DeviceFloats gradient,
      DeviceFloats unit,
      DeviceFloats lengths,
      DeviceFloats result,
      int rows,
      int width) {
    launcher.launch("unit_backward", rows(rows), gradient, unit, lengths, result, width);
  }

  @Override
  public void descend(
      DeviceFloats parameters,
      DeviceFloats velocity,
      DeviceFloats gradient,
      float learningRate,
      float momentum,
      float weightDecay) {
    long length = parameters.length();
    launcher.launch(
        "descend",
        each(length),
        parameters,
        velocity,
        gradient,
        length,
        learningRate,
        momentum,
        weightDecay);
  }

  @Override
  public void average(DeviceFloats key, DeviceFloats query, float kept, float taken) {
    launcher.launch("average", each(key.length()), key, query, key.length(), kept, taken);
  }

  @Override
  public void pack(DeviceFloats source, int stride, DeviceFloats target, int rows, int columns) {
    launcher.launch(
        "transpose", tiles(columns, rows), source, stride, target, rows, rows, columns);
  }

  @Override
  public void unpack(DeviceFloats source, DeviceFloats target, int stride, int rows, int columns) {
    // The packed matrix is columns × rows.
    launcher.launch(
        "transpose", tiles(rows, columns), source, rows, target, stride, columns, rows);
  }

  @Override
  public void toBfloat16(DeviceFloats values, DeviceFloats rounded, long length) {
    launcher.launch("to_bfloat16", each(length), values, rounded, length);
  }

  @Override
  public void fromBfloat16(DeviceFloats rounded, DeviceFloats values, long length) {
    launcher.launch("from_bfloat16", each(length), rounded, values, length);
  }

  private static int flag(boolean value) {
    return value ? 1 : 0;
  }

  /** As many threads as there are numbers, or as many as are worth it. */
  static Grid each(long length) {
    long blocks = (length + THREADS - 1) / THREADS;
    return new Grid((int) Math.max(1, Math.min(BLOCKS, blocks)), 1, THREADS, 1);
  }

  private static Grid columns(int width) {
    return new Grid((width + COLUMNS - 1) / COLUMNS, 1, COLUMNS, ROWS);
  }

  private static Grid rows(int rows) {
    return new Grid(rows, 1, ROW_THREADS, 1);
  }

  private static Grid tiles(int width, int height) {
    return new Grid((width + TILE - 1) / TILE, (height + TILE - 1) / TILE, TILE, TILE_ROWS);
  }
}
