package dev.armature.round;

import dev.armature.distill.DistillSettings;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Notices a run whose loss explodes, from the losses of its rounds. A term is compared, as the
 * median over the steps of some rounds, with the lowest such median there was. Its own are the
 * total and the contrastive terms: those of distillation begin near 0 and rise in healthy runs,
 * where encoders learn to tell apart what their teachers tell apart.
 *
 * <p>What must change the loss begins the comparison anew: another stage of what is learned, and a
 * learning rate that rises. Until the queues hold the run's own keys alone there is none: random
 * keys are told apart at once, and the loss of every run grows when others take their place. Not
 * thread-safe.
 */
public final class DivergenceGuard {

  /** What is thought of a round. */
  public enum Verdict {
    /** The loss is near its best. */
    GOOD,
    /** It is above; not by as much as may not be. */
    RISING,
    /** It is above what may be, and patience has not ended. */
    SUSPECT
  }

  /**
   * Losses below this share of what a guess has, ln(keys + 1), are all alike good: small data is
   * told apart with a loss near 0, of which any noise is many times as much.
   */
  private static final double GOOD_SHARE = 0.1;

  private static final Rise NONE = new Rise("", 0, new Best(0, 0), 0);

  private final GuardSettings settings;
  private final TrainingPlan plan;
  private final double floor;
  private final Map<String, Deque<double[]>> recent = new TreeMap<>();
  private final Map<String, Best> best = new TreeMap<>();
  private DistillSettings stage;
  private double highestRate;
  private Rise worst = NONE;
  private int round;
  private int above;

  private record Best(double loss, int round) {}

  private record Rise(String term, double loss, Best best, double ratio) {}

  /** Has seen no round yet. */
  public DivergenceGuard(GuardSettings settings, TrainingPlan plan) {
    this.settings = settings;
    this.plan = plan;
    this.floor = GOOD_SHARE * Math.log1p(plan.distill().queue());
  }

  /**
   * Sees a round.
   *
   * @param filled whether the queues hold the run's own keys alone
   * @return how many times its best the loss is that has risen most; 0 where nothing is compared
   */
  public double see(RoundReport report, boolean filled) {
    beginAnewWhereLossesChange(report);
    worst = filled && settings.factor() > 0 ? worst(report) : NONE;
    round = report.round().index();
    above = worst.ratio() > settings.factor() ? above + 1 : 0;
    return worst.ratio();
  }

  /**
   * Judges the round that was seen last.
   *
   * @throws DivergedException if a loss has been above what may be for as long as it may
   */
  public Verdict judge() {
    if (above == 0) {
      // Half of the way that there is.
      return worst.ratio() <= (1 + settings.factor()) / 2 ? Verdict.GOOD : Verdict.RISING;
    }
    if (above < settings.patience()) {
      return Verdict.SUSPECT;
    }
    throw DivergedException.of(
        String.format(
            Locale.ROOT,
            "The loss has exploded: %s is %.4g in round %d, and was %.4g in round %d (medians over %d rounds), more than guard.factor = %s times for guard.patience = %d rounds",
            worst.term(),
            worst.loss(),
            round,
            worst.best().loss(),
            worst.best().round(),
            settings.window(),
            settings.factor(),
            settings.patience()));
  }

  private void beginAnewWhereLossesChange(RoundReport report) {
    Round seen = report.round();
    DistillSettings now = plan.stages().at(plan.distill(), seen.epochOf(seen.steps() - 1));
    double rate = report.learningRates().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    if (!now.equals(stage) || rate > highestRate) {
      recent.clear();
      best.clear();
      above = 0;
    }
    stage = now;
    highestRate = rate;
  }

  private Rise worst(RoundReport report) {
    Rise highest = NONE;
    for (String term : report.steps().get(0).terms().keySet()) {
      if (!term.equals("total") && !term.startsWith("contrastive.")) {
        continue;
      }
      Deque<double[]> rounds = recent.computeIfAbsent(term, name -> new ArrayDeque<>());
      rounds.add(report.steps().stream().mapToDouble(losses -> losses.terms().get(term)).toArray());
      if (rounds.size() > settings.window()) {
        rounds.remove();
      }
      if (rounds.size() == settings.window()) {
        double loss = median(rounds);
        Best lowest = best.get(term);
        if (lowest == null || loss < lowest.loss()) {
          lowest = new Best(loss, report.round().index());
          best.put(term, lowest);
        }
        double ratio = loss / Math.max(lowest.loss(), floor);
        if (ratio > highest.ratio()) {
          highest = new Rise(term, loss, lowest, ratio);
        }
      }
    }
    return highest;
  }

  private static double median(Deque<double[]> rounds) {
    double[] all = rounds.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    return (all[(all.length - 1) / 2] + all[all.length / 2]) / 2;
  }
}
