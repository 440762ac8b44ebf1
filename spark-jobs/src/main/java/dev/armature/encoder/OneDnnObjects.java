package dev.armature.encoder;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;

/** Owns the oneDNN objects behind a primitive and frees them together, last made first. */
final class OneDnnObjects implements AutoCloseable {
  private final engine cpu;
  private final Deque<Pointer> owned = new ArrayDeque<>();

  OneDnnObjects(engine cpu) {
    this.cpu = cpu;
  }

  <T extends Pointer> T own(T object) {
    owned.push(object);
    return object;
  }

  /** A row-major tensor of floats. */
  memory.desc dense(long... shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strided(shape, strides);
  }

  memory.desc strided(long[] shape, long[] strides) {
    return own(new memory.desc(shape, memory.data_type.f32, strides));
  }

  /** A tensor of floats whose layout oneDNN chooses. */
  memory.desc anyLayout(long... shape) {
    return own(new memory.desc(shape, memory.data_type.f32, memory.format_tag.any));
  }

  /** A memory object that points nowhere yet. */
  memory memory(memory.desc description) {
    return own(new memory(description, cpu, (Pointer) null));
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
