package dev.armature.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkException;
import org.apache.spark.deploy.SparkSubmitArguments;
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
 * @param properties Spark's settings by name, those of the properties file included
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
    try {
      SparkSubmitArguments parsed =
          new SparkSubmitArguments(
              JavaConverters.asScalaBuffer(arguments),
              SparkSubmitArguments.$lessinit$greater$default$2());
      List<String> command = JavaConverters.bufferAsJavaList(parsed.childArgs());
      return new SubmitCall(
          List.copyOf(arguments.subList(0, arguments.size() - command.size() - 1)),
          parsed.primaryResource(),
          List.copyOf(command),
          parsed.master(),
          "cluster".equals(parsed.deployMode()),
          Optional.ofNullable(parsed.files()),
          Map.copyOf(JavaConverters.mapAsJavaMap(parsed.sparkProperties())));
    } catch (Exception refused) {
      // Scala does not declare what it throws.
      if (refused instanceof SparkException) {
        throw new UserMistakeException("spark-submit: " + refused.getMessage(), refused);
      }
      throw refused;
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
