package dev.armature.augment;

import dev.armature.skeleton.Modality;
import dev.armature.skeleton.SkeletonLayout;

/**
 * Derives the modalities of a view from its joints and writes them into a batch.
 *
 * <p>Plain arithmetic, also where a joint or person was not seen and is all zero: its motion jumps
 * where it appears, and a bone with one end unseen is the other end's position. The encoders were
 * published with exactly that. Not thread-safe.
 */
final class ModalityDerivation {
  /** By feature: the place of the same coordinate and person of the parent joint. */
  private final int[] parentFeature;

  /** One frame; what is derived in place here and then copied is faster than what is scattered. */
  private final float[] derived;

  /** The bones of a frame and of the next ones, of which a change is to be taken. */
  private final float[][] bones;

  /** The change that a frame with too few next ones has. */
  private final float[] none;

  ModalityDerivation(SkeletonLayout layout, int persons) {
    int[] parents = layout.parents();
    int block = 3 * persons;
    parentFeature = new int[parents.length * block];
    for (int feature = 0; feature < parentFeature.length; feature++) {
      parentFeature[feature] = parents[feature / block] * block + feature % block;
    }
    derived = new float[parentFeature.length];
    none = new float[parentFeature.length];
    bones = new float[3][parentFeature.length];
  }

  /** Numbers in a frame: joints · 3 · persons. */
  int features() {
    return parentFeature.length;
  }

  /**
   * Writes every modality of some views to a batch.
   *
   * @param views the joints: at least count × frames × features
   * @param count number of views
   * @param row the first one's place in the batch; the others follow
   */
  void write(float[][][] views, int count, ViewBatch batch, int row) {
    for (int i = 0; i < batch.inputs().length; i++) {
      Modality modality = batch.modalities().get(i);
      float[] destination = batch.inputs()[i];
      for (int frame = 0; frame < batch.frames(); frame++) {
        for (int view = 0; view < count; view++) {
          float[] numbers = derive(modality, views[view], frame);
          System.arraycopy(
              numbers, 0, destination, batch.offset(frame, row + view), numbers.length);
        }
      }
    }
  }

  private float[] derive(Modality modality, float[][] view, int frame) {
    if (frame + modality.changes() >= view.length) {
      return none;
    }
    float[] now = source(modality, view, frame, 0);
    return switch (modality.changes()) {
      case 0 -> now;
      case 1 -> change(now, source(modality, view, frame, 1));
      default ->
          secondChange(now, source(modality, view, frame, 1), source(modality, view, frame, 2));
    };
  }

  /** What the modality is, or is the change of, some frames further on. */
  private float[] source(Modality modality, float[][] view, int frame, int further) {
    float[] joints = view[frame + further];
    return modality.ofBones() ? bones(joints, bones[further]) : joints;
  }

  private float[] bones(float[] joints, float[] offsets) {
    int[] parents = parentFeature;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = joints[i] - joints[parents[i]];
    }
    return offsets;
  }

  private float[] change(float[] frame, float[] next) {
    float[] change = derived;
    for (int i = 0; i < change.length; i++) {
      change[i] = next[i] - frame[i];
    }
    return change;
  }

  /** The change of the change. */
  private float[] secondChange(float[] frame, float[] next, float[] afterNext) {
    float[] change = derived;
    for (int i = 0; i < change.length; i++) {
      change[i] = (afterNext[i] - next[i]) - (next[i] - frame[i]);
    }
    return change;
  }
}
