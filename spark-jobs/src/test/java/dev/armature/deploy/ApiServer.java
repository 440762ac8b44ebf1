package dev.armature.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okio.Buffer;

/**
 * A stand-in for Kubernetes's API server, which keeps objects and starts nothing. Spark applies its
 * objects on the server's side, which the stand-in does not know: it makes or replaces them.
 */
final class ApiServer extends KubernetesCrudDispatcher {
  private static final String APPLY = "application/apply-patch+yaml";

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private ApiServer() {}

  static KubernetesMockServer start() {
    KubernetesMockServer server =
        new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new ApiServer(), false);
    server.init();
    return server;
  }

  @Override
  public MockResponse handlePatch(RecordedRequest request) {
    if (!String.valueOf(request.getHeader("Content-Type")).startsWith(APPLY)) {
      return super.handlePatch(request);
    }
    String path = request.getPath().replaceFirst("\\?.*", "");
    String body = json(request.getBody().readUtf8());
    return handleGet(path).getStatus().contains(" 200 ")
        ? handleUpdate(request("PUT", path, body, request))
        : handleCreate(request("POST", path.substring(0, path.lastIndexOf('/')), body, request));
  }

  private static String json(String yaml) {
    try {
      return YAML.readTree(yaml).toString();
    } catch (JsonProcessingException wrong) {
      throw new AssertionError(wrong);
    }
  }

  private static RecordedRequest request(
      String method, String path, String body, RecordedRequest original) {
    Buffer content = new Buffer().writeUtf8(body);
    return new RecordedRequest(
        "%s %s HTTP/1.1".formatted(method, path),
        original.getHeaders(),
        List.of(),
        content.size(),
        content,
        original.getSequenceNumber(),
        new Socket());
  }
}
