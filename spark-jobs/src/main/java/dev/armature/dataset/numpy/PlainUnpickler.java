package dev.armature.dataset.numpy;

import java.io.IOException;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads pickles that hold nothing but containers, strings and numbers. A pickle is a program that
 * may call anything by name; this reader knows no names.
 */
final class PlainUnpickler extends Unpickler {
  /** Steps that call, build or look up what is not in the pickle itself. */
  private static final Set<Short> FOREIGN =
      Set.of(
          Opcodes.REDUCE,
          Opcodes.BUILD,
          Opcodes.OBJ,
          Opcodes.NEWOBJ,
          Opcodes.NEWOBJ_EX,
          Opcodes.EXT1,
          Opcodes.EXT2,
          Opcodes.EXT4,
          Opcodes.PERSID,
          Opcodes.BINPERSID,
          Opcodes.NEXT_BUFFER);

  @Override
  protected Object dispatch(short step) throws PickleException, IOException {
    if (step == Opcodes.GLOBAL || step == Opcodes.INST) {
      throw refused(PickleUtils.readline(input), PickleUtils.readline(input));
    }
    if (step == Opcodes.STACK_GLOBAL) {
      String name = String.valueOf(stack.pop());
      throw refused(String.valueOf(stack.pop()), name);
    }
    if (FOREIGN.contains(step)) {
      throw new PickleException("it holds more than lists, strings and numbers");
    }
    return super.dispatch(step);
  }

  private static PickleException refused(String module, String name) {
    return new PickleException("it holds a %s.%s".formatted(module, name));
  }
}
