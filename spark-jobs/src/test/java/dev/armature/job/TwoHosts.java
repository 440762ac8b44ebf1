package dev.armature.job;

import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/**
 * A command on a standalone cluster of its own, whose two machines are this one by two loopback
 * addresses. Their executors are processes of their own, with one core and one gigabyte each.
 */
final class TwoHosts {
  private TwoHosts() {}

  /**
   * Starts the machines and calls the command.
   *
   * @param arguments of {@link Main}
   */
  public static void main(String[] arguments) {
    SparkConf conf = new SparkConf().set("spark.master.rest.enabled", "false");
    RpcEnv master = Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
    String url = "spark://" + master.address().hostPort();
    for (String host : new String[] {"127.0.0.1", "127.0.0.2"}) {
      Worker.startRpcEnvAndEndpoint(
          host, 0, 0, 1, 1024, new String[] {url}, null, Option.empty(), conf, Option.empty());
    }
    System.setProperty("spark.master", url);
    Main.main(arguments);
  }
}
