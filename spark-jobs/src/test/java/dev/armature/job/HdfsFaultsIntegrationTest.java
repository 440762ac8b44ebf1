package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.armature.round.CheckpointStore;
import dev.armature.round.Checkpoints;
import dev.armature.round.Patiences;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.SafeModeAction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs whose folder is on an HDFS that refuses them, for a while or for good; against an
 * undisturbed run in this process, whose folder is local.
 */
class HdfsFaultsIntegrationTest {
  private static final long MEGABYTE = 1L << 20;
  private static final int PATIENCE_SECONDS = 180;
  private static final int STEPS = 10;
  private static final String LAST = "round-00000010.safetensors";

  @TempDir private static Path folder;
  private static MiniDFSCluster cluster;
  private static DistributedFileSystem hdfs;
  private static Path data;
  private static byte[] expected;

  @BeforeAll
  static void start_hdfs_and_train_undisturbed() throws Exception {
    Configuration conf = new Configuration();
    conf.setLong("dfs.blocksize", MEGABYTE);
    conf.setInt("dfs.replication", 1);
    cluster =
        new MiniDFSCluster.Builder(conf, folder.resolve("hdfs").toFile()).numDataNodes(1).build();
    cluster.waitActive();
    hdfs = cluster.getFileSystem();
    data = GeneratedData.path();
    String run = folder.resolve("undisturbed").toString();
    CommandCall.onTwoCores(pretrain(run));
    expected = Files.readAllBytes(Path.of(run, "checkpoints", LAST));
  }

  @AfterAll
  static void stop_hdfs() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  private static List<String> pretrain(String run, String... more) {
    return CommandCall.withSettings(
        List.of("pretrain"),
        Stream.concat(
            Stream.of(
                "data.path=" + data,
                "output.dir=" + run,
                "encoder.hidden=4",
                "encoder.layers=1",
                "encoder.embedding=16",
                "augment.frames=16",
                "augment.minimum-crop=16",
                "distill.queue=1024",
                "distill.neighbours=20",
                "train.batch=8",
                "train.max-steps=" + STEPS,
                "round.workers=2",
                "round.local-steps=1",
                "checkpoint.every-rounds=2",
                "checkpoint.keep=20"),
            Stream.of(more)));
  }

  private static CommandProcess start(List<String> command) throws IOException {
    Map<String, String> properties =
        Map.of(
            "spark.master", "local[2]",
            "spark.hadoop.dfs.blocksize", Long.toString(MEGABYTE),
            "spark.hadoop.dfs.replication", "1");
    return CommandProcess.start(folder, properties, command.toArray(String[]::new));
  }

  /** A folder in which there is room for one checkpoint, and not for the next one's checksum. */
  private static org.apache.hadoop.fs.Path roomForOneCheckpoint(String name) throws IOException {
    org.apache.hadoop.fs.Path run = new org.apache.hadoop.fs.Path("/" + name);
    hdfs.mkdirs(run);
    // Open files count as a block each: metrics, TensorBoard's, and the one that is written.
    hdfs.setQuota(run, HdfsConstants.QUOTA_DONT_SET, 3 * MEGABYTE + expected.length * 3L / 2);
    return run;
  }

