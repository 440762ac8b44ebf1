package dev.armature.job;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/** HDFS and YARN with a node each, in this process; containers are processes of their own. */
final class HadoopCluster implements AutoCloseable {
  private final MiniDFSCluster hdfs;
  private final MiniYARNCluster yarn;
  private final YarnClient client;
  private final Path configuration;

  private HadoopCluster(
      MiniDFSCluster hdfs, MiniYARNCluster yarn, YarnClient client, Path configuration) {
    this.hdfs = hdfs;
    this.yarn = yarn;
    this.client = client;
    this.configuration = configuration;
  }

  /**
   * Starts both.
   *
   * @param folder for their files and the configuration with which they are found
   */
  static HadoopCluster start(Path folder) throws IOException {
    Configuration settings = new YarnConfiguration();
    settings.set("dfs.replication", "1");
    MiniDFSCluster hdfs =
        new MiniDFSCluster.Builder(settings, folder.resolve("hdfs").toFile())
            .numDataNodes(1)
            .build();
    hdfs.waitActive();
    settings.set("fs.defaultFS", hdfs.getFileSystem().getUri().toString());
    settings.set("yarn.minicluster.yarn.nodemanager.resource.memory-mb", "8192");
    settings.set("yarn.scheduler.minimum-allocation-mb", "128");
    settings.set("yarn.scheduler.capacity.root.queues", "default");
    settings.set("yarn.scheduler.capacity.root.default.capacity", "100");
    settings.set("yarn.scheduler.capacity.maximum-am-resource-percent", "0.5");
    settings.set("yarn.nodemanager.vmem-check-enabled", "false");
    // Ten times as often as usual: containers are given and taken with heartbeats.
    settings.set("yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", "100");
    // However full the machine's disk is.
    settings.set(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100");
    // Until the logs of an application have been read.
    settings.set("yarn.nodemanager.delete.debug-delay-sec", "600");
    MiniYARNCluster yarn = new MiniYARNCluster("armature", 1, 1, 1);
    yarn.init(settings);
    yarn.start();
    YarnClient client = YarnClient.createYarnClient();
    client.init(yarn.getConfig());
    client.start();
    Configuration found = new Configuration(yarn.getConfig());
    // What the mini cluster has set is a class of its own, which no user's Spark has.
    found.set("net.topology.node.switch.mapping.impl", "org.apache.hadoop.net.ScriptBasedMapping");
    Path configuration = Files.createDirectories(folder.resolve("hadoop-conf"));
    for (String file : List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml")) {
      try (OutputStream out = Files.newOutputStream(configuration.resolve(file))) {
        found.writeXml(out);
      }
    }
    return new HadoopCluster(hdfs, yarn, client, configuration);
  }

  /** With which a script finds the cluster. */
  Map<String, String> environment() {
    return Map.of("HADOOP_CONF_DIR", configuration.toString());
  }

  FileSystem files() throws IOException {
    return hdfs.getFileSystem();
  }

  /** A path of HDFS, with its scheme. */
  String uri(String path) {
    return hdfs.getURI() + path;
  }

  /** Every application that was ever submitted, as the ResourceManager knows it. */
  List<ApplicationReport> applications() throws IOException, YarnException {
    return client.getApplications();
  }

  /** The processes of an application's drivers or application masters. */
  Stream<ProcessHandle> applicationMasters(String application) {
    return ProcessHandle.current().descendants().filter(process -> isMaster(process, application));
  }

  private static boolean isMaster(ProcessHandle process, String application) {
    return process.info().command().filter(command -> command.endsWith("/java")).isPresent()
        && process
            .info()
            .commandLine()
            .filter(line -> line.contains("deploy.yarn.ApplicationMaster"))
            .filter(line -> line.contains(application))
            .isPresent();
  }

  /** What the containers of an application printed. */
  String logs(String application) throws IOException {
    try (Stream<Path> files = Files.walk(yarn.getTestWorkDir().toPath())) {
      StringBuilder logs = new StringBuilder();
      files
          .filter(file -> file.toString().contains(application))
          .filter(file -> file.endsWith("stdout") || file.endsWith("stderr"))
          .sorted()
          .forEach(file -> logs.append(read(file)));
      return logs.toString();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
    yarn.close();
    hdfs.shutdown(true);
    FileUtils.deleteQuietly(yarn.getTestWorkDir());
  }
}
