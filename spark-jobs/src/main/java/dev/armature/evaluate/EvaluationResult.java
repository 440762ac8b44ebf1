package dev.armature.evaluate;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The figures of an evaluation and what is needed to read them, by flat key, in the order in which
 * they are to be shown.
 *
 * <p>Accuracies are in percent under keys such as {@code knn.joint.top1}, {@code
 * knn.three-stream.top1}, {@code linear.joint.top1} (last epoch), {@code
 * linear.joint.best-epoch.top1} (best epoch, as the authors report), {@code
 * linear.joint.best-epoch} (which one), {@code geometric.knn.top1}. All modalities together, each
 * with the same weight, are named by their number, from {@code two-stream} on. The same measure of
 * the encoders' initial weights stands under the same key after {@link #RANDOM_WEIGHTS}.
 *
 * <p>Where there is a top-1 there is a mean over classes ({@link #MEAN_CLASS}), and with more than
 * five classes a top-5. Measures with several draws are means, each with its sample standard
 * deviation ({@link #DEVIATION}). How many labels there were at a fraction stands under {@code
 * semi-supervised.5-percent.labels}; where another fraction drew the same ones, {@code
 * semi-supervised.5-percent.same-as} names it.
 *
 * @param values percents as {@link Double}, counts as {@link Integer} or {@link Long}, the rest as
 *     {@link String}
 */
public record EvaluationResult(Map<String, Object> values) {
  /**
   * Key of the checksum of data and settings: what it differs in was not measured in the same way.
   */
  public static final String COMPARABLE = "comparable.sha256";

  /** What stands before the keys of the encoders with initial weights. */
  public static final String RANDOM_WEIGHTS = "random-weights.";

  /** The end of every key of an accuracy. */
  public static final String ACCURACY = ".top1";

  /** The end of the key of how often the true class is among the first five. */
  public static final String TOP_FIVE = ".top5";

  /** The end of the key of the mean of the accuracies of those classes that have test sequences. */
  public static final String MEAN_CLASS = ".mean-class";

  /** The end of the key of a mean average precision. */
  public static final String MEAN_AVERAGE_PRECISION = ".mean-average-precision";

  /** Behind the key of a mean over draws: the key of their sample standard deviation. */
  public static final String DEVIATION = "-deviation";

  /** The end of the key of how many training sequences had labels, at one fraction of them. */
  public static final String LABELS = ".labels";

  /** The end of the key of the fraction whose draws, and so whose figures, are also this one's. */
  public static final String SAME_AS = ".same-as";

  /**
   * Key of the protocols by which something is still to be measured, separated by commas. An
   * evaluation that has ended has no such key.
   */
  public static final String UNFINISHED = "unfinished";

  /** Key of the names of the parts that an unfinished evaluation has, separated by commas. */
  public static final String PARTS = "unfinished.has";

  private static final String COMMA = ", ";

  /** Copies the map. */
  public EvaluationResult {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * The key of a protocol's accuracy by all streams together, or by the one there is; that of the
   * last epoch where there are several.
   *
   * @return empty if there is no figure of the protocol
   */
  public Optional<String> foremost(EvaluationProtocol protocol) {
    List<String> accuracies =
        values.keySet().stream()
            .filter(key -> key.startsWith(protocol.label() + ".") && key.endsWith(ACCURACY))
            .filter(key -> !key.contains(".best-epoch"))
            .toList();
    return accuracies.stream()
        .filter(key -> key.contains("-stream"))
        .findFirst()
        .or(() -> accuracies.stream().findFirst());
  }

  /** The percent under a key, if there is one. */
  public OptionalDouble percent(String key) {
    return values.get(key) instanceof Double percent
        ? OptionalDouble.of(percent)
        : OptionalDouble.empty();
  }

  /** The same with a mark of what is there and what is missing. */
  public EvaluationResult unfinished(Set<EvaluationProtocol> missing, Set<String> parts) {
    Map<String, Object> marked = new LinkedHashMap<>(finished().values);
    if (!missing.isEmpty()) {
      marked.put(
          UNFINISHED,
          missing.stream().sorted().map(EvaluationProtocol::label).collect(joining(COMMA)));
      marked.put(PARTS, parts.stream().sorted().collect(joining(COMMA)));
    }
    return new EvaluationResult(marked);
  }

  /** The same without such a mark. */
  public EvaluationResult finished() {
    Map<String, Object> unmarked = new LinkedHashMap<>(values);
    unmarked.remove(UNFINISHED);
    unmarked.remove(PARTS);
    return new EvaluationResult(unmarked);
  }

  /** The protocols by which something is still to be measured; empty of a finished evaluation. */
  public Set<EvaluationProtocol> missing() {
    List<String> missing = listed(UNFINISHED);
    return Arrays.stream(EvaluationProtocol.values())
        .filter(protocol -> missing.contains(protocol.label()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The names of the parts that an unfinished evaluation has; empty of a finished one. */
  public Set<String> parts() {
    return Set.copyOf(listed(PARTS));
  }

  private List<String> listed(String key) {
    return values.get(key) instanceof String names
        ? Pattern.compile(COMMA).splitAsStream(names).filter(name -> !name.isEmpty()).toList()
        : List.of();
  }

  /** The protocols by which all figures are there. */
  public Set<EvaluationProtocol> protocols() {
    Set<EvaluationProtocol> missing = missing();
    return Arrays.stream(EvaluationProtocol.values())
        .filter(protocol -> !missing.contains(protocol))
        .filter(
            protocol ->
                values.keySet().stream().anyMatch(key -> key.startsWith(protocol.label() + ".")))
        .collect(Collectors.toUnmodifiableSet());
  }
}
