package dev.armature.evaluate;

import dev.armature.encoder.ClassifierGraph;
import dev.armature.encoder.EncoderBackend;
import dev.armature.encoder.NativeThreads;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Lends the network of a Spark task what its layers compute on, from the task's first batch until
 * its end. Every task has a network, threads and native memory of its own, so that several may
 * train in one process. Travels to executors; a task has a copy of its own.
 */
final class LentRuntime implements TrainingHook {
  private final EncoderBackend backend;
  private final int threads;
  private transient Model lentTo;

  /**
   * @param threads native threads of a task
   */
  LentRuntime(EncoderBackend backend, int threads) {
    this.backend = backend;
    this.threads = threads;
  }

  @Override
  public void preUpdate(MultiDataSet batch, Model model) {
    if (lentTo == model) {
      return;
    }
    NativeThreads.Alone alone = NativeThreads.aloneUntilClosed();
    ClassifierGraph.Loan loan;
    try {
      loan = ClassifierGraph.lend((ComputationGraph) model, backend, threads);
    } catch (RuntimeException | Error failure) {
      alone.close();
      throw failure;
    }
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener(
          (TaskCompletionListener)
              ended -> {
                try {
                  loan.close();
                } finally {
                  alone.close();
                }
              });
    }
    lentTo = model;
  }

  @Override
  public void preUpdate(DataSet batch, Model model) {
    throw new UnsupportedOperationException("networks are trained on multi data sets");
  }

  @Override
  public void postUpdate(DataSet batch, Model model) {}

  @Override
  public void postUpdate(MultiDataSet batch, Model model) {}
}
