package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Recorded cases of complex numbers. They are made of fed real numbers, two inputs a number, and
 * taken apart for the results.
 */
final class ComplexCases {
  private static final TensorValue RE =
      TensorValue.of(new float[][] {{1.5f, -2, 0}, {0.25f, -0.5f, 3}});
  private static final TensorValue IM =
      TensorValue.of(new float[][] {{-1, 0.5f, 2}, {4, -0.125f, 0}});
  private static final TensorValue ROW_RE = TensorValue.of(new float[] {2, -0.5f, 1});
  private static final TensorValue ROW_IM = TensorValue.of(new float[] {0, 1.5f, -1});

  private ComplexCases() {}

  private static TensorValue doubles(TensorValue v) {
    return CaseList.as(DataType.FLOAT64, v);
  }

  private static DataType complex(TensorValue part) {
    return part.dtype() == DataType.FLOAT64 ? DataType.COMPLEX128 : DataType.COMPLEX64;
  }

  static void addTo(CaseList list) {
    for (String part : new String[] {"Real", "Imag", "Angle", "ComplexAbs"}) {
      part(list, part, "c64", RE, IM);
      part(list, part, "c128", doubles(RE), doubles(IM));
    }
    part(list, "ComplexAbs", "large", TensorValue.of(3e30f), TensorValue.of(-4e30f));
    for (String op : new String[] {"Conj", "Neg", "Square", "Reciprocal", "Inv", "Exp"}) {
      op(list, op, "c64", b -> b, RE, IM);
      op(list, op, "c128", b -> b, doubles(RE), doubles(IM));
    }
    for (String op : new String[] {"Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "DivNoNan"}) {
      op(list, op, "c64", b -> b, RE, IM, ROW_RE, ROW_IM);
      op(list, op, "c128", b -> b, doubles(RE), doubles(IM), doubles(ROW_RE), doubles(ROW_IM));
    }
    TensorValue zero = TensorValue.ofFloats(0, 0, 1);
    op(list, "DivNoNan", "by_zero", b -> b, RE, IM, zero, TensorValue.ofFloats(0, 1, 0));
    op(list, "MulNoNan", "by_zero", b -> b, RE, IM, zero, TensorValue.ofFloats(0, 1, 0));
    op(list, "ReciprocalGrad", "c64", b -> b, RE, IM, IM, RE);
    op(list, "InvGrad", "c64", b -> b, RE, IM, IM, RE);
    sums(list);
    matrices(list);
    casts(list);
  }

  private static void part(
      CaseList list, String type, String variant, TensorValue re, TensorValue im) {
    CaseGraph g = new CaseGraph(re, im);
    list.add(
        type,
        variant,
        g.outputs(
            g.graph()
                .opBuilder(type, "op")
                .input(numbers(g, re, im).get(0))
                .attr("Tout", re.dtype())
                .build()));
  }

  /** The complex numbers of each two inputs. */
  private static List<Output> numbers(CaseGraph g, TensorValue... parts) {
    List<Output> numbers = new ArrayList<>();
    for (int i = 0; i < parts.length; i += 2) {
      numbers.add(
          g.graph()
              .opBuilder("Complex", "number" + i / 2)
              .input(g.input(i))
              .input(g.input(i + 1))
              .attr("Tout", complex(parts[i]))
              .build()
              .output(0));
    }
    return numbers;
  }

  /** An op of complex numbers with complex results. */
  private static void op(
      CaseList list,
      String type,
      String variant,
      UnaryOperator<OpBuilder> rest,
      TensorValue... parts) {
    CaseGraph g = new CaseGraph(parts);
    OpBuilder b = g.graph().opBuilder(type, "op");
    numbers(g, parts).forEach(b::input);
    apart(list, type + "__complex_" + variant, g, rest.apply(b).build().output(0), parts[0]);
  }

  private static void apart(CaseList list, String name, CaseGraph g, Output z, TensorValue like) {
    int k = 0;
    for (String part : new String[] {"Real", "Imag"}) {
      g.graph().opBuilder(part, "out/" + k++).input(z).attr("Tout", like.dtype()).build();
    }
    int split = name.indexOf("__");
    list.add(name.substring(0, split), name.substring(split + 2), g.graph().toGraphDef());
  }

  private static void sums(CaseList list) {
    for (String op : new String[] {"Sum", "Mean", "Prod"}) {
      for (int axis = 0; axis < 2; axis++) {
        CaseGraph g = new CaseGraph(RE, IM);
        Output at = g.constant("axis", TensorValue.of(axis));
        Output z =
            g.graph()
                .opBuilder(op, "op")
                .input(numbers(g, RE, IM).get(0))
                .input(at)
                .build()
                .output(0);
        apart(list, op + "__complex_axis" + axis, g, z, RE);
      }
    }
    CaseGraph g = new CaseGraph(RE, IM, IM, RE, RE, RE);
    Output z =
        g.graph()
            .opBuilder("AddN", "op")
            .inputList(numbers(g, RE, IM, IM, RE, RE, RE))
            .build()
            .output(0);
    apart(list, "AddN__complex_three", g, z, RE);
  }

  private static void matrices(CaseList list) {
    op(list, "MatMul", "plain", b -> b.attr("transpose_b", true), RE, IM, IM, RE);
    op(list, "MatMul", "left", b -> b.attr("transpose_a", true), RE, IM, IM, RE);
    op(list, "BatchMatMul", "left", b -> b.attr("adj_x", true), RE, IM, IM, RE);
    op(list, "BatchMatMulV2", "right", b -> b.attr("adj_y", true), RE, IM, IM, RE);
    op(
        list,
        "BatchMatMulV2",
        "right_c128",
        b -> b.attr("adj_y", true),
        doubles(RE),
        doubles(IM),
        doubles(IM),
        doubles(RE));
  }

  private static void casts(CaseList list) {
    CaseGraph narrow = new CaseGraph(RE, IM);
    Output wide =
        narrow
            .graph()
            .opBuilder("Cast", "op")
            .input(numbers(narrow, RE, IM).get(0))
            .attr("DstT", DataType.COMPLEX128)
            .build()
            .output(0);
    apart(list, "Cast__complex_wider", narrow, wide, doubles(RE));
    CaseGraph real = new CaseGraph(RE, IM);
    list.add(
        "Cast",
        "complex_to_real",
        real.outputs(
            real.graph()
                .opBuilder("Cast", "op")
                .input(numbers(real, RE, IM).get(0))
                .attr("DstT", DataType.FLOAT32)
                .build()));
    CaseGraph made = new CaseGraph(RE);
    Output z =
        made.graph()
            .opBuilder("Cast", "op")
            .input(made.input(0))
            .attr("DstT", DataType.COMPLEX64)
            .build()
            .output(0);
    apart(list, "Cast__real_to_complex", made, z, RE);
  }
}
