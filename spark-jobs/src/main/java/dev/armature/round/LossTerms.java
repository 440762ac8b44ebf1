package dev.armature.round;

import dev.armature.distill.StepLoss;
import dev.armature.skeleton.Modality;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives the terms of a step's loss their names. */
final class LossTerms {
  private LossTerms() {}

  static StepLosses of(StepLoss loss, List<Modality> modalities) {
    Map<String, Double> terms = new LinkedHashMap<>();
    for (int m = 0; m < modalities.size(); m++) {
      terms.put("contrastive." + modalities.get(m).label(), loss.contrastive()[m]);
    }
    for (int teacher = 0; teacher < modalities.size(); teacher++) {
      for (int student = 0; student < modalities.size(); student++) {
        if (teacher != student) {
          terms.put(
              "distillation.%s-%s"
                  .formatted(modalities.get(teacher).label(), modalities.get(student).label()),
              loss.distillation()[teacher][student]);
        }
      }
    }
    terms.put("distillation", loss.distillationTotal());
    terms.put("total", loss.total());
    return new StepLosses(terms);
  }
}
