package dev.armature.encoder;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/** The arguments of one primitive: memory objects made once, pointed to other memory each call. */
final class OneDnnArguments {
  private final OneDnnObjects objects;
  private final IntMemoryMap map;
  private final Map<Integer, memory> memories = new HashMap<>();

  OneDnnArguments(OneDnnObjects objects) {
    this.objects = objects;
    this.map = objects.own(new IntMemoryMap());
  }

  memory add(int argument, memory.desc description) {
    memory object = objects.memory(description);
    memories.put(argument, object);
    map.put(argument, object);
    return object;
  }

  void point(int argument, Pointer pointer) {
    memories.get(argument).set_data_handle(pointer);
  }

  void execute(primitive work, stream cpuStream) {
    work.execute(cpuStream, map);
    cpuStream._wait();
  }
}
