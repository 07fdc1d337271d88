package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** Recorded cases of Fourier transforms; TensorFlow computes them in single precision. */
final class SpectralCases {
  private static final float TOLERANCE = 1e-4f;

  private SpectralCases() {}

  private static TensorValue wave(double speed, long... dims) {
    Shape s = Shape.of(dims);
    float[] x = new float[(int) s.numElements()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(speed * i + 0.3 * i * i);
    }
    return TensorValue.wrap(DataType.FLOAT32, s, x);
  }

  static void addTo(CaseList list) {
    long[][] shapes = {{8}, {3, 5}, {2, 4, 6}, {2, 3, 2, 7}, {1}, {2, 0}};
    for (int rank = 1; rank <= 3; rank++) {
      String suffix = rank == 1 ? "" : rank + "D";
      for (long[] shape : shapes) {
        if (shape.length >= rank) {
          for (String type : new String[] {"FFT", "IFFT"}) {
            complex(list, type + suffix, wave(1, shape), wave(2, shape));
          }
        }
      }
    }
    real(list, "", new long[] {8}, 8);
    real(list, "", new long[] {2, 9}, 9);
    real(list, "", new long[] {2, 9}, 6);
    real(list, "", new long[] {3}, 1);
    real(list, "2D", new long[] {4, 6}, 4, 6);
    real(list, "2D", new long[] {2, 5, 7}, 5, 7);
    real(list, "2D", new long[] {2, 5, 7}, 3, 4);
    real(list, "3D", new long[] {2, 3, 4}, 2, 3, 4);
    real(list, "3D", new long[] {2, 3, 4, 5}, 3, 4, 5);
  }

  private static String name(TensorValue x) {
    StringBuilder s = new StringBuilder("of");
    for (long d : x.shape().dims()) {
      s.append('_').append(d);
    }
    return s.toString();
  }

  private static void complex(CaseList list, String type, TensorValue re, TensorValue im) {
    for (boolean wide : new boolean[] {false, true}) {
      DataType t = wide ? DataType.FLOAT64 : DataType.FLOAT32;
      CaseGraph g = new CaseGraph(CaseList.as(t, re), CaseList.as(t, im));
      Output z = number(g, wide);
      Output y = g.graph().opBuilder(type, "op").input(z).build().output(0);
      list.add(
          type, name(re) + (wide ? "_wide" : ""), g.tolerance(TOLERANCE).outputs(parts(g, y, t)));
    }
  }

  private static Output number(CaseGraph g, boolean wide) {
    return g.graph()
        .opBuilder("Complex", "number")
        .input(g.input(0))
        .input(g.input(1))
        .attr("Tout", wide ? DataType.COMPLEX128 : DataType.COMPLEX64)
        .build()
        .output(0);
  }

  private static List<Output> parts(CaseGraph g, Output z, DataType t) {
    List<Output> r = new ArrayList<>();
    for (String part : new String[] {"Real", "Imag"}) {
      r.add(g.graph().opBuilder(part, part).input(z).attr("Tout", t).build().output(0));
    }
    return r;
  }

  private static void real(CaseList list, String suffix, long[] shape, int... lengths) {
    StringBuilder to = new StringBuilder("_to");
    for (int n : lengths) {
      to.append('_').append(n);
    }
    TensorValue x = wave(1, shape);
    CaseGraph g = new CaseGraph(x);
    Output n = g.constant("lengths", TensorValue.ofInts(lengths));
    Output y =
        g.graph().opBuilder("RFFT" + suffix, "op").input(g.input(0)).input(n).build().output(0);
    list.add(
        "RFFT" + suffix,
        name(x) + to,
        g.tolerance(TOLERANCE).outputs(parts(g, y, DataType.FLOAT32)));
    CaseGraph back = new CaseGraph(x, wave(2, shape));
    long half = shape[shape.length - 1];
    int[] longer = lengths.clone();
    longer[longer.length - 1] = (int) Math.min(lengths[lengths.length - 1], 2 * half - 2);
    if (longer[longer.length - 1] < 1) {
      longer[longer.length - 1] = 1;
    }
    Output m = back.constant("lengths", TensorValue.ofInts(longer));
    Output z =
        back.graph()
            .opBuilder("IRFFT" + suffix, "op")
            .input(number(back, false))
            .input(m)
            .build()
            .output(0);
    list.add("IRFFT" + suffix, name(x) + to, back.tolerance(TOLERANCE).outputs(List.of(z)));
  }
}
