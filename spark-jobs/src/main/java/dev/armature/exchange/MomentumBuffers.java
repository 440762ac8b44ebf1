package dev.armature.exchange;

import dev.armature.tensor.StoredTensor;
import dev.armature.tensor.TensorFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The momentum buffers of {@code torch.optim.SGD}, as its {@code state_dict} holds them: by the
 * number of the parameter, in the order in which the optimizer was given the parameters.
 *
 * @param byParameter by the parameter's name; those without a buffer are left out
 * @param settings of the optimizer, by our configuration's key
 * @param nesterov whether it used Nesterov's momentum
 */
record MomentumBuffers(
    Map<String, StoredTensor> byParameter, Map<String, Double> settings, boolean nesterov) {

  private static final String BUFFER = "momentum_buffer";

  private static final Map<String, String> KEYS =
      Map.of(
          "lr", "train.learning-rate",
          "momentum", "train.momentum",
          "weight_decay", "train.weight-decay");

  /**
   * @param file how messages name it
   * @param optimizer its {@code state_dict}
   * @param orders the orders in which an optimizer may have been given the parameters, by name; the
   *     first that has as many decides
   * @throws TensorFileException if it is no such thing, or has another number of parameters
   */
  static MomentumBuffers read(String file, Object optimizer, List<List<String>> orders)
      throws TensorFileException {
    Map<?, ?> content = map(file, "optimizer", optimizer);
    Map<?, ?> state = map(file, "optimizer.state", content.get("state"));
    List<Object> numbers = new ArrayList<>();
    Map<String, Double> settings = new TreeMap<>();
    boolean nesterov = false;
    for (Object entry : list(file, "optimizer.param_groups", content.get("param_groups"))) {
      Map<?, ?> group = map(file, "optimizer.param_groups", entry);
      numbers.addAll(list(file, "optimizer.param_groups.params", group.get("params")));
      KEYS.forEach(
          (theirs, ours) -> {
            if (group.get(theirs) instanceof Number value) {
              settings.put(ours, value.doubleValue());
            }
          });
      nesterov |= Boolean.TRUE.equals(group.get("nesterov"));
    }
    List<String> names =
        orders.stream()
            .filter(order -> order.size() == numbers.size())
            .findFirst()
            .orElseThrow(
                () ->
                    new TensorFileException(
                        "%s: its optimizer has %d parameters, expected %s (of query and key encoders, or of query encoders alone)"
                            .formatted(
                                file,
                                numbers.size(),
                                String.join(
                                    " or ",
                                    orders.stream()
                                        .map(List::size)
                                        .distinct()
                                        .map(String::valueOf)
                                        .toList()))));
    Map<String, StoredTensor> buffers = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (state.get(numbers.get(i)) instanceof Map<?, ?> parameter && !parameter.isEmpty()) {
        if (!parameter.containsKey(BUFFER)) {
          throw new TensorFileException(
              "%s: the optimizer's state of %s is %s, expected %s, as torch.optim.SGD has it; of another optimizer's nothing can be taken over: save the checkpoint without 'optimizer'"
                  .formatted(file, names.get(i), parameter.keySet(), BUFFER));
        }
        if (parameter.get(BUFFER) instanceof StoredTensor buffer) {
          buffers.put(names.get(i), buffer);
        }
      }
    }
    return new MomentumBuffers(buffers, settings, nesterov);
  }

  private static Map<?, ?> map(String file, String where, Object value) throws TensorFileException {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw unexpected(file, where, value, "a dict");
  }

  private static List<?> list(String file, String where, Object value) throws TensorFileException {
    if (value instanceof List<?> list) {
      return list;
    }
    throw unexpected(file, where, value, "a list");
  }

  private static TensorFileException unexpected(
      String file, String where, Object value, String expected) {
    return new TensorFileException(
        "%s: %s is %s, expected %s, as torch.optim.SGD.state_dict() gives it"
            .formatted(file, where, kind(value), expected));
  }

  private static String kind(Object value) {
    if (value == null) {
      return "missing";
    }
    if (value instanceof Map) {
      return "a dict";
    }
    return value instanceof List ? "a list" : "'%s'".formatted(value);
  }
}
