package dev.armature.encoder;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;

/** DL4J's memory estimates, which count parameters and momentum but no native workspaces. */
final class MemoryReports {
  private MemoryReports() {}

  static LayerMemoryReport of(Layer layer, InputType input, InputType output) {
    long parameters = layer.initializer().numParams(layer);
    return new LayerMemoryReport.Builder(layer.getLayerName(), layer.getClass(), input, output)
        .standardMemory(parameters, parameters)
        .workingMemory(0, 0, 0, output.arrayElementsPerExample())
        .cacheMemory(0, 0)
        .build();
  }
}
