package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.defs.EinsumSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Einstein sums: for each element of the output, the sum over all labels that it lacks. */
final class EinsumKernel {
  private EinsumKernel() {}

  static void register(ReferenceKernels k) {
    k.add("Einsum", EinsumKernel::einsum);
  }

  private static void einsum(KernelContext c) {
    EinsumSpec spec = EinsumSpec.parse(c.attrs().getString("equation"), c.inputCount());
    List<String> labels = new ArrayList<>();
    List<Shape> shapes = new ArrayList<>();
    int dots = 0;
    for (int i = 0; i < c.inputCount(); i++) {
      Shape s = c.input(i).shape();
      String l = EinsumSpec.labels(spec.input(i), s.rank());
      dots = Math.max(dots, EinsumSpec.dots(l));
      labels.add(l);
      shapes.add(s);
    }
    DataType t = c.input(0).dtype();
    if (!t.isFloating() && !t.isInteger()) {
      throw Elementwise.unsupported(c, t);
    }
    Map<Character, Long> sizes = EinsumSpec.sizes(labels, shapes);
    String out = spec.outputLabels(dots);
    StringBuilder summed = new StringBuilder();
    for (char label : sizes.keySet()) {
      if (out.indexOf(label) < 0) {
        summed.append(label);
      }
    }
    String all = out + summed;
    int[][] at = new int[c.inputCount()][];
    for (int i = 0; i < at.length; i++) {
      at[i] = positions(all, sizes, labels.get(i), shapes.get(i));
    }
    Shape s = Shape.scalar();
    for (int d = 0; d < out.length(); d++) {
      s = s.concat(Shape.vector(sizes.get(out.charAt(d))));
    }
    c.output(0, sum(c, t, s, at));
  }

  /** Where an operand's element lies, for every combination of all labels. */
  private static int[] positions(
      String all, Map<Character, Long> sizes, String labels, Shape shape) {
    int[] strides = Dims.strides(shape);
    int[][] tables = new int[all.length()][];
    for (int i = 0; i < tables.length; i++) {
      int step = 0;
      for (int d = 0; d < labels.length(); d++) {
        boolean stretched = shape.dim(d) == 1;
        step += labels.charAt(d) == all.charAt(i) && !stretched ? strides[d] : 0;
      }
      tables[i] = Positions.table(sizes.get(all.charAt(i)), step);
    }
    return Positions.sums(tables);
  }

  private static TensorValue sum(KernelContext c, DataType t, Shape s, int[][] at) {
    Result r = new Result(t, s);
    int n = Dims.count(s);
    int terms = n == 0 ? 0 : at[0].length / n;
    for (int i = 0; i < n; i++) {
      double real = 0;
      long whole = 0;
      for (int k = i * terms; k < (i + 1) * terms; k++) {
        double x = 1;
        long y = 1;
        for (int j = 0; j < at.length; j++) {
          if (t.isFloating()) {
            x *= c.input(j).getDouble(at[j][k]);
          } else {
            y *= c.input(j).getLong(at[j][k]);
          }
        }
        real += x;
        whole += y;
      }
      if (t.isFloating()) {
        r.setDouble(i, real);
      } else {
        r.setLong(i, whole);
      }
    }
    return r.value();
  }
}
