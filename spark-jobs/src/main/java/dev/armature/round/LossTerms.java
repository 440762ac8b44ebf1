package dev.armature.round;

import dev.armature.distill.LossTerm;
import dev.armature.distill.StepLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gives the terms of a step's loss their names, and every family but the contrastive a sum. */
final class LossTerms {
  private LossTerms() {}

  static StepLosses of(StepLoss loss) {
    Map<String, Double> terms = new LinkedHashMap<>();
    for (String family : loss.families()) {
      for (LossTerm term : loss.terms()) {
        if (term.family().equals(family)) {
          terms.put(term.name(), term.value());
        }
      }
      if (!family.equals("contrastive")) {
        terms.put(family, loss.sum(family));
      }
    }
    terms.put("total", loss.total());
    return new StepLosses(terms);
  }
}
