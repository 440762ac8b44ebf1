package dev.armature.evaluate;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;

import dev.armature.encoder.NativeThreads;
import dev.armature.round.Bfloat16;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * By oneDNN, of numbers rounded to bfloat16, summed as floats.
 *
 * @see <a href="https://uxlfoundation.github.io/oneDNN/dev_guide_matmul.html">oneDNN, matmul</a>
 */
final class BfloatProducts implements ScreenProducts {
  private final Deque<Pointer> owned = new ArrayDeque<>();
  private final int columns;
  private final int candidates;
  private final ShortPointer left;
  private final ShortPointer right;
  private final FloatPointer products;
  private final matmul product;
  private final stream onCpu;
  private final IntMemoryMap arguments;
  private final short[] rounded;
  private int rows;

  BfloatProducts(int queries, int candidates, int columns, int threads) {
    this.columns = columns;
    this.candidates = candidates;
    // Of the calling thread; the primitive remembers it.
    NativeThreads.setOpenMp(threads);
    rounded = new short[Math.max(queries, candidates) * columns];
    left = own(new ShortPointer((long) queries * columns));
    right = own(new ShortPointer((long) candidates * columns));
    products = own(new FloatPointer((long) queries * candidates));
    // What was never written may be what no product can be made of.
    left.zero();
    right.zero();
    engine cpu = own(new engine(dnnl_cpu, 0));
    onCpu = own(new stream(cpu));
    memory.desc source =
        own(
            new memory.desc(
                new long[] {queries, columns}, memory.data_type.bf16, new long[] {columns, 1}));
    memory.desc weights =
        own(
            new memory.desc(
                new long[] {columns, candidates}, memory.data_type.bf16, new long[] {1, columns}));
    memory.desc destination =
        own(
            new memory.desc(
                new long[] {queries, candidates},
                memory.data_type.f32,
                new long[] {candidates, 1}));
    matmul.primitive_desc description =
        own(new matmul.primitive_desc(cpu, source, weights, destination));
    product = own(new matmul(description));
    arguments = own(new IntMemoryMap());
    arguments.put(DNNL_ARG_SRC, own(new memory(source, cpu, left)));
    arguments.put(DNNL_ARG_WEIGHTS, own(new memory(weights, cpu, right)));
    arguments.put(DNNL_ARG_DST, own(new memory(destination, cpu, products)));
  }

  private <T extends Pointer> T own(T object) {
    owned.push(object);
    return object;
  }

  @Override
  public void queries(float[] centred, int count) {
    round(centred, count, left);
    rows = count;
  }

  @Override
  public void multiply(float[] centred, int count, float[] destination) {
    round(centred, count, right);
    product.execute(onCpu, arguments);
    onCpu._wait();
    products.get(destination, 0, rows * candidates);
  }

  private void round(float[] centred, int count, ShortPointer to) {
    int length = count * columns;
    for (int place = 0; place < length; place++) {
      rounded[place] = Bfloat16.of(centred[place]);
    }
    to.put(rounded, 0, length);
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
