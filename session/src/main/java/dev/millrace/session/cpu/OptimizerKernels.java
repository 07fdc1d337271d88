package dev.millrace.session.cpu;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.AbsorbingKernel;
import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.FastKernel;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.kernel.NodeSpec;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;
import dev.millrace.session.state.Variable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Steps of optimizers on variables in place: on whole ones, or on the rows that indices name. Which
 * input is what follows from the op's definition, as for the reference kernels.
 */
final class OptimizerKernels {
  private static final String DENSE = "ResourceApply";
  private static final String SPARSE = "ResourceSparseApply";

  private OptimizerKernels() {}

  static void register(FastKernels to) {
    for (OpDef d : OpRegistry.global().all()) {
      for (String prefix : new String[] {DENSE, SPARSE}) {
        if (d.name().startsWith(prefix)) {
          to.add(d.name(), new Kernel(d.name().substring(prefix.length()), new Inputs(d)));
        }
      }
    }
  }

  /** The places of a step's inputs. */
  private static final class Inputs {
    final int variables;
    final int gradient;
    final int indices; // -1 where the gradient is of every row
    final int[] hyperparameters;

    Inputs(OpDef d) {
      List<OpDef.ArgDef> args = d.inputs();
      int n = 0;
      while (args.get(n).type() == DataType.RESOURCE) {
        n++;
      }
      variables = n;
      List<String> names = args.stream().map(OpDef.ArgDef::name).toList();
      gradient = Math.max(names.indexOf("grad"), names.indexOf("delta"));
      indices = names.indexOf("indices");
      hyperparameters =
          IntStream.range(n, args.size()).filter(i -> i != gradient && i != indices).toArray();
    }
  }

  private record Kernel(String rule, Inputs inputs) implements AbsorbingKernel {
    @Override
    public boolean supports(NodeSpec node) {
      DataType t = node.inputType(inputs.gradient);
      return (t == DataType.FLOAT32 || t == DataType.FLOAT64)
          && OptimizerRule.of(rule, node.attrs()) != null;
    }

    @Override
    public Step bind(BindContext node) {
      Variable[] variables = variables(node, node.inputShape(inputs.gradient));
      Region[] gradients = new Region[node.pool().threads()];
      Arrays.fill(gradients, node.input(inputs.gradient));
      Blocks blocks = new Blocks(node, this, variables, gradients, null);
      return inputs.indices < 0
          ? new DenseStep(node, blocks, node.inputShape(inputs.gradient), variables)
          : new SparseStep(node, blocks, variables);
    }

    @Override
    public int absorbable(NodeSpec node) {
      return inputs.indices < 0 ? inputs.gradient : -1;
    }

    @Override
    public FastKernel absorbing(NodeSpec node, NodeSpec producer) {
      ProductTiles tiles = ProductTiles.of(producer);
      return tiles != null ? new WithProduct(this, tiles) : scaled(node, producer);
    }

    private FastKernel scaled(NodeSpec node, NodeSpec producer) {
      if (!producer.opType().equals("Mul")
          || producer.outputType(0) != node.inputType(inputs.gradient)) {
        return null;
      }
      Shape whole = producer.outputShape(0);
      for (int i = 0; i < 2; i++) {
        if (producer.inputShape(i).rank() == 0 && producer.inputShape(1 - i).equals(whole)) {
          return new Scaled(this, whole, i == 0);
        }
      }
      return null;
    }

    /** The variables behind the first inputs, if a gradient of that shape fits them. */
    private Variable[] variables(BindContext node, Shape gradient) {
      Variable[] variables = new Variable[inputs.variables];
      for (int i = 0; i < variables.length; i++) {
        variables[i] = fitting(node, i, gradient);
      }
      return variables;
    }

