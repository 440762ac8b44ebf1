package dev.armature.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.univocity.parsers.csv.CsvWriter;
import com.univocity.parsers.csv.CsvWriterSettings;
import dev.armature.evaluate.Retrieval;
import dev.armature.evaluate.RetrievalQuality;
import dev.armature.evaluate.embedding.EmbeddedSequences;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a search has found, as text, JSON and comma-separated values.
 *
 * @param vectors by what it was searched
 * @param classes names by label; may be empty
 * @param answers by query
 * @param quality of whole rankings; empty where there are no labels
 */
record SearchResult(
    String vectors,
    List<String> classes,
    List<Answer> answers,
    Optional<RetrievalQuality> quality) {

  /**
   * What was found for one query.
   *
   * @param query whose neighbours they are
   * @param neighbours nearest first
   */
  record Answer(EmbeddedSequences.Sequence query, List<Neighbour> neighbours) {}

  /**
   * One of a query's neighbours.
   *
   * @param sequence that was found
   * @param hit where, and how near
   */
  record Neighbour(EmbeddedSequences.Sequence sequence, Retrieval.Hit hit) {}

  /** A table for each query; a star marks neighbours of the query's class. */
  String table() {
    StringBuilder text = new StringBuilder();
    int ids = 2;
    int names = 5;
    for (Answer answer : answers) {
      for (Neighbour neighbour : answer.neighbours()) {
        ids = Math.max(ids, neighbour.sequence().id().length());
        names = Math.max(names, name(neighbour.sequence()).length());
      }
    }
    String line = "  %4s  %-" + ids + "s  %-5s  %-" + names + "s  %s%s%n";
    for (Answer answer : answers) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s (%s, %s)%n",
              answer.query().id(),
              answer.query().split().label(),
              name(answer.query())));
      text.append(
          String.format(Locale.ROOT, line, "rank", "id", "split", "label", "similarity", ""));
      int rank = 1;
      for (Neighbour neighbour : answer.neighbours()) {
        text.append(
            String.format(
                Locale.ROOT,
                line,
                rank++,
                neighbour.sequence().id(),
                neighbour.sequence().split().label(),
                name(neighbour.sequence()),
                String.format(Locale.ROOT, "%10.4f", neighbour.hit().similarity()),
                isRelevant(answer, neighbour) ? " *" : ""));
      }
    }
    return text.toString();
  }

  private static boolean isRelevant(Answer answer, Neighbour neighbour) {
    return answer.query().label() >= 0 && answer.query().label() == neighbour.sequence().label();
  }

  private String name(EmbeddedSequences.Sequence sequence) {
    if (sequence.label() < 0) {
      return "no label";
    }
    return sequence.label() < classes.size()
        ? sequence.label() + " " + classes.get(sequence.label())
        : Integer.toString(sequence.label());
  }

  /** The figures in lines; empty where there are none. */
  String figures() {
    if (quality.isEmpty()) {
      return "";
    }
    RetrievalQuality means = quality.get();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d %s by %s%s: mean average precision %.2f %%",
            means.queries(),
            means.queries() == 1 ? "query" : "queries",
            vectors,
            means.withoutRelevant() > 0
                ? " (%d more have no sequence of their class among the candidates)"
                    .formatted(means.withoutRelevant())
                : "",
            100 * means.meanAveragePrecision()));
    means
        .meanPrecisionAt()
        .forEach(
            (k, precision) ->
                text.append(
                    String.format(Locale.ROOT, ", precision at %d %.2f %%", k, 100 * precision)));
    return text.append('.').append(System.lineSeparator()).toString();
  }

  /** Everything. */
  String json() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("vectors", vectors);
    quality.ifPresent(
        means -> {
          ObjectNode figures = root.putObject("quality");
          figures.put("queries", means.queries());
          figures.put("withoutRelevant", means.withoutRelevant());
          figures.put("meanAveragePrecision", means.meanAveragePrecision());
          ObjectNode precisions = figures.putObject("precisionAt");
          means
              .meanPrecisionAt()
              .forEach((k, precision) -> precisions.put(Integer.toString(k), precision));
        });
    ArrayNode queries = root.putArray("queries");
    for (Answer answer : answers) {
      ObjectNode query = queries.addObject();
      describe(query, answer.query());
      ArrayNode neighbours = query.putArray("neighbours");
      for (Neighbour neighbour : answer.neighbours()) {
        ObjectNode found = neighbours.addObject();
        describe(found, neighbour.sequence());
        found.put("similarity", neighbour.hit().similarity());
      }
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private void describe(ObjectNode node, EmbeddedSequences.Sequence sequence) {
    node.put("id", sequence.id());
    node.put("split", sequence.split().label());
    if (sequence.label() >= 0) {
      node.put("label", sequence.label());
      if (sequence.label() < classes.size()) {
        node.put("class", classes.get(sequence.label()));
      }
    }
  }

  /** A line a neighbour. */
  String csv() {
    StringWriter text = new StringWriter();
    CsvWriterSettings settings = new CsvWriterSettings();
    settings.getFormat().setLineSeparator("\n");
    CsvWriter csv = new CsvWriter(text, settings);
    csv.writeHeaders("query", "query_label", "rank", "id", "split", "label", "similarity");
    for (Answer answer : answers) {
      int rank = 1;
      for (Neighbour neighbour : answer.neighbours()) {
        csv.writeRow(
            answer.query().id(),
            label(answer.query()),
            rank++,
            neighbour.sequence().id(),
            neighbour.sequence().split().label(),
            label(neighbour.sequence()),
            neighbour.hit().similarity());
      }
    }
    csv.close();
    return text.toString();
  }

  private static Object label(EmbeddedSequences.Sequence sequence) {
    return sequence.label() < 0 ? "" : sequence.label();
  }
}
