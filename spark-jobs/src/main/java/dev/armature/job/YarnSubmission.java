package dev.armature.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;

/**
 * Submits a checked call to YARN, its driver in the cluster, and finds out how it went.
 *
 * @param call of spark-submit, in cluster mode
 */
record YarnSubmission(SubmitCall call) {
  private static final String TAGS = "spark.yarn.tags";
  private static final String WAIT = "spark.yarn.submit.waitAppCompletion";

  /** In which a ResourceManager that is moved or started anew comes back. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * @param scratch for what is handed over
   * @return the exit code of the command
   * @throws UserMistakeException if a recipe cannot be handed over
   */
  int run(Path scratch, Configuration hadoop) throws IOException {
    ShippedRecipes recipes = ShippedRecipes.write(call.command(), scratch, "", hadoop);
    List<String> further = new ArrayList<>(recipes.options(call.files()));
    String tag = "armature-" + UUID.randomUUID().toString().toLowerCase(Locale.ROOT);
    String tags = call.properties().get(TAGS);
    further.add("--conf");
    further.add(TAGS + "=" + (tags == null ? tag : tags + "," + tag));
    String failure = call.submit(further, recipes.command());
    boolean waits = Boolean.parseBoolean(call.properties().getOrDefault(WAIT, "true"));
    return new YarnOutcome(() -> YarnApplication.tagged(tag, hadoop), tag, PATIENCE)
        .exitCode(failure, waits);
  }
}
