package dev.armature.round;

import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** The GPU that Spark has assigned to the task of this thread. */
public final class TaskGpu {
  private TaskGpu() {}

  /** Its address, as the discovery script tells it; empty outside of tasks and without a GPU. */
  public static String address() {
    TaskContext task = TaskContext.get();
    if (task == null) {
      return "";
    }
    ResourceInformation assigned = task.resourcesJMap().get("gpu");
    return assigned == null || assigned.addresses().length == 0 ? "" : assigned.addresses()[0];
  }
}