  private static void makeRoom(org.apache.hadoop.fs.Path run) throws IOException {
    hdfs.setQuota(run, HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
  }

  private static void await(CommandProcess process, String... line) throws InterruptedException {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(PATIENCE_SECONDS));
    while (process.output().lines().noneMatch(each -> Stream.of(line).allMatch(each::contains))) {
      assertThat(process.isAlive()).as(process.output()).isTrue();
      assertThat(Instant.now()).as(process.output()).isBefore(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static byte[] read(org.apache.hadoop.fs.Path path) throws IOException {
    try (InputStream in = hdfs.open(path)) {
      return in.readAllBytes();
    }
  }

  private static void assertEndedAsUndisturbed(org.apache.hadoop.fs.Path run) throws IOException {
    org.apache.hadoop.fs.Path checkpoints = new org.apache.hadoop.fs.Path(run, "checkpoints");
    assertThat(read(new org.apache.hadoop.fs.Path(checkpoints, LAST))).isEqualTo(expected);
    assertThat(Arrays.stream(hdfs.listStatus(checkpoints)).map(FileStatus::getPath))
        .as("five checkpoints and their checksums")
        .hasSize(10);
    String metrics =
        new String(
            read(new org.apache.hadoop.fs.Path(run, "metrics.jsonl")), StandardCharsets.UTF_8);
    for (int step = 1; step <= STEPS; step++) {
      String each = "\"step\":" + step + ",";
      assertThat(metrics.lines().filter(line -> line.contains(each))).as(metrics).hasSize(1);
    }
    assertThat(metrics.lines()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    assertThat(metrics.lines().filter(line -> line.startsWith("{\"type\":\"round\"")))
        .hasSize(STEPS);
    assertThat(metrics.lines().filter(line -> line.startsWith("{\"type\":\"checkpoint\"")))
        .hasSize(STEPS / 2);
  }

  @Test
  void an_hdfs_that_refuses_for_a_while_is_waited_for_and_nothing_is_lost() throws Exception {
    org.apache.hadoop.fs.Path run = roomForOneCheckpoint("for-a-while");
    try (CommandProcess process = start(pretrain(hdfs.makeQualified(run).toString()))) {
      await(process, "could not write", "round-00000004.safetensors", "quota", "trying again in");
      // From here on the run waits; every fault comes before the one before it ends.
      MiniDFSCluster.DataNodeProperties datanode = cluster.stopDataNode(0);
      makeRoom(run);
      await(process, "round-00000004.safetensors", "could only be written to 0", "trying again");
      hdfs.setSafeMode(SafeModeAction.SAFEMODE_ENTER);
      await(process, "round-00000004.safetensors", "safe mode", "trying again");
      assertThat(cluster.restartDataNode(datanode, true)).isTrue();
      cluster.waitActive();
      hdfs.setSafeMode(SafeModeAction.SAFEMODE_LEAVE);
      assertThat(process.exitCode()).as(process.output()).isZero();
      // Its stream has lost its only datanode.
      assertThat(process.output().lines())
          .anyMatch(line -> line.contains("metrics.jsonl") && line.contains("trying again"));
    }
    assertEndedAsUndisturbed(run);
  }

  @Test
  void an_hdfs_that_refuses_for_good_fails_the_run_and_it_ends_alike_once_there_is_room()
      throws Exception {
    org.apache.hadoop.fs.Path run = roomForOneCheckpoint("for-good");
    String path = hdfs.makeQualified(run).toString();
    try (CommandProcess process = start(pretrain(path, "checkpoint.patience-seconds=2"))) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
      assertThat(process.output())
          .containsPattern(
              "armature: could not write hdfs:\\S+/round-00000004\\.safetensors: The DiskSpace quota of /for-good is exceeded.*; tried \\d+ times in \\d+ s")
          .containsPattern(
              "the newest whole checkpoint is hdfs:\\S+/round-00000002\\.safetensors; make room .* --resume")
          .doesNotContain("\tat ");
    }
    assertThat(Arrays.stream(hdfs.listStatus(new org.apache.hadoop.fs.Path(run, "checkpoints"))))
        .extracting(status -> status.getPath().getName())
        .as("nothing half-written")
        .containsExactlyInAnyOrder(
            "round-00000002.safetensors", "round-00000002.safetensors.sha256");
    makeRoom(run);
    try (CommandProcess process = start(pretrain(path, "--resume"))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output()).contains("Resuming after round 2 of 10");
    }
    assertEndedAsUndisturbed(run);
  }

  @Test
  void a_folder_of_somebody_else_is_refused_at_once() throws Exception {
    org.apache.hadoop.fs.Path run = new org.apache.hadoop.fs.Path("/of-somebody-else");
    hdfs.mkdirs(run);
    List<String> told = new ArrayList<>();
    try (FileSystem stranger =
        FileSystem.newInstance(
            URI.create(cluster.getURI().toString()), hdfs.getConf(), "stranger")) {
      CheckpointStore store = new CheckpointStore(stranger, run, Patiences.quick(told::add));
      assertThatThrownBy(() -> store.write(Checkpoints.of(1)))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(
              "could not write /of-somebody-else/round-00000001.safetensors",
              "Permission denied: user=stranger",
              "tried once");
    }
    assertThat(told).isEmpty();
  }
}
