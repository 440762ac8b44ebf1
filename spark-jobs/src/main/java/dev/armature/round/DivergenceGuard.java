package dev.armature.round;

import dev.armature.distill.DistillSettings;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Notices a run whose loss explodes or whose encoders collapse, from the losses of its rounds. A
 * term is compared, as the median over the steps of some rounds, with the lowest such median there
 * was. Its own are the total and the contrastive terms: those of distillation begin near 0 and rise
 * in healthy runs, where encoders learn to tell apart what their teachers tell apart.
 *
 * <p>An explosion is a term at more than {@link GuardSettings#factor} times its best. A collapse is
 * a contrastive term that was well below what a guess among all keys has, ln(keys + 1), and is back
 * there: encoders that make the same of every sequence can do no better, and where the best is more
 * than half of it no explosion of twice the best would show.
 *
 * <p>What must change the loss begins the comparison anew: another stage of what is learned, and a
 * learning rate that jumps. A warm-up, which raises it a little with every step, does not: it is
 * there that rates which are too high show first. Until the queues hold the run's own keys alone
 * there is no comparison: random keys are told apart at once, and the loss of every run grows when
 * others take their place.
 *
 * <p>All that it knows follows from the losses that it has seen: one that sees again what was
 * written down of a run judges as if it had seen it all happen. Not thread-safe.
 */
public final class DivergenceGuard {

  /** What is thought of a round. */
  public enum Verdict {
    /** The loss is near its best. */
    GOOD,
    /** It is above; not by as much as may not be. */
    RISING,
    /** It is above what may be, and patience has not ended. */
    SUSPECT,
    /** It has been above what may be for as long as it may. */
    DIVERGED
  }

  /**
   * Losses below this share of what a guess has are all alike good: small data is told apart with a
   * loss near 0, of which any noise is many times as much.
   */
  private static final double GOOD_SHARE = 0.1;

  /**
   * Only a term that was below this share of what a guess has can collapse, and when it has lost
   * all but a twentieth of what it was below. Terms that had come less far went back there, and
   * down again, in healthy ones of 294 runs of ours, while queues filled with keys of encoders that
   * had begun to learn; none of those did so from below.
   */
  private static final double LEARNED_SHARE = 0.75;

  private static final double COLLAPSED = 0.95;

  /** A warm-up over many rounds at most doubles the rate from one to the next. */
  private static final double JUMP = 2;

  private static final Rise NONE = new Rise("", 0, new Best(0, 0), 0);

  private final GuardSettings settings;
  private final TrainingPlan plan;
  private final double guess;
  private final Map<String, Deque<double[]>> recent = new TreeMap<>();
  private final Map<String, Best> best = new TreeMap<>();
  private DistillSettings stage;
  private double rate;

  /** How many times its best the term is that has risen most. */
  private Rise risen = NONE;

  /** How much of what it was below a guess the term has lost that has lost most. */
  private Rise lost = NONE;

  private int round;
  private int above;

  private record Best(double loss, int round) {}

  private record Rise(String term, double loss, Best best, double measure) {}

  /** Has seen no round yet. */
  public DivergenceGuard(GuardSettings settings, TrainingPlan plan) {
    this.settings = settings;
    this.plan = plan;
    this.guess = Math.log1p(plan.distill().queue());
  }

  /**
   * Sees a round.
   *
   * @param losses of the round after the one that was seen last
   * @param filled whether the queues hold the run's own keys alone
   * @return how many times its best the loss is that has risen most; 0 where nothing is compared
   */
  public double see(RoundLosses losses, boolean filled) {
    beginAnewWhereLossesChange(losses);
    risen = NONE;
    lost = NONE;
    round = losses.round().index();
    if (filled && settings.factor() > 0) {
      compare(losses);
    }
    above = exploded() || collapsed() ? above + 1 : 0;
    return risen.measure();
  }

  private boolean exploded() {
    return risen.measure() > settings.factor();
  }

  private boolean collapsed() {
    return lost.measure() > COLLAPSED;
  }

  /** What is thought of the round that was seen last. */
  public Verdict verdict() {
    if (above >= settings.patience()) {
      return Verdict.DIVERGED;
    }
    if (above > 0) {
      return Verdict.SUSPECT;
    }
    // Half of the way that there is.
    return risen.measure() <= (1 + settings.factor()) / 2 && lost.measure() <= COLLAPSED / 2
        ? Verdict.GOOD
        : Verdict.RISING;
  }

  /**
   * Judges the round that was seen last.
   *
   * @throws DivergedException if a loss has been above what may be for as long as it may
   */
  public Verdict judge() {
    Verdict verdict = verdict();
    if (verdict == Verdict.DIVERGED) {
      throw diverged("for guard.patience = %d rounds".formatted(settings.patience()));
    }
    return verdict;
  }

  /**
   * Judges the run, the last round of which was seen last: there is no more patience then.
   *
   * @throws DivergedException if a loss is above what may be
   */
  public void end() {
    if (above > 0) {
      throw diverged("when the run has ended");
    }
  }

  private DivergedException diverged(String howLong) {
    return DivergedException.of(
        exploded()
            ? "The loss has exploded: %s, more than guard.factor = %s times %s"
                .formatted(compared(risen), settings.factor(), howLong)
            : String.format(
                Locale.ROOT,
                "The encoders have collapsed: %s, and a guess among distill.queue = %d keys has %.4g, %s",
                compared(lost),
                plan.distill().queue(),
                guess,
                howLong));
  }

  private String compared(Rise rise) {
    return String.format(
        Locale.ROOT,
        "%s is %.4g in round %d, and was %.4g in round %d (medians over %d rounds)",
        rise.term(),
        rise.loss(),
        round,
        rise.best().loss(),
        rise.best().round(),
        settings.window());
  }

  private void beginAnewWhereLossesChange(RoundLosses losses) {
    Round seen = losses.round();
    DistillSettings now = plan.stages().at(plan.distill(), seen.epochOf(seen.steps() - 1));
    if (!now.equals(stage) || losses.learningRate() > JUMP * rate) {
      recent.clear();
      best.clear();
      above = 0;
    }
    stage = now;
    rate = losses.learningRate();
  }

  private void compare(RoundLosses losses) {
    for (String term : losses.steps().get(0).keySet()) {
      boolean contrastive = term.startsWith("contrastive.");
      if (!contrastive && !term.equals("total")) {
        continue;
      }
      Deque<double[]> rounds = recent.computeIfAbsent(term, name -> new ArrayDeque<>());
      rounds.add(losses.steps().stream().mapToDouble(terms -> terms.get(term)).toArray());
      if (rounds.size() > settings.window()) {
        rounds.remove();
      }
      if (rounds.size() == settings.window()) {
        compare(term, median(rounds), contrastive);
      }
    }
  }

  private void compare(String term, double loss, boolean contrastive) {
    Best lowest = best.get(term);
    if (lowest == null || loss < lowest.loss()) {
      lowest = new Best(loss, round);
      best.put(term, lowest);
    }
    double ratio = loss / Math.max(lowest.loss(), GOOD_SHARE * guess);
    if (ratio > risen.measure()) {
      risen = new Rise(term, loss, lowest, ratio);
    }
    if (contrastive && lowest.loss() < LEARNED_SHARE * guess) {
      double share = (loss - lowest.loss()) / (guess - lowest.loss());
      if (share > lost.measure()) {
        lost = new Rise(term, loss, lowest, share);
      }
    }
  }

  private static double median(Deque<double[]> rounds) {
    double[] all = rounds.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    return (all[(all.length - 1) / 2] + all[all.length / 2]) / 2;
  }
}
