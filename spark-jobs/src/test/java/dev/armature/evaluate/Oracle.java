package dev.armature.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;

/** What scikit-learn and PyTorch computed; see {@code src/test/oracle/evaluate.py}. */
final class Oracle {
  private final JsonNode fixture;

  Oracle(String name) throws IOException {
    try (InputStream in = Oracle.class.getResourceAsStream("/evaluate/" + name + ".json")) {
      fixture = new ObjectMapper().readTree(in);
    }
  }

  int integer(String field) {
    return fixture.get(field).asInt();
  }

  double number(String field) {
    return fixture.get(field).asDouble();
  }

  JsonNode array(String field) {
    return fixture.get(field);
  }

  float[] floats(String field) {
    JsonNode array = fixture.get(field);
    float[] values = new float[array.size()];
    for (int place = 0; place < values.length; place++) {
      values[place] = (float) array.get(place).asDouble();
    }
    return values;
  }

  int[] integers(String field) {
    JsonNode array = fixture.get(field);
    int[] values = new int[array.size()];
    for (int place = 0; place < values.length; place++) {
      values[place] = array.get(place).asInt();
    }
    return values;
  }
}
