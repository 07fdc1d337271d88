package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.JavaFunc;
import dev.millrace.ops.JavaFunctions;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of the program's own functions: functions of its own, too, where there are such. */
final class ForeignGradients {
  private ForeignGradients() {}

  static void register(GradientRegistry r) {
    r.add("PyFunc", ForeignGradients::call);
    r.add("PyFuncStateless", ForeignGradients::call);
  }

  private static boolean isReal(DataType t) {
    return t.isFloating() || t.isComplex();
  }

  /** Without a function for the gradient there is none, as in TensorFlow. */
  private static List<Gradient> call(GradientContext c) {
    JavaFunctions.Entry f = JavaFunctions.find(c.attrs().getString("token"));
    List<Gradient> r = new ArrayList<>();
    if (f == null || f.gradient() == null) {
      for (int i = 0; i < c.inputCount(); i++) {
        r.add(Gradient.disconnected());
      }
      return r;
    }
    List<Tensor> all = new ArrayList<>();
    List<DataType> types = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      all.add(c.input(i));
      if (isReal(c.input(i).dtype())) {
        types.add(c.input(i).dtype());
      }
    }
    int inputs = all.size();
    int outputs = c.op().numOutputs();
    for (int i = 0; i < outputs; i++) {
      all.add(c.output(i));
    }
    for (int i = 0; i < outputs; i++) {
      if (isReal(c.output(i).dtype())) {
        all.add(c.grad(i));
      }
    }
    JavaFunc.Gradient gradient = f.gradient();
    JavaFunc back =
        v ->
            gradient.apply(
                List.copyOf(v.subList(0, inputs)),
                List.copyOf(v.subList(inputs, inputs + outputs)),
                List.<TensorValue>copyOf(v.subList(inputs + outputs, v.size())));
    List<Tensor> computed = c.tf().javaFunc(back, all, types);
    int next = 0;
    for (int i = 0; i < inputs; i++) {
      Tensor x = c.input(i);
      r.add(
          isReal(x.dtype())
              ? Gradient.of(computed.get(next++).setShape(x.shape()))
              : Gradient.disconnected());
    }
    return r;
  }
}
