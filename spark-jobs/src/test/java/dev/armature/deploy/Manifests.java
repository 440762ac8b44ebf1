package dev.armature.deploy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads manifests, and fails on a field that their types do not have. */
public final class Manifests {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder().enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL).build());

  /** The Kubernetes model keeps what it does not know; here it must not. */
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .setSerializationInclusion(JsonInclude.Include.NON_EMPTY);

  private Manifests() {}

  /** Every document of a file. */
  static List<JsonNode> documents(Path file) {
    try (var parser = YAML.getFactory().createParser(Files.readString(file))) {
      List<JsonNode> documents = new ArrayList<>();
      YAML.readValues(parser, JsonNode.class).forEachRemaining(documents::add);
      return documents;
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  public static JsonNode document(String relative) {
    List<JsonNode> documents = documents(Repository.path(relative));
    if (documents.size() != 1) {
      throw new AssertionError(relative + " has " + documents.size() + " documents");
    }
    return documents.get(0);
  }

  /**
   * @throws AssertionError if the type lacks one of its fields, or one has another type
   */
  static <T> T typed(JsonNode document, Class<T> type) {
    try {
      return STRICT.treeToValue(document, type);
    } catch (JsonProcessingException wrong) {
      throw new AssertionError(wrong.getMessage(), wrong);
    }
  }

  static JsonNode tree(Object typed) {
    return STRICT.valueToTree(typed);
  }

  /** sparkoperator.k8s.io/v1beta2, as far as the manifests have its fields. */
  record SparkApplication(
      String apiVersion, String kind, Metadata metadata, SparkApplicationSpec spec) {}

  record ScheduledSparkApplication(
      String apiVersion, String kind, Metadata metadata, ScheduledSpec spec) {}

  record Metadata(String name, String namespace) {}

  record ScheduledSpec(
      String schedule,
      String timeZone,
      String concurrencyPolicy,
      int successfulRunHistoryLimit,
      int failedRunHistoryLimit,
      SparkApplicationSpec template) {}

  record SparkApplicationSpec(
      String type,
      String mode,
      String sparkVersion,
      String image,
      String imagePullPolicy,
      String mainClass,
      String mainApplicationFile,
      List<String> arguments,
      RestartPolicy restartPolicy,
      Map<String, String> sparkConf,
      Role driver,
      Role executor) {}

  record RestartPolicy(
      String type,
      int onFailureRetries,
      long onFailureRetryInterval,
      int onSubmissionFailureRetries,
      long onSubmissionFailureRetryInterval) {}

  /** Driver or executor; only executors have instances, and of an image only those with a GPU. */
  record Role(
      Integer instances,
      String image,
      int cores,
      String coreLimit,
      String memory,
      String memoryOverhead,
      String serviceAccount,
      String javaOptions,
      PodTemplateSpec template) {}
}
