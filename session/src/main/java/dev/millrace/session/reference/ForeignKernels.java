package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnknownException;
import dev.millrace.ops.JavaFunctions;
import java.util.ArrayList;
import java.util.List;

/** Calls of functions that the program has given. */
final class ForeignKernels {
  private ForeignKernels() {}

  static void register(ReferenceKernels k) {
    k.add("PyFunc", ForeignKernels::call);
    k.add("PyFuncStateless", ForeignKernels::call);
  }

  private static void call(KernelContext c) {
    String token = c.attrs().getString("token");
    JavaFunctions.Entry f = JavaFunctions.find(token);
    if (f == null) {
      throw new NotFoundException(
          "no function '"
              + token
              + "' is known in this process: functions are not part of a graph that is exported or"
              + " imported, make the operation with javaFunc");
    }
    List<TensorValue> inputs = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      inputs.add(c.input(i));
    }
    List<TensorValue> outputs = run(f, inputs);
    if (outputs == null || outputs.size() != c.outputCount()) {
      throw new InvalidArgumentException(
          "the function must give "
              + c.outputCount()
              + " values, but gives "
              + (outputs == null ? "null" : String.valueOf(outputs.size())));
    }
    for (int i = 0; i < outputs.size(); i++) {
      TensorValue v = outputs.get(i);
      if (v == null || v.dtype() != c.outputType(i)) {
        throw new InvalidArgumentException(
            "value " + i + " of the function must be " + c.outputType(i) + ", but is " + v);
      }
      c.output(i, v);
    }
  }

  private static List<TensorValue> run(JavaFunctions.Entry f, List<TensorValue> inputs) {
    try {
      return f.function().apply(inputs);
    } catch (MillraceException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new UnknownException("the function failed: " + e, e);
    }
  }
}
