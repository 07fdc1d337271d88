package dev.millrace.session.cpu;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Nodes for the kernels that change variables, and those that add rows up. */
final class UpdateCases {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType F64 = DataType.FLOAT64;
  private static final DataType I32 = DataType.INT32;
  private static final DataType I64 = DataType.INT64;

  /** The shape of a table and how many of its rows are named; the last is split over threads. */
  private static final long[][] TABLES = {{1}, {50}, {7, 3}, {40, 1500}, {5, 2, 3}, {3, 0}};

  private static final int[] NAMED = {1, 200, 5, 60, 4, 2};

  private final Values v;
  private final Consumer<KernelNode> to;

  /** Gives all cases to {@code to}. */
  UpdateCases(Values v, Consumer<KernelNode> to) {
    this.v = v;
    this.to = to;
    for (DataType t : new DataType[] {F32, F64}) {
      for (OpDef d : OpRegistry.global().all()) {
        if (d.name().startsWith("ResourceApply") || d.name().startsWith("ResourceSparseApply")) {
          optimizer(d, t);
        }
      }
    }
    for (DataType t : new DataType[] {F32, F64, I32, I64}) {
      assignments(t);
      scatters(t);
      segments(t);
    }
    for (DataType t : new DataType[] {DataType.BOOL, DataType.COMPLEX128, DataType.FLOAT16}) {
      scatter("ResourceScatterUpdate", v.normal(t, 7, 3), v.below(I32, 7, 5), v.normal(t, 5, 3));
    }
  }

  private void optimizer(OpDef d, DataType t) {
    boolean sparse = d.inputs().stream().anyMatch(a -> a.name().equals("indices"));
    if (!sparse) {
      for (long[] s : new long[][] {{}, {0}, {3, 4}, {100000}}) {
        variants(d, t, s, s, null);
      }
      return;
    }
    for (int i = 0; i < TABLES.length; i++) {
      long[] gradient = TABLES[i].clone();
      gradient[0] = NAMED[i];
      DataType index = i % 2 == 0 ? I32 : I64;
      variants(d, t, TABLES[i], gradient, v.below(index, (int) TABLES[i][0], NAMED[i]));
    }
  }

  private void variants(OpDef d, DataType t, long[] s, long[] gradient, TensorValue indices) {
    to.accept(step(d, t, s, gradient, indices, -0.5, 0.02));
    if (d.attrs().containsKey("use_nesterov")) {
      to.accept(
          step(d, t, s, gradient, indices, -0.5, 0.02).attr("use_nesterov", AttrValue.of(true)));
    }
    if (d.attrs().containsKey("update_slots")) {
      to.accept(
          step(d, t, s, gradient, indices, -0.5, 0.02).attr("update_slots", AttrValue.of(false)));
    }
    if (d.inputs().stream().anyMatch(a -> a.name().equals("l1"))) {
      to.accept(step(d, t, s, gradient, indices, -0.3, 0));
    }
  }

  private KernelNode step(
      OpDef d,
      DataType t,
      long[] s,
      long[] gradient,
      TensorValue indices,
      double power,
      double l1) {
    TensorValue[] in = new TensorValue[d.inputs().size()];
    int variables = 0;
    for (int i = 0; i < in.length; i++) {
      OpDef.ArgDef a = d.inputs().get(i);
      if (a.type() == DataType.RESOURCE) {
        in[i] = variables++ == 0 ? v.normal(t, s) : v.positive(t, s);
      } else {
        in[i] =
            switch (a.name()) {
              case "grad", "delta" -> v.normal(t, gradient);
              case "indices" -> indices;
              case "global_step" -> TensorValue.of(5L);
              case "lr_power" -> number(t, power);
              case "l1" -> number(t, l1);
              case "lr", "alpha", "l2", "l2_shrinkage" -> number(t, 0.05);
              case "beta1_power", "beta2_power" -> number(t, 0.4);
              // Keeps the variance that CenteredRMSProp estimates from being about nothing.
              case "epsilon" -> number(t, 30);
              default -> number(t, 0.9);
            };
      }
    }
    int[] first = new int[variables];
    Arrays.setAll(first, i -> i);
    return KernelNode.of(d.name(), in).variables(first);
  }

  private static TensorValue number(DataType t, double x) {
    return t == F32 ? TensorValue.of((float) x) : TensorValue.of(x);
  }

  private void assignments(DataType t) {
    for (long[] s : new long[][] {{}, {0}, {3, 4}, {100000}}) {
      for (String op : List.of("AssignAddVariableOp", "AssignSubVariableOp")) {
        to.accept(KernelNode.of(op, v.normal(t, s), v.normal(t, s)).variables(0));
      }
      to.accept(KernelNode.of("AssignVariableOp", v.normal(t, s), v.normal(t, s)).variables(0));
      to.accept(KernelNode.of("AssignVariableOp", v.normal(t, s), v.normal(t, s)).unassigned(0));
    }
  }

  private void scatter(String op, TensorValue table, TensorValue indices, TensorValue updates) {
    to.accept(KernelNode.of(op, table, indices, updates).variables(0));
  }

