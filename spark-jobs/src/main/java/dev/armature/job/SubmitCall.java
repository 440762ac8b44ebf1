package dev.armature.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkException;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.deploy.SparkSubmitArguments;
import scala.Tuple2;
import scala.collection.JavaConverters;

/**
 * A call of spark-submit, taken apart as spark-submit does.
 *
 * @param options of spark-submit, the main class among them
 * @param jar the application
 * @param command Armature's command and its options
 * @param master such as {@code yarn}
 * @param inCluster whether the driver runs in the cluster
 * @param files that the call ships to it already, with commas between them; empty for none
 * @param properties Spark's settings by name, those of the properties file and those included that
 *     options have a name of their own for
 */
record SubmitCall(
    List<String> options,
    String jar,
    List<String> command,
    String master,
    boolean inCluster,
    Optional<String> files,
    Map<String, String> properties) {

  /**
   * @throws UserMistakeException if spark-submit would refuse its options
   */
  static SubmitCall parse(List<String> arguments) {
    return parse(arguments, System.getenv());
  }

  /**
   * @param environment in which spark-submit looks for Hadoop's configuration and defaults
   */
  static SubmitCall parse(List<String> arguments, Map<String, String> environment) {
    try {
      SparkSubmitArguments parsed =
          new SparkSubmitArguments(JavaConverters.asScalaBuffer(arguments), scala(environment));
      List<String> command = JavaConverters.bufferAsJavaList(parsed.childArgs());
      return new SubmitCall(
          List.copyOf(arguments.subList(0, arguments.size() - command.size() - 1)),
          parsed.primaryResource(),
          List.copyOf(command),
          parsed.master(),
          "cluster".equals(parsed.deployMode()),
          Optional.ofNullable(parsed.files()),
          properties(parsed));
    } catch (Exception refused) {
      // Scala does not declare what it throws.
      if (refused instanceof SparkException) {
        throw new UserMistakeException("spark-submit: " + refused.getMessage(), refused);
      }
      throw refused;
    }
  }

  private static scala.collection.immutable.Map<String, String> scala(Map<String, String> java) {
    scala.collection.immutable.Map<String, String> entries =
        scala.collection.immutable.Map$.MODULE$.empty();
    for (Map.Entry<String, String> entry : java.entrySet()) {
      entries = entries.$plus(new Tuple2<>(entry.getKey(), entry.getValue()));
    }
    return entries;
  }

  private static Map<String, String> properties(SparkSubmitArguments parsed) {
    Map<String, String> properties =
        new HashMap<>(JavaConverters.mapAsJavaMap(parsed.sparkProperties()));
    Map<String, Supplier<String>> options =
        Map.of(
            "spark.submit.deployMode", parsed::deployMode,
            "spark.driver.memory", parsed::driverMemory,
            "spark.driver.cores", parsed::driverCores,
            "spark.executor.memory", parsed::executorMemory,
            "spark.executor.cores", parsed::executorCores,
            "spark.executor.instances", parsed::numExecutors,
            "spark.cores.max", parsed::totalExecutorCores);
    options.forEach(
        (name, option) ->
            Optional.ofNullable(option.get()).ifPresent(v -> properties.put(name, v)));
    return Map.copyOf(properties);
  }

  /**
   * Has spark-submit run the call, with another command and further options.
   *
   * @return what went wrong; empty if nothing did
   */
  String submit(List<String> further, List<String> otherCommand) {
    try {
      SparkSubmit.main(with(further, otherCommand).toArray(String[]::new));
      return "";
    } catch (Exception failed) {
      // Spark declares no exceptions and throws several kinds, also where the application failed.
      return Failures.describe(failed);
    }
  }

  /** The same call with another command, and further options that win over those there are. */
  List<String> with(List<String> further, List<String> otherCommand) {
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(further);
    arguments.add(jar);
    arguments.addAll(otherCommand);
    return arguments;
  }
}
