package dev.armature.job;

import static dev.armature.job.CommandCall.assertRefused;
import static dev.armature.job.CommandCall.onTwoCores;
import static dev.armature.job.CommandCall.succeeding;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done with a run's encoders: embeddings, search, and a transformer for pipelines. */
class EmbeddingsIntegrationTest {
  private static final String MASTER = "spark.master";

  @TempDir private static Path folder;
  private static Path data;
  private static Path run;
  private static Path embedded;

  @BeforeAll
  static void train_and_embed() {
    System.setProperty(MASTER, "local[1]");
    data = GeneratedData.path();
    run = folder.resolve("run");
    embedded = folder.resolve("embedded");
    onTwoCores(
        CommandCall.withSettings(
            List.of("pretrain"),
            Stream.of(
                "data.path=" + data,
                "output.dir=" + run,
                "encoder.hidden=16",
                "encoder.layers=1",
                "encoder.embedding=8",
                "augment.frames=16",
                "augment.minimum-crop=16",
                "distill.queue=32",
                "distill.neighbours=8",
                "train.batch=8",
                "train.max-steps=4",
                "round.local-steps=2")));
    succeeding(embed(embedded));
  }

  @AfterAll
  static void forget_the_master() {
    System.clearProperty(MASTER);
  }

  private static List<String> embed(Path out, String... more) {
    return Stream.concat(
            Stream.of(
                "embed",
                "--run",
                run.toString(),
                "--data",
                data.toString(),
                "--out",
                out.toString()),
            Stream.of(more))
        .toList();
  }

  private static List<String> search(String... more) {
    return Stream.concat(Stream.of("search", "--embeddings", embedded.toString()), Stream.of(more))
        .toList();
  }

  /** Checksums of the files but for their footers, which list encodings in any order. */
  private static Map<String, String> vectors(Path out) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(out.resolve("embeddings"))) {
      for (Path file : all.filter(each -> each.toString().endsWith(".parquet")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length - 8;
        int footer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
        files.put(
            file.getFileName().toString(),
            DigestUtils.sha256Hex(Arrays.copyOf(bytes, end - footer)));
      }
    }
    return files;
  }

  @Test
  void executors_of_their_own_make_the_same_vectors_and_run_the_same_pipeline() throws Exception {
    Path out = folder.resolve("on-executors");
    try (CommandProcess process =
        CommandProcess.start(folder, LocalCluster.of(2), embed(out).toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output()).contains("Embedded 216 sequences");
    }
    assertThat(vectors(out)).hasSize(2).isEqualTo(vectors(embedded));

    Path encoder = folder.resolve("encoder");
    succeeding(
        List.of(
            "export",
            "--run",
            run.toString(),
            "--format",
            "spark-ml",
            "--out",
            encoder.toString()));
    List<String> options =
        LocalCluster.of(2).entrySet().stream()
            .map(setting -> "-D" + setting.getKey() + "=" + setting.getValue())
            .toList();
    try (CommandProcess process =
        CommandProcess.start(
            folder,
            options,
            System.getProperty("java.class.path"),
            List.of(
                PipelineProgram.class.getName(),
                encoder.toString(),
                data.toString(),
                folder.resolve("pipeline").toString()))) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      Matcher accuracy = Pattern.compile("accuracy (\\d+)").matcher(process.output());
      assertThat(accuracy.find()).as(process.output()).isTrue();
      // Chance is 5.6 %.
      assertThat(Integer.parseInt(accuracy.group(1))).isGreaterThan(12);
    }
  }

  @Test
  void search_prints_neighbours_and_how_good_they_are() throws IOException {
    Path json = folder.resolve("found.json");
    succeeding(search("--queries", "test", "--json", json.toString(), "--neighbours", "3"));

    JsonNode found = new ObjectMapper().readTree(json.toFile());
    assertThat(found.path("quality").path("queries").asInt()).isEqualTo(108);
    double precision = found.path("quality").path("precisionAt").path("1").asDouble();
    assertThat(precision).isBetween(0.1, 1.0);
    assertThat(found.path("queries")).hasSize(108);
    long first = 0;
    for (JsonNode query : found.path("queries")) {
      JsonNode nearest = query.path("neighbours");
      assertThat(nearest).hasSize(3);
      assertThat(nearest.get(0).path("split").asText()).isEqualTo("train");
      first += nearest.get(0).path("label").equals(query.path("label")) ? 1 : 0;
    }
    assertThat(first / 108.0).isEqualTo(precision);

    String id = found.path("queries").get(0).path("id").asText();
    CommandCall one = succeeding(search("--query", id, "--data", data.toString()));
    assertThat(one.out().lines().filter(line -> line.matches(" +\\d+  .*0\\.\\d{4}.*")))
        .hasSize(10);
    assertThat(one.out()).startsWith(id + " (test, ").contains("mean average precision");
    assertThat(one.out().lines().skip(1)).noneMatch(line -> line.contains(" " + id + " "));
  }

  @Test
  void search_of_a_run_finds_what_search_of_its_embeddings_finds() {
    CommandCall computed =
        succeeding(
            List.of(
                "search",
                "--run",
                run.toString(),
                "--data",
                data.toString(),
                "--queries",
                "test",
                "--modality",
                "bone"));

    assertThat(computed.out())
        .isEqualTo(succeeding(search("--queries", "test", "--modality", "bone")).out());
  }

  @Test
  void what_is_wrong_with_a_call_is_said_before_any_work() {
    assertRefused(
        embed(embedded, "--vector", "head"),
        "its vector is representation, asked for is head",
        "--overwrite");
    assertRefused(
        embed(folder.resolve("none"), "--split", "validation"), "--split: found validation");
    assertRefused(
        embed(folder.resolve("none"), "--modalities", "bone-motion"),
        "--modalities: found bone-motion, expected some of joint, motion, bone");
    assertRefused(search("--query", "nobody"), "no sequence is named nobody");
    assertRefused(search(), "give either --query with ids of sequences, or --queries");
    assertRefused(
        List.of("search", "--embeddings", run.toString(), "--queries", "test"),
        "it is no output of embed");
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
