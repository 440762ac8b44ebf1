package dev.armature.dataset.store;

import dev.armature.dataset.RawDataset;
import dev.armature.dataset.SplitRule;
import dev.armature.dataset.mhad.MhadDataset;
import dev.armature.dataset.ntu.NtuDataset;
import dev.armature.dataset.numpy.NumpyDataset;
import dev.armature.dataset.synthetic.SyntheticDataset;
import dev.armature.skeleton.SkeletonLayout;
import dev.armature.skeleton.SkeletonLayouts;

/** Makes the raw data set that a request asks for. */
final class RawDatasets {
  private static final int NTU60_CLASSES = 60;
  private static final int NTU120_CLASSES = 120;

  private RawDatasets() {}

  static RawDataset of(PrepareRequest request) {
    return switch (request.dataset()) {
      case NTU60 ->
          new NtuDataset(
              request.source(),
              layout(request, "kinect-v2"),
              NTU60_CLASSES,
              SplitRule.ntu60(request.protocol()),
              request.missing().orElse(""));
      case NTU120 ->
          new NtuDataset(
              request.source(),
              layout(request, "kinect-v2"),
              NTU120_CLASSES,
              SplitRule.ntu120(request.protocol()),
              request.missing().orElse(""));
      case SYNTHETIC ->
          new SyntheticDataset(
              request.synthetic(),
              SplitRule.synthetic(request.protocol(), request.synthetic().subjects()));
      case UTD_MHAD ->
          new MhadDataset(
              request.source(),
              layout(request, "kinect-v1"),
              SplitRule.utdMhad(request.protocol()));
      case NPY -> new NumpyDataset(request.source(), layout(request, "kinect-v2"));
    };
  }

  private static SkeletonLayout layout(PrepareRequest request, String usual) {
    return request.layout().orElseGet(() -> SkeletonLayouts.named(usual));
  }
}
