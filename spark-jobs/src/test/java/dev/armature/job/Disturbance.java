package dev.armature.job;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.util.TaskCompletionListener;
import scala.collection.JavaConverters;

/**
 * Disturbs chosen tasks of chosen rounds, in executors with processes of their own: a Spark plugin.
 * Every task asks the driver, before it begins, what is to become of it, so that a disturbance
 * always hits a task that runs. What happened is printed by the driver, a line each; {@link
 * #printed} counts such lines.
 */
public final class Disturbance implements SparkPlugin {
  /** Spark's setting with the disturbances to come, separated by commas. */
  static final String SETTING = "spark.armature.test.disturbances";

  private static final String MARK = "disturbance: ";
  private static final int PATIENCE_SECONDS = 120;

  /** A round's two kinds of tasks. */
  enum Phase {
    TRAINING,
    AVERAGING
  }

  /** What becomes of a task. */
  enum Fate {
    /** Its executor is killed, SIGKILL, before the task has done anything. */
    KILLED_FIRST,
    /** Its executor is killed, SIGKILL, when the work is done and not yet reported. */
    KILLED_LAST,
    /** It does nothing until a duplicate of it has ended. */
    SLOW
  }

  /**
   * A disturbance.
   *
   * @param round counted from 0
   * @param partition of the task; of training the worker
   * @param times how many of the task's attempts are hit, one after the other
   */
  record Planned(int round, Phase phase, int partition, Fate fate, int times) {
    @Override
    public String toString() {
      return round + "/" + phase + "/" + partition + "/" + fate + "/" + times;
    }

    static Planned parse(String text) {
      String[] parts = text.split("/", -1);
      return new Planned(
          Integer.parseInt(parts[0]),
          Phase.valueOf(parts[1]),
          Integer.parseInt(parts[2]),
          Fate.valueOf(parts[3]),
          Integer.parseInt(parts[4]));
    }
  }

  /** A task asks what becomes of it; the answer is the name of a {@link Fate}, or empty. */
  private record Begun(int stage, int partition, String executor) implements Serializable {}

  /** A slow task asks whether it may go on; the answer is a Boolean. */
  private record Waiting(int stage, int partition) implements Serializable {}

  /** How many lines of a process's output tell of something. */
  static long printed(String output, String what) {
    return output.lines().filter(line -> line.startsWith(MARK + what)).count();
  }

  @Override
  public DriverPlugin driverPlugin() {
    return new Driver();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Executor();
  }

  private static final class Executor implements ExecutorPlugin {
    private PluginContext plugin;

    @Override
    public void init(PluginContext context, Map<String, String> extra) {
      plugin = context;
    }

    @Override
    public void onTaskStart() {
      TaskContext task = TaskContext.get();
      String fate =
          (String) ask(new Begun(task.stageId(), task.partitionId(), plugin.executorID()));
      if (fate.isEmpty()) {
        return;
      }
      switch (Fate.valueOf(fate)) {
        case KILLED_FIRST -> killThisProcess();
        case KILLED_LAST ->
            // The first listener to be added is the last to be called.
            task.addTaskCompletionListener((TaskCompletionListener) context -> killThisProcess());
        case SLOW -> {
          while (!(Boolean) ask(new Waiting(task.stageId(), task.partitionId()))) {
            // Spark ends the slower attempt by interrupting it.
            pause();
          }
        }
      }
    }

    private Object ask(Serializable question) {
      try {
        return plugin.ask(question);
      } catch (Exception lost) {
        throw new IllegalStateException("the driver does not answer", lost);
      }
    }

    private static void pause() {
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException ended) {
        throw new IllegalStateException("ended for the duplicate", ended);
      }
    }

    private static void killThisProcess() {
      try {
        long self = ProcessHandle.current().pid();
        new ProcessBuilder("bash", "-c", "kill -9 " + self).start().waitFor();
        TimeUnit.SECONDS.sleep(PATIENCE_SECONDS);
      } catch (IOException | InterruptedException alive) {
        throw new IllegalStateException("could not be killed", alive);
      }
    }
  }

  /**
   * A stage of Spark.
   *
   * @param round -1 if it belongs to none
   */
  private record Stage(int round, Phase phase) {}

  /** Knows rounds by the jobs that the coordinator starts. */
  private static final class Driver extends SparkListener implements DriverPlugin {
    private final List<Planned> planned = new ArrayList<>();
    private final Map<Planned, Integer> hit = new HashMap<>();

    /** By Spark's number. */
    private final Map<Integer, Stage> stages = new HashMap<>();

    private final Set<String> endedDuplicates = new HashSet<>();
    private int rounds;

    @Override
    public Map<String, String> init(SparkContext spark, PluginContext context) {
      for (String each : spark.conf().get(SETTING, "").split(",", -1)) {
        if (!each.isEmpty()) {
          planned.add(Planned.parse(each));
        }
      }
      spark.addSparkListener(this);
      return Map.of();
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart job) {
      List<StageInfo> all = new ArrayList<>(JavaConverters.seqAsJavaList(job.stageInfos()));
      all.sort(Comparator.comparingInt(StageInfo::stageId));
      boolean round =
          all.stream()
              .anyMatch(stage -> stage.details().contains("dev.armature.round.Coordinator.run("));
      for (int i = 0; i < all.size(); i++) {
        Phase phase = i == all.size() - 1 ? Phase.AVERAGING : Phase.TRAINING;
        int number = round && i >= all.size() - 2 ? rounds : -1;
        stages.put(all.get(i).stageId(), new Stage(number, phase));
      }
      rounds += round ? 1 : 0;
      notifyAll();
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.reason() instanceof ExecutorLostFailure) {
        System.out.println(MARK + "task lost");
      }
      if (end.taskInfo().speculative() && end.taskInfo().successful()) {
        endedDuplicates.add(end.stageId() + "/" + end.taskInfo().index());
        System.out.println(MARK + "duplicate ended first");
      }
      if (end.reason() instanceof org.apache.spark.TaskKilled) {
        System.out.println(MARK + "attempt overtaken");
      }
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      System.out.println(MARK + "executor removed: " + removed.reason());
    }

    @Override
    public synchronized Object receive(Object question) throws InterruptedException {
      if (question instanceof Waiting waiting) {
        return endedDuplicates.contains(waiting.stage() + "/" + waiting.partition());
      }
      Begun begun = (Begun) question;
      // Events come by another thread; a task may be quicker.
      while (!stages.containsKey(begun.stage())) {
        wait(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      }
      Stage stage = stages.get(begun.stage());
      for (Planned each : planned) {
        boolean meant =
            each.round() == stage.round()
                && each.phase() == stage.phase()
                && each.partition() == begun.partition();
        if (meant && hit.getOrDefault(each, 0) < each.times()) {
          hit.merge(each, 1, Integer::sum);
          System.out.println(MARK + "hit " + each + " in executor " + begun.executor());
          return each.fate().name();
        }
      }
      return "";
    }
  }
}
