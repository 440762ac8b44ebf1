package dev.armature.job;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * The options that make one measurement one of several variants: every {@code --vary} multiplies
 * them, every {@code --variant} adds one.
 */
final class Variants {

  @Option(
      names = "--vary",
      paramLabel = "KEY=VALUE,VALUE,…",
      description = {
        "Times a variant for each value of a key; their steps alternate, and times are compared with",
        "the first variant's. Repeated: every combination. A list is one value in its brackets:",
        "--vary 'encoder.modalities=[joint],[joint,motion]'."
      })
  private List<String> varied = new ArrayList<>();

  @Option(
      names = "--variant",
      paramLabel = "\"KEY=VALUE KEY=VALUE …\"",
      description =
          "Times one more variant with several keys of its own, parted by spaces. May be repeated.")
  private List<String> added = new ArrayList<>();

  /**
   * What each variant sets over the settings that all share, in the order of the options; empty if
   * there are no variants.
   *
   * @throws UserMistakeException if an option has no key or no value
   */
  List<List<String>> overrides() {
    List<List<String>> variants = new ArrayList<>();
    if (!varied.isEmpty()) {
      variants.add(List.of());
    }
    for (String option : varied) {
      variants = product(variants, settings(option));
    }
    for (String option : added) {
      variants.add(variant(option));
    }
    return variants;
  }

  private static List<String> variant(String option) {
    List<String> settings = List.of(option.strip().split("\\s+"));
    if (settings.stream().anyMatch(setting -> setting.indexOf('=') < 1)) {
      throw new UserMistakeException(
          "--variant '%s': expected key=value, or several with a space between, for instance 'distill.method=i2md train.batch=32'"
              .formatted(option));
    }
    return settings;
  }

  /** A variant's name: what it sets. */
  static String name(List<String> overrides) {
    return String.join(" ", overrides);
  }

  private static List<List<String>> product(List<List<String>> variants, List<String> settings) {
    List<List<String>> product = new ArrayList<>();
    for (List<String> variant : variants) {
      for (String setting : settings) {
        List<String> longer = new ArrayList<>(variant);
        longer.add(setting);
        product.add(List.copyOf(longer));
      }
    }
    return product;
  }

  /** One {@code key=value} for each value. */
  private static List<String> settings(String option) {
    int equals = option.indexOf('=');
    if (equals < 1 || equals == option.length() - 1) {
      throw new UserMistakeException(
          "--vary %s: expected key=value,value, for instance distill.method=base,cmd"
              .formatted(option));
    }
    String key = option.substring(0, equals);
    List<String> settings = new ArrayList<>();
    for (String value : values(option.substring(equals + 1))) {
      if (value.isBlank()) {
        throw new UserMistakeException(
            "--vary %s: a value is empty, expected one before and after every comma"
                .formatted(option));
      }
      settings.add(key + "=" + value.strip());
    }
    return settings;
  }

  /** Cuts at the commas that are in no brackets. */
  private static List<String> values(String text) {
    List<String> values = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '[', '{' -> depth++;
        case ']', '}' -> depth--;
        case ',' -> {
          if (depth == 0) {
            values.add(text.substring(start, i));
            start = i + 1;
          }
        }
        default -> {}
      }
    }
    values.add(text.substring(start));
    return values;
  }
}
