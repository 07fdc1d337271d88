package dev.millrace.autodiff;

import static dev.millrace.autodiff.GradientCase.row;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The rows of the gradient check for Fourier transforms, colours, and the loss of CTC. */
final class SpectralGradientCases {
  private SpectralGradientCases() {}

  private static Tensor node(Ops tf, String type, Tensor... inputs) {
    OpBuilder b = tf.op(type, null);
    for (Tensor in : inputs) {
      b.input(in);
    }
    return tf.tensor(b.build().output(0));
  }

  private static List<Tensor> parts(Ops tf, Tensor z) {
    return List.of(tf.real(z), tf.imag(z));
  }

  static List<GradientCase> all() {
    List<GradientCase> r = new ArrayList<>();
    for (int rank = 1; rank <= 3; rank++) {
      String d = rank == 1 ? "" : rank + "D";
      for (String type : new String[] {"FFT" + d, "IFFT" + d}) {
        r.add(
            row(type)
                .any(2, 3, 4)
                .any(2, 3, 4)
                .withAll(
                    (tf, x) -> {
                      Tensor z = tf.complex(x.get(0), x.get(1));
                      return parts(tf, node(tf, type, z.mul(z)));
                    }));
      }
    }
    real(r, "", new long[] {2, 6}, 6);
    real(r, "", new long[] {2, 5}, 5);
    real(r, "", new long[] {2, 6}, 5);
    real(r, "2D", new long[] {3, 4}, 3, 4);
    real(r, "2D", new long[] {2, 4, 5}, 3, 5);
    real(r, "3D", new long[] {2, 3, 4}, 2, 2, 4);
    r.add(
        row("RGBToHSV")
            .values(
                Shape.of(6, 3),
                0.1,
                0.5,
                0.9,
                0.7,
                0.2,
                0.4,
                0.3,
                0.8,
                0.6,
                0.9,
                0.6,
                0.1,
                0.2,
                0.1,
                0.7,
                0.5,
                0.9,
                0.2)
            .with((tf, x) -> node(tf, "RGBToHSV", x.get(0))));
    r.add(
        row("TopK")
            .distinct(3, 5)
            .with(
                (tf, x) -> {
                  OpBuilder b = tf.op("TopK", null).input(x.get(0).mul(x.get(0)).mul(x.get(0)));
                  return tf.tensor(b.attr("k", 2).build().output(0));
                }));
    for (String type : new String[] {"PyFunc", "PyFuncStateless"}) {
      r.add(
          row(type)
              .any(2, 3)
              .any(3)
              .firstOrderOnly()
              .with((tf, x) -> ownFunction(tf, type, x).get(0)));
    }
    r.add(
        row("CTCLoss")
            .any(5, 2, 4)
            .firstOrderOnly()
            .with(
                (tf, x) ->
                    node(
                        tf,
                        "CTCLoss",
                        x.get(0),
                        tf.constant(new long[][] {{0, 0}, {0, 1}, {1, 0}}),
                        tf.constant(new int[] {1, 1, 2}),
                        tf.constant(new int[] {5, 3}))));
    return r;
  }

  private static void real(List<GradientCase> r, String d, long[] shape, int... lengths) {
    String name = "of " + shape.length + " to " + lengths[lengths.length - 1];
    r.add(
        row("RFFT" + d, name)
            .any(shape)
            .inSinglePrecision()
            .withAll((tf, x) -> parts(tf, node(tf, "RFFT" + d, x.get(0), tf.constant(lengths)))));
    int[] back = lengths.clone();
    back[back.length - 1] = (int) (2 * shape[shape.length - 1] - 3);
    r.add(
        row("IRFFT" + d, name)
            .any(shape)
            .any(shape)
            .inSinglePrecision()
            .with(
                (tf, x) ->
                    node(tf, "IRFFT" + d, tf.complex(x.get(0), x.get(1)), tf.constant(back))));
    int[] even = lengths.clone();
    even[even.length - 1] = (int) (2 * shape[shape.length - 1] - 4);
    r.add(
        row("IRFFT" + d, name + ", even")
            .any(shape)
            .any(shape)
            .inSinglePrecision()
            .with(
                (tf, x) ->
                    node(tf, "IRFFT" + d, tf.complex(x.get(0), x.get(1)), tf.constant(even))));
  }

  /** The sum of squares of the first input, and its gradient, in Java; others are passed by. */
  private static List<Tensor> ownFunction(Ops tf, String type, List<Tensor> xs) {
    List<Tensor> made =
        tf.javaFunc(
            v -> {
              double sum = 0;
              for (double x : v.get(0).doubles()) {
                sum += x * x;
              }
              return List.of(TensorValue.of(sum));
            },
            (v, y, g) -> {
              double[] dx = v.get(0).doubles().clone();
              for (int i = 0; i < dx.length; i++) {
                dx[i] *= 2 * g.get(0).doubles()[0];
              }
              Shape s = v.get(0).shape();
              return List.of(
                  TensorValue.wrap(DataType.FLOAT64, s, dx),
                  TensorValue.zeros(DataType.FLOAT64, v.get(1).shape()));
            },
            xs,
            List.of(DataType.FLOAT64));
    if (type.equals("PyFunc")) {
      return made;
    }
    OpBuilder b = tf.op(type, null).inputList(xs);
    b.attr("token", made.get(0).op().attrs().getString("token"));
    b.attr("Tout", AttrValue.ofTypes(List.of(DataType.FLOAT64)));
    return List.of(tf.tensor(b.build().output(0)));
  }
}
