package dev.armature.round;

import dev.armature.distill.LossTerm;
import dev.armature.distill.StepLoss;
import dev.armature.skeleton.Modality;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives the terms of a step's loss their names, and every family but the contrastive a sum. */
final class LossTerms {
  private LossTerms() {}

  static StepLosses of(StepLoss loss, List<Modality> modalities) {
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
    Map<String, Double> mixed = new LinkedHashMap<>();
    for (int m = 0; m < loss.mixed().length; m++) {
      mixed.put(modalities.get(m).label(), loss.mixed()[m]);
    }
    return new StepLosses(terms, mixed);
  }
}