    private Variable fitting(BindContext node, int i, Shape gradient) {
      Variable v = node.variable(i);
      Shape first = node.variable(0).staticShape();
      Shape expected = first;
      if (inputs.indices >= 0) {
        if (first.rank() < 1) {
          throw new InvalidArgumentException(
              "variable '" + v.name() + "' is a scalar without rows");
        }
        expected = node.inputShape(inputs.indices).concat(first.sliceFrom(1));
      }
      if (v.dtype() != node.inputType(inputs.gradient)
          || !v.staticShape().equals(first)
          || !gradient.equals(expected)) {
        throw new InvalidArgumentException(
            "variable '"
                + v.name()
                + "' is "
                + v.dtype()
                + v.staticShape()
                + ", its gradient "
                + node.inputType(inputs.gradient)
                + gradient
                + ", which should be "
                + v.dtype()
                + expected);
      }
      return v;
    }
  }

  /** A step on whole variables whose gradient is a product. */
  private record WithProduct(Kernel kernel, ProductTiles tiles) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return true; // made for one node only
    }

    @Override
    public Step bind(BindContext node) {
      Variable[] variables = kernel.variables(node, tiles.shape());
      ProductTiles.Bound product = tiles.bind(node, kernel.inputs.gradient, node.inputCount() - 1);
      return new TiledStep(
          node, new Blocks(node, kernel, variables, product.results(), null), product, variables);
    }
  }

  /**
   * A step on whole variables whose gradient is multiplied by a scalar, as where gradients are
   * clipped by their norm.
   */
  private record Scaled(Kernel kernel, Shape shape, boolean isScalarFirst) implements FastKernel {
    @Override
    public boolean supports(NodeSpec node) {
      return true; // made for one node only
    }

    @Override
    public Step bind(BindContext node) {
      Variable[] variables = kernel.variables(node, shape);
      Region first = node.input(kernel.inputs.gradient);
      Region second = node.input(node.inputCount() - 1);
      Region[] gradients = new Region[node.pool().threads()];
      Arrays.fill(gradients, isScalarFirst ? second : first);
      Region scale = isScalarFirst ? first : second;
      Blocks blocks = new Blocks(node, kernel, variables, gradients, scale);
      return new DenseStep(node, blocks, shape, variables);
    }
  }

  /** Runs a rule on blocks of elements of the variables. */
  private static final class Blocks {
    private final Inputs inputs;
    private final OptimizerRule rule;
    private final boolean isFloat;
    private final Region[] variables;
    private final Region[] gradients; // by worker
    private final Region scale; // what gradients are multiplied by; null for 1
    private double factor = 1;
    private final Region[] parameters;
    private final DataType[] parameterTypes;
    private final double[] h;
    private final Scratch scratch;
    private final float[][][] floats; // by worker
    private final double[][][] doubles;

    Blocks(
        BindContext node, Kernel kernel, Variable[] variables, Region[] gradients, Region scale) {
      this.inputs = kernel.inputs;
      this.rule = OptimizerRule.of(kernel.rule, node.attrs());
      this.gradients = gradients;
      this.scale = scale;
      this.isFloat = node.inputType(inputs.gradient) == DataType.FLOAT32;
      this.variables = new Region[variables.length];
      for (int i = 0; i < variables.length; i++) {
        this.variables[i] = variables[i].region();
      }
      int n = inputs.hyperparameters.length;
      this.parameters = new Region[n];
      this.parameterTypes = new DataType[n];
      for (int i = 0; i < n; i++) {
        parameters[i] = node.input(inputs.hyperparameters[i]);
        parameterTypes[i] = node.inputType(inputs.hyperparameters[i]);
      }
      this.h = new double[n];
      this.scratch = node.scratch();
      this.floats = new float[node.pool().threads()][variables.length][];
      this.doubles = new double[node.pool().threads()][variables.length][];
    }

    /** Reads the hyper-parameters; before anything else in a run. */
    void begin() {
      if (scale != null) {
        factor = isFloat ? scale.floats().get(0) : scale.doubles().get(0);
      }
      for (int i = 0; i < h.length; i++) {
        h[i] =
            switch (parameterTypes[i]) {
              case FLOAT32 -> parameters[i].floats().get(0);
              case FLOAT64 -> parameters[i].doubles().get(0);
              default -> parameters[i].longs().get(0);
            };
      }
    }

    /**
     * Steps on the variables' elements from {@code at} on by the gradient's from {@code from} on.
     */
    void run(int at, int from, int n, int worker) {
      for (int done = 0; done < n; done += Scratch.BLOCK) {
        int m = Math.min(Scratch.BLOCK, n - done);
        if (isFloat) {
          blockOfFloats(at + done, from + done, m, worker);
        } else {
          blockOfDoubles(at + done, from + done, m, worker);
        }
      }
    }

    private void blockOfFloats(int at, int from, int n, int worker) {
      float[][] s = floats[worker];
      for (int i = 0; i < s.length; i++) {
        s[i] = scratch.floats(worker, i, Scratch.BLOCK);
        variables[i].floats().get(at, s[i], 0, n);
      }
      float[] g = scratch.floats(worker, s.length, Scratch.BLOCK);
      gradients[worker].floats().get(from, g, 0, n);
      if (scale != null) {
        multiply(g, (float) factor, n);
      }
      rule.f32().run(s, g, h, n);
      for (int i = 0; i < s.length; i++) {
        variables[i].floats().put(at, s[i], 0, n);
      }
    }

    private static void multiply(float[] x, float by, int n) {
      for (int i = 0; i < n; i++) {
        x[i] *= by;
      }
    }

    private static void multiply(double[] x, double by, int n) {
      for (int i = 0; i < n; i++) {
        x[i] *= by;
      }
    }

    private void blockOfDoubles(int at, int from, int n, int worker) {
      double[][] s = doubles[worker];
      for (int i = 0; i < s.length; i++) {
        s[i] = scratch.doubles(worker, i, Scratch.BLOCK);
        variables[i].doubles().get(at, s[i], 0, n);
      }
      double[] g = scratch.doubles(worker, s.length, Scratch.BLOCK);
      gradients[worker].doubles().get(from, g, 0, n);
      if (scale != null) {
        multiply(g, factor, n);
      }
      rule.f64().run(s, g, h, n);
      for (int i = 0; i < s.length; i++) {
        variables[i].doubles().put(at, s[i], 0, n);
      }
    }
  }

  private static final class DenseStep extends UpdateStep {
    private final Blocks blocks;

    DenseStep(BindContext node, Blocks blocks, Shape gradient, Variable[] variables) {
      super(node, (int) gradient.numElements(), Scratch.BLOCK, blocks.rule.ns(), variables);
      this.blocks = blocks;
    }

    @Override
    void change() {
      blocks.begin();
      super.change();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      blocks.run(from, from, to - from, worker);
    }
  }

  private static final class TiledStep extends UpdateStep {
    private final Blocks blocks;
    private final ProductTiles.Bound product;

    TiledStep(BindContext node, Blocks blocks, ProductTiles.Bound product, Variable[] variables) {
      super(node, product.count(), 1, product.nsPerTile(), variables);
      this.blocks = blocks;
      this.product = product;
    }

    @Override
    void change() {
      blocks.begin();
      super.change();
    }

    @Override
    void range(int from, int to, int chunk, int worker) {
      for (int t = from; t < to; t++) {
        product.compute(t, worker);
        blocks.run(product.firstElement(t), 0, product.elements(t), worker);
      }
    }
  }

  private static final class SparseStep extends RowsStep {
    private final Blocks blocks;
    private final int size;

    SparseStep(BindContext node, Blocks blocks, Variable[] variables) {
      super(
          node,
          RowIndices.of(node, blocks.inputs.indices, variables[0].staticShape().dim(0)),
          size(variables[0]) * (blocks.rule.ns() + 0.2),
          variables);
      this.blocks = blocks;
      this.size = size(variables[0]);
    }

    private static int size(Variable v) {
      return (int) v.staticShape().sliceFrom(1).numElements();
    }

    @Override
    void begin() {
      blocks.begin();
    }

    @Override
    void row(int i, int row, int worker) {
      blocks.run(row * size, i * size, size, worker);
    }
  }
}
