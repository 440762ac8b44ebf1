package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No image is built here, which takes a container engine: what can be told from the file alone. */
class DockerfileTest {
  private static final String FILE = "docker/Dockerfile";

  /** An instruction, with its lines joined. */
  private record Instruction(String name, String text) {
    List<String> words() {
      return List.of(text.split("\\s+"));
    }

    /** What stands behind the options. */
    List<String> operands() {
      return words().stream().filter(word -> !word.startsWith("--")).toList();
    }

    String option(String option) {
      String prefix = "--" + option + "=";
      return words().stream()
          .filter(word -> word.startsWith(prefix))
          .map(word -> word.substring(prefix.length()))
          .findAny()
          .orElse("");
    }
  }

  private static List<Instruction> instructions() {
    String joined =
        Repository.read(FILE)
            .lines()
            .filter(line -> !line.startsWith("#"))
            .reduce("", (all, line) -> all + line + "\n")
            .replaceAll("\\\\\n\\s*", " ");
    return joined
        .lines()
        .filter(line -> !line.isBlank())
        .map(
            line -> {
              String[] parts = line.split("\\s+", 2);
              return new Instruction(parts[0], parts[1]);
            })
        .toList();
  }

  /** Instructions by the name of their stage; those before the first are under "". */
  private static Map<String, List<Instruction>> stages() {
    Map<String, List<Instruction>> stages = new LinkedHashMap<>();
    String stage = "";
    for (Instruction instruction : instructions()) {
      if (instruction.name().equals("FROM")) {
        List<String> operands = instruction.operands();
        assertThat(operands).as("a name for every stage").hasSize(3);
        assertThat(operands.get(1)).isEqualTo("AS");
        stage = operands.get(2);
      }
      stages.computeIfAbsent(stage, first -> new ArrayList<>()).add(instruction);
    }
    return stages;
  }

  private static Map<String, String> arguments() {
    Map<String, String> arguments = new HashMap<>();
    for (Instruction instruction : instructions()) {
      if (instruction.name().equals("ARG")) {
        String[] parts = instruction.text().split("=", 2);
        arguments.put(parts[0], parts[1]);
      }
    }
    return arguments;
  }

  @Test
  void every_instruction_is_one_that_docker_knows() {
    assertThat(instructions())
        .extracting(Instruction::name)
        .isSubsetOf("ARG", "FROM", "USER", "WORKDIR", "COPY", "RUN", "LABEL", "ENV", "ENTRYPOINT");
    assertThat(stages()).containsOnlyKeys("", "spark", "build", "cuda", "cpu");
  }

  @Test
  void bases_are_pinned_to_full_versions() {
    Map<String, String> arguments = arguments();
    for (Instruction instruction : instructions()) {
      if (instruction.name().equals("FROM")) {
        String base = instruction.operands().get(0);
        Matcher variable = Pattern.compile("\\$\\{(\\w+)}").matcher(base);
        String image = variable.matches() ? arguments.get(variable.group(1)) : base;
        if (!stages().containsKey(image)) {
          assertThat(image)
              .matches("[\\w/.-]+:[\\w.-]*\\d+\\.\\d+\\.\\d+[\\w.-]*(@sha256:[0-9a-f]{64})?");
        }
      }
    }
    assertThat(arguments.get("SPARK_IMAGE"))
        .contains("@sha256:")
        .startsWith(
            "spark:%s-scala%s-java17-"
                .formatted(Pom.property("spark.version"), Pom.property("scala.binary.version")));
    assertThat(Repository.read(FILE)).doesNotContain(":latest");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda"})
  void images_do_not_run_as_root(String image) {
    List<Instruction> users =
        stages().get(image).stream().filter(each -> each.name().equals("USER")).toList();
    assertThat(users).hasSize(1).last().extracting(Instruction::text).isEqualTo("185");
    assertThat(stages().get(image)).extracting(Instruction::name).contains("LABEL");
  }

  @Test
  void everything_that_is_copied_is_there_and_gets_into_the_build() throws IOException {
    List<String> sent = sentToTheBuild();
    for (Instruction instruction : instructions()) {
      if (instruction.name().equals("COPY")) {
        List<String> operands = instruction.operands();
        String from = instruction.option("from");
        for (String source : operands.subList(0, operands.size() - 1)) {
          if (from.isEmpty()) {
            assertThat(Repository.path(source)).exists();
            assertThat(sent).as(source).anyMatch(file -> Path.of(file).startsWith(source));
          } else {
            assertThat(stages()).containsKey(from);
            assertThat(source).startsWith("/");
          }
        }
      }
    }
    assertThat(sent).noneMatch(file -> file.startsWith("runs/") || file.startsWith(".git/"));
  }

  /** Files of the repository that .dockerignore lets through. */
  private static List<String> sentToTheBuild() throws IOException {
    List<String> patterns =
        Repository.read(".dockerignore")
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    assertThat(patterns).first().isEqualTo("*");
    List<PathMatcher> kept =
        patterns.stream()
            .skip(1)
            .peek(pattern -> assertThat(pattern).startsWith("!"))
            .map(pattern -> pattern.substring(1).replaceAll("/$", ""))
            .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern + "{,/**}"))
            .toList();
    try (Stream<Path> files = Files.walk(Repository.ROOT)) {
      return files
          .filter(Files::isRegularFile)
          .map(Repository.ROOT::relativize)
          .filter(file -> kept.stream().anyMatch(matcher -> matcher.matches(file)))
          .map(Path::toString)
          .toList();
    }
  }

  @Test
  void versions_are_those_of_the_build() {
    Map<String, String> arguments = arguments();
    assertThat(arguments)
        .containsEntry("HADOOP_VERSION", Pom.property("hadoop.version"))
        .containsEntry("VERSION", Pom.version());
    List<String> used = new ArrayList<>();
    Matcher variables = Pattern.compile("\\$\\{(\\w+)}").matcher(Repository.read(FILE));
    while (variables.find()) {
      used.add(variables.group(1));
    }
    assertThat(used).containsAll(arguments.keySet());
    arguments.put("PATH", "the image's own");
    assertThat(arguments.keySet()).containsAll(used);
  }

  @Test
  void the_jar_is_the_one_that_the_build_makes_for_spark_submit() {
    String build = stages().get("build").toString();
    assertThat(build).contains("spark-jobs/target/spark-jobs-*-spark.jar /build/armature.jar");
    assertThat("spark-jobs-%s-spark.jar".formatted(Pom.version()))
        .matches("spark-jobs-.*-spark.jar");
    assertThat(Repository.read("spark-jobs/pom.xml"))
        .contains("<shadedClassifierName>spark</shadedClassifierName>");
    for (String image : List.of("cpu", "cuda")) {
      assertThat(stages().get(image))
          .extracting(Instruction::text)
          .contains("--from=build /build/armature.jar /opt/armature/", "conf /opt/armature/conf");
    }
    assertThat(Arrays.asList(Repository.path("conf").toFile().list()))
        .contains("log4j2.properties");
  }
}
