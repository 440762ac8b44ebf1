package dev.armature.job;

import dev.armature.evaluate.EvaluationClasses;
import dev.armature.evaluate.EvaluationFile;
import dev.armature.evaluate.EvaluationKeeper;
import dev.armature.evaluate.EvaluationMapFile;
import dev.armature.evaluate.EvaluationOutcome;
import dev.armature.evaluate.EvaluationPart;
import dev.armature.evaluate.EvaluationProtocol;
import dev.armature.evaluate.EvaluationResult;
import dev.armature.evaluate.EvaluationSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The files of an evaluation while it goes on: written anew, as a whole, whenever a part is
 * measured, and marked until none is missing. What another call measured of the same checkpoint by
 * the same settings stays; of a call that did not end, that is not measured again. For one thread.
 */
final class EvaluationRecord implements EvaluationKeeper {
  private final Path figures;
  private final Path byClass;
  private final Path map;
  private final Configuration hadoop;
  private final Map<String, Object> identity;
  private final List<EvaluationPart> wanted;
  private final Map<String, Object> before;
  private final Optional<EvaluationClasses> classesBefore;
  private final Set<EvaluationProtocol> asked;
  private final Set<String> parts;
  private EvaluationResult result;
  private boolean mapIsWritten;

  /**
   * Reads what is there.
   *
   * @param figures where {@code evaluation.json} is, or is to be
   * @param byClass where its figures by class are
   * @param map where what can be looked at is
   * @param identity keys that tell of what and how it was measured; with {@link
   *     EvaluationResult#COMPARABLE}, {@link RunEvaluation#CHECKPOINT}, {@link
   *     RunEvaluation#FINE_TUNING} and the seed
   * @param pictures whether there is to be a map, for which nearest neighbours are searched again
   *     if there is none
   * @param say is told in a line what is kept of a call that did not end, or why nothing is
   */
  EvaluationRecord(
      Path figures,
      Path byClass,
      Path map,
      EvaluationSettings settings,
      Map<String, Object> identity,
      boolean pictures,
      Configuration hadoop,
      Consumer<String> say)
      throws IOException {
    this.figures = figures;
    this.byClass = byClass;
    this.map = map;
    this.hadoop = hadoop;
    this.identity = new LinkedHashMap<>(identity);
    wanted = EvaluationPart.of(settings);
    Optional<EvaluationResult> found = EvaluationFile.read(figures, hadoop);
    Optional<EvaluationResult> earlier = found.filter(this::isOfTheSame);
    Predicate<String> stays =
        key -> !isFineTuned(key) || agrees(earlier.orElseThrow(), RunEvaluation.FINE_TUNING);
    before = new LinkedHashMap<>();
    parts = new TreeSet<>();
    asked = EnumSet.copyOf(settings.protocols());
    if (earlier.isPresent()) {
      before.putAll(earlier.get().finished().values());
      before.keySet().removeIf(stays.negate());
      parts.addAll(earlier.get().parts());
      parts.removeIf(stays.negate());
      earlier.get().missing().stream().filter(each -> stays.test(each.label())).forEach(asked::add);
    }
    String neighbours = EvaluationProtocol.KNN.label();
    if (pictures && wanted.stream().anyMatch(part -> part.name().equals(neighbours)) && !hasMap()) {
      // The map is made beside them.
      parts.remove(neighbours);
    }
    classesBefore =
        earlier.isPresent()
            ? EvaluationClasses.read(byClass, hadoop).map(classes -> classes.only(stays))
            : Optional.empty();
    result = new EvaluationResult(before).unfinished(missing(), parts);
    if (!parts.isEmpty()) {
      say.accept(
          "an evaluation of this checkpoint did not end: %s stay as they are, %s follow; delete %s to measure everything anew"
              .formatted(String.join(", ", parts), left(), figures));
    } else if (found.isPresent() && !found.get().missing().isEmpty()) {
      say.accept(
          "the evaluation in %s did not end, but is of another checkpoint, data or settings than these: everything is measured anew"
              .formatted(figures));
    }
  }

  private boolean isOfTheSame(EvaluationResult found) {
    return agrees(found, RunEvaluation.CHECKPOINT)
        && agrees(found, EvaluationResult.COMPARABLE)
        && agrees(found, RunEvaluation.SEED);
  }

  private boolean agrees(EvaluationResult found, String key) {
    return identity.get(key).equals(found.values().get(key));
  }

  /** Whether a figure is of a protocol that trains the encoders further, or says how it does. */
  private static boolean isFineTuned(String key) {
    String measure =
        key.startsWith(EvaluationResult.RANDOM_WEIGHTS)
            ? key.substring(EvaluationResult.RANDOM_WEIGHTS.length())
            : key;
    return measure.startsWith("fine-tun") || measure.startsWith("semi-supervised");
  }

  private String left() {
    List<String> left =
        wanted.stream().map(EvaluationPart::name).filter(name -> !has(name)).toList();
    return left.isEmpty() ? "none" : String.join(", ", left);
  }

  /** Whether nothing of what was asked for is left to be measured. */
  boolean isComplete() {
    return has(EvaluationPart.GEOMETRIC)
        && wanted.stream().allMatch(part -> parts.contains(part.name()));
  }

  private boolean hasMap() throws IOException {
    Object checkpoint = identity.get(RunEvaluation.CHECKPOINT);
    return EvaluationMapFile.read(map, hadoop)
        .filter(found -> found.checkpoint().equals(checkpoint))
        .isPresent();
  }

  @Override
  public boolean has(String part) {
    return parts.contains(part);
  }

  /**
   * Writes everything down.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  @Override
  public void keep(Set<String> some, EvaluationOutcome measured) {
    parts.addAll(some);
    Map<String, Object> values = new LinkedHashMap<>(before);
    values.putAll(measured.result().values());
    values.putAll(identity);
    result = new EvaluationResult(values).unfinished(missing(), parts);
    try {
      if (!mapIsWritten && measured.map().isPresent()) {
        String checkpoint = identity.get(RunEvaluation.CHECKPOINT).toString();
        EvaluationMapFile.write(measured.map().get().of(checkpoint), map, hadoop);
        mapIsWritten = true;
      }
      measured.classes().after(classesBefore).write(byClass, hadoop);
      EvaluationFile.write(result, figures, hadoop);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  /** Those of another call that did not end are missing until somebody asks for them again. */
  private Set<EvaluationProtocol> missing() {
    Set<EvaluationProtocol> missing = EnumSet.copyOf(asked);
    missing.removeIf(
        protocol -> {
          List<EvaluationPart> own =
              wanted.stream().filter(part -> part.protocol() == protocol).toList();
          return has(EvaluationPart.GEOMETRIC)
              && !own.isEmpty()
              && own.stream().allMatch(part -> has(part.name()));
        });
    return missing;
  }

  /** What there is now, of this call and others. */
  EvaluationResult result() {
    return result;
  }
}
