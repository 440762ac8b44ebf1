package dev.armature.job;

import dev.armature.dataset.Split;
import dev.armature.dataset.store.Manifest;
import dev.armature.evaluate.Features;
import dev.armature.evaluate.Retrieval;
import dev.armature.evaluate.RetrievalQuality;
import dev.armature.evaluate.embedding.ComputedSequences;
import dev.armature.evaluate.embedding.EmbeddedSequences;
import dev.armature.evaluate.embedding.EmbeddingException;
import dev.armature.evaluate.embedding.EmbeddingReader;
import dev.armature.evaluate.embedding.EmbeddingSchema;
import dev.armature.evaluate.embedding.TrainedEncoders;
import dev.armature.round.DurableFile;
import dev.armature.skeleton.Modality;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code search}: the sequences that are nearest to given ones. */
@Command(
    name = "search",
    description =
        "Finds the sequences nearest to given ones by their embeddings, and says how good that is where there are labels.",
    footerHeading = "%nExamples:%n",
    footer = {"  deploy/local/submit search --embeddings embeddings \\", "      --query a1_s1_t1"})
final class SearchCommand implements Callable<Integer> {
  private static final List<Integer> CUTOFFS = List.of(1, 5, 10);

  @Option(
      names = "--embeddings",
      paramLabel = "URI",
      description =
          "An output of embed to search. Without it, --run and --data are embedded first.")
  private String embeddings;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "The run's folder whose newest checkpoint embeds.")
  private String run;

  @Option(
      names = "--data",
      paramLabel = "URI",
      description = "The prepared data set; with --embeddings only for the names of its classes.")
  private String data;

  @Option(
      names = "--query",
      split = ",",
      paramLabel = "ID",
      description = "Ids of sequences whose neighbours are looked for.")
  private List<String> ids = List.of();

  @Option(
      names = "--queries",
      paramLabel = "SPLIT",
      description = "Every sequence of a split instead: train, test or all.")
  private String queries;

  @Option(
      names = "--among",
      paramLabel = "SPLIT",
      description =
          "What is searched: train, test or all. Default: all; with --queries test, train.")
  private String among;

  @Option(
      names = "--modality",
      defaultValue = "combined",
      paramLabel = "NAME",
      description = "By which vector: that of a modality, or combined (default).")
  private String modality;

  @Option(
      names = "--neighbours",
      defaultValue = "10",
      paramLabel = "K",
      description = "How many are shown for each query (default 10).")
  private int neighbours;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write everything there, as JSON.")
  private String json;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Also write a line a neighbour there.")
  private String csv;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "With --run: sets a key of the run anew, such as augment.frames.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() throws IOException {
    requireSense();
    return Sessions.run(
        "search",
        1,
        Sessions.coresOfSmallTasks(),
        session -> {
          search(session);
          return 0;
        });
  }

  private void requireSense() {
    if (ids.isEmpty() == (queries == null)) {
      throw new UserMistakeException(
          "give either --query with ids of sequences, or --queries with a split");
    }
    if (embeddings == null && (run == null || data == null)) {
      throw new UserMistakeException(
          "give --embeddings with an output of embed, or --run and --data to embed first");
    }
    if (neighbours < 1) {
      throw new UserMistakeException(
          "--neighbours must be at least 1, found %d".formatted(neighbours));
    }
    splits("--queries", queries);
    splits("--among", among);
  }

  private static Optional<List<Split>> splits(String option, String word) {
    try {
      return Optional.ofNullable(word).map(EmbedCommand::splits);
    } catch (UserMistakeException wrong) {
      throw new UserMistakeException(wrong.getMessage().replace("--split", option), wrong);
    }
  }

  private void search(SparkSession session) throws IOException {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    Optional<Manifest> manifest = Optional.ofNullable(data).map(uri -> Manifest.read(hadoop, uri));
    EmbeddedSequences all = load(session, manifest);
    int[] asked = asked(all);
    int[] searched = all.rows(splits("--among", among).orElseGet(this::others));
    if (searched.length == 0) {
      throw new UserMistakeException(
          "--among: there are no embeddings of that split; embed it, or search another");
    }
    SearchResult result =
        result(all, asked, searched, manifest.map(of -> of.classes().names()).orElse(List.of()));
    if (queries == null) {
      System.out.print(result.table());
    }
    System.out.print(result.figures());
    if (json != null) {
      write(json, result.json(), hadoop);
    }
    if (csv != null) {
      write(csv, result.csv(), hadoop);
    }
  }

  /** Test queries are answered from what classifiers may learn from, as evaluation does it. */
  private List<Split> others() {
    return "test".equals(queries) ? List.of(Split.TRAIN) : List.of(Split.values());
  }

  private EmbeddedSequences load(SparkSession session, Optional<Manifest> manifest)
      throws IOException {
    if (embeddings != null) {
      String column =
          modality.equals(EmbeddingSchema.COMBINED) ? modality : modality.replace('-', '_');
      try {
        return EmbeddingReader.read(session, embeddings, column);
      } catch (EmbeddingException unfit) {
        throw new UserMistakeException("--embeddings: " + unfit.getMessage(), unfit);
      }
    }
    RunFolder folder = new RunFolder(run, session.sparkContext().hadoopConfiguration());
    Settings settings = folder.settings(overrides);
    List<String> chosen = modality.equals(EmbeddingSchema.COMBINED) ? List.of() : List.of(modality);
    TrainedEncoders encoders =
        RunEncoders.forData(folder, settings, data, manifest.orElseThrow(), chosen);
    return ComputedSequences.of(
        session, encoders, data, manifest.orElseThrow(), Sessions.taskCores(session));
  }

  private int[] asked(EmbeddedSequences all) {
    if (queries != null) {
      int[] rows = all.rows(splits("--queries", queries).orElseThrow());
      if (rows.length == 0) {
        throw new UserMistakeException(
            "--queries: there are no embeddings of that split; embed it, or ask for another");
      }
      return rows;
    }
    Map<String, Integer> rows = all.rows();
    List<String> unknown = ids.stream().filter(id -> !rows.containsKey(id)).toList();
    if (!unknown.isEmpty()) {
      throw new UserMistakeException(
          "--query: no sequence is named %s; ids look like %s"
              .formatted(String.join(", ", unknown), all.sequences().get(0).id()));
    }
    return ids.stream().mapToInt(rows::get).toArray();
  }

  private SearchResult result(
      EmbeddedSequences all, int[] asked, int[] searched, List<String> classes) {
    int threads = Runtime.getRuntime().availableProcessors();
    Features vectors = all.vectors(asked);
    int[] own = Arrays.stream(asked).map(row -> Math.max(-1, place(searched, row))).toArray();
    Retrieval retrieval = new Retrieval(all.vectors(searched), threads);
    List<List<Retrieval.Hit>> found =
        queries == null || json != null || csv != null
            ? retrieval.nearest(vectors, own, neighbours)
            : List.of();
    List<SearchResult.Answer> answers = new ArrayList<>();
    for (int query = 0; query < found.size(); query++) {
      answers.add(
          new SearchResult.Answer(
              all.sequences().get(asked[query]),
              found.get(query).stream()
                  .map(
                      hit ->
                          new SearchResult.Neighbour(all.sequences().get(searched[hit.row()]), hit))
                  .toList()));
    }
    Optional<RetrievalQuality> quality =
        all.areLabelled()
            ? Optional.of(
                retrieval.quality(vectors, all.labels(asked), own, all.labels(searched), CUTOFFS))
            : Optional.empty();
    return new SearchResult(name(), classes, answers, quality);
  }

  private String name() {
    return modality.equals(EmbeddingSchema.COMBINED) ? modality : Modality.of(modality).label();
  }

  /** Where a row is among ascending ones; below 0 where it is not. */
  private static int place(int[] rows, int row) {
    return Arrays.binarySearch(rows, row);
  }

  private static void write(String file, String text, Configuration hadoop) throws IOException {
    DurableFile.replace(
        RunFolder.path(file, hadoop), text.getBytes(StandardCharsets.UTF_8), hadoop);
    System.out.printf("Written to %s.%n", file);
  }
}
