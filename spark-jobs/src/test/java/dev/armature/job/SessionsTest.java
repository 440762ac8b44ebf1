package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a run's session is opened with. */
class SessionsTest {
  private static final String FEWEST = "spark.dynamicAllocation.minExecutors";

  private final Map<String, String> before = new HashMap<>();

  private void configure(String key, String value) {
    before.put(key, System.getProperty(key));
    System.setProperty(key, value);
  }

  @AfterEach
  void forget() {
    before.forEach(
        (key, value) -> {
          if (value == null) {
            System.clearProperty(key);
          } else {
            System.setProperty(key, value);
          }
        });
  }

  private static SparkConf configuration(int workers, int least) {
    return Sessions.configuration(
        "pretrain",
        SettingsFile.read(
            (String) null,
            List.of(
                "round.workers=" + workers,
                "round.least-workers=" + least,
                "round.cores-per-worker=2"),
            Sessions.hadoop()));
  }

  private void dynamic() {
    configure("spark.master", "yarn");
    configure("spark.executor.cores", "4");
    configure("spark.dynamicAllocation.enabled", "true");
  }

  @Test
  void executors_for_all_workers_are_asked_for_while_their_number_follows_the_executors() {
    dynamic();
    assertThat(configuration(7, 2).get(FEWEST)).isEqualTo("4");
    configure("spark.dynamicAllocation.maxExecutors", "3");
    assertThat(configuration(7, 2).get(FEWEST)).isEqualTo("3");
  }

  @Test
  void workers_that_take_turns_have_executors_come_and_go_with_the_work() {
    dynamic();
    assertThat(configuration(7, 7).contains(FEWEST)).isFalse();
  }

  @Test
  void a_number_that_the_user_has_set_stays() {
    dynamic();
    configure(FEWEST, "1");
    assertThat(configuration(7, 2).get(FEWEST)).isEqualTo("1");
  }

  @Test
  void without_dynamic_allocation_as_many_executors_are_asked_for_as_workers_need() {
    configure("spark.master", "yarn");
    configure("spark.executor.cores", "4");
    SparkConf conf = configuration(7, 2);
    assertThat(conf.contains(FEWEST)).isFalse();
    assertThat(conf.get("spark.executor.instances")).isEqualTo("4");
  }
}