  private void scatters(DataType t) {
    for (String change : List.of("Update", "Add", "Sub", "Mul", "Div", "Min", "Max")) {
      String op = "ResourceScatter" + change;
      if (change.equals("Div") && t.isInteger()) {
        continue; // left to the reference kernel, which stops at a division by zero
      }
      for (int i = 0; i < TABLES.length; i++) {
        long[] updates = TABLES[i].clone();
        updates[0] = NAMED[i];
        TensorValue table = v.normal(t, TABLES[i]);
        DataType index = i % 2 == 0 ? I32 : I64;
        TensorValue indices = v.below(index, (int) TABLES[i][0], NAMED[i]);
        boolean quotient = change.equals("Div");
        scatter(op, table, indices, quotient ? v.positive(t, updates) : v.normal(t, updates));
        scatter(op, table, indices, quotient ? v.positive(t) : v.normal(t));
      }
      scatter(op, v.normal(t, 6, 4), v.below(I32, 6, 3, 2), v.positive(t, 3, 2, 4));
      scatter(op, v.normal(t, 6, 4), v.below(I32, 6, 0), v.positive(t, 0, 4));
      scatter(op, v.normal(t, 6), v.below(I32, 6), v.positive(t));
    }
  }

  private void segments(DataType t) {
    for (String how : List.of("Sum", "Prod", "Min", "Max")) {
      String op = "UnsortedSegment" + how;
      TensorValue ids = v.below(I32, 12, 200);
      ids.ints()[3] = -1;
      ids.ints()[100] = -5;
      to.accept(KernelNode.of(op, small(t, 200), ids, TensorValue.of(15)));
      to.accept(KernelNode.of(op, small(t, 200, 7), ids, TensorValue.of(12L)));
      to.accept(KernelNode.of(op, small(t, 60, 1500), v.below(I64, 9, 60), TensorValue.of(9)));
      to.accept(KernelNode.of(op, small(t, 3, 4, 5), v.below(I64, 9, 3, 4), TensorValue.of(9)));
      to.accept(KernelNode.of(op, small(t, 0, 5), v.below(I32, 9, 0), TensorValue.of(3)));
      to.accept(KernelNode.of(op, small(t, 5), v.below(I32, 9), TensorValue.of(9)));
    }
    to.accept(scatterNd(v.below(I32, 5, 40, 1), v.normal(t, 40, 3), 5, 3));
    to.accept(scatterNd(v.below(I64, 5, 40, 2), v.normal(t, 40, 3), 6, 5, 3));
    to.accept(scatterNd(v.below(I32, 5, 4, 10, 2), v.normal(t, 4, 10), 6, 5));
    to.accept(scatterNd(v.below(I32, 9, 60, 1), v.normal(t, 60, 1500), 9, 1500));
    to.accept(scatterNd(v.below(I32, 9, 0, 1), v.normal(t, 0, 4), 9, 4));
    to.accept(scatterNd(v.below(I32, 9, 3, 0), v.normal(t, 3, 2, 2), 2, 2));
    slices(t, v.below(I32, 5, 40, 1), new long[] {40, 3}, 5, 3);
    slices(t, v.below(I64, 5, 40, 2), new long[] {40, 3}, 6, 5, 3);
    slices(t, v.below(I32, 5, 4, 10, 2), new long[] {4, 10}, 6, 5);
    slices(t, v.below(I32, 9, 60, 1), new long[] {60, 1500}, 9, 1500);
    slices(t, v.below(I32, 9, 0, 1), new long[] {0, 4}, 9, 4);
    slices(t, v.below(I64, 9, 3, 0), new long[] {3, 2, 2}, 2, 2);
  }

  /** Slices are put into a tensor, and taken from it. */
  private void slices(DataType t, TensorValue indices, long[] updates, long... table) {
    for (String how : List.of("Update", "Add", "Sub")) {
      scatter("ResourceScatterNd" + how, v.normal(t, table), indices, v.normal(t, updates));
      to.accept(
          KernelNode.of("TensorScatter" + how, v.normal(t, table), indices, v.normal(t, updates)));
    }
    to.accept(
        KernelNode.of(
            "ScatterNdNonAliasingAdd", v.normal(t, table), indices, v.normal(t, updates)));
    to.accept(KernelNode.of("GatherNd", v.normal(t, table), indices));
    to.accept(
        KernelNode.of("ResourceGatherNd", v.normal(t, table), indices)
            .attr("dtype", AttrValue.of(t))
            .variables(0));
  }

  /** Of 200 of them the product is a number. */
  private TensorValue small(DataType t, long... s) {
    TensorValue x = v.positive(t, s);
    for (int i = 0; t.isFloating() && i < x.size(); i++) {
      if (t == F32) {
        x.floats()[i] = 0.8f + x.floats()[i] / 10;
      } else {
        x.doubles()[i] = 0.8 + x.doubles()[i] / 10;
      }
    }
    return x;
  }

  private static KernelNode scatterNd(TensorValue indices, TensorValue updates, long... shape) {
    TensorValue to =
        TensorValue.wrap(indices.dtype(), Shape.vector(shape.length), storage(indices, shape));
    return KernelNode.of("ScatterNd", indices, updates, to);
  }

  private static Object storage(TensorValue like, long[] x) {
    return like.dtype() == I64 ? x : Arrays.stream(x).mapToInt(d -> (int) d).toArray();
  }
}
