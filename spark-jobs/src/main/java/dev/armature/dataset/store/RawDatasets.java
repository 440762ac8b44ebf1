package dev.armature.dataset.store;

import dev.armature.dataset.RawDataset;
import dev.armature.dataset.SplitRule;
import dev.armature.dataset.mhad.MhadDataset;
import dev.armature.dataset.ntu.NtuDataset;
import dev.armature.dataset.numpy.NpzDataset;
import dev.armature.dataset.numpy.NumpyDataset;
import dev.armature.dataset.pku.PkuDataset;
import dev.armature.dataset.pku.PkuPart;
import dev.armature.dataset.pyskl.PysklDataset;
import dev.armature.dataset.synthetic.SyntheticDataset;
import dev.armature.dataset.ucla.UclaDataset;
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
      case NPZ -> new NpzDataset(request.source(), layout(request, "kinect-v2"));
      case PKU_MMD_1 -> pku(request, PkuPart.ONE);
      case PKU_MMD_2 -> pku(request, PkuPart.TWO);
      case NW_UCLA ->
          new UclaDataset(
              request.source(),
              layout(request, "kinect-v1-sdk"),
              SplitRule.nwUcla(request.protocol()));
      case PYSKL ->
          new PysklDataset(
              request.source(),
              request.layout().orElse(null),
              request.protocol(),
              request.splits());
      case PARQUET ->
          throw new IllegalStateException("a table is read by Spark, not by readers of files");
    };
  }

  private static PkuDataset pku(PrepareRequest request, PkuPart part) {
    return new PkuDataset(request.source(), layout(request, "kinect-v2"), part, request.protocol());
  }

  private static SkeletonLayout layout(PrepareRequest request, String usual) {
    return request.layout().orElseGet(() -> SkeletonLayouts.named(usual));
  }
}
