package dev.armature.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the programs of docs/embeddings.md to what there is. */
class EmbeddingsPageTest {
  private static final Pattern PROGRAM =
      Pattern.compile("```java\n(import .*?public final class (\\w+).*?)```", Pattern.DOTALL);

  @Test
  void the_programs_of_the_page_compile(@TempDir Path folder) throws Exception {
    List<File> programs = programs(folder);
    assertThat(programs).extracting(File::getName).contains("Query.java", "Classify.java");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  found,
                  List.of("-classpath", classPath(), "-d", folder.toString(), "-proc:none"),
                  null,
                  files.getJavaFileObjectsFromFiles(programs))
              .call();
      assertThat(found.getDiagnostics())
          .filteredOn(each -> each.getKind() == Diagnostic.Kind.ERROR)
          .isEmpty();
      assertThat(compiled).isTrue();
    }
  }

  private static List<File> programs(Path folder) throws IOException {
    List<File> programs = new ArrayList<>();
    Matcher program = PROGRAM.matcher(Repository.read("docs/embeddings.md"));
    while (program.find()) {
      Path file = folder.resolve(program.group(2) + ".java");
      programs.add(Files.writeString(file, program.group(1)).toFile());
    }
    return programs;
  }

  /** That of this process, and where it has what the programs name. */
  private static String classPath() throws URISyntaxException {
    List<String> entries = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    for (Class<?> named :
        List.of(
            SparkSession.class,
            Pipeline.class,
            dev.armature.evaluate.embedding.SkeletonEncoder.class)) {
      entries.add(
          Path.of(named.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, entries);
  }
}
